"""Event streams that break off, and servers that go on with them; read synchronously and in virtual asyncio."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import pytest

from rxstream import Cursor, ResponseStream, from_sse
from rxstream.testing import now, run_virtually
from tests.sources.clients import Told, tell_async, tell_sync

__all__ = ["AsyncChunks", "Chunks", "Events", "Server", "both", "numbered", "told", "unnumbered", "wire"]

Events = Sequence[dict[str, Any]]
both = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])


def unnumbered(events: Events) -> list[dict[str, Any]]:
    """Return events without their numbers."""
    return [{key: value for key, value in event.items() if key != "sequence_number"} for event in events]


def numbered(events: Events) -> list[dict[str, Any]]:
    """Return events, numbered from 0."""
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def wire(events: Events, start: int = 0, *, ids: bool = True) -> bytes:
    """Return the bytes of events from one on; their ids are their places, from 1."""
    blocks = [
        (f"id: {place}\n" if ids else "") + f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
        for place, event in enumerate(events, 1)
    ]
    return "".join(blocks[start:]).encode()


class Chunks:
    """Chunks, and what breaks them off; counts how many of its kind are open."""

    def __init__(self, server: Server | None, chunks: Sequence[bytes], lost: Exception | None) -> None:
        self._server = server
        self._chunks = iter(chunks)
        self._lost = lost
        self._is_open = True
        if server is not None:
            server.open += 1

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        assert self._is_open, "expected no read after the close"
        for chunk in self._chunks:
            return chunk
        if self._lost is not None:
            raise self._lost
        raise StopIteration

    def close(self) -> None:
        if self._is_open and self._server is not None:
            self._server.open -= 1
        self._is_open = False


class AsyncChunks:
    """The same, asynchronously."""

    def __init__(self, chunks: Chunks) -> None:
        self._inner = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self  # type: ignore[return-value]

    async def __anext__(self) -> bytes:
        await asyncio.sleep(0)
        try:
            return next(self._inner)
        except StopIteration:
            raise StopAsyncIteration from None

    async def aclose(self) -> None:
        self._inner.close()


class Server:
    """Answers by a function from what was asked to chunks, and an error that breaks them off.

    Attributes:
        asked: Where it was to go on.
        times: When, in virtual time.
        open: How many answers are not closed.
    """

    def __init__(self, reply: Callable[[Cursor], tuple[Sequence[bytes], Exception | None]]) -> None:
        self._reply = reply
        self.asked: list[Cursor] = []
        self.times: list[float] = []
        self.open = 0

    def reopen(self, cursor: Cursor) -> Chunks:
        self.asked.append(cursor)
        return Chunks(self, *self._reply(cursor))

    async def reopen_async(self, cursor: Cursor) -> AsyncChunks:
        self.times.append(now())
        await asyncio.sleep(0)
        return AsyncChunks(self.reopen(cursor))


def told(
    first: Sequence[bytes], server: Server, is_async: bool, *, lost: Exception | None = None, **options: Any
) -> Told:
    """Subscribe to chunks that a server goes on with; return what was told. Everything is closed afterwards."""

    async def main() -> Told:
        return await tell_async(stream(AsyncChunks(Chunks(server, first, lost)), server.reopen_async))

    def stream(chunks: Any, reopen: Any) -> ResponseStream:
        return from_sse(chunks, **{"reopen": reopen, **options})

    found = run_virtually(main()) if is_async else tell_sync(stream(Chunks(server, first, lost), server.reopen))
    assert server.open == 0
    return found
