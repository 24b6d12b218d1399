"""What the clients send, with what, and what they keep to themselves."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import time
import traceback
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import httpx2
import pytest

from rxstream import AsyncClient, Client, collect, collect_sync
from rxstream.errors import APIConnectionError, ConfigurationError, ConnectionLostError, RxstreamError
from rxstream.simulated import SimulatedTransport
from tests.fault_server import Exchange, FaultServer, created, sse, terminal
from tests.reactive.leaks import run, until_sync
from tests.sources.clients import CANARY, Reader, readers

_WHOLE = sse(created(), terminal(1))


def _whole(exchange: Exchange) -> None:
    exchange.stream(_WHOLE)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)


@readers
def test_a_request_is_what_the_api_documents(reader: Reader) -> None:
    """Law: a POST of the body with ``stream``, the key as a bearer token, an event stream asked for."""
    with FaultServer(_whole) as server:
        told = reader.told(server.url, tools=[{"type": "function", "name": "f"}])
        exchange = server.exchanges[0]
    assert told.completed
    assert (exchange.method, exchange.target) == ("POST", "/v1/responses")
    tools = [{"type": "function", "name": "f"}]
    assert exchange.json == {"model": "gpt-5", "input": "Hi", "tools": tools, "stream": True}
    assert exchange.headers["authorization"] == f"Bearer {CANARY}"
    assert exchange.headers["accept"] == "text/event-stream"
    assert exchange.headers["content-type"] == "application/json"
    assert exchange.headers["user-agent"].startswith("rxstream/")


@readers
def test_extra_headers_query_and_body_win_over_what_is_usual(reader: Reader) -> None:
    """Law: extras of the request go before defaults of the client, and these before ours, in any case of letters."""
    with FaultServer(_whole) as server:
        told = reader.told(
            server.url,
            client={
                "organization": "org",
                "project": "proj",
                "default_headers": {"User-Agent": "mine", "X-A": "1"},
                "default_query": {"api-version": "1", "kept": "yes"},
            },
            extra_headers={"x-a": "2", "Authorization": "Bearer other"},
            extra_query={"api-version": "2", "list": ["a", "b"]},
            extra_body={"model": "other", "extra": True},
        )
        exchange = server.exchanges[0]
    assert told.completed
    assert exchange.target == "/v1/responses?api-version=2&kept=yes&list%5B%5D=a&list%5B%5D=b"
    assert exchange.json == {"model": "other", "input": "Hi", "extra": True, "stream": True}
    headers = exchange.headers
    assert (headers["user-agent"], headers["x-a"], headers["authorization"]) == ("mine", "2", "Bearer other")
    assert (headers["openai-organization"], headers["openai-project"]) == ("org", "proj")


@readers
def test_the_environment_is_the_default(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: keys, URL, organization and project come from where OpenAI's SDK takes them; arguments go before."""
    with FaultServer(_whole) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "of-the-environment")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url + "/")
        monkeypatch.setenv("OPENAI_ORG_ID", "org")
        monkeypatch.setenv("OPENAI_PROJECT_ID", "proj")
        assert reader.told(server.url, client={"api_key": None, "base_url": None}).completed
        assert reader.told(server.url, client={"base_url": None}).completed
        first, second = (exchange.headers for exchange in server.exchanges)
    assert first["authorization"] == "Bearer of-the-environment"
    assert (first["openai-organization"], first["openai-project"]) == ("org", "proj")
    assert second["authorization"] == f"Bearer {CANARY}"


@readers
@pytest.mark.parametrize(
    ("form", "target"),
    [
        ("{url}", "/v1/responses"),
        ("{url}/", "/v1/responses"),
        (" {url}//", "/v1/responses"),
        ("{host}", "/responses"),
        ("{url}?api-version=3", "/v1/responses?api-version=3"),
        ("{host}/a%20b/v1", "/a%20b/v1/responses"),
    ],
)
def test_each_form_of_base_url_leads_to_the_same_path(reader: Reader, form: str, target: str) -> None:
    """Law: a slash more or less, no path, a query, which goes behind the path."""
    with FaultServer(_whole) as server:
        host = server.url.removesuffix("/v1")
        assert reader.told(form.format(url=server.url, host=host)).completed
        assert server.exchanges[0].target == target


