"""The clients: the one place that speaks HTTP."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Iterator, Mapping
from threading import Timer
from types import TracebackType
from typing import Any, Protocol, Self

from rxstream.errors import APIConnectionError
from rxstream.events import ResponseStreamEvent
from rxstream.reactive import async_subscription, sync_subscription
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.http import (
    MAX_ERROR_BYTES,
    MAX_EXCERPT_BYTES,
    Endpoint,
    Headers,
    Timeout,
    check_answer,
    refuse,
)
from rxstream.sources.sockets import Connections
from rxstream.sources.stream import ResponseStream

__all__ = ["AsyncClient", "AsyncHTTPClient", "Client", "HTTPClient"]

_TIMEOUT: Timeout = (5.0, 600.0, 5.0, 5.0)
_GRACE_SECONDS = 1.0  # how long `response.failed` may take to follow an `error`


class HTTPClient(Protocol):
    """What is needed of a synchronous HTTP client: ``httpx.Client`` and ``httpx2.Client`` have it."""

    @property
    def stream(self) -> Any:
        """``stream(method, url, *, json, headers, timeout, …)``, a context manager."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


class AsyncHTTPClient(Protocol):
    """What is needed of an asynchronous HTTP client: ``httpx.AsyncClient`` and ``httpx2.AsyncClient`` have it."""

    @property
    def stream(self) -> Any:
        """``stream(method, url, *, json, headers, timeout, …)``, an asynchronous context manager."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class _Request:
    """One request, ready to be sent as often as it is subscribed to."""

    def __init__(self, endpoint: Endpoint, timeout: Timeout, request: dict[str, Any]) -> None:
        if request.get("stream", True) is not True:
            raise TypeError("expected a streamed request, but got stream=False: leave `stream` out")
        timeout = request.pop("timeout", timeout)
        extra_headers: Mapping[str, str] | None = request.pop("extra_headers", None)
        extra_query: Mapping[str, str] | None = request.pop("extra_query", None)
        extra_body: Mapping[str, Any] = request.pop("extra_body", None) or {}
        self.url = endpoint.url("/responses", extra_query)
        self.headers: Headers = endpoint.headers_with(extra_headers)
        self.timeout = timeout
        self.body: dict[str, Any] = {**request, **extra_body, "stream": True}
        # Only what runs in the background can be fetched again, from any event on.
        self.resumable = self.body.get("background") is True

    def options(self) -> dict[str, Any]:
        """Return what both families of HTTP clients take, in types that belong to neither."""
        return {
            "json": self.body,
            "headers": self.headers,
            "timeout": self.timeout,
            "follow_redirects": False,
        }


class Client:
    """Sends requests and streams the answers, synchronously.

    Args:
        api_key: The key; ``OPENAI_API_KEY`` by default.
        base_url: Where the API is; ``OPENAI_BASE_URL`` by default, then ``https://api.openai.com/v1``.
        organization: ``OPENAI_ORG_ID`` by default.
        project: ``OPENAI_PROJECT_ID`` by default.
        timeout: Seconds, or seconds to connect, read, write and get a connection; by default (5, 600, 5, 5).
        max_event_bytes: How large one event may be; 64 MiB by default.
        default_headers: Headers of every request; they go before ours.
        default_query: Query parameters of every request.
        http_client: An ``httpx.Client`` or ``httpx2.Client`` of yours, which you close; by default one of our own.

    Raises:
        ConfigurationError: There is neither a key nor a base URL.

    Example:
        >>> import httpx, rxstream
        >>> from rxstream.simulated import SimulatedTransport
        >>> with httpx.Client(transport=SimulatedTransport()) as http_client:
        ...     client = rxstream.Client(base_url="http://simulated/v1", http_client=http_client)
        ...     stream = client.stream(model="gpt-5", input="Say 'hello' 2 times.")
        ...     rxstream.last_sync(stream.final_response()).status
        'completed'
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        organization: str | None = None,
        project: str | None = None,
        timeout: Timeout = _TIMEOUT,
        max_event_bytes: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, str] | None = None,
        http_client: HTTPClient | None = None,
    ) -> None:
        self._endpoint = Endpoint.configured(
            api_key=api_key,
            base_url=base_url,
            organization=organization,
            project=project,
            default_headers=default_headers,
            default_query=default_query,
        )
        self._timeout = timeout
        self._max_event_bytes = max_event_bytes
        self._given = http_client
        self._own: HTTPClient | None = None

    def stream(self, **request: Any) -> ResponseStream:
        """Describe a request; it is sent at each subscription.

        Args:
            request: The body of ``POST /responses``: ``model``, ``input``, ``tools`` and so on, as JSON. And as in
                OpenAI's SDK: ``extra_headers``, ``extra_query``, ``extra_body``, ``timeout``.

        Returns:
            A cold stream. Disposing of it closes the connection.

        Raises:
            TypeError: ``stream=False`` was asked for.

        Errors:
            :class:`~rxstream.errors.APIConnectionError`: no connection, or no answer.
            :class:`~rxstream.errors.APIStatusError`, :class:`~rxstream.errors.NotAnEventStreamError`: not the answer
            that was expected.
            :class:`~rxstream.errors.ConnectionLostError`, :class:`~rxstream.errors.TruncatedStreamError`: it broke off.
            :class:`~rxstream.errors.ResponseStreamError`, :class:`~rxstream.errors.ResponseFailedError`: the response
            failed.
            :class:`~rxstream.errors.EventParseError`, :class:`~rxstream.errors.SSELimitError`: an event is no JSON
            object, or too large.
        """
        prepared = _Request(self._endpoint, self._timeout, dict(request))
        return ResponseStream(sync_subscription(lambda: _Reading(self._http_client(), prepared, self._max_event_bytes)))

    def close(self) -> None:
        """Close the connections; those of an ``http_client`` of yours stay open."""
        if self._own is not None:
            self._own.close()
            self._own = None

    def _http_client(self) -> HTTPClient:
        if self._given is not None:
            return self._given
        if self._own is None:
            import httpx

            self._own = httpx.Client(limits=httpx.Limits(max_connections=1000, max_keepalive_connections=100))
        return self._own

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._endpoint})"


