"""The clock of an operator that looks at the time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from reactivex import abc
from reactivex.scheduler import ImmediateScheduler, TimeoutScheduler, TrampolineScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.scheduler.scheduler import Scheduler

from rxstream.reactive.scope import Scope
from rxstream.reactive.sync_scope import SyncScope

__all__ = ["Clock"]


class Clock:
    """Tells the time, and calls back later, by the scheduler of a subscription.

    Without a scheduler, and with one that would block its thread to wait, timers run in the event loop that runs here,
    or else in threads of their own (``TimeoutScheduler``). Whoever uses a clock holds its ``lock`` while it handles an
    item or a timer: the two may come in different threads.

    Args:
        given: The scheduler that the operator was made with.
        subscribed: The scheduler of the subscription.

    Attributes:
        lock: Keeps items and timers apart; re-entrant.
        now: Returns the time in seconds; only differences mean something.

    Example:
        >>> from reactivex.testing import TestScheduler
        >>> scheduler = TestScheduler()
        >>> clock = Clock(None, scheduler)
        >>> timer = clock.after(600, lambda: print(clock.now()))
        >>> scheduler.advance_to(600)
        600.0
    """

    def __init__(self, given: abc.SchedulerBase | None, subscribed: abc.SchedulerBase | None) -> None:
        self._scheduler = given or _patient(subscribed)
        self.lock = threading.RLock()
        self.now = _monotonic(self._scheduler)

    def after(self, seconds: float, action: Callable[[], None]) -> abc.DisposableBase:
        """Call ``action`` once, with the lock held, unless the timer is disposed of before."""

        def run(_scheduler: abc.SchedulerBase, _state: Any = None) -> None:
            with self.lock:
                action()

        return self._scheduler.schedule_relative(seconds, run)

    def held_until(self) -> float:
        """Return the time until which the consumer has kept the source from being read, where that can be told.

        It can where the consumer iterates, on its own scheduler; otherwise it is long ago.
        """
        scheduler = self._scheduler
        return scheduler.held_until() if isinstance(scheduler, (Scope, SyncScope)) else float("-inf")


def _monotonic(scheduler: abc.SchedulerBase) -> Callable[[], float]:
    if isinstance(scheduler, AsyncIOScheduler):
        return scheduler._loop.time  # pyright: ignore[reportPrivateUsage] # there is no public name for it
    if type(scheduler).now is Scheduler.now:  # the time of the day, which somebody may set
        return time.monotonic
    return lambda: scheduler.to_seconds(scheduler.now)


def _patient(scheduler: abc.SchedulerBase | None) -> abc.SchedulerBase:
    if scheduler is not None and not isinstance(scheduler, (ImmediateScheduler, TrampolineScheduler)):
        return scheduler
    try:
        return AsyncIOScheduler(asyncio.get_running_loop())
    except RuntimeError:  # no loop runs in this thread
        return TimeoutScheduler.singleton()
