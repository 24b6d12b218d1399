"""Requests that one JSON object answers: sent again as those of streams are."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream import AsyncClient, Client
from rxstream.errors import APIConnectionError, APIStatusError, StreamError
from rxstream.sources import backoff
from rxstream.testing import run_virtually
from tests.sources.clients import Reader, readers
from tests.sources.scripted_server import URL, Reply, ScriptedServer, refusing

_ANSWER = Reply([b'{"results": []}'], headers={"content-type": "application/json"})


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Synchronous clients wait in real time: not for this long."""
    monkeypatch.setattr(backoff, "BACKOFF_SECONDS", 0.0)


def _server(*replies: Reply) -> ScriptedServer:
    """Make a server that answers so, and with the last for ever."""
    waiting = list(replies)
    return ScriptedServer(lambda asked: waiting.pop(0) if len(waiting) > 1 else waiting[0])


def _posted(reader: Reader, server: ScriptedServer, **settings: Any) -> dict[str, Any]:
    async def main() -> dict[str, Any]:
        async with reader.family.AsyncClient(transport=server) as http_client:
            client = AsyncClient(base_url=URL, http_client=http_client, **settings)
            return await client.post("/moderations", {"input": "Hi"})

    if reader.is_async:
        return run_virtually(main())
    with reader.family.Client(transport=server) as http_client:
        return Client(base_url=URL, http_client=http_client, **settings).post("/moderations", {"input": "Hi"})


@readers
@pytest.mark.parametrize("failure", [refusing(429), refusing(500), Reply(unanswered=True), Reply(lost=True)])
def test_what_may_succeed_is_sent_again(reader: Reader, failure: Reply) -> None:
    """Law: two failures and then an answer are the answer; the requests are the same."""
    server = _server(failure, failure, _ANSWER)
    assert _posted(reader, server) == {"results": []}
    assert [asked.body for asked in server.asked] == [b'{"input":"Hi"}'] * 3
    assert server.open == 0


@readers
@pytest.mark.parametrize(
    ("failure", "error"), [(refusing(500), APIStatusError), (Reply(unanswered=True), APIConnectionError)]
)
@pytest.mark.parametrize("max_retries", [0, 1, 2])
def test_no_more_often_than_it_may_be(reader: Reader, failure: Reply, error: type[Exception], max_retries: int) -> None:
    """Law: then the last error is raised."""
    server = _server(failure)
    with pytest.raises(error):
        _posted(reader, server, max_retries=max_retries)
    assert len(server.asked) == max_retries + 1


@readers
@pytest.mark.parametrize("failure", [refusing(400), refusing(429, retry_after="600"), Reply([b"[]"]), Reply([b"{"])])
def test_what_will_not_succeed_is_not(reader: Reader, failure: Reply) -> None:
    """Law: nor what is no object, and what the server wants to see only much later."""
    server = _server(failure)
    with pytest.raises(StreamError):
        _posted(reader, server)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "reader", [pytest.param(reader, id=reader.name) for reader in readers.args[1] if reader.is_async]
)
def test_the_server_says_how_long_to_wait(reader: Reader) -> None:
    """Law: ``Retry-After`` is honoured, as by streams."""
    server = _server(refusing(429, retry_after="20"), _ANSWER)
    assert _posted(reader, server) == {"results": []}
    assert server.asked[1].at - server.asked[0].at == pytest.approx(20)