class AsyncClient:
    """Sends requests and streams the answers, in asyncio.

    Args, Raises: as :class:`Client`; ``http_client`` is an ``httpx.AsyncClient`` or ``httpx2.AsyncClient``.

    Example:
        >>> import asyncio, httpx, rxstream
        >>> from rxstream.simulated import SimulatedTransport
        >>> async def main():
        ...     async with httpx.AsyncClient(transport=SimulatedTransport()) as http_client:
        ...         client = rxstream.AsyncClient(base_url="http://simulated/v1", http_client=http_client)
        ...         stream = client.stream(model="gpt-5", input="Say 'hello' 2 times.")
        ...         return await rxstream.last(stream.final_response())
        >>> asyncio.run(main()).status
        'completed'
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        organization: str | None = None,
        project: str | None = None,
        timeout: Timeout = _TIMEOUT,
        max_event_bytes: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, str] | None = None,
        http_client: AsyncHTTPClient | None = None,
    ) -> None:
        self._endpoint = Endpoint.configured(
            api_key=api_key,
            base_url=base_url,
            organization=organization,
            project=project,
            default_headers=default_headers,
            default_query=default_query,
        )
        self._timeout = timeout
        self._max_event_bytes = max_event_bytes
        self._given = http_client
        self._own: AsyncHTTPClient | None = None

    def stream(self, **request: Any) -> ResponseStream:
        """Describe a request; it is sent at each subscription, which needs a running event loop.

        Args, Returns, Raises, Errors: as :meth:`Client.stream`.
        """
        prepared = _Request(self._endpoint, self._timeout, dict(request))
        return ResponseStream(async_subscription(lambda: _read(self._http_client(), prepared, self._max_event_bytes)))

    async def aclose(self) -> None:
        """Close the connections; those of an ``http_client`` of yours stay open."""
        if self._own is not None:
            await self._own.aclose()
            self._own = None

    def _http_client(self) -> AsyncHTTPClient:
        if self._given is not None:
            return self._given
        if self._own is None:
            import httpx

            self._own = httpx.AsyncClient(limits=httpx.Limits(max_connections=1000, max_keepalive_connections=100))
        return self._own

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncClient({self._endpoint})"


def _errors_of(http_client: object) -> tuple[type[Exception], ...]:
    """Return what a client of either family raises when the transport fails, without importing the family."""
    for cls in type(http_client).__mro__:
        root = cls.__module__.partition(".")[0]
        if root in ("httpx", "httpx2"):
            module = sys.modules[root]
            return (module.TransportError, module.StreamError, OSError)
    return (OSError,)


async def _read(
    http_client: AsyncHTTPClient, request: _Request, max_event_bytes: int | None
) -> AsyncGenerator[list[ResponseStreamEvent], None]:
    transport_errors = _errors_of(http_client)
    decoder = BodyDecoder(max_event_bytes=max_event_bytes, resumable=request.resumable)
    answered = False
    lost: Exception | None = None
    try:
        async with http_client.stream("POST", request.url, **request.options()) as response:
            answered = True
            wrong = check_answer(response.status_code, response.headers)
            if wrong is not None:
                refuse(wrong, response.status_code, response.headers, await _beginning(response, wrong))
            chunks = response.aiter_raw()
            while not decoder.is_over:
                chunk = await _next(chunks, grace=decoder.end.awaits_failed)
                events = decoder.close() if chunk is None else decoder.feed(chunk)
                if events:
                    yield events
                if chunk is None:
                    break
            await _drain(chunks)
    except transport_errors as error:
        if not answered:
            raise _unanswered(error) from error
        lost = error
    failure = decoder.failure or (decoder.end.error() if lost is None else decoder.end.connection_lost(_said(lost)))
    if failure is not None:
        raise failure from lost


async def _next(chunks: Any, *, grace: bool) -> bytes | None:
    if not grace:
        return await anext(chunks, None)
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            return await anext(chunks, None)
    except TimeoutError:
        return None


async def _drain(chunks: Any) -> None:
    """Take the end of the body where it has arrived already: only then can the connection be used again."""
    rest = asyncio.ensure_future(anext(chunks, None))
    try:
        for _ in range(3):
            if rest.done():
                return
            await asyncio.sleep(0)
    finally:
        if not rest.done():
            rest.cancel()
        await asyncio.wait([rest])
        if not rest.cancelled():
            rest.exception()  # looked at: the response is complete, whatever the connection did then


async def _beginning(response: Any, wrong: str) -> bytes:
    limit = MAX_ERROR_BYTES if wrong == "status" else MAX_EXCERPT_BYTES
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= limit:
            break
    return bytes(body[:limit])


class _Reading:
    """One answer, read synchronously."""

    def __init__(self, http_client: HTTPClient, request: _Request, max_event_bytes: int | None) -> None:
        self._transport_errors = _errors_of(http_client)
        self._decoder = BodyDecoder(max_event_bytes=max_event_bytes, resumable=request.resumable)
        self._connections = Connections()
        extensions = {"trace": self._connections.trace}
        self._context = http_client.stream("POST", request.url, **request.options(), extensions=extensions)
        self._response: Any = None
        self._interrupted = False

    def __iter__(self) -> Iterator[list[ResponseStreamEvent]]:
        decoder = self._decoder
        lost: Exception | None = None
        try:
            self._response = self._context.__enter__()
        except self._transport_errors as error:
            raise _unanswered(error) from error
        try:
            yield from self._batches(self._response)
        except self._transport_errors as error:
            lost = None if self._interrupted else error
        failure = decoder.failure or (decoder.end.error() if lost is None else decoder.end.connection_lost(_said(lost)))
        if failure is not None:
            raise failure from lost

    def _batches(self, response: Any) -> Iterator[list[ResponseStreamEvent]]:
        self._connections.add(response.extensions.get("network_stream"))
        decoder = self._decoder
        wrong = check_answer(response.status_code, response.headers)
        if wrong is not None:
            refuse(wrong, response.status_code, response.headers, _beginning_sync(response, wrong))
        chunks = response.iter_raw()
        while not decoder.is_over:
            chunk: bytes | None = self._next(chunks, grace=decoder.end.awaits_failed)
            events = decoder.close() if chunk is None else decoder.feed(chunk)
            if events:
                yield events
            if chunk is None:
                return

    def _next(self, chunks: Iterator[bytes], *, grace: bool) -> bytes | None:
        if not grace:
            return next(chunks, None)
        timer = Timer(_GRACE_SECONDS, self.interrupt)
        timer.start()
        try:
            return next(chunks, None)
        finally:
            timer.cancel()

    def close(self) -> None:
        if self._response is not None:
            self._response = None
            self._context.__exit__(None, None, None)

    def interrupt(self) -> None:
        self._interrupted = True
        self._connections.shut_down()


def _beginning_sync(response: Any, wrong: str) -> bytes:
    limit = MAX_ERROR_BYTES if wrong == "status" else MAX_EXCERPT_BYTES
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) >= limit:
            break
    return bytes(body[:limit])


def _unanswered(error: Exception) -> APIConnectionError:
    return APIConnectionError(f"expected an answer, but the request failed: {_said(error)}", retryable=True)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
