"""The scope of one asynchronous consumer: its scheduler, its demand, its tasks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from reactivex import abc
from reactivex.disposable import Disposable
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxstream.reactive.own_time import OwnTime
from rxstream.reactive.raising import as_exception

__all__ = ["ENDS_THE_PROGRAM", "Scope"]

_TState = TypeVar("_TState")

ENDS_THE_PROGRAM = (KeyboardInterrupt, SystemExit)
"""What asyncio raises out of the event loop, whichever task it ends."""


class Scope(AsyncIOScheduler):
    """The scheduler that a consumer passes upstream, which lets sources see how much it can take.

    Operators hand the scheduler of a subscription on to their source. A source that meets a ``Scope`` there asks it
    for :meth:`room` before it pushes, and registers the task that reads.

    Args:
        loop: The event loop of the consumer.
        limit: How many items may wait for the consumer.

    Attributes:
        waiting: How many items wait now.
        break_off: Ends the consumer with what is no ``Exception``, which no operator handles; says whether it did.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: float) -> None:
        super().__init__(loop)
        self.limit = limit
        self.waiting = 0
        self.break_off: Callable[[BaseException], bool] = _is_not_taken
        self._wanting: deque[asyncio.Future[None]] = deque()
        self._closing: set[asyncio.Task[None]] = set()
        self._held_until = float("-inf")

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the consumer."""
        return self._loop

    @property
    def now(self) -> datetime:
        """The time of the day, by which operators of Rx tell how late it is."""
        return self._loop.time_of_day() if isinstance(self._loop, OwnTime) else super().now

    @property
    def is_full(self) -> bool:
        """No more items should be pushed now."""
        return self.waiting >= self.limit

    async def room(self) -> None:
        """Wait until an item may be pushed."""
        while self.waiting >= self.limit:
            future: asyncio.Future[None] = self._loop.create_future()
            self._wanting.append(future)
            await future

    def held_until(self) -> float:
        """Return the loop's time until which a source has waited for room: now, if one waits."""
        waits = any(not future.done() for future in self._wanting)
        return self._loop.time() if waits else self._held_until

    def took(self) -> None:
        """The consumer has taken an item."""
        self.waiting -= 1
        self._wake()

    def release(self) -> None:
        """The consumer has gone: whoever still reads, for others, need not wait for it."""
        self.limit = float("inf")
        self.break_off = _is_not_taken
        self._wake()

    def takes(self, error: BaseException) -> bool:
        """Give the consumer what is no ``Exception``; say whether that is all, or it must be raised on."""
        if isinstance(error, asyncio.CancelledError):  # it would look as if the consumer were cancelled
            error = as_exception(error)
        return self.break_off(error) and not isinstance(error, ENDS_THE_PROGRAM)

    def invoke_action(self, action: abc.ScheduledAction[_TState], state: _TState | None = None) -> abc.DisposableBase:
        """Run an action; what it raises that is no ``Exception`` ends the consumer, which would wait for ever."""
        try:
            return super().invoke_action(action, state)
        except Exception:
            raise
        except BaseException as error:
            if not self.takes(error):
                raise
            return Disposable()

    def closes(self, task: asyncio.Task[None]) -> None:
        """Note a reading task that was told to end."""
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def join(self) -> None:
        """Wait until the reading tasks that were told to end have closed what they read."""
        current = asyncio.current_task()
        while waited := {task for task in self._closing if task is not current}:
            await asyncio.wait(waited)

    def _wake(self) -> None:
        # All of them, not one: the one that is woken may be cancelled before it runs. Each looks again.
        while self._wanting and self.waiting < self.limit:
            future = self._wanting.popleft()
            if not future.done():
                self._held_until = self._loop.time()
                future.set_result(None)


def _is_not_taken(_error: BaseException) -> bool:
    return False
