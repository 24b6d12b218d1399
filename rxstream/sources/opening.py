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
from typing import Any, cast

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
    return iter(found)


async def open_again_async(reopen: Reopen, cursor: Cursor) -> AsyncIterator[Any]:
    """Call a function that opens a stream again, in asyncio; return an iterator over its chunks.

    Raises:
        TypeError: What it returns is no iterable.
    """
    found: Any = reopen(cursor)
    if not hasattr(found, "__aiter__") and inspect.isawaitable(found):  # a stream can be awaited, too: for its end
        found = await found
    if hasattr(found, "__aiter__"):
        return cast("AsyncIterable[Any]", found).__aiter__()
    if not _is_iterable(found):
        raise _wrong(found, "an iterable, synchronous or asynchronous")
    return _each(found)


def _is_iterable(found: object) -> bool:
    return hasattr(found, "__iter__") and not isinstance(found, SINGLE)


def _wrong(found: object, expected: str) -> TypeError:
    return TypeError(f"expected reopen to return {expected}, of chunks or events, but got {type(found).__name__}")


async def _each(pieces: Iterable[Any]) -> AsyncGenerator[Any, None]:
    iterator = iter(pieces)
    try:
        for piece in iterator:
            yield piece
    finally:
        close: Callable[[], object] | None = getattr(iterator, "close", None)
        if close is not None:
            close()
