"""From an Observable to a plain iterator."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from reactivex import Observable, abc

from rxstream.reactive.raising import as_raised
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
        self._waiting = _Waiting[_T]()
        self._subscription: abc.DisposableBase | None = None
        self._begun = False

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
        waiting = self._waiting
        try:
            self._subscribe()
            if not waiting.items:
                waiting.scope.wants()
            while not waiting.items:
                if waiting.ended:
                    failure, waiting.failure = waiting.failure, None
                    if failure is None:
                        raise StopIteration
                    try:
                        raise as_raised(failure)
                    finally:
                        del failure  # which holds this frame
                waiting.scope.run_one()
        except BaseException:  # the interruption of a read too: it is over then, as a generator is
            self.close()
            raise
        return waiting.items.popleft()

    def close(self) -> None:
        """Dispose the subscription and close the source. What still waits is dropped."""
        self._begun = True
        self._waiting.ended = True
        self._waiting.items.clear()
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.dispose()
        self._waiting.scope.wake()

    def _subscribe(self) -> None:
        if not self._begun:
            self._begun = True
            waiting = self._waiting
            self._subscription = self._source.subscribe(
                waiting.on_next, waiting.on_error, waiting.on_completed, scheduler=waiting.scope
            )

    def __del__(self) -> None:
        if getattr(self, "_subscription", None) is not None:
            self.close()


class _Waiting(Generic[_T]):
    """What came and was not taken yet. Sources know of it alone, so that an iterator that is dropped is collected."""

    def __init__(self) -> None:
        self.items: deque[_T] = deque()
        self.ended = False
        self.failure: Exception | None = None
        self.scope = SyncScope()

    def on_next(self, item: _T) -> None:
        if not self.ended:
            self.items.append(item)
            self.scope.wake()

    def on_error(self, error: Exception) -> None:
        if not self.ended:
            self.failure = error
            self.on_completed()

    def on_completed(self) -> None:
        self.ended = True
        self.scope.wake()
