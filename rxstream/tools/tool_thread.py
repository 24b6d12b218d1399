"""A thread for a tool that blocks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context

__all__ = ["start_thread"]


def start_thread(work: Callable[[], None]) -> None:
    """Run in a thread of its own, in a copy of the context that is here.

    It is a daemon: unlike those of an executor it cannot keep the interpreter from ending while its tool hangs.
    """
    threading.Thread(target=copy_context().run, args=(work,), name="rxstream-tool", daemon=True).start()
