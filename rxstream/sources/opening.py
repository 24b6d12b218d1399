"""What a caller's function returns that opens a stream again."""

from __future__ import annotations

import inspect
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
)
from contextlib import closing
from typing import Any

from reactivex import Observable

from rxstream.events import ResponseStreamEvent
from rxstream.sources.cursor import Cursor

__all__ = ["SINGLE", "Pieces", "Reopen", "open_again", "open_again_async"]

SINGLE = (str, bytes, bytearray, memoryview, Mapping)
"""What is iterable, but not over what is meant."""

Pieces = Iterable[bytes] | AsyncIterable[bytes] | Iterable[ResponseStreamEvent] | AsyncIterable[ResponseStreamEvent]

Reopen = Callable[[Cursor], Pieces | Awaitable[Pieces]]


def open_again(reopen: Reopen, cursor: Cursor) -> Iterator[Any]:
    """Call a function that opens a stream again; return an iterator over its chunks.

    Raises:
        TypeError: What it returns is no iterable.
    """
    found: Any = reopen(cursor)
    if not _is_iterable(found):
        if inspect.iscoroutine(found):
            found.close()  # Python warns of one that is never awaited
        raise _wrong(found, "an iterable")
    return _Opened(found)


async def open_again_async(reopen: Reopen, cursor: Cursor) -> AsyncIterator[Any]:
    """Call a function that opens a stream again, in asyncio; return an iterator over its chunks.

    Raises:
        TypeError: What it returns is no iterable.
    """
    found: Any = reopen(cursor)
    if not _is_observable(found) and inspect.isawaitable(found):  # Rx waits for the end of one
        found = await found
    if hasattr(found, "__aiter__"):
        return _AsyncOpened(found)
    if not _is_iterable(found):
        raise _wrong(found, "an iterable, synchronous or asynchronous")
    return _each(found)


def _is_iterable(found: object) -> bool:
    return hasattr(found, "__iter__") and not isinstance(found, SINGLE)


def _is_observable(found: object) -> bool:
    return isinstance(found, Observable)


def _wrong(found: object, expected: str) -> TypeError:
    what_to_do = "; put it into iterate or iterate_sync" if _is_observable(found) else ""
    return TypeError(
        f"expected reopen to return {expected}, of chunks or events, but got {type(found).__name__}{what_to_do}"
    )


class _Opened(Iterator[Any]):
    """Iterates; closes the iterator and what it is over, which a generator leaves open: that is what responses have."""

    def __init__(self, found: Iterable[Any]) -> None:
        self._found = found
        self._iterator = iter(found)

    def __next__(self) -> Any:
        return next(self._iterator)

    def close(self) -> None:
        try:
            _close(self._iterator)
        finally:
            if self._found is not self._iterator:
                _close(self._found)


class _AsyncOpened(AsyncIterator[Any]):
    """The same, asynchronously."""

    def __init__(self, found: AsyncIterable[Any]) -> None:
        self._found = found
        self._iterator = found.__aiter__()

    def __anext__(self) -> Awaitable[Any]:
        return self._iterator.__anext__()

    async def aclose(self) -> None:
        try:
            await _aclose(self._iterator)
        finally:
            if self._found is not self._iterator:
                await _aclose(self._found)


def _close(opened: object) -> None:
    close: Callable[[], object] | None = getattr(opened, "close", None)
    if close is not None:
        close()


async def _aclose(opened: object) -> None:
    close: Callable[[], Awaitable[object]] | None = getattr(opened, "aclose", None)
    if close is not None:
        await close()


async def _each(pieces: Iterable[Any]) -> AsyncGenerator[Any, None]:
    with closing(_Opened(pieces)) as opened:
        for piece in opened:
            yield piece
