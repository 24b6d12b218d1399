"""Wrong arguments: an error says what was expected and what came, at the call, and shows no secret."""

from __future__ import annotations

import asyncio
import gc
import math
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import httpx2
import pytest

from rxstream import AsyncClient, Client, collect, collect_sync, from_sse, replay
from rxstream.errors import ConfigurationError, EventParseError
from rxstream.events import parse_event
from rxstream.simulated import SimulatedTransport
from rxstream.sse import SSEDecoder
from tests.fault_server import Exchange, FaultServer, created, sse, terminal
from tests.reactive.leaks import run, until, until_sync
from tests.sources.clients import CANARY

_URL = "http://host/v1"
_WHOLE = sse(created(), terminal(1))

makes = pytest.mark.parametrize("make", [Client, AsyncClient])


def _whole(exchange: Exchange) -> None:
    exchange.stream(_WHOLE)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)


def _shown(error: BaseException) -> str:
    """Return what a traceback can show of our frames, of an error and its causes."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True, compact=True)
    shown, link = [], [told]
    for told in link:
        shown += [str(told), *(repr(frame.locals) for frame in told.stack if "/rxstream/" in frame.filename)]
        link += [other for other in (told.__cause__, told.__context__) if other is not None]
    return "\n".join(shown)


def _raised(error: type[Exception], expected: str, call: Callable[[], object]) -> None:
    with pytest.raises(error, match=expected) as caught:
        call()
    assert "expected" in str(caught.value)
    assert CANARY not in _shown(caught.value)


@makes
@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"base_url": 5}, TypeError, "base_url to be a string, but got int"),
        ({"base_url": CANARY.encode()}, TypeError, "base_url to be a string, but got bytes"),
        ({"base_url": f"ftp://{CANARY}@host/?k={CANARY}"}, ConfigurationError, "but got 'ftp://host/'"),
        ({"base_url": "http://xn--/v1"}, ConfigurationError, "base_url to be an http or https URL"),
        ({"base_url": "http://256.1.1.1/v1"}, ConfigurationError, "base_url to be an http or https URL"),
        ({"base_url": f"http://☃.invalid/?k={CANARY}"}, ConfigurationError, "but got 'http://☃.invalid/'"),
        ({"base_url": "http://h/\0"}, ConfigurationError, "base_url to be an http or https URL"),
        ({"api_key": CANARY.encode()}, TypeError, "api_key to be a string, but got bytes"),
        ({"api_key": 5}, TypeError, "api_key to be a string, but got int"),
        ({"organization": 5}, TypeError, "organization to be a string, but got int"),
        ({"project": b"p"}, TypeError, "project to be a string, but got bytes"),
        ({"default_headers": [("a", CANARY)]}, TypeError, "default_headers to be a mapping, but got list"),
        ({"default_headers": 5}, TypeError, "default_headers to be a mapping, but got int"),
        ({"default_headers": {1: CANARY}}, TypeError, "names in default_headers to be strings, but got int"),
        ({"default_headers": {"a": CANARY.encode()}}, ConfigurationError, "not so of a$"),
        ({"default_headers": {"a b": CANARY}}, ConfigurationError, r"names of headers .* but got \['a b'\]"),
        ({"default_query": [1]}, TypeError, "default_query to be a mapping, but got list"),
        ({"default_query": {1: CANARY}}, TypeError, "names in default_query to be strings, but got int"),
        ({"timeout": -1}, ConfigurationError, "timeout to be more than 0 seconds.* but got -1"),
        ({"timeout": 0}, ConfigurationError, "None to wait for ever, but got 0"),
        ({"timeout": math.nan}, ConfigurationError, "but got nan"),
        ({"timeout": math.inf}, ConfigurationError, "but got inf"),
        ({"timeout": (1, -1, 1, 1)}, ConfigurationError, r"but got \(1, -1, 1, 1\)"),
        ({"timeout": httpx.Timeout(-1)}, ConfigurationError, r"but got Timeout"),
        ({"timeout": "x"}, TypeError, "timeout to be seconds, .*but got 'x'"),
        ({"timeout": True}, TypeError, "timeout to be seconds, .*but got True"),
        ({"timeout": (1.0, 2.0, 3.0)}, TypeError, r"but got \(1.0, 2.0, 3.0\)"),
        ({"max_event_bytes": 0}, ValueError, "max_event_bytes to be at least 1, but got 0"),
        ({"max_event_bytes": "x"}, TypeError, "max_event_bytes to be an integer, but got str"),
        ({"http_client": httpx}, TypeError, "http_client to be .*but got the module httpx"),
        ({"http_client": httpx.Client}, TypeError, "http_client to be .*but got the class Client"),
        ({"http_client": httpx2.AsyncClient}, TypeError, "http_client to be .*but got the class AsyncClient"),
        ({"http_client": 5}, TypeError, "http_client to be .*but got int"),
    ],
)
def test_a_wrong_argument_of_a_client_is_told_at_once(
    make: Any, given: dict[str, Any], error: type[Exception], said: str
) -> None:
    """Law: by its name, with what was expected and what came, and without a secret."""
    secret = {"api_key": CANARY, "base_url": f"https://user:{CANARY}@host/v1", "default_query": {"key": CANARY}}
    _raised(error, said, lambda: make(**{**secret, **given}))


@makes
@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"extra_headers": 5}, TypeError, "extra_headers to be a mapping, but got int"),
        ({"extra_headers": [("a", CANARY)]}, TypeError, "extra_headers to be a mapping, but got list"),
        ({"extra_headers": {1: CANARY}}, TypeError, "names in extra_headers to be strings, but got int"),
        ({"extra_query": 5}, TypeError, "extra_query to be a mapping, but got int"),
        ({"extra_query": [("a", CANARY)]}, TypeError, "extra_query to be a mapping, but got list"),
        ({"extra_body": 5}, TypeError, "extra_body to be a mapping, but got int"),
        ({"extra_body": [("a", CANARY)]}, TypeError, "extra_body to be a mapping, but got list"),
        ({"stream": 1}, TypeError, "streamed request, but got stream=1:"),
        ({"stream": None}, TypeError, "streamed request, but got stream=None:"),
        ({"extra_body": {"stream": False}}, TypeError, "streamed request, but got stream=False:"),
        ({"timeout": -1}, ConfigurationError, "but got -1"),
    ],
)
def test_a_wrong_argument_of_a_request_is_told_at_once(
    make: Any, given: dict[str, Any], error: type[Exception], said: str
) -> None:
    """Law: where the request is described, before it is sent; nothing of the request is shown."""
    client = make(base_url=_URL)
    secret = {"extra_headers": {"api-key": CANARY}, "extra_query": {"key": CANARY}, "tools": [{"token": CANARY}]}
    _raised(error, said, lambda: client.stream(**{**secret, **given}))


@makes
def test_what_fits_is_taken(make: Any) -> None:
    """Law: any mapping is one, and ``stream=True`` says what is true anyway."""
    given: dict[str, Any] = {"x-trace": "1"}
    for mapping in (given, MappingProxyType(given), httpx.Headers(given), httpx2.Headers(given), None):
        client = make(base_url=_URL, default_headers=mapping, default_query=mapping, timeout=None)
        client.stream(stream=True, extra_headers=mapping, extra_query=mapping, extra_body={"stream": True}, timeout=5)


@makes
def test_only_a_header_that_holds_a_key_stands_for_one(make: Any) -> None:
    """Law: another header does not let a request go to the API without a key."""
    for headers in ({"x-trace": "1"}, {}, None):
        with pytest.raises(ConfigurationError, match="expected an API key or a base URL"):
            make(default_headers=headers)
    for name in ("Authorization", "api-key"):
        assert "api.openai.com" in repr(make(default_headers={name: CANARY}))


@makes
def test_arguments_left_are_the_callers_own(make: Any) -> None:
    """Law: what is given is not changed."""
    headers, body = {"X-A": "1"}, {"a": 1}
    make(base_url=_URL, default_headers=headers).stream(extra_headers=headers, extra_body=body)
    assert (headers, body) == ({"X-A": "1"}, {"a": 1})


def test_a_wrong_argument_of_a_source_is_told_at_once(tmp_path: Path) -> None:
    """Law: and not to each subscription."""
    _raised(ValueError, "max_event_bytes to be at least 1, but got 0", lambda: from_sse([], max_event_bytes=0))
    wrong: Any = "x"
    _raised(TypeError, "max_event_bytes to be an integer", lambda: from_sse([], max_event_bytes=wrong))
    for wrong in (5, None, b"path", [tmp_path]):
        _raised(TypeError, f"path of a recording, but got {type(wrong).__name__}", lambda: replay(wrong))  # noqa: B023
    (tmp_path / "recording").write_bytes(_WHOLE)
    assert len(collect_sync(replay(tmp_path / "recording"))) == len(collect_sync(replay(str(tmp_path / "recording"))))


@pytest.mark.parametrize("wrong", [None, 5, 1.5, [1], {1}, object()])
def test_what_is_no_data_of_an_event_is_a_type_error(wrong: Any) -> None:
    """Law: it is a mistake in the program, not in what the server sent."""
    _raised(TypeError, f"ServerSentEvent, but got {type(wrong).__name__}", lambda: parse_event(wrong))


def test_bytes_of_each_kind_are_data_of_an_event() -> None:
    """Law: they give what the text gives."""
    text = '{"type": "response.output_text.delta", "delta": "é"}'
    encoded = text.encode()
    for data in (encoded, bytearray(encoded), memoryview(encoded)):
        assert parse_event(data) == parse_event(text)
    for wrong in (b"\xff", bytearray(b"\xff"), memoryview(b"\xff")):
        with pytest.raises(EventParseError, match="UTF-8") as caught:
            parse_event(wrong)
        assert caught.value.excerpt == b"\xff"


def test_a_decoder_tells_what_it_expects() -> None:
    """Law: of its limit and of its chunks, whatever came before."""
    for wrong in ("x", 1.5, None, True):
        given: Any = wrong
        _raised(TypeError, f"an integer, but got {type(wrong).__name__}", lambda: SSEDecoder(max_event_bytes=given))  # noqa: B023
    decoder, text = SSEDecoder(), _text()
    for chunk in text:
        _raised(TypeError, f"chunk of bytes, but got {type(chunk).__name__}", lambda: decoder.feed(chunk))  # noqa: B023
        assert len(decoder.feed(b"event: a\ndata: b\n\n")) == 1


def _text() -> Iterator[Any]:
    yield from ("data: x\n\n", 5, None, "x" * 100_000)


def test_a_client_that_was_closed_stays_closed() -> None:
    """Law: nothing opens it again in silence: no request, no stream from before, no block."""
    with FaultServer(_whole) as server:
        client = Client(api_key=CANARY, base_url=server.url)
        before = client.stream(model="gpt-5")
        assert len(collect_sync(before)) == 2
        client.close()
        client.close()
        for call in (client.stream, client.__enter__, lambda: collect_sync(before)):
            _raised(ConfigurationError, "an open client, but it was closed", call)
        assert len(server.exchanges) == 1


def test_an_asynchronous_client_that_was_closed_stays_closed() -> None:
    """Law: as the synchronous one, and with an HTTP client of the user too."""

    async def main() -> None:
        async with httpx.AsyncClient(transport=SimulatedTransport()) as http_client:
            client = AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            before = client.stream(model="gpt-5", input="Hi")
            assert await collect(before)
            await client.aclose()
            await client.aclose()
            _raised(ConfigurationError, "an open client, but it was closed", client.stream)
            with pytest.raises(ConfigurationError, match="an open client, but it was closed"):
                await collect(before)
            with pytest.raises(ConfigurationError, match="an open client, but it was closed"):
                await client.__aenter__()
            assert not http_client.is_closed

    asyncio.run(main())


@pytest.mark.parametrize("closes", [True, False])
def test_each_event_loop_closes_the_connections_that_it_had(closes: bool) -> None:
    """Law: nothing warns of what was left open, whether the client is closed in the end or forgotten."""
    with FaultServer(_whole) as server, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client: AsyncClient | None = AsyncClient(api_key=CANARY, base_url=server.url)

        async def main(client: AsyncClient) -> None:
            for _ in range(2):
                assert len(await collect(client.stream(model="gpt-5"))) == 2
            assert server.open == 1

        for _ in range(2):
            assert client is not None
            asyncio.run(main(client))
            until_sync(lambda: server.open == 0, what="the connections of the loop to be closed")
        assert server.connected == 2
        if closes:
            asyncio.run(client.aclose())
        client = None
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def test_a_client_that_serves_two_event_loops_in_turn_keeps_both() -> None:
    """Law: one loop's connections stay while another is served; closing in one closes those of the other there."""
    with FaultServer(_whole) as server:
        client = AsyncClient(api_key=CANARY, base_url=server.url)

        async def read() -> None:
            assert len(await collect(client.stream(model="gpt-5"))) == 2

        async def close_here() -> None:
            await client.aclose()

        with asyncio.Runner() as first, asyncio.Runner() as second:
            for _ in range(2):
                first.run(read())
                second.run(read())
            assert server.connected == 2
            first.run(close_here())
            for _ in range(5):
                second.run(asyncio.sleep(0.001))
            until_sync(lambda: server.open == 0, what="the connections of both loops to be closed")


