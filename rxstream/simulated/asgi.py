"""The simulated model as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from rxstream.errors import MissingExtraError
from rxstream.simulated.guards import LOOPBACK_HOSTS, check_headers
from rxstream.simulated.http_errors import SimulatedHTTPError
from rxstream.simulated.model import SimulatedModel
from rxstream.simulated.pacing import frames_async, sleep_until_async
from rxstream.simulated.routing import MAX_BODY_BYTES, Answer, HTTPRequest, answer, too_large
from rxstream.simulated.stored import EventStream

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

__all__ = ["create_app"]

_CLIENT_CLOSED_REQUEST = 499  # as nginx logs it


def create_app(
    model: SimulatedModel | None = None,
    *,
    seed: int | str = 0,
    scenario: str | None = None,
    tokens_per_second: float | None = None,
    allowed_hosts: Sequence[str] = LOOPBACK_HOSTS,
    allowed_origins: Collection[str] = (),
) -> Starlette:
    """Make an ASGI application that serves the simulated model below ``/v1``.

    Args:
        model: The model to serve; a new one by default.
        seed: Decides every id and every choice of a new model.
        scenario: The name of one of ``SCENARIOS``, for a new model.
        tokens_per_second: The pace of a new model; ``None`` means that nothing waits.
        allowed_hosts: Names that the ``Host`` header may have, with any port; brackets around IPv6 addresses.
        allowed_origins: Origins of web pages that may send requests, beside pages of the server itself.

    Returns:
        The application; its model is ``app.state.model``.

    Raises:
        MissingExtraError: If starlette is not installed.

    Example:
        >>> create_app(seed=1).state.model.seed
        1
    """
    try:
        from starlette.applications import Starlette
        from starlette.middleware import Middleware
        from starlette.middleware.cors import CORSMiddleware
        from starlette.requests import ClientDisconnect
        from starlette.responses import Response
        from starlette.routing import Route
    except ImportError as error:
        raise MissingExtraError("the simulated server", "server", "starlette") from error

    served = model if model is not None else SimulatedModel(seed, scenario, tokens_per_second)
    hosts = {host.lower() for host in allowed_hosts}

    async def endpoint(request: Request) -> Any:
        refused = check_headers(request.headers, hosts, allowed_origins)
        if refused is not None:
            return Response(refused.body, refused.status_code, refused.headers)
        try:
            answered = answer(served, await _read(request))
        except SimulatedHTTPError as error:
            return Response(error.body, error.status_code, error.headers)
        except ClientDisconnect:
            return Response(status_code=_CLIENT_CLOSED_REQUEST)  # nobody reads it
        if answered.stream is not None:
            return _EventStreamResponse(answered, answered.stream)
        if answered.ready_at is not None:
            await _while_connected(sleep_until_async(answered.ready_at), request.receive)
        return Response(answered.body, answered.status_code, answered.headers)

    cors = Middleware(CORSMiddleware, allow_origins=list(allowed_origins), allow_methods=["*"], allow_headers=["*"])
    app = Starlette(
        routes=[Route("/{path:path}", endpoint, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])],
        middleware=[cors] if allowed_origins else [],
    )
    app.state.model = served
    return app


async def _read(request: Request) -> HTTPRequest:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise too_large()
    return HTTPRequest(
        method=request.method,
        path=request.url.path,
        query=request.url.query,
        headers=dict(request.headers),
        body=bytes(body),
        now=asyncio.get_running_loop().time(),
    )


class _EventStreamResponse:
    """Sends events as they are due, and stops at once when the client has gone."""

    def __init__(self, answered: Answer, stream: EventStream) -> None:
        self._answered, self._stream = answered, stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await _while_connected(self._send(send), receive)
        finally:
            self._stream.close()

    async def _send(self, send: Send) -> None:
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self._answered.headers.items()]
        await send({"type": "http.response.start", "status": self._answered.status_code, "headers": headers})
        async for frame in frames_async(self._stream):
            await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _while_connected(work: Coroutine[Any, Any, None], receive: Receive) -> None:
    """Do the work, but no longer than the client is there."""
    tasks = [asyncio.create_task(work), asyncio.create_task(_disconnected(receive))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
