"""Reading the answer to one request, in asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any

from rxstream.events import ResponseStreamEvent
from rxstream.reactive.leaving import Deadline
from rxstream.sources.body import pieces_async, plain_headers
from rxstream.sources.exchange import Decoder, Sendable
from rxstream.sources.http import MAX_ERROR_BYTES, MAX_EXCERPT_BYTES, Headers, refuse
from rxstream.sources.http_clients import check_open
from rxstream.sources.limits import BODY_SECONDS, END_SECONDS, FAILED_SECONDS
from rxstream.sources.sending import EXTENSIONS
from rxstream.sources.transport_errors import cannot_be_sent, is_transport_error, unanswered

__all__ = ["read_answer"]


async def read_answer(
    http_client: Any, request: Sendable, decoder: Decoder
) -> AsyncGenerator[list[ResponseStreamEvent], None]:
    """Send a request; give the events of the answer, a batch for each read."""
    answered = False
    lost: Exception | None = None
    left: BaseException | None = None
    failed: Exception | None = None
    try:
        async with http_client.stream(
            request.method, request.url, **request.options(), extensions=EXTENSIONS
        ) as response:
            answered = True
            try:
                check_open(http_client)
                headers = plain_headers(response, request.headers)
                wrong = decoder.wrong(response.status_code, headers)
                if wrong is not None:
                    beginning = await _beginning(response, request.headers, wrong)
                    refuse(wrong, response.status_code, headers, beginning)
                chunks = pieces_async(response, request.headers)
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
            except Exception as failing:
                failed = failing
                raise
    except Exception as raised:
        left = left or _cancellation()
        if left is not None:  # what closing raises is of no interest to one who has left
            raise left from raised
        error = failed or raised  # nor after another error
        if not answered and cannot_be_sent(error):
            raise unanswered(error) from error
        if not is_transport_error(error):
            raise error from error.__cause__
        lost = error
    failure = decoder.error(lost)
    if failure is not None:
        raise failure from lost or failure.__cause__


def _cancellation() -> BaseException | None:
    task = asyncio.current_task()
    return asyncio.CancelledError() if task is not None and task.cancelling() else None


async def _next(chunks: AsyncIterator[bytes], deadline: float) -> bytes | None:
    with suppress(TimeoutError):
        async with Deadline(deadline):
            return await anext(chunks, None)
    return None


async def _beginning(response: Any, asked: Headers, wrong: str) -> bytes:
    limit = MAX_ERROR_BYTES if wrong == "status" else MAX_EXCERPT_BYTES
    body = bytearray()
    try:
        async with Deadline(asyncio.get_running_loop().time() + BODY_SECONDS):
            async for chunk in pieces_async(response, asked):
                body += chunk
                if len(body) >= limit:
                    break
    except TimeoutError:
        pass
    except Exception as error:
        if not is_transport_error(error):
            raise
    return asked.redacted(bytes(body))[:limit]
