"""Event loops whose time is not the world's."""

from __future__ import annotations

import asyncio
import math
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

__all__ = ["OwnTime", "thread_works"]


class OwnTime(ABC):
    """What an event loop offers beside the rest, whose time goes on as it likes: a loop in virtual time."""

    @abstractmethod
    def time_of_day(self) -> datetime:
        """Return what a clock on the wall would show if it went as :meth:`time` does."""

    @abstractmethod
    def thread_works(self, at_most_seconds: float) -> AbstractContextManager[None]:
        """Wait for another thread, as long as the block lasts: how long that takes is for the real world to say."""


def thread_works(*, at_most_seconds: float = math.inf) -> AbstractContextManager[None]:
    """Tell the event loop that runs here that what is in the block waits for a thread; an ordinary loop is not told.

    Args:
        at_most_seconds: Of the real world. Afterwards the time of the loop goes on, whatever the thread does.
    """
    loop = asyncio.get_running_loop()
    return loop.thread_works(at_most_seconds) if isinstance(loop, OwnTime) else nullcontext()
