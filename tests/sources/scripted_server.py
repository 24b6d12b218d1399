"""A server in process that answers as a test says, and breaks off where it says; for clients of each kind."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from rxstream import AsyncClient, Client, ResponseStream
from rxstream.simulated import SimulatedModel
from rxstream.testing import now, run_virtually
from tests.fault_server import sse
from tests.sources.clients import CANARY, Reader, Told, tell_async, tell_sync

__all__ = ["URL", "Asked", "Reply", "ScriptedServer", "Server", "refusing", "simulated_events", "told"]

URL = "http://scripted/v1"
_EVENT_STREAM = {"content-type": "text/event-stream"}


@dataclass
class Asked:
    """One request, as the server got it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Reply:
    """One answer.

    Attributes:
        lost: The connection breaks behind the body.
        unanswered: There is no answer: the connection cannot be made.
    """

    chunks: list[bytes] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: dict(_EVENT_STREAM))
    lost: bool = False
    unanswered: bool = False


def refusing(status: int, **headers: str) -> Reply:
    """Answer with a status."""
    return Reply([b'{"error": {"message": "no"}}'], status, {name.replace("_", "-"): headers[name] for name in headers})


def simulated_events(deltas: int = 50, **request: Any) -> list[dict[str, Any]]:
    """Return the events of a response in the background."""
    body = {"model": f"scenario:long:{deltas}", "input": "Hi", "background": True, **request}
    return SimulatedModel().create(body).events


class ScriptedServer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that calls a function for each request.

    Attributes:
        asked: What was asked.
        open: How many answers are being read now.
    """

    def __init__(self, reply: Callable[[Asked], Reply]) -> None:
        self._reply = reply
        self.asked: list[Asked] = []
        self.open = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._answer(request, "SyncByteStream", _SyncBody)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._answer(request, "AsyncByteStream", _AsyncBody)

    def _answer(self, request: httpx.Request, base: str, body: type) -> httpx.Response:
        roots = (cls.__module__.partition(".")[0] for cls in type(request).__mro__)
        family: Any = sys.modules[next(root for root in roots if root in ("httpx", "httpx2"))]
        at = 0.0
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            at = now()
        headers = dict(request.headers.items())
        asked = Asked(request.method, request.url.path, dict(request.url.params), headers, request.content, at)
        self.asked.append(asked)
        reply = self._reply(asked)
        if reply.unanswered:
            raise family.ConnectError("refused")
        error = family.ReadError("reset") if reply.lost else None
        self.open += 1
        content = type(body.__name__, (body, getattr(family, base)), {})(self, reply, error)
        return family.Response(reply.status, headers=reply.headers, stream=content)


class _SyncBody:
    def __init__(self, server: ScriptedServer, reply: Reply, error: Exception | None) -> None:
        self._server, self._reply, self._error = server, reply, error

    def __iter__(self) -> Iterator[bytes]:
        yield from self._reply.chunks
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        self._server.open -= 1


class _AsyncBody:
    def __init__(self, server: ScriptedServer, reply: Reply, error: Exception | None) -> None:
        self._server, self._reply, self._error = server, reply, error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._reply.chunks:
            yield chunk
        if self._error is not None:
            raise self._error

    async def aclose(self) -> None:
        self._server.open -= 1


@dataclass
class Server:
    """A response in the background, on a server whose connections break as a test says.

    Attributes:
        events: The whole response.
        cuts: How many events of each connection come, in turn; all of them when there is no more.
        overlap: How many events a resumed connection sends again.
        lost: A cut is a broken connection, not a clean end.
    """

    events: list[dict[str, Any]]
    cuts: list[int]
    overlap: int = 0
    lost: bool = True

    def __call__(self, asked: Asked) -> Reply:
        after = int(asked.query.get("starting_after", -1))
        rest = [event for event in self.events if event["sequence_number"] > after - self.overlap]
        if not self.cuts:
            return Reply([sse(event) for event in rest])
        return Reply([sse(event) for event in rest[: self.cuts.pop(0)]], lost=self.lost)


def told(reader: Reader, server: ScriptedServer, open_stream: Callable[[Any], ResponseStream], **settings: Any) -> Told:
    """Subscribe to a stream of a client of ours; in virtual time, where it is asynchronous."""
    settings = {"api_key": CANARY, "base_url": URL, **settings}

    async def main() -> Told:
        async with reader.family.AsyncClient(transport=server) as http_client:
            begun = now()
            found = await tell_async(open_stream(AsyncClient(http_client=http_client, **settings)))
            found.seconds = now() - begun
            await asyncio.sleep(1)  # asyncio closes generators that nobody reads any more in tasks of its own
            assert asyncio.all_tasks() == {asyncio.current_task()}
            return found

    if reader.is_async:
        found = run_virtually(main())
    else:
        with reader.family.Client(transport=server) as http_client:
            found = tell_sync(open_stream(Client(http_client=http_client, **settings)))
    assert server.open == 0, "expected each answer to be closed"
    return found
