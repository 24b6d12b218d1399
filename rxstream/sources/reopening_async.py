"""Reading an event stream that is opened again where it breaks off, in asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, cast

from rxstream.events import ResponseStreamEvent
from rxstream.reactive.leaving import moment
from rxstream.sources.rejoining import Rejoining, is_drop
from rxstream.sources.transport_errors import unheard

__all__ = ["read_reopening"]

_END: Any = object()


async def read_reopening(
    first: Callable[[], Awaitable[AsyncIterator[Any]]],
    reopen: Callable[[], Awaitable[AsyncIterator[Any]]],
    course: Rejoining,
) -> AsyncGenerator[list[ResponseStreamEvent], None]:
    """Read one stream of chunks after the other, as a course says; see ``ReopeningReader``."""
    open_pieces = first
    while True:
        lost: Exception | None = None
        pieces: AsyncIterator[Any] | None = None
        try:
            while not course.is_over:
                try:
                    if pieces is None:
                        pieces = await open_pieces()
                    piece = await anext(pieces, _END)
                except Exception as error:
                    if not is_drop(error):
                        raise
                    lost = error
                    break
                if piece is _END:
                    break
                events = course.feed(piece)
                if events:
                    yield events
        finally:
            close = cast(Any, getattr(pieces, "aclose", None))
            if close is not None:
                with moment(), unheard():
                    await close()
        seconds = course.seconds_before_next(lost)
        if seconds is None:
            return
        await asyncio.sleep(seconds)
        open_pieces = reopen
