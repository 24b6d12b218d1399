"""The clients: the one place that speaks HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from rxstream.errors import ConfigurationError
from rxstream.reactive import async_subscription, sync_subscription
from rxstream.sources.backoff import checked_max_retries
from rxstream.sources.course import Course
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.http import Arguments, Endpoint
from rxstream.sources.http_clients import AsyncHTTPClient, HTTPClient, check_open, checked_http_client, is_url
from rxstream.sources.persistence import DEFAULT_MAX_RETRIES
from rxstream.sources.posting import Post, post_json, post_json_async
from rxstream.sources.reading import Reading
from rxstream.sources.reading_async import read
from rxstream.sources.request import DEFAULT_TIMEOUT, Request, Timeout, plain_timeout
from rxstream.sources.resumption import Resumption
from rxstream.sources.splice import Splice
from rxstream.sources.stream import ResponseStream

__all__ = ["AsyncClient", "Client"]


class _Configured:
    """What both clients hold."""

    def __init__(self, given: Arguments, timeout: Timeout, max_retries: int, max_event_bytes: int | None) -> None:
        self._is_closed = False
        self._endpoint = Endpoint.configured(given, is_url)
        self._timeout = plain_timeout(timeout)
        self._max_retries = checked_max_retries(max_retries)
        BodyDecoder(max_event_bytes=max_event_bytes)  # a wrong limit is told here, not to each subscription
        self._max_event_bytes = max_event_bytes

    def _requested(self, given: Arguments) -> Callable[[], Course]:
        """Return what begins a stream, once for each subscription."""
        self._check_open()
        request = Request(self._endpoint, self._timeout, self._max_retries, given)
        retrieval, persistence, limit = request.retrieval, request.persistence, self._max_event_bytes
        return lambda: Course(request, retrieval, persistence, Splice(), limit, request.on_malformed)

    def _resumed(self, response_id: str, starting_after: int | None, given: Arguments) -> Callable[[], Course]:
        self._check_open()
        asked = (response_id, starting_after, given)
        resumption = Resumption(self._endpoint, self._timeout, self._max_retries, *asked)
        return lambda: resumption.course(self._max_event_bytes)

    def _post(self, path: str, body: Mapping[str, Any]) -> Post:
        self._check_open()
        return Post(self._endpoint, self._timeout, self._max_retries, path, body)

    def _check_open(self) -> None:
        if self._is_closed:
            raise ConfigurationError("expected an open client, but it was closed: make another")

    def __repr__(self) -> str:
        # Tracebacks that print variables show clients that are not made yet.
        return f"{type(self).__name__}({vars(self).get('_endpoint', 'not configured')})"


class Client(_Configured):
    """Sends requests and streams the answers, synchronously, until it is closed.

    Args:
        api_key: The key; ``OPENAI_API_KEY`` by default.
        base_url: Where the API is; ``OPENAI_BASE_URL`` by default, then ``https://api.openai.com/v1``.
        organization: ``OPENAI_ORG_ID`` by default.
        project: ``OPENAI_PROJECT_ID`` by default.
        timeout: Seconds, or seconds to connect, read, write and get a connection; by default (5, 600, 5, 5).
        max_retries: How often a request is sent again that was not answered, or with status 408, 409, 429 or from 500,
            before its first event; after growing pauses, or as ``Retry-After`` says (up to two minutes).
        max_event_bytes: How large one event may be, when it is inflated; 64 MiB by default.
        accept_encoding: In which codings the server may answer: ``"gzip"``, ``"deflate"`` or ``"gzip, deflate"``, of
            which it takes its choice. By default in none, and an answer that is encoded is an error. What is encoded is
            inflated 64 KiB at a time.
        default_headers: Headers of every request; they go before ours.
        default_query: Query parameters of every request.
        http_client: An ``httpx.Client`` or ``httpx2.Client`` of yours, which you close; by default one of our own.

    Raises:
        ConfigurationError: There is neither a key nor a base URL, or they cannot be used, or the timeout cannot.
        TypeError: An argument is of the wrong type; the HTTP client is an asynchronous one.
        ValueError: ``max_retries`` is below 0, or ``max_event_bytes`` below 1.

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
        max_retries: int = DEFAULT_MAX_RETRIES,
        max_event_bytes: int | None = None,
        accept_encoding: str = "identity",
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, str] | None = None,
        http_client: HTTPClient | None = None,
    ) -> None:
        given = Arguments(
            api_key=api_key,
            base_url=base_url,
            organization=organization,
            project=project,
            accept_encoding=accept_encoding,
            default_headers=default_headers,
            default_query=default_query,
        )
        del api_key, base_url, default_headers, default_query  # a traceback may print the variables of this frame
        super().__init__(given, timeout, max_retries, max_event_bytes)
        self._given = checked_http_client(http_client, is_async=False)
        self._own: HTTPClient | None = None
        self._lock = threading.Lock()

    def stream(self, **request: Any) -> ResponseStream:
        """Describe a request; it is sent at each subscription.

        Args:
            request: The body of ``POST /responses``: ``model``, ``input``, ``tools`` and so on, as JSON. And as in
                OpenAI's SDK: ``extra_headers``, ``extra_query``, ``extra_body``, ``timeout``, and ``max_retries``
                (that of the client by default). With ``background=True``, ``resume=True`` goes on where the stream
                breaks off, as :meth:`resume` does, and ``on_reconnect`` is a function that is called with a
                :class:`~rxstream.Reconnecting` before each try and with a :class:`~rxstream.Resumed` when it goes on;
                what it raises becomes the stream's error. ``on_malformed`` is a function, too: with it, an event whose
                data is no JSON object is left out instead of being the stream's error, and the function is called with
                a :class:`~rxstream.SkippedEvent`, which counts them.

        Returns:
            A cold stream. Disposing of it closes the connection.

        Raises:
            TypeError: ``stream=False`` was asked for, or an argument is of the wrong type.
            ValueError: ``max_retries`` is below 0; ``resume`` without ``background``, ``on_reconnect`` without it.
            ConfigurationError: The client was closed (a stream that was made before has it as its error), or a header
                or the timeout cannot be used.

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
        given = Arguments(request)
        del request
        return self._streaming(self._requested(given))

    def resume(self, response_id: str, *, starting_after: int | None = None, **options: Any) -> ResponseStream:
        """Describe how a response of the background is read on; it is asked for at each subscription.

        What breaks off is asked for again from where it broke off, up to ``max_retries`` times without a new event:
        by default twice, after half a second and one more. Give more where longer outages are to be survived.
        Behind a number that is known, no event comes twice, and one that is missing is an error. Where the server
        refuses, as some minutes later, the final response is waited for (up to ten minutes) and delivered as a terminal
        event without a number.

        Operators know the events of this stream and no others. Behind ``starting_after``, snapshots have but the rest
        until the terminal event, and the ends of texts and calls that began before it hold the whole of them: the
        operators on text and calls emit that. Leave it out where wholes are wanted; take
        ``of_type("response.output_text.delta")`` where only the rest of a text is.

        Args:
            response_id: The response.
            starting_after: The ``sequence_number`` of the last event that is known; ``None`` reads from the beginning.
            options: ``include`` and ``include_obfuscation``, as the API has them for the retrieval of a response, and
                ``extra_headers``, ``extra_query``, ``timeout``, ``max_retries``, ``on_reconnect``, ``on_malformed``, as
                of :meth:`stream`.

        Returns, Raises, Errors: as :meth:`stream`.

        Example:
            >>> import httpx, rxstream
            >>> from rxstream.simulated import SimulatedTransport
            >>> with httpx.Client(transport=SimulatedTransport()) as http_client:
            ...     client = rxstream.Client(base_url="http://simulated/v1", http_client=http_client)
            ...     created = rxstream.first_sync(client.stream(model="gpt-5", input="Say 'hi' once.", background=True))
            ...     rest = rxstream.collect_sync(client.resume(created.response.id, starting_after=0))
            >>> [event.sequence_number for event in rest], rest[-1].type
            ([1, 2, 3, 4, 5, 6, 7, 8, 9], 'response.completed')
        """
        given = Arguments(options)
        del options
        return self._streaming(self._resumed(response_id, starting_after, given))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request to another part of the API, as ``/moderations``, and return the JSON object of its answer.

        It is sent again as a stream's request is, up to ``max_retries`` times.

        Raises:
            APIConnectionError: There is no answer.
            APIStatusError: The status is not 200.
            StreamError: The answer is no JSON object.
            ConfigurationError: The client was closed.
        """
        given = Arguments(body)
        del body
        return post_json(self._http_client(), self._post(path, given))

    def close(self) -> None:
        """Close the connections, for good; those of an ``http_client`` of yours stay open. Twice does no harm."""
        with self._lock:
            self._is_closed = True
            own, self._own = self._own, None
        if own is not None:
            own.close()

    def _streaming(self, begin: Callable[[], Course]) -> ResponseStream:
        client = self._http_client
        return ResponseStream.tappable(lambda on_chunk: sync_subscription(lambda: Reading(client, begin(), on_chunk)))

    def _http_client(self) -> HTTPClient:
        with self._lock:
            self._check_open()
            if self._given is not None:
                check_open(self._given)
                return self._given
            if self._own is None:
                import httpx

                self._own = httpx.Client(limits=httpx.Limits(max_connections=1000, max_keepalive_connections=100))
            return self._own

    def __enter__(self) -> Self:
        self._check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Configured):
    """Sends requests and streams the answers, in asyncio, until it is closed.

    It may be used in several event loops. Connections of our own belong to one loop each, and are closed by
    :meth:`aclose`, or when their loop ends as in ``asyncio.run`` (by ``shutdown_asyncgens``). A loop that ends
    otherwise leaves them to garbage collection. An ``http_client`` of yours is as good for several loops as its library
    says.

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
        max_retries: int = DEFAULT_MAX_RETRIES,
        max_event_bytes: int | None = None,
        accept_encoding: str = "identity",
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, str] | None = None,
        http_client: AsyncHTTPClient | None = None,
    ) -> None:
        given = Arguments(
            api_key=api_key,
            base_url=base_url,
            organization=organization,
            project=project,
            accept_encoding=accept_encoding,
            default_headers=default_headers,
            default_query=default_query,
        )
        del api_key, base_url, default_headers, default_query  # a traceback may print the variables of this frame
        super().__init__(given, timeout, max_retries, max_event_bytes)
        self._given = checked_http_client(http_client, is_async=True)
        self._own: dict[asyncio.AbstractEventLoop, _Kept] = {}

    def stream(self, **request: Any) -> ResponseStream:
        """Describe a request; it is sent at each subscription, which needs a running event loop.

        Args, Returns, Raises, Errors: as :meth:`Client.stream`.
        """
        given = Arguments(request)
        del request
        return self._streaming(self._requested(given))

    def resume(self, response_id: str, *, starting_after: int | None = None, **options: Any) -> ResponseStream:
        """Describe how a response of the background is read on; it is asked for at each subscription.

        Args, Returns, Raises, Errors: as :meth:`Client.resume`.
        """
        given = Arguments(options)
        del options
        return self._streaming(self._resumed(response_id, starting_after, given))

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request to another part of the API, and return the JSON object of its answer; as :meth:`Client.post`.

        Raises: as :meth:`Client.post`.
        """
        given = Arguments(body)
        del body
        return await post_json_async(self._http_client(), self._post(path, given))

    async def aclose(self) -> None:
        """Close the connections, for good; those of an ``http_client`` of yours stay open. Twice does no harm.

        Connections of our own in another event loop that still runs are closed there, when their streams have ended.
        """
        self._is_closed = True
        kept = self._own.pop(asyncio.get_running_loop(), None)
        self._own.clear()  # what no one refers to is closed by the loop that it belongs to
        if kept is not None:
            await kept.aclose()

    def _streaming(self, begin: Callable[[], Course]) -> ResponseStream:
        client = self._http_client
        return ResponseStream.tappable(lambda on_chunk: async_subscription(lambda: read(client, begin(), on_chunk)))

    def _http_client(self) -> AsyncHTTPClient:
        self._check_open()
        if self._given is not None:
            check_open(self._given)
            return self._given
        loop = asyncio.get_running_loop()
        if loop not in self._own:  # connections belong to the loop that made them
            import httpx

            for other in [other for other in list(self._own) if other.is_closed()]:
                self._own.pop(other, None)
            limits = httpx.Limits(max_connections=1000, max_keepalive_connections=100)
            self._own[loop] = _Kept(httpx.AsyncClient(limits=limits))
        return self._own[loop]

    async def __aenter__(self) -> Self:
        self._check_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


class _Kept:
    """An HTTP client of one event loop, which is closed when the loop ends, or when no stream refers to it any more."""

    def __init__(self, http_client: AsyncHTTPClient) -> None:
        self._http_client = http_client
        self._keeper = _keeper(http_client)
        # asyncio.run ends by closing all asynchronous generators that were begun: the one hook that it has.
        with suppress(StopIteration):
            self._keeper.__anext__().send(None)

    @property
    def stream(self) -> Any:
        return self._http_client.stream

    @property
    def is_closed(self) -> bool:
        return getattr(self._http_client, "is_closed", False)

    async def aclose(self) -> None:
        await self._keeper.aclose()


async def _keeper(http_client: AsyncHTTPClient) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        await http_client.aclose()
