"""From an Observable to a plain iterator."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from reactivex import Observable, abc

from rxstream.reactive.sync_scope import SyncScope

__all__ = ["iterate_sync"]

_T = TypeVar("_T")


class iterate_sync(Iterator[_T], Generic[_T]):  # used as a function
    """Iterate over what an Observable emits, without asyncio.

    A synchronous source is read only when an item is wanted: one read of the network at a time, in the thread of the
    loop, where nothing else must go on meanwhile. Operators of Rx that take time work: their scheduler is the iterator.

    Use it as a context manager, or read to the end: both close the source.

    Args:
        source: The Observable; subscribed to when the block is entered or the first item is wanted.

    Raises:
        Exception: In the loop: the error of the Observable, after everything that came before it.

    Example:
        >>> import reactivex
        >>> list(iterate_sync(reactivex.of(1, 2, 3)))
        [1, 2, 3]
    """

    def __init__(self, source: Observable[_T]) -> None:
        self._source = source
        self._buffer: deque[_T] = deque()
        self._scope = SyncScope()
        self._subscription: abc.DisposableBase | None = None
        self._begun = False
        self._ended = False
        self._failure: Exception | None = None

    def __enter__(self) -> Self:
        self._subscribe()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> _T:
        self._subscribe()
        while not self._buffer:
            if self._ended:
                failure, self._failure = self._failure, None
                self.close()
                if failure is not None:
                    raise failure
                raise StopIteration
            self._scope.run_one()
        return self._buffer.popleft()

    def close(self) -> None:
        """Dispose the subscription and close the source. What still waits is dropped."""
        self._begun = self._ended = True
        self._buffer.clear()
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.dispose()

    def _subscribe(self) -> None:
        if not self._begun:
            self._begun = True
            self._subscription = self._source.subscribe(
                self._on_next, self._on_error, self._on_completed, scheduler=self._scope
            )

    def _on_next(self, item: _T) -> None:
        self._buffer.append(item)
        self._scope.wake()

    def _on_error(self, error: Exception) -> None:
        self._failure = error
        self._on_completed()

    def _on_completed(self) -> None:
        self._ended = True
        self._scope.wake()

    def __del__(self) -> None:
        if getattr(self, "_subscription", None) is not None:
            self.close()
