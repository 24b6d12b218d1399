"""Requests that are sent again before their first event, and never afterwards; rows T8 and T9 of the fault matrix."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex.scheduler import NewThreadScheduler

from rxstream import AsyncClient, Client, collect, collect_sync
from rxstream.errors import (
    APIConnectionError,
    APIStatusError,
    ConnectionLostError,
    NotAnEventStreamError,
    StreamError,
    TruncatedStreamError,
)
from rxstream.sources import backoff
from rxstream.sources.backoff import backoff_seconds
from rxstream.testing import run_virtually
from tests.fault_server import Exchange, FaultServer, created, delta, sse, terminal
from tests.reactive.leaks import until_sync
from tests.sources.clients import Reader, readers
from tests.sources.scripted_server import URL, Asked, Reply, ScriptedServer, refusing, told

_WHOLE = [sse(created()), sse(delta(1)), sse(delta(2)), sse(terminal(3))]
_TYPES = ["response.created", "response.output_text.delta", "response.output_text.delta", "response.completed"]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Synchronous clients wait in real time: not for this long."""
    monkeypatch.setattr(backoff, "BACKOFF_SECONDS", 0.0)


def _server(*first: Reply) -> ScriptedServer:
    """Make a server that answers so, and then with the whole response."""
    replies = list(first)
    return ScriptedServer(lambda asked: replies.pop(0) if replies else Reply(list(_WHOLE)))


def _stream(client: Any, **options: Any) -> Any:
    return client.stream(model="gpt-5", input="Hi", **options)


@given(failures=st.integers(1, 10**6), chance=st.floats(0, 1))
def test_pauses_are_bounded_and_grow(failures: int, chance: float) -> None:
    """Law: from 0.375 s to 8 s; without chance, no pause is shorter than the one before."""
    assert 0.375 <= backoff_seconds(failures, chance) <= 8.0
    assert backoff_seconds(failures, 0.0) <= backoff_seconds(failures + 1, 0.0)


@readers
@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "failure",
    [*map(refusing, (408, 409, 429, 500, 503, 599)), Reply(unanswered=True), Reply(lost=True), Reply()],
    ids=["408", "409", "429", "500", "503", "599", "no connection", "lost before the first event", "no event"],
)
def test_T8_what_has_not_begun_is_sent_again(reader: Reader, failure: Reply) -> None:
    """Law: two failures and then the whole response are the whole response, once; the requests are the same."""
    server = _server(failure, failure)
    found = told(reader, server, _stream)
    assert found.completed
    assert found.types == _TYPES
    assert [asked.method for asked in server.asked] == ["POST"] * 3
    assert len({asked.body for asked in server.asked}) == 1


@readers
@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("max_retries", [0, 1, 2, 5])
@pytest.mark.parametrize("of_stream", [False, True])
def test_T8_at_most_max_retries(reader: Reader, max_retries: int, of_stream: bool) -> None:
    """Law: the last error, which says how often it was tried; an option of the stream goes before the client's."""
    server = _server(*[refusing(503)] * 5, refusing(500))
    client, stream = (
        ({"max_retries": 7}, {"max_retries": max_retries}) if of_stream else ({"max_retries": max_retries}, {})
    )
    found = told(reader, server, lambda client: _stream(client, **stream), **client)
    assert isinstance(found.error, APIStatusError)
    assert found.error.status_code == (500 if max_retries == 5 else 503)
    assert len(server.asked) == max_retries + 1
    tries = [f"the request was sent {max_retries + 1} times"] if max_retries else []
    assert getattr(found.error, "__notes__", []) == tries


@readers
@pytest.mark.usefixtures("at_once")
def test_T8_two_are_the_default(reader: Reader) -> None:
    """Law: as in OpenAI's SDK; what cannot be reached is told in the end."""
    server = _server(*[Reply(unanswered=True)] * 9)
    found = told(reader, server, _stream)
    assert isinstance(found.error, APIConnectionError)
    assert len(server.asked) == 3


