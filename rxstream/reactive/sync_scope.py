"""The scope of one synchronous consumer: a scheduler that runs when the consumer wants an item."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from reactivex import abc, typing
from reactivex.disposable import Disposable
from reactivex.scheduler.scheduler import Scheduler

__all__ = ["ReaderThread", "SyncScope"]

_TState = TypeVar("_TState")
_Action = Callable[[], None]


class SyncScope(Scheduler):
    """The scheduler of a consumer that pulls: all operators run in the consumer's thread, one action at a time.

    A reader blocks that thread while nothing else waits for it. Where timers are pending or several sources are read
    at once, each read happens in a thread of its reader, so that timers fire in time and sources do not wait for each
    other.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ready: deque[_Action] = deque()
        self._timers: list[tuple[float, int, _Action]] = []
        self._count = itertools.count()
        self._readers = 0
        self._thread = threading.get_ident()

    def schedule(self, action: typing.ScheduledAction[_TState], state: _TState | None = None) -> abc.DisposableBase:
        """Run an action as soon as the consumer wants an item."""
        return self._enqueue(0.0, action, state)

    def schedule_relative(
        self, duetime: typing.RelativeTime, action: typing.ScheduledAction[_TState], state: _TState | None = None
    ) -> abc.DisposableBase:
        """Run an action after ``duetime``, at the first moment at which the consumer wants an item."""
        return self._enqueue(max(0.0, self.to_seconds(duetime)), action, state)

    def schedule_absolute(
        self, duetime: typing.AbsoluteTime, action: typing.ScheduledAction[_TState], state: _TState | None = None
    ) -> abc.DisposableBase:
        """Run an action at ``duetime``, or at the first moment after it at which the consumer wants an item."""
        wait: timedelta = self.to_datetime(duetime) - self.now
        return self._enqueue(max(0.0, wait.total_seconds()), action, state)

    def _enqueue(
        self, seconds: float, action: typing.ScheduledAction[_TState], state: _TState | None
    ) -> abc.DisposableBase:
        cancelled = False

        def run() -> None:
            if not cancelled:
                self.invoke_action(action, state)

        def cancel() -> None:
            nonlocal cancelled
            cancelled = True
            with self._changed:
                self._timers = [timer for timer in self._timers if timer[2] is not run]
                heapq.heapify(self._timers)

        if seconds <= 0:
            self.call(run)
        else:
            with self._changed:
                heapq.heappush(self._timers, (self._seconds() + seconds, next(self._count), run))
                self._changed.notify_all()
        return Disposable(cancel)

    def call(self, action: _Action) -> None:
        """Put an action into the queue; from any thread."""
        with self._changed:
            self._ready.append(action)
            self._changed.notify_all()

    def run_one(self) -> None:
        """Run the next action; wait for one where there is none."""
        with self._changed:
            while True:
                now = self._seconds()
                if self._timers and self._timers[0][0] <= now:
                    action = heapq.heappop(self._timers)[2]
                    break
                if self._ready:
                    action = self._ready.popleft()
                    break
                self._changed.wait(self._timers[0][0] - now if self._timers else None)
        action()

    def wake(self) -> None:
        """Let the consumer look whether something came; for sources that push from other threads."""
        if threading.get_ident() != self._thread:
            self.call(_nothing)

    @property
    def may_block(self) -> bool:
        """Nothing but the one source that asks would wait while it reads in the consumer's thread."""
        return self._readers == 1 and not self._ready and not self._timers

    def opened(self) -> None:
        """A source has begun to read."""
        self._readers += 1

    def closed(self) -> None:
        """A source has ended."""
        self._readers -= 1

    def _seconds(self) -> float:
        return self.now.timestamp()


def _nothing() -> None:
    """Take a turn of the queue."""


class ReaderThread:
    """The thread in which one source reads, where it must not block the consumer; made when first needed."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None

    def submit(self, read: Callable[[], Any]) -> Future[Any]:
        """Begin to read."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="rxstream-read")
        return self._executor.submit(read)

    def close(self) -> None:
        """End the thread, as soon as it has done reading."""
        if self._executor is not None:
            self._executor.shutdown(wait=False)
