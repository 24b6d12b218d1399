"""From an Observable to an asynchronous iterator."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, Generic, Literal, Self, TypeVar

from reactivex import Observable, abc

from rxstream.errors import BufferOverflowError
from rxstream.reactive.scope import Scope

__all__ = ["Overflow", "iterate"]

_T = TypeVar("_T")

Overflow = Literal["suspend", "latest", "error"]


class iterate(AsyncIterator[_T], Generic[_T]):  # used as a function
    """Iterate over what an Observable emits, with bounded memory.

    Use it as a context manager: leaving the block disposes the subscription and waits until the source is closed.
    A bare ``async for`` works too, but one that is left early closes only when the iterator is collected as garbage.

    ::

        async with iterate(stream.pipe(accumulate_text())) as texts:
            async for text in texts:
                ...

    Args:
        source: The Observable; subscribed to when the block is entered.
        limit: How many items may wait for the loop's body.
        overflow: What happens when more come. ``"suspend"``: the source stops reading, so that TCP slows the server
            down. ``"latest"``: only the newest item waits. ``"error"``: the iterator raises, after the items that wait.

    Raises:
        ValueError: ``limit`` is below 1, or ``overflow`` is none of the three.
        BufferOverflowError: In the loop, with ``overflow="error"``.
        Exception: In the loop: the error of the Observable, after everything that came before it.

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
        self._overflow = overflow
        self._buffer: deque[_T] = deque(maxlen=1 if overflow == "latest" else None)
        self._scope: Scope | None = None
        self._subscription: abc.DisposableBase | None = None
        self._wanting: asyncio.Future[None] | None = None
        self._ended = False
        self._failure: Exception | None = None
        self._thread = 0

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
        scope = self._subscribe()
        while True:
            if self._buffer:
                item = self._buffer.popleft()
                scope.took()
                return item
            if self._ended:
                failure, self._failure = self._failure, None
                await self.aclose()
                if failure is not None:
                    raise failure
                raise StopAsyncIteration
            if self._wanting is not None:
                raise RuntimeError("expected one consumer, but the iterator is waited for twice at once")
            self._wanting = scope.loop.create_future()
            try:
                await self._wanting
            finally:
                self._wanting = None

    async def aclose(self) -> None:
        """Dispose the subscription; wait until the source is closed. What still waits is dropped."""
        self._ended = True
        self._buffer.clear()
        self._wake()
        if self._scope is not None:
            self._dispose()
            await self._scope.join()

    def _subscribe(self) -> Scope:
        if self._scope is None:
            loop = asyncio.get_running_loop()
            self._thread = threading.get_ident()
            limit = self._limit if self._overflow == "suspend" else float("inf")
            scope = self._scope = Scope(loop, limit)
            if not self._ended:
                self._subscription = self._source.subscribe(
                    self._on_next, self._on_error, self._on_completed, scheduler=scope
                )
        return self._scope

    def _on_next(self, item: _T) -> None:
        if threading.get_ident() == self._thread:
            self._push(item)
        else:  # an operator that was given a scheduler of its own
            self._call_in_loop(lambda: self._push(item))

    def _push(self, item: _T) -> None:
        scope = self._scope
        if self._ended or scope is None:
            return
        if self._overflow == "error" and len(self._buffer) >= self._limit:
            self._end(BufferOverflowError(self._limit))
            self._dispose()
            return
        self._buffer.append(item)
        scope.waiting = len(self._buffer)
        self._wake()

    def _on_error(self, error: Exception) -> None:
        if threading.get_ident() == self._thread:
            self._end(error)
        else:
            self._call_in_loop(lambda: self._end(error))

    def _on_completed(self) -> None:
        if threading.get_ident() == self._thread:
            self._end(None)
        else:
            self._call_in_loop(lambda: self._end(None))

    def _end(self, failure: Exception | None) -> None:
        if not self._ended:
            self._ended = True
            self._failure = failure
            self._wake()

    def _wake(self) -> None:
        if self._wanting is not None and not self._wanting.done():
            self._wanting.set_result(None)

    def _call_in_loop(self, call: Callable[[], Any]) -> None:
        scope = self._scope
        if scope is not None and not scope.loop.is_closed():
            scope.loop.call_soon_threadsafe(call)

    def _dispose(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.dispose()
        if self._scope is not None:
            self._scope.release()

    def __del__(self) -> None:
        if getattr(self, "_subscription", None) is not None:
            self._call_in_loop(self._dispose)
