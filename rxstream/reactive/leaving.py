"""Cancelling a task that may be at something which must not be left half done."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, TypeVar
from weakref import WeakSet

__all__ = ["Deadline", "begin_moment", "cancel", "end_moment", "left_safely", "moment"]

_T = TypeVar("_T")
_AGAIN_SECONDS = 0.001
_MOST_SECONDS = 1.0

_inside: WeakSet[asyncio.Task[Any]] = WeakSet()


def begin_moment() -> None:
    """Say that the current task is in a moment in which it must not be cancelled: a few turns of its loop."""
    task = asyncio.current_task()
    if task is not None:
        _inside.add(task)


def end_moment() -> None:
    """Say that it is over."""
    task = asyncio.current_task()
    if task is not None:
        _inside.discard(task)


@contextmanager
def moment() -> Generator[None, None, None]:
    """Make the block such a moment, as closing is: what is cancelled in the middle of it stays open."""
    begin_moment()
    try:
        yield
    finally:
        end_moment()


def cancel(task: asyncio.Task[Any]) -> None:
    """Cancel a task, at once or after its moment; in a second at the latest."""
    _cancel_by(task, task.get_loop().time() + _MOST_SECONDS)


def _cancel_by(task: asyncio.Task[Any], when: float) -> None:
    if _is_inside(task, when):
        task.get_loop().call_later(_AGAIN_SECONDS, _cancel_by, task, when)
    else:
        task.cancel()


def _is_inside(task: asyncio.Task[Any], when: float) -> bool:
    return (task in _inside or _is_woken(task)) and not task.done() and task.get_loop().time() < when


def _is_woken(task: asyncio.Task[Any]) -> bool:
    """Tell whether what a task waited for has come, and it has not run since.

    What it does not take then is lost: httpcore 1.0.9 keeps a connection for ever that it gave to one who waited.
    """
    waiter: asyncio.Future[Any] | None = getattr(task, "_fut_waiter", None)  # asyncio has no public name for it
    return waiter is not None and waiter.done()


async def left_safely(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Wait for a coroutine; when the waiting is cancelled, so is the coroutine, after its moment."""
    task = asyncio.ensure_future(coroutine)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        cancel(task)
        with suppress(asyncio.CancelledError):
            await asyncio.wait({task})
        raise


class Deadline:
    """What ``asyncio.timeout_at`` is, but for a moment in which the task must not be cancelled.

    Args:
        when: The time of the loop at which what is in the block is given up.

    Raises:
        TimeoutError: It was.
    """

    def __init__(self, when: float) -> None:
        self._when = when
        self._is_over = False

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelling = task, task.cancelling()
        self._timer = task.get_loop().call_at(self._when, self._expire)

    def _expire(self) -> None:
        if _is_inside(self._task, self._when + _MOST_SECONDS):
            self._timer = self._task.get_loop().call_later(_AGAIN_SECONDS, self._expire)
        else:
            self._is_over = True
            self._task.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._is_over and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error
