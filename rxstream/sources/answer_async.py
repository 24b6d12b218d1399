"""Reading the answer to one request, in asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any

from rxstream.events import ResponseStreamEvent
from rxstream.sources.exchange import Decoder, Sendable
from rxstream.sources.http import MAX_ERROR_BYTES, MAX_EXCERPT_BYTES, refuse
from rxstream.sources.limits import BODY_SECONDS, END_SECONDS, FAILED_SECONDS
from rxstream.sources.transport_errors import is_transport_error, said, unanswered

__all__ = ["read_answer"]


async def read_answer(
    http_client: Any, request: Sendable, decoder: Decoder
) -> AsyncGenerator[list[ResponseStreamEvent], None]:
    """Send a request; give the events of the answer, a batch for each read."""
    answered = False
    lost: Exception | None = None
    left: BaseException | None = None
    try:
        async with http_client.stream(request.method, request.url, **request.options()) as response:
            answered = True
            try:
                wrong = decoder.wrong(response.status_code, response.headers)
                if wrong is not None:
                    refuse(wrong, response.status_code, response.headers, await _beginning(response, wrong))
                chunks = _body(response)
                async for chunk in chunks:
                    events = decoder.feed(chunk)
                    if events:
                        yield events
                    if not decoder.is_plain:
                        break
                else:
                    yield decoder.close()
                now = asyncio.get_running_loop().time
                deadline = now() + FAILED_SECONDS
                while not decoder.is_over and (late := await _next(chunks, deadline)) is not None:
                    yield decoder.feed(late)
                await _next(chunks, now() + END_SECONDS)
            except (asyncio.CancelledError, GeneratorExit) as leaving:
                left = leaving
                raise
    except Exception as error:
        left = left or _cancellation()
        if left is not None:  # what closing raises is of no interest to one who has left
            raise left from error
        if not is_transport_error(error):
            raise
        if not answered:
            raise unanswered(error) from error
        lost = error
    failure = decoder.error(None if lost is None else said(lost))
    if failure is not None:
        raise failure from lost


def _cancellation() -> BaseException | None:
    task = asyncio.current_task()
    return asyncio.CancelledError() if task is not None and task.cancelling() else None


async def _next(chunks: AsyncIterator[bytes], deadline: float) -> bytes | None:
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline):
            return await anext(chunks, None)
    return None


async def _beginning(response: Any, wrong: str) -> bytes:
    limit = MAX_ERROR_BYTES if wrong == "status" else MAX_EXCERPT_BYTES
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in _body(response):
                body += chunk
                if len(body) >= limit:
                    break
    except TimeoutError:
        pass
    except Exception as error:
        if not is_transport_error(error):
            raise
    return bytes(body[:limit])


def _body(response: Any) -> AsyncIterator[bytes]:
    """Return the body as it came; in one piece where something, a hook or a mock, has read it already."""
    return _one(response.content) if getattr(response, "is_stream_consumed", False) else response.aiter_raw()


async def _one(piece: bytes) -> AsyncGenerator[bytes, None]:
    yield piece
