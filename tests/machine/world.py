"""A server, a client and subscribers that do one thing at a time, as a state machine tells them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from rxstream.errors import RxstreamError
from tests.fault_server import created, delta, sse, terminal

__all__ = ["EVENTS", "Boom", "Connection", "Listener", "Server"]

EVENTS = [created(), *map(delta, range(1, 9)), terminal(9)]
_JSON = {"content-type": "application/json"}
_STREAM = {"content-type": "text/event-stream"}


class Boom(Exception):
    """What a subscriber raises."""


class Connection(httpx.AsyncByteStream):
    """One answer, whose bytes come when the machine says so.

    Attributes:
        place: The number of the next event that it sends.
        is_open: The client has not closed it.
        is_ended: The server has nothing more to say on it.
    """

    def __init__(self, server: Server, place: int) -> None:
        self.place = place
        self.is_open = True
        self.is_ended = False
        self._server = server
        self._queue: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()

    def send(self, count: int) -> None:
        """Send so many of the events that are left, as one chunk."""
        events = EVENTS[self.place : self.place + count]
        self.place += len(events)
        self._queue.put_nowait(sse(*events))

    def drop(self, *, reset: bool) -> None:
        """Break off, or end as if there were nothing wrong."""
        self.is_ended = True
        self._queue.put_nowait(httpx.ReadError("reset") if reset else None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._queue.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self.is_open = False


@dataclass
class Server(httpx.AsyncBaseTransport):
    """Holds a response of which every request is a part.

    Attributes:
        overlap: How many events come again where a response is resumed.
        is_available: Requests are answered, not by 503.
        refuses: A resume is refused; the response can be had as a whole, once it is complete.
        is_complete: It is.
        connections: What was answered with a stream.
        begun: How many responses were asked for.
    """

    overlap: int = 0
    is_available: bool = True
    refuses: bool = False
    is_complete: bool = False
    connections: list[Connection] = field(default_factory=list[Connection])
    begun: int = 0

    @property
    def open(self) -> list[Connection]:
        """Those that are being read."""
        return [connection for connection in self.connections if connection.is_open]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        await asyncio.sleep(0)
        if not self.is_available:
            return httpx.Response(503, headers=_JSON, content=b'{"error": {"message": "busy"}}')
        if request.method == "POST":
            self.begun += 1
            return self._stream(0)
        if "stream" not in request.url.params:
            status = "completed" if self.is_complete else "in_progress"
            return httpx.Response(200, headers=_JSON, content=json.dumps({**FINAL, "status": status}).encode())
        if self.refuses:
            return httpx.Response(404, headers=_JSON, content=b'{"error": {"message": "too old"}}')
        return self._stream(max(0, int(request.url.params["starting_after"]) + 1 - self.overlap))

    def _stream(self, place: int) -> httpx.Response:
        connection = Connection(self, place)
        self.connections.append(connection)
        return httpx.Response(200, headers=_STREAM, stream=connection)


FINAL = EVENTS[-1]["response"]


class Listener:
    """Subscribes; may raise at one item, or dispose of itself there.

    Attributes:
        kind: Of which stream.
        items: What came, as JSON.
        ends: How it ended.
        after: What came when nothing should come any more.
        is_live: It has neither ended nor left.
    """

    def __init__(self, kind: str, stream: Any, *, raises_at: int | None = None, leaves_at: int | None = None) -> None:
        self.kind = kind
        self.items: list[dict[str, Any]] = []
        self.ends: list[Exception | None] = []
        self.after: list[Any] = []
        self.is_live = True
        self._raises_at, self._leaves_at = raises_at, leaves_at
        self._leaves = False
        self._subscription: Any = None
        self._subscription = stream.subscribe(self._next, self._end, lambda: self._end(None))
        if self._leaves:
            self.leave()

    def _next(self, event: Any) -> None:
        if self._leaves:
            return
        if not self.is_live:
            self.after.append(event)
            return
        self.items.append(event.to_dict())
        if len(self.items) == self._raises_at:
            raise Boom
        if len(self.items) == self._leaves_at:
            self.leave()

    def _end(self, error: Exception | None) -> None:
        if self._leaves:
            return
        if not self.is_live:
            self.after.append(error)
        self.ends.append(error)
        self.is_live = False

    def leave(self) -> None:
        """Dispose; inside ``subscribe``, where nobody can yet, when it returns."""
        self.is_live = False
        self._leaves = self._subscription is None
        if self._subscription is not None:
            self._subscription.dispose()

    def check(self) -> None:
        """Hold what came against the truth.

        Raises:
            AssertionError: An event is lost, doubled, reordered or invented; it ended twice, or otherwise than it may.
        """
        assert self.after == []
        assert len(self.ends) <= 1
        numbered = [item for item in self.items if "sequence_number" in item]
        assert numbered == EVENTS[: len(numbered)]
        rest = self.items[len(numbered) :]
        assert rest in ([], [{"type": "response.completed", "response": FINAL}])
        if not self.ends:
            return
        error = self.ends[0]
        is_whole = bool(self.items) and self.items[-1]["type"] == "response.completed"
        if error is None:
            assert is_whole, "it completed without a terminal event"
        elif isinstance(error, Boom):
            assert len(self.items) == self._raises_at
        else:
            assert isinstance(error, RxstreamError)
            assert not is_whole