def test_a_stream_outlives_a_client_that_was_forgotten() -> None:
    """Law: connections are closed when neither the client nor a stream refers to them, and not before."""

    def in_two_parts(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(sse(created()))
        assert half_read.wait(5)
        exchange.chunk(sse(terminal(1)))
        exchange.end()

    half_read = threading.Event()

    async def main() -> None:
        types: list[str] = []
        ended = asyncio.Event()
        client = AsyncClient(api_key=CANARY, base_url=server.url)
        client.stream(model="gpt-5").subscribe(
            lambda event: types.append(event.type), lambda _: ended.set(), lambda: ended.set()
        )
        del client
        await until(lambda: len(types) == 1, what="the first event")
        gc.collect()
        await asyncio.sleep(0)
        half_read.set()
        await ended.wait()
        assert types == ["response.created", "response.completed"]

    with FaultServer(in_two_parts) as server:
        run(main())
        until_sync(lambda: server.open == 0, what="the connection to be closed")


def test_options_of_the_client_are_refused_in_a_request() -> None:
    """Law: nothing is sent as a field of the body that was meant for us."""
    client = Client(base_url="http://127.0.0.1:9/v1", api_key="none")
    with pytest.raises(TypeError, match="accept_encoding, max_event_bytes: give that to the client"):
        client.stream(model="m", accept_encoding="gzip", max_event_bytes=1)
