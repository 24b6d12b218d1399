"""The clock of an operator that looks at the time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from reactivex import abc
from reactivex.disposable import Disposable, SingleAssignmentDisposable
from reactivex.scheduler import ImmediateScheduler, NewThreadScheduler, TimeoutScheduler, TrampolineScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.scheduler.scheduler import Scheduler

from rxstream.reactive.in_loop import call_in_loop
from rxstream.reactive.scope import Scope
from rxstream.reactive.sync_scope import SyncScope

__all__ = ["Clock"]

_LONGEST_SECONDS = threading.TIMEOUT_MAX / 2  # that a thread can wait, beside what its own clock shows


class Clock:
    """Tells the time, and calls back later, by the scheduler of a subscription.

    Without a scheduler, and with one that would block its thread to wait, timers run in the event loop that runs here,
    or else in threads of their own (``TimeoutScheduler``); and there too with the schedulers of new threads and pools,
    which a timer would occupy until it is due, even a disposed one. Whoever uses a clock holds its ``lock`` while it
    handles an item or a timer: the two may come in different threads.

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
        self._scheduler = _patient(subscribed if given is None else given)
        self._loop = _loop_of(self._scheduler)
        self.lock = threading.RLock()
        self.now = _monotonic(self._scheduler) if self._loop is None else self._loop.time

    def after(self, seconds: float, action: Callable[[], None]) -> abc.DisposableBase:
        """Call ``action`` once, with the lock held, unless the timer is disposed of before; from any thread."""
        timer = SingleAssignmentDisposable()
        since = self.now()
        disposed = False

        def run(_scheduler: abc.SchedulerBase, _state: Any = None) -> None:
            with self.lock:
                if not disposed:  # while this waited for the lock
                    action()

        def begin() -> None:
            if not disposed:
                rest = max(0.0, min(seconds, _LONGEST_SECONDS) - (self.now() - since))
                timer.disposable = self._scheduler.schedule_relative(rest, run)

        def dispose() -> None:
            nonlocal disposed
            disposed = True
            self._call(timer.dispose)

        self._call(begin)
        return Disposable(dispose)

    def _call(self, call: Callable[[], None]) -> None:
        # An event loop that sleeps does not notice a timer that another thread sets.
        call() if self._loop is None else call_in_loop(self._loop, call)

    def held_until(self) -> float:
        """Return the time until which the consumer has kept the source from being read, where that can be told.

        It can where the consumer iterates, on its own scheduler; otherwise it is long ago.
        """
        scheduler = self._scheduler
        return scheduler.held_until() if isinstance(scheduler, (Scope, SyncScope)) else float("-inf")


def _loop_of(scheduler: abc.SchedulerBase) -> asyncio.AbstractEventLoop | None:
    if isinstance(scheduler, AsyncIOScheduler):
        return scheduler._loop  # pyright: ignore[reportPrivateUsage] # there is no public name for it
    return None


def _monotonic(scheduler: abc.SchedulerBase) -> Callable[[], float]:
    if type(scheduler).now is Scheduler.now:  # the time of the day, which somebody may set
        return time.monotonic
    return lambda: scheduler.to_seconds(scheduler.now)


def _patient(scheduler: abc.SchedulerBase | None) -> abc.SchedulerBase:
    if isinstance(scheduler, NewThreadScheduler):  # a pool's too: they wait in a thread, disposed of or not
        return TimeoutScheduler.singleton()
    if scheduler is not None and not isinstance(scheduler, (ImmediateScheduler, TrampolineScheduler)):
        return scheduler
    try:
        return AsyncIOScheduler(asyncio.get_running_loop())
    except RuntimeError:  # no loop runs in this thread
        return TimeoutScheduler.singleton()