@pytest.mark.parametrize("make", [Client, AsyncClient])
@pytest.mark.parametrize(
    "base_url", ["", "localhost:8000", "ftp://host/v1", "http://", "http://host:port", "http://[x"]
)
def test_a_base_url_that_is_none_raises_at_the_call(make: Any, base_url: str) -> None:
    """Law: and so does the lack of key and URL both; the message says what to do."""
    if base_url:
        with pytest.raises(ConfigurationError, match="expected base_url to be an http or https URL"):
            make(api_key=CANARY, base_url=base_url)
    with pytest.raises(ConfigurationError, match=r"OPENAI_API_KEY.*OPENAI_BASE_URL.*SimulatedTransport"):
        make()


@pytest.mark.parametrize("make", [Client, AsyncClient])
def test_the_text_of_a_client_shows_no_secret(make: Any) -> None:
    """Law: neither the key nor what a URL holds of secrets."""
    client = make(api_key=CANARY, base_url=f"https://user:{CANARY}@host:8443/v1?key={CANARY}")
    assert repr(client) == str(client) == f"{make.__name__}(Endpoint(https://host:8443/v1))"
    assert CANARY not in repr(vars(client))
    assert CANARY not in repr(vars(client)["_endpoint"].headers)


@pytest.mark.parametrize("make", [Client, AsyncClient])
@pytest.mark.parametrize(
    "wrong",
    [f"{CANARY}\n", f"{CANARY}\u2019", f"{CANARY} ", f"{CANARY}\r\nx: y"],
    ids=["a line end", "an apostrophe", "a space", "another header"],
)
def test_a_key_that_cannot_be_sent_is_not_shown(make: Any, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: HTTP libraries print the header that they refuse; we refuse it before, by its name."""
    monkeypatch.setenv("OPENAI_API_KEY", wrong)
    settings: list[dict[str, Any]] = [{"api_key": wrong}, {}, {"default_headers": {"authorization": wrong}}]
    for given in settings:
        with pytest.raises(ConfigurationError, match="authorization") as caught:
            make(**given, base_url="http://host/v1")
        assert CANARY not in _everything(caught.value)
    with pytest.raises(ConfigurationError, match="api-key") as caught:
        make(api_key="right").stream(model="gpt-5", extra_headers={"api-key": wrong})
    assert CANARY not in _everything(caught.value)


def _everything(error: BaseException) -> str:
    """Return all that a traceback can show of our frames, of an error and its causes."""
    shown = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.TracebackException.from_exception(seen, capture_locals=True, compact=True)
        ours = [frame for frame in frames.stack if "/rxstream/" in frame.filename]
        shown += [repr(seen), str(seen), repr(vars(seen)), *(repr(frame.locals) for frame in ours)]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(shown)


@readers
def test_the_key_is_nowhere_in_an_error(reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    """Law: not in its text, its causes, its attributes, the variables of our frames, or the log."""

    def broken(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(_WHOLE[:50])
        raise ConnectionAbortedError

    replies = [
        lambda exchange: exchange.answer(401, b'{"error": {"message": "no"}}', content_type="application/json"),
        lambda exchange: exchange.answer(
            401, json.dumps({"error": {"message": f"no such key: {CANARY}"}}).encode(), content_type="application/json"
        ),
        lambda exchange: exchange.answer(200, f"<html>{CANARY}".encode(), content_type="text/html"),
        lambda exchange: exchange.answer(500, b" " * ((1 << 20) - 5) + CANARY.encode()),
        lambda exchange: exchange.answer(307, b"", location="http://elsewhere/"),
        lambda exchange: exchange.reset(),
        lambda exchange: exchange.stream(b"data: 1\n\n"),
        lambda exchange: exchange.stream(b""),
        broken,
    ]
    caplog.set_level(logging.DEBUG, logger="rxstream")
    for reply in replies:
        with FaultServer(reply) as server:
            told = reader.told(server.url, extra_headers={"api-key": CANARY})
        assert isinstance(told.error, RxstreamError)
        assert CANARY not in _everything(told.error)
    assert CANARY not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("rxstream"))


@readers
def test_wrong_settings_raise_at_the_call_without_the_key(reader: Reader) -> None:
    """Law: wrong arguments are told where they are given, and the traceback shows no key."""
    make, other = (AsyncClient, reader.family.Client) if reader.is_async else (Client, reader.family.AsyncClient)
    headers = {"api-key": CANARY}
    for call in (
        lambda: make(api_key=CANARY, http_client=other(trust_env=False)),
        lambda: make(api_key=CANARY, http_client=object()),
        lambda: make(api_key=CANARY, timeout="5"),
        lambda: make(api_key=CANARY, timeout=(1.0, 2.0)),
        lambda: make(api_key=CANARY).stream(timeout=object(), extra_headers=headers),
        lambda: make(api_key=CANARY).stream(stream=False, extra_headers=headers),
    ):
        with pytest.raises(TypeError, match="expected") as caught:
            call()
        assert CANARY not in _everything(caught.value)


@pytest.mark.serial
@readers
def test_a_timeout_of_either_family_means_the_same(reader: Reader) -> None:
    """Law: ``Timeout`` objects are understood, also those of the other family."""

    def silent(exchange: Exchange) -> None:
        exchange.wait_for_close()

    for timeout in (0.05, (1, 0.05, 1, 1), httpx.Timeout(1, read=0.05), httpx2.Timeout(1, read=0.05)):
        with FaultServer(silent) as server:
            told = reader.told(server.url, timeout=timeout)
        assert isinstance(told.error, APIConnectionError)
        assert told.seconds < 0.7


@pytest.mark.serial
@readers
def test_a_complete_response_leaves_its_connection_for_the_next(reader: Reader) -> None:
    """Law: where the end of the body comes with the terminal event or right behind it, the connection is used again."""

    def at_once(exchange: Exchange) -> None:
        exchange.head()
        exchange.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(_WHOLE), _WHOLE))

    def right_behind(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(_WHOLE)
        time.sleep(0.002)
        exchange.end()

    def by_length(exchange: Exchange) -> None:
        exchange.answer(200, _WHOLE, content_type="text/event-stream")

    for reply in (at_once, right_behind, by_length, _whole):
        with FaultServer(reply) as server:
            assert all(told.completed for told in reader.told(server.url, 3))
            assert server.connected == 1


@readers
def test_an_http_client_of_the_user_stays_open(reader: Reader) -> None:
    """Law: we close what we have made, and nothing else; subclasses are clients too."""

    class Sub(reader.family.AsyncClient if reader.is_async else reader.family.Client):  # type: ignore[misc]
        pass

    def closes(server: FaultServer) -> Any:
        http_client = Sub(trust_env=False)
        with Client(api_key=CANARY, base_url=server.url, http_client=http_client) as client:
            assert len(collect_sync(client.stream(model="gpt-5"))) == 2
        closed = http_client.is_closed
        http_client.close()
        return closed

    async def closes_async(server: FaultServer) -> Any:
        http_client = Sub(trust_env=False)
        async with AsyncClient(api_key=CANARY, base_url=server.url, http_client=http_client) as client:
            assert len(await collect(client.stream(model="gpt-5"))) == 2
        closed = http_client.is_closed
        await http_client.aclose()
        return closed

    with FaultServer(_whole) as server:
        assert (run(closes_async(server)) if reader.is_async else closes(server)) is False


def test_an_http_client_of_our_own_is_closed() -> None:
    """Law: with the client."""
    with FaultServer(_whole) as server:
        with Client(api_key=CANARY, base_url=server.url) as client:
            assert len(collect_sync(client.stream(model="gpt-5"))) == 2
            assert server.open == 1
        until_sync(lambda: server.open == 0, what="the connection to be closed")

        async def main() -> None:
            async with AsyncClient(api_key=CANARY, base_url=server.url) as client:
                assert len(await collect(client.stream(model="gpt-5"))) == 2
                assert server.open == 1

        run(main())
        until_sync(lambda: server.open == 0, what="the connection to be closed")


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_asynchronous_client_serves_one_event_loop_after_the_other() -> None:
    """Law: connections belong to the loop that made them; a client that was not closed there makes new ones."""
    with FaultServer(_whole) as server:
        client = AsyncClient(api_key=CANARY, base_url=server.url)

        async def main() -> None:
            assert len(await collect(client.stream(model="gpt-5"))) == 2

        asyncio.run(main())
        asyncio.run(main())
        asyncio.run(client.aclose())
        gc.collect()


class _Response:
    """What another library might give: the least that is needed."""

    status_code, extensions = 200, {}
    headers = {"content-type": "text/event-stream"}

    def __init__(self, *chunks: bytes, error: Exception | None = None) -> None:
        self._chunks, self._error = chunks, error

    def iter_raw(self) -> Iterator[bytes]:
        yield from self._chunks
        if self._error is not None:
            raise self._error

    async def aiter_raw(self) -> Any:
        for chunk in self.iter_raw():
            yield chunk


class _Neither:
    def __init__(self, response: _Response) -> None:
        self._response = response

    @contextmanager
    def stream(self, method: str, url: str, **options: Any) -> Iterator[_Response]:
        assert (method, url) == ("POST", "http://host/v1/responses")
        assert options["json"]["stream"] is True
        yield self._response

    def close(self) -> None:
        raise AssertionError("expected a client that was given to stay open")


class _NeitherAsync(_Neither):
    @asynccontextmanager
    async def stream(self, method: str, url: str, **options: Any) -> Any:
        with super().stream(method, url, **options) as response:
            yield response

    async def aclose(self) -> None:
        self.close()


def test_a_client_of_neither_family_needs_a_stream_method() -> None:
    """Law: what has the methods is a client; ``OSError`` is a lost connection there too."""
    lost = ConnectionResetError("reset")
    with Client(base_url="http://host/v1", http_client=_Neither(_Response(_WHOLE))) as client:
        assert len(collect_sync(client.stream(model="gpt-5"))) == 2
    client = Client(base_url="http://host/v1", http_client=_Neither(_Response(_WHOLE[:70], error=lost)), max_retries=0)
    with pytest.raises(ConnectionLostError, match="ConnectionResetError: reset"):
        collect_sync(client.stream(model="gpt-5"))

    async def main() -> None:
        async with AsyncClient(base_url="http://host/v1", http_client=_NeitherAsync(_Response(_WHOLE))) as client:
            assert len(await collect(client.stream(model="gpt-5"))) == 2
        http_client = _NeitherAsync(_Response(error=lost))
        client = AsyncClient(base_url="http://host/v1", http_client=http_client, max_retries=0)
        with pytest.raises(ConnectionLostError, match="ConnectionResetError: reset"):
            await collect(client.stream(model="gpt-5"))

    run(main())


@readers
def test_a_transport_without_sockets_is_a_transport(reader: Reader) -> None:
    """Law: the simulated model, in process, completes through each client."""
    transport = SimulatedTransport()
    if not reader.is_async:
        with reader.family.Client(transport=transport) as http_client:
            client: Any = Client(base_url="http://simulated/v1", http_client=http_client)
            assert collect_sync(client.stream(model="gpt-5", input="Hi"))[-1].type == "response.completed"
        return

    async def main() -> None:
        async with reader.family.AsyncClient(transport=transport) as http_client:
            client = AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            events = await asyncio.wait_for(collect(client.stream(model="gpt-5", input="Hi")), 5)
            assert events[-1].type == "response.completed"

    run(main())
