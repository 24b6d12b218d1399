"""The scope of one synchronous consumer: a scheduler that runs when the consumer wants an item."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from datetime import timedelta
from queue import SimpleQueue
from typing import Any, TypeVar

from reactivex import abc, typing
from reactivex.disposable import CompositeDisposable, Disposable, SingleAssignmentDisposable
from reactivex.scheduler.periodicscheduler import PeriodicScheduler

__all__ = ["ReaderThread", "SyncScope"]

_TState = TypeVar("_TState")
_Action = Callable[[], None]


class SyncScope(PeriodicScheduler):
    """The scheduler of a consumer that pulls: all operators run in the consumer's thread, one action at a time.

    A reader blocks that thread while nothing else waits for it. Where timers are pending or several sources are read
    at once, each read happens in a thread of its reader, so that timers fire in time and sources do not wait for each
    other.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # One queue, by time: what a source gave before a timer was due goes before it, however late both are looked at.
        self._queue: list[tuple[float, int, _Action]] = []
        self._count = itertools.count()
        self._readers = 0
        self._is_pushed_to = False  # by sources in other threads, which must not wait for a read
        self._thread = 0
        self._held_until = float("-inf")

    def schedule(self, action: typing.ScheduledAction[_TState], state: _TState | None = None) -> abc.DisposableBase:
        """Run an action as soon as the consumer wants an item."""
        return self._schedule(0.0, action, state)

    def schedule_relative(
        self, duetime: typing.RelativeTime, action: typing.ScheduledAction[_TState], state: _TState | None = None
    ) -> abc.DisposableBase:
        """Run an action after ``duetime``, at the first moment at which the consumer wants an item."""
        return self._schedule(self.to_seconds(duetime), action, state)

    def schedule_absolute(
        self, duetime: typing.AbsoluteTime, action: typing.ScheduledAction[_TState], state: _TState | None = None
    ) -> abc.DisposableBase:
        """Run an action at ``duetime``, or at the first moment after it at which the consumer wants an item."""
        wait: timedelta = self.to_datetime(duetime) - self.now
        return self._schedule(wait.total_seconds(), action, state)

    def _schedule(
        self, seconds: float, action: typing.ScheduledAction[_TState], state: _TState | None
    ) -> abc.DisposableBase:
        what_it_scheduled = SingleAssignmentDisposable()

        def run() -> None:
            if not what_it_scheduled.is_disposed:
                what_it_scheduled.disposable = self.invoke_action(action, state)

        def cancel() -> None:
            with self._changed:
                self._queue = [entry for entry in self._queue if entry[2] is not run]
                heapq.heapify(self._queue)

        self._enqueue(max(0.0, seconds), run)
        return CompositeDisposable(what_it_scheduled, Disposable(cancel))

    def _enqueue(self, seconds: float, action: _Action) -> None:
        with self._changed:
            heapq.heappush(self._queue, (time.monotonic() + seconds, next(self._count), action))
            self._changed.notify_all()

    def call(self, action: _Action) -> None:
        """Put an action into the queue; from any thread."""
        self._enqueue(0.0, action)

    def run_one(self) -> None:
        """Run the next action; wait for one where there is none."""
        self._thread = threading.get_ident()
        with self._changed:
            while (wait := self._wait_seconds()) is None or wait > 0:
                self._changed.wait(None if wait is None else min(wait, threading.TIMEOUT_MAX))
            action = heapq.heappop(self._queue)[2]
        action()

    def _wait_seconds(self) -> float | None:
        return self._queue[0][0] - time.monotonic() if self._queue else None

    def wants(self) -> None:
        """Note that the consumer wants an item, and has to wait for it."""
        self._held_until = time.monotonic()

    def held_until(self) -> float:
        """Return the ``time.monotonic()`` at which the consumer came to wait: nothing was read for it before."""
        return self._held_until

    def wake(self) -> None:
        """Let the consumer look whether something came; for sources that push from other threads."""
        if threading.get_ident() != self._thread:
            self._is_pushed_to = True
            self.call(_nothing)

    @property
    def may_block(self) -> bool:
        """Nothing but the one source that asks would wait while it reads in the consumer's thread."""
        return self._readers == 1 and not self._queue and not self._is_pushed_to

    def opened(self) -> None:
        """A source has begun to read."""
        with self._changed:
            self._readers += 1

    def closed(self) -> None:
        """A source has ended."""
        with self._changed:
            self._readers -= 1


def _nothing() -> None:
    """Take a turn of the queue."""


_Call = tuple[Future[Any], Callable[[], Any]]


class ReaderThread:
    """The thread in which one source reads, where it must not block the consumer; made when first needed.

    It is a daemon: unlike those of an executor it cannot keep the interpreter from ending while it blocks.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[_Call | None] | None = None

    def submit(self, read: Callable[[], Any]) -> Future[Any]:
        """Begin to read."""
        if self._calls is None:
            self._calls = SimpleQueue()
            run = copy_context().run  # whoever traces requests finds its context
            threading.Thread(target=run, args=(_serve, self._calls), name="rxstream-read", daemon=True).start()
        future: Future[Any] = Future()
        self._calls.put((future, read))
        return future

    def close(self) -> None:
        """End the thread, as soon as it has done reading."""
        if self._calls is not None:
            self._calls.put(None)


def _serve(calls: SimpleQueue[_Call | None]) -> None:
    while _serve_one(calls):  # a function of its own, so that what was read is not held while nothing is read
        pass


def _serve_one(calls: SimpleQueue[_Call | None]) -> bool:
    call = calls.get()
    if call is None:
        return False
    future, read = call
    if future.set_running_or_notify_cancel():
        try:
            result = read()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)
    return True