@readers
@pytest.mark.parametrize(
    ("failure", "error"),
    [
        *((refusing(status), APIStatusError) for status in (301, 400, 401, 403, 404, 422)),
        (refusing(500, x_should_retry="false"), APIStatusError),
        (refusing(429, retry_after="3600"), APIStatusError),
        (Reply([b"<html>"], headers={"content-type": "text/html"}), NotAnEventStreamError),
    ],
)
def test_what_will_not_succeed_is_not_sent_again(reader: Reader, failure: Reply, error: type[Exception]) -> None:
    """Law: nor what the server does not want to see again, or only much later."""
    server = _server(failure)
    found = told(reader, server, _stream)
    assert isinstance(found.error, error)
    assert len(server.asked) == 1


@readers
@pytest.mark.usefixtures("at_once")
def test_the_server_may_say_that_it_should_be_retried(reader: Reader) -> None:
    """Law: ``x-should-retry`` goes before the status."""
    server = _server(refusing(400, x_should_retry="true"))
    assert told(reader, server, _stream).completed
    assert len(server.asked) == 2


@readers
@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_T9_a_drop_after_the_first_event_is_never_retried(reader: Reader, count: int, lost: bool) -> None:
    """Law: however often it may be retried, one request is sent, and what came is delivered once."""
    server = _server(Reply(_WHOLE[:count], lost=lost))
    found = told(reader, server, lambda client: _stream(client, background=True), max_retries=9)
    assert found.types == _TYPES[:count]
    assert isinstance(found.error, ConnectionLostError if lost else TruncatedStreamError)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "family", [pytest.param(reader, id=reader.name) for reader in readers.args[1] if reader.is_async]
)
def test_T8_pauses_grow_in_virtual_time(family: Reader) -> None:
    """Law: 0.5, 1, 2, 4, 8, 8 seconds, each less up to a quarter."""
    server = _server(*[refusing(500)] * 6)
    assert told(family, server, _stream, max_retries=6).completed
    times = [asked.at for asked in server.asked]
    pauses = [after - before for before, after in pairwise(times)]
    assert all(0.75 * most <= pause <= most + 0.01 for pause, most in zip(pauses, (0.5, 1, 2, 4, 8, 8), strict=True))


@pytest.mark.parametrize(
    "family", [pytest.param(reader, id=reader.name) for reader in readers.args[1] if reader.is_async]
)
@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"retry_after": "20"}, 20, 20),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5, 1.5),
        ({"retry_after": "date +30"}, 25, 30),
        ({"retry_after": "date -30"}, 0.375, 0.5),
        ({"retry_after": "0"}, 0.375, 0.5),
        ({"retry_after": "120"}, 120, 120),
        ({"retry_after": "soon"}, 0.375, 0.5),
        ({"retry_after": "-1"}, 0.375, 0.5),
    ],
)
def test_T8_retry_after_is_honoured_in_each_form(
    family: Reader, headers: dict[str, str], low: float, high: float
) -> None:
    """Law: seconds, milliseconds, or a date; what cannot be read, or is no wait, is as if it were not there."""
    headers = {name: _date(float(value[5:])) if "date" in value else value for name, value in headers.items()}
    server = _server(refusing(429, **headers))
    assert told(family, server, _stream).completed
    assert low - 0.01 <= server.asked[1].at - server.asked[0].at <= high + 0.01


def _date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.usefixtures("at_once")
def test_each_subscription_counts_its_own_tries() -> None:
    """Law: a stream is cold: what one subscription used up, the next has again."""
    server = ScriptedServer(lambda asked: refusing(500) if len(server.asked) % 3 else Reply(list(_WHOLE)))
    with httpx.Client(transport=server) as http_client:
        stream = _stream(Client(base_url=URL, http_client=http_client))
        for _ in range(3):
            assert [event.type for event in collect_sync(stream)] == _TYPES

    async def main() -> None:
        async with httpx.AsyncClient(transport=server) as http_client:
            stream = _stream(AsyncClient(base_url=URL, http_client=http_client))
            for _ in range(3):
                assert [event.type for event in await collect(stream)] == _TYPES

    run_virtually(main())
    assert len(server.asked) == 18


