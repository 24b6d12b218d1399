"""The simulated model in process: a transport for the clients of httpx and of httpx2."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from rxstream.simulated.model import SimulatedModel
from rxstream.simulated.pacing import frames, frames_async, sleep_until, sleep_until_async
from rxstream.simulated.routing import Answer, HTTPRequest, answer
from rxstream.simulated.stored import EventStream

__all__ = ["SimulatedTransport"]

_FAMILIES = ("httpx", "httpx2")


class SimulatedTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answer the requests of an HTTP client with the simulated model, without a socket.

    Each event is one chunk. Closing the response ends its stream, which ``transport.model.open_streams`` shows.
    Clients of httpx and httpx2, sync and async, are served with responses of their own family.

    Args:
        seed: Decides every id and every choice.
        scenario: The name of one of ``SCENARIOS``.
        tokens_per_second: The pace of the stream; ``None`` means that nothing waits.
        model: A model to serve instead of a new one; the other arguments are then not looked at.

    Example:
        >>> with httpx.Client(transport=SimulatedTransport()) as client:
        ...     request = {"model": "gpt-5", "input": "Say 'hi' twice"}
        ...     client.post("http://simulated/v1/responses", json=request).json()["output"][0]["content"][0]["text"]
        'hi, hi'
    """

    def __init__(
        self,
        seed: int | str = 0,
        scenario: str | None = None,
        tokens_per_second: float | None = None,
        model: SimulatedModel | None = None,
    ) -> None:
        self.model = model if model is not None else SimulatedModel(seed, scenario, tokens_per_second)
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of a sync client."""
        request.read()
        answered = self._answer(request, time.monotonic())
        if answered.ready_at is not None:
            sleep_until(answered.ready_at)
        return _response(request, answered, "SyncByteStream", _SyncBody)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an async client."""
        await request.aread()
        answered = self._answer(request, asyncio.get_running_loop().time())
        if answered.ready_at is not None:
            await sleep_until_async(answered.ready_at)
        return _response(request, answered, "AsyncByteStream", _AsyncBody)

    def _answer(self, request: httpx.Request, now: float) -> Answer:
        plain = HTTPRequest(
            method=request.method.upper(),
            path=request.url.path,
            query=request.url.query.decode("ascii"),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.content,
            now=now,
        )
        with self._lock:
            return answer(self.model, plain)


class _SyncBody:
    def __init__(self, stream: EventStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return frames(self._stream)

    def close(self) -> None:
        self._stream.close()


class _AsyncBody:
    def __init__(self, stream: EventStream) -> None:
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[bytes]:
        return frames_async(self._stream)

    async def aclose(self) -> None:
        self._stream.close()


def _response(request: httpx.Request, answered: Answer, base: str, body: type) -> httpx.Response:
    """Make a response of the request's own family, which alone the client accepts."""
    roots = (cls.__module__.partition(".")[0] for cls in type(request).__mro__)
    family: Any = sys.modules[next(root for root in roots if root in _FAMILIES)]
    if answered.stream is None:
        return family.Response(answered.status_code, headers=answered.headers, content=answered.body)
    content = type(body.__name__, (body, getattr(family, base)), {})(answered.stream)
    return family.Response(answered.status_code, headers=answered.headers, stream=content)
