"""The key that a run of the tests carries, made anew for each run."""

from __future__ import annotations

import os
import secrets

__all__ = ["KEY", "VARIABLE", "hidden"]

VARIABLE = "RXSTREAM_CANARY"
"""Under this name the workers of a run, and the processes that tests start, are told the key."""

KEY = os.environ.get(VARIABLE) or f"sk-canary-{secrets.token_hex(12)}"


def hidden(text: str) -> str:
    """Return a text without the key."""
    return text.replace(KEY, "<the key>")