@readers
@pytest.mark.usefixtures("at_once")
def test_T8_a_real_server_that_resets_is_asked_again(reader: Reader) -> None:
    """Law: over sockets too."""

    def reply(exchange: Exchange) -> None:
        if len(server.exchanges) < 3:
            exchange.reset()
        else:
            exchange.stream(*_WHOLE)

    with FaultServer(reply) as server:
        found = reader.told(server.url, client={"max_retries": 2})
    assert found.types == _TYPES
    assert found.completed


@pytest.mark.parametrize("max_retries", [-1, 1.0, True, "2", None])
@pytest.mark.parametrize("make", [Client, AsyncClient])
def test_wrong_numbers_of_retries_are_refused_at_the_call(make: Any, max_retries: Any) -> None:
    """Law: by the client and by the stream."""
    kind = ValueError if max_retries == -1 else TypeError
    with pytest.raises(kind, match="expected max_retries to be"):
        make(base_url=URL, max_retries=max_retries)
    with pytest.raises(kind, match="expected max_retries to be"):
        make(base_url=URL).stream(model="gpt-5", max_retries=max_retries)


def test_T10_disposing_in_a_pause_ends_it_in_a_thread() -> None:
    """Law: whoever waits a minute to send a request again returns at once, and sends none."""
    server = _server(refusing(429, retry_after="60"))
    ended: list[Any] = []
    with httpx.Client(transport=server) as http_client:
        stream = Client(base_url=URL, http_client=http_client).stream(model="gpt-5")
        disposables: list[Any] = []
        disposables.append(stream.subscribe(ended.append, ended.append, scheduler=NewThreadScheduler()))
        until_sync(lambda: len(server.asked) == 1 and server.open == 0, what="the first request to be refused")
        disposables[0].dispose()
        until_sync(lambda: threading.active_count() == 1, what="the thread to end")
    assert (len(server.asked), ended) == (1, [])


def test_T10_disposing_in_a_pause_ends_it_in_asyncio() -> None:
    """Law: no task is left, and no request is sent."""
    server = _server(refusing(429, retry_after="60"))
    ended: list[Any] = []

    async def main() -> None:
        async with httpx.AsyncClient(transport=server) as http_client:
            stream = AsyncClient(base_url=URL, http_client=http_client).stream(model="gpt-5")
            subscription = stream.subscribe(ended.append, ended.append)
            await asyncio.sleep(30)
            subscription.dispose()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            await asyncio.sleep(60)

    run_virtually(main())
    assert (len(server.asked), server.open, ended) == (1, 0, [])


@pytest.mark.usefixtures("at_once")
def test_a_client_that_is_closed_in_a_pause_says_so() -> None:
    """Law: the error is one of ours."""

    def reply(asked: Asked) -> Reply:
        client.close()
        return refusing(500)

    with httpx.Client(transport=ScriptedServer(reply)) as http_client:
        client = Client(base_url=URL, http_client=http_client)
        with pytest.raises(ValueError, match="expected an open client"):
            collect_sync(client.stream(model="gpt-5"))


@readers
@pytest.mark.parametrize(
    "reply",
    [
        refusing(403),
        Reply([b"<html>"], headers={"content-type": "text/html"}),
        Reply([b'data: {"object": "chat.completion.chunk"}\n\n']),
        Reply(),
        Reply(_WHOLE[:2]),
        Reply(_WHOLE[:2], lost=True),
        Reply([sse({"type": "error", "message": "no"})]),
        Reply([sse({"type": "response.failed", "response": {"id": "resp_1", "status": "failed"}})]),
    ],
    ids=["status", "type", "chat", "empty", "truncated", "lost", "error", "failed"],
)
def test_every_error_of_an_answer_names_the_request(reader: Reader, reply: Reply) -> None:
    """Law: whatever an answer ends with, the error has the id by which the server knows the request."""
    reply.headers["x-request-id"] = "req_7"
    error = told(reader, ScriptedServer(lambda asked: reply), _stream, max_retries=0).error
    assert isinstance(error, StreamError)
    assert error.request_id == "req_7"
