"""The clients: the one place that speaks HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Protocol, Self

from rxstream.reactive import async_subscription, sync_subscription
from rxstream.sources.answer import Answer
from rxstream.sources.answer_async import read_answer
from rxstream.sources.http import Endpoint, credentials
from rxstream.sources.request import DEFAULT_TIMEOUT, Request, Timeout, plain_timeout
from rxstream.sources.stream import ResponseStream

__all__ = ["AsyncClient", "AsyncHTTPClient", "Client", "HTTPClient"]


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
        ConfigurationError: There is neither a key nor a base URL, or they cannot be used.
        TypeError: The HTTP client is an asynchronous one, or the timeout is none.

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
        timeout: Timeout = DEFAULT_TIMEOUT,
        max_event_bytes: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, str] | None = None,
        http_client: HTTPClient | None = None,
    ) -> None:
        headers = credentials(api_key, default_headers)
        del api_key, default_headers  # a traceback may print the variables of this frame
        self._endpoint = Endpoint.configured(
            headers, base_url=base_url, organization=organization, project=project, default_query=default_query
        )
        self._timeout = plain_timeout(timeout)
        self._max_event_bytes = max_event_bytes
        self._given = _checked(http_client, is_async=False)
        self._own: HTTPClient | None = None
        self._lock = threading.Lock()

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
        prepared = Request(self._endpoint, self._timeout, request)
        return ResponseStream(sync_subscription(lambda: Answer(self._http_client(), prepared, self._max_event_bytes)))

    def close(self) -> None:
        """Close the connections; those of an ``http_client`` of yours stay open."""
        with self._lock:
            own, self._own = self._own, None
        if own is not None:
            own.close()

    def _http_client(self) -> HTTPClient:
        if self._given is not None:
            return self._given
        with self._lock:
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
        return f"Client({_shown(self)})"


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
        timeout: Timeout = DEFAULT_TIMEOUT,
        max_event_bytes: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, str] | None = None,
        http_client: AsyncHTTPClient | None = None,
    ) -> None:
        headers = credentials(api_key, default_headers)
        del api_key, default_headers  # a traceback may print the variables of this frame
        self._endpoint = Endpoint.configured(
            headers, base_url=base_url, organization=organization, project=project, default_query=default_query
        )
        self._timeout = plain_timeout(timeout)
        self._max_event_bytes = max_event_bytes
        self._given = _checked(http_client, is_async=True)
        self._own: AsyncHTTPClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def stream(self, **request: Any) -> ResponseStream:
        """Describe a request; it is sent at each subscription, which needs a running event loop.

        Args, Returns, Raises, Errors: as :meth:`Client.stream`.
        """
        prepared = Request(self._endpoint, self._timeout, request)
        return ResponseStream(
            async_subscription(lambda: read_answer(self._http_client(), prepared, self._max_event_bytes))
        )

    async def aclose(self) -> None:
        """Close the connections; those of an ``http_client`` of yours stay open."""
        own, self._own = self._own, None
        if own is not None and self._loop is asyncio.get_running_loop():
            await own.aclose()

    def _http_client(self) -> AsyncHTTPClient:
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        if self._own is None or self._loop is not loop:  # connections belong to the loop that made them
            import httpx

            self._loop = loop
            self._own = httpx.AsyncClient(limits=httpx.Limits(max_connections=1000, max_keepalive_connections=100))
        return self._own

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncClient({_shown(self)})"


def _checked(http_client: Any, *, is_async: bool) -> Any:
    """Return an HTTP client, if it is one, of the right kind.

    Raises:
        TypeError: It is not.
    """
    kind = "an asynchronous HTTP client, as httpx.AsyncClient" if is_async else "a synchronous one, as httpx.Client"
    if http_client is not None and not (hasattr(http_client, "stream") and hasattr(http_client, "aclose") == is_async):
        raise TypeError(f"expected http_client to be {kind}, but got {type(http_client).__name__}")
    return http_client


def _shown(client: object) -> object:
    # Tracebacks that print variables show clients that are not made yet.
    return vars(client).get("_endpoint", "not configured")
