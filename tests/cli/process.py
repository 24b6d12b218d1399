"""Running the command line as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.canary.key import KEY

__all__ = ["ROOT", "environment", "rxstream"]

ROOT = Path(__file__).resolve().parents[2]


def environment(**more: str) -> dict[str, str]:
    """Return an environment without a key or base URL, but for what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    return {**kept, "PYTHONIOENCODING": "utf-8", **more}


def rxstream(*arguments: str, stdin: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``rxstream ARGUMENTS``, with a key where there is a server to send it to; nothing on stdin unless given."""
    if "--base-url" in arguments:
        more = {"OPENAI_API_KEY": KEY, **more}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "rxstream", *arguments],
        cwd=ROOT,
        env=environment(**more),
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
