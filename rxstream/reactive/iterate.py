"""From an Observable to an asynchronous iterator."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, Literal, Self, TypeVar

from reactivex import Observable, abc

from rxstream.errors import BufferOverflowError
from rxstream.reactive.raising import as_raised
from rxstream.reactive.scope import Scope

__all__ = ["Overflow", "iterate"]

_T = TypeVar("_T")

Overflow = Literal["suspend", "latest", "error"]


class iterate(AsyncIterator[_T], Generic[_T]):  # used as a function
    """Iterate over what an Observable emits, and read its source no faster than the loop goes.

    Use it as a context manager: leaving the block disposes the subscription and waits until the source is closed.
    A bare ``async for`` works too, but one that is left early closes only when the iterator is collected as garbage.

    ::

        async with iterate(stream.pipe(accumulate_text())) as texts:
            async for text in texts:
                ...

    Args:
        source: The Observable; subscribed to when the block is entered.
        limit: How many items may wait for the loop's body before the source is no longer read. An operator that makes
            many items of one can exceed it by what it makes of one; of a stream that Rx's own ``share()`` multicasts,
            the first subscriber's limit counts for all (``share_replay()`` knows no limit, it keeps everything anyway).
        overflow: What happens when more come. ``"suspend"``: the source stops reading, so that TCP slows the server
            down. ``"latest"``: only the newest item waits. ``"error"``: the iterator raises, after the items that wait.

    Raises:
        ValueError: ``limit`` is below 1, or ``overflow`` is none of the three.
        BufferOverflowError: In the loop, with ``overflow="error"``.
        Exception: In the loop: the error of the Observable, after everything that came before it.
        BaseException: In the loop: what a source or an operator raised that is no Exception, past all operators.

    Example:
        >>> import asyncio, reactivex
        >>> async def main():
        ...     async with iterate(reactivex.of(1, 2, 3)) as numbers:
        ...         return [number async for number in numbers]
        >>> asyncio.run(main())
        [1, 2, 3]
    """

    def __init__(self, source: Observable[_T], *, limit: int = 64, overflow: Overflow = "suspend") -> None:
        if limit < 1:
            raise ValueError(f"expected a limit of at least 1, but got {limit}")
        if overflow not in ("suspend", "latest", "error"):
            raise ValueError(f"expected overflow to be 'suspend', 'latest' or 'error', but got {overflow!r}")
        self._source = source
        self._limit = limit
        self._overflow: Overflow = overflow
        self._waiting: _Waiting[_T] | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        self._subscribe()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _T:
        waiting = self._waiting or self._subscribe()
        while True:
            if waiting.items:
                item = waiting.items.popleft()
                waiting.scope.took()
                return item
            if waiting.ended:
                failure, waiting.failure = waiting.failure, None
                await self.aclose()
                if failure is None:
                    raise StopAsyncIteration
                try:
                    raise as_raised(failure)
                finally:
                    del failure  # which holds this frame
            await waiting.change()

    async def aclose(self) -> None:
        """Dispose the subscription; wait until the source is closed. What still waits is dropped."""
        self._closed = True
        if self._waiting is not None:
            self._waiting.end(None)
            self._waiting.items.clear()
            self._waiting.dispose()
            await self._waiting.scope.join()

    def _subscribe(self) -> _Waiting[_T]:
        if self._waiting is None:
            loop = asyncio.get_running_loop()
            scope = Scope(loop, self._limit if self._overflow == "suspend" else float("inf"))
            waiting = self._waiting = _Waiting(scope, self._limit, self._overflow)
            if self._closed:
                waiting.ended = True
            else:
                waiting.subscription = self._source.subscribe(
                    waiting.on_next, waiting.on_error, waiting.on_completed, scheduler=scope
                )
        return self._waiting

    def __del__(self) -> None:
        waiting: _Waiting[_T] | None = getattr(self, "_waiting", None)
        if waiting is not None and waiting.subscription is not None:
            waiting.in_loop(waiting.dispose)


class _Waiting(Generic[_T]):
    """What came and was not taken yet.

    Sources know of it alone, and not of the iterator, so that one that is dropped is collected while they still read.
    """

    def __init__(self, scope: Scope, limit: int, overflow: Overflow) -> None:
        self.scope = scope
        self.items: deque[_T] = deque(maxlen=1 if overflow == "latest" else None)
        self.ended = False
        self.failure: BaseException | None = None
        self.subscription: abc.DisposableBase | None = None
        self._most = limit if overflow == "error" else float("inf")
        self._changed: asyncio.Future[None] | None = None
        self._thread = threading.get_ident()
        scope.break_off = self.break_off

    def on_next(self, item: _T) -> None:
        if threading.get_ident() == self._thread:
            self._push(item)
        else:  # an operator that was given a scheduler of its own
            self.in_loop(lambda: self._push(item))

    def on_error(self, error: Exception) -> None:
        self._end_in_loop(error)

    def on_completed(self) -> None:
        self._end_in_loop(None)

    def _push(self, item: _T) -> None:
        if self.ended:
            return
        items = self.items
        if len(items) >= self._most:
            self.end(BufferOverflowError(len(items)))
            self.dispose()
            return
        items.append(item)
        self.scope.waiting = len(items)
        self._wake()

    def break_off(self, error: BaseException) -> bool:
        """End with what no operator handles, and dispose before one tries; say whether anybody is there to raise it."""
        if self.ended:
            return False
        self.end(error)
        self.dispose()
        return True

    def _end_in_loop(self, failure: Exception | None) -> None:
        if threading.get_ident() == self._thread:
            self.end(failure)
        else:
            self.in_loop(lambda: self.end(failure))

    def end(self, failure: BaseException | None) -> None:
        """Take no more; after what waits, the iterator ends."""
        if not self.ended:
            self.ended = True
            self.failure = failure
        self._wake()

    def _wake(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    async def change(self) -> None:
        """Wait until something comes."""
        if self._changed is not None:
            raise RuntimeError("expected one consumer, but the iterator is waited for twice at once")
        self._changed = self.scope.loop.create_future()
        try:
            await self._changed
        finally:
            self._changed = None

    def in_loop(self, call: Callable[[], Any]) -> None:
        """Call in the thread of the consumer's event loop."""
        with suppress(RuntimeError):  # the loop is closed, and its tasks with it
            self.scope.loop.call_soon_threadsafe(call)

    def dispose(self) -> None:
        """Dispose the subscription."""
        self.ended = True
        subscription, self.subscription = self.subscription, None
        if subscription is not None:
            subscription.dispose()
        self.scope.release()
