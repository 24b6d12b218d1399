"""Calling in the thread of an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

__all__ = ["call_in_loop", "runs_here"]


def runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    """Say whether this is the loop that runs in this thread."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:  # none does
        return False


def call_in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], Any]) -> None:
    """Call at once in the loop's own thread, soon from another one, and not at all when the loop is closed."""
    if runs_here(loop):
        call()
    else:
        with suppress(RuntimeError):  # closed, and all that it had to do with it
            loop.call_soon_threadsafe(call)
