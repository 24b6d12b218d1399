"""Reading a stream over all its requests, in asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from typing import Any

from rxstream.errors import StreamError
from rxstream.events import ResponseStreamEvent
from rxstream.sinks.chunks import OnChunk
from rxstream.sources.answer_async import read_answer
from rxstream.sources.course import Course
from rxstream.sources.tapped import tapped

__all__ = ["read"]


async def read(
    open_http_client: Callable[[], Any], course: Course, on_chunk: OnChunk | None = None
) -> AsyncGenerator[Iterable[ResponseStreamEvent], None]:
    """Send one request after the other, as a course says; give the events, a batch for each read. See ``Reading``."""
    while True:
        try:
            http_client, (request, decoder) = open_http_client(), course.exchange()
            async with aclosing(read_answer(http_client, request, tapped(decoder, on_chunk))) as batches:
                async for batch in batches:
                    events = course.feed(batch)
                    if events:
                        yield events
                    if course.failure is not None:
                        raise course.failure
            return
        except StreamError as error:
            seconds = course.seconds_before_next(error)
        await asyncio.sleep(seconds)
