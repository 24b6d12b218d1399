"""Streams that go on where they broke off; rows T2, T9, P5 and P6 of the fault matrix."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import httpx
import pytest

import rxstream as rxs
from rxstream import AsyncClient, Client, Reconnecting, ResponseStream, Resumed
from rxstream.errors import (
    APIConnectionError,
    APIStatusError,
    ConnectionLostError,
    ResponseFailedError,
    StreamError,
    TruncatedStreamError,
)
from rxstream.simulated import running_server
from rxstream.sources import backoff
from rxstream.testing import run_virtually
from tests.fault_server import Exchange, FaultServer, created, delta, sse, terminal
from tests.sources.clients import Reader, Told, readers
from tests.sources.scripted_server import (
    URL,
    Asked,
    Reply,
    ScriptedServer,
    Server,
    refusing,
    simulated_events,
    told,
)

_EVENTS = simulated_events(51)
_ID = _EVENTS[0]["response"]["id"]
_FINAL = _EVENTS[-1]["response"]
_JSON = {"content-type": "application/json"}
_SMALL = [created(), *map(delta, range(1, 5)), terminal(5)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Synchronous clients wait in real time: not for this long."""
    monkeypatch.setattr(backoff, "BACKOFF_SECONDS", 0.0)


def _stream(client: Any, **options: Any) -> ResponseStream:
    return client.stream(**{"model": "gpt-5", "input": "Hi", "background": True, "resume": True, **options})


def _dicts(found: Told) -> list[dict[str, Any]]:
    return [event.to_dict() for event in found.events]


def _gets(server: ScriptedServer) -> list[int]:
    """Return the number after which each later request asked."""
    assert server.asked[0].method == "POST"
    assert all((asked.method, asked.query["stream"]) == ("GET", "true") for asked in server.asked[1:])
    return [int(asked.query["starting_after"]) for asked in server.asked[1:]]


def test_the_true_list_has_sixty_events() -> None:
    """What the tests below cut is what the issue asks for."""
    assert [event["sequence_number"] for event in _EVENTS] == list(range(60))


@readers
@pytest.mark.parametrize("overlap", range(6))
def test_P6_cut_after_every_event_with_any_overlap(reader: Reader, overlap: int) -> None:
    """Law: however a stream is cut after its first event, what is delivered is the true list."""
    for cut in range(1, len(_EVENTS)):
        server = ScriptedServer(Server(_EVENTS, [cut], overlap, lost=cut % 2 == 0))
        found = told(reader, server, _stream)
        assert found.completed
        assert _dicts(found) == _EVENTS
        assert _gets(server) == [cut - 1]


@readers
@pytest.mark.parametrize(("size", "overlap"), [(1, 0), (6, 5), (7, 3), (20, 1)])
def test_P6_every_connection_breaks(reader: Reader, size: int, overlap: int) -> None:
    """Law: as long as each connection brings something new, the number of drops is not bounded."""
    server = ScriptedServer(Server(_EVENTS, [size] * 100, overlap))
    found = told(reader, server, _stream, max_retries=1)
    assert found.completed
    assert _dicts(found) == _EVENTS
    assert len(server.asked) >= 60 / size


@readers
@pytest.mark.parametrize("seed", range(8))
def test_T2_cut_at_random_bytes(reader: Reader, seed: int) -> None:
    """Law: an event that came in part comes whole later, once; wherever in it the bytes end, cleanly or not."""
    chance = random.Random(seed)

    def reply(asked: Asked) -> Reply:
        after = int(asked.query.get("starting_after", -1))
        rest = sse(*_EVENTS[max(0, after + 1 - chance.randrange(6)) :])
        # More than the overlap and one event, so that each connection brings something new.
        end = chance.randrange(8000, 12000)
        cuts = sorted(chance.sample(range(end), 20))
        body = rest[:end]
        chunks = [body[start:stop] for start, stop in zip([0, *cuts], [*cuts, end], strict=True)]
        return Reply(chunks, lost=end < len(rest) and chance.random() < 0.5)

    server = ScriptedServer(reply)
    found = told(reader, server, _stream)
    assert found.completed
    assert _dicts(found) == _EVENTS
    assert len(server.asked) > 1


@readers
@pytest.mark.parametrize("end", ["completed", "incomplete", "failed", "error"])
def test_each_end_is_that_of_the_whole_stream(reader: Reader, end: str) -> None:
    """Law: a resumed stream ends as it would have ended; state that was gathered before survives."""
    last = {"type": "error", "sequence_number": 5, "message": "no"} if end == "error" else terminal(5, end)
    server = ScriptedServer(Server([*_SMALL[:-1], last], [3]))
    found = told(reader, server, lambda client: _stream(client).outcome())
    [outcome] = found.events
    assert outcome.status == ("errored" if end == "error" else end)
    assert outcome.response.output_text == "aaaa"


@readers
@pytest.mark.parametrize("max_retries", [0, 1, 3])
@pytest.mark.parametrize("lost", [False, True])
def test_drops_without_progress_are_bounded(reader: Reader, max_retries: int, lost: bool) -> None:
    """Law: connections that bring only what is known, or signs of life, use the tries up."""
    ping = sse({"type": "keepalive"})

    def reply(asked: Asked) -> Reply:
        if asked.method == "POST":
            return Reply([sse(*_SMALL[:3])], lost=lost)
        return Reply([sse(*_SMALL[1:3]), ping], lost=True)

    server = ScriptedServer(reply)
    found = told(reader, server, _stream, max_retries=max_retries)
    assert isinstance(found.error, ConnectionLostError if lost else TruncatedStreamError)
    assert (found.error.response_id, found.error.last_sequence_number, found.error.resumable) == ("resp_1", 2, True)
    assert found.types == [event["type"] for event in _SMALL[:3]] + ["keepalive"] * max_retries
    assert _gets(server) == [2] * max_retries


@readers
def test_a_server_that_is_away_for_a_moment_is_waited_for(reader: Reader) -> None:
    """Law: what would be retried at the beginning is retried on the way; what comes in between resets the count."""
    replies = [
        Reply([sse(*_SMALL[:2])], lost=True),
        Reply(unanswered=True),
        refusing(503),
        Reply([sse(_SMALL[2])], lost=True),
        refusing(429),
        Reply(unanswered=True),
        Reply([sse(*_SMALL[3:])]),
    ]
    server = ScriptedServer(lambda asked: replies.pop(0))
    found = told(reader, server, _stream, max_retries=3)
    assert found.completed
    assert _dicts(found) == _SMALL
    assert _gets(server) == [1, 1, 1, 2, 2, 2]


@readers
def test_a_server_that_stays_away_is_told(reader: Reader) -> None:
    """Law: the error is that of the drop, and says why it could not go on; it may be resumed later."""
    server = ScriptedServer(
        lambda asked: Reply(unanswered=True) if len(server.asked) > 1 else Reply([sse(*_SMALL[:2])])
    )
    found = told(reader, server, _stream)
    assert isinstance(found.error, TruncatedStreamError)
    assert isinstance(found.error.__cause__, APIConnectionError)
    assert "it cannot be resumed: expected an answer" in str(found.error)
    assert (found.error.last_sequence_number, found.error.resumable) == (1, True)
    assert _gets(server) == [1, 1]


@readers
@pytest.mark.parametrize("numbers", [(4, 5), (2, 4), (2, 3, 5)])
def test_P5_a_gap_is_an_error(reader: Reader, numbers: tuple[int, ...]) -> None:
    """Law: what came before the gap is delivered, and nothing behind it."""
    rest = [event for event in _SMALL if event["sequence_number"] in numbers]
    server = ScriptedServer(
        lambda asked: Reply([sse(*(rest if asked.method == "GET" else _SMALL[:2]))], lost=asked.method == "POST")
    )
    found = told(reader, server, _stream)
    joined = [number for number in (2, 3) if set(range(2, number + 1)) <= set(numbers)]
    assert [event.sequence_number for event in found.events] == [0, 1, *joined]
    assert type(found.error) is StreamError
    assert f"expected the event with sequence_number {2 + len(joined)} next" in str(found.error)
    assert len(server.asked) == 2


@readers
def test_P5_without_numbers_nothing_can_be_resumed(reader: Reader) -> None:
    """Law: the original error, and no further request."""
    events = [{name: event[name] for name in event if name != "sequence_number"} for event in _SMALL]
    server = ScriptedServer(lambda asked: Reply([sse(*events[:3])], lost=True))
    found = told(reader, server, _stream)
    assert isinstance(found.error, ConnectionLostError)
    assert not found.error.resumable
    assert len(server.asked) == 1


def _refused(status: int, *snapshots: Reply) -> ScriptedServer:
    """Make a server that breaks off, refuses to resume, and gives snapshots."""
    replies = list(snapshots)

    def reply(asked: Asked) -> Reply:
        if asked.method == "POST":
            return Reply([sse(*_EVENTS[:9])], lost=True)
        if "stream" in asked.query:
            return refusing(status)
        assert asked.headers["accept"] == "application/json"
        return replies.pop(0) if len(replies) > 1 else replies[0]

    return ScriptedServer(reply)


def _snapshot(**fields: Any) -> Reply:
    return Reply([json.dumps({**_FINAL, **fields}).encode()], headers=_JSON)


@readers
@pytest.mark.parametrize("status", [400, 404, 410])
def test_P6_refused_ends_with_the_final_snapshot(reader: Reader, status: int) -> None:
    """Law: the response is whole in the end, by a terminal event without a number."""
    server = _refused(status, _snapshot())
    found = told(reader, server, _stream)
    assert found.completed
    assert _dicts(found) == [*_EVENTS[:9], {"type": "response.completed", "response": _FINAL}]
    assert [(asked.method, asked.path.endswith(_ID)) for asked in server.asked[1:]] == [("GET", True)] * 2
    accumulated = told(reader, server, lambda client: _stream(client).final_response())
    assert accumulated.events[0].to_dict() == _FINAL


@readers
@pytest.mark.parametrize("status", ["incomplete", "failed"])
def test_P6_a_snapshot_ends_as_its_status_says(reader: Reader, status: str) -> None:
    """Law: incomplete completes; failed is delivered, and then an error."""
    found = told(reader, _refused(404, _snapshot(status=status)), _stream)
    assert found.types[-1] == f"response.{status}"
    if status == "incomplete":
        assert found.completed
    else:
        assert isinstance(found.error, ResponseFailedError)


@readers
def test_P6_a_cancelled_response_is_an_error_that_says_so(reader: Reader) -> None:
    """Law: there is no event for it; the outcome knows, and has the response as it was when it ended."""
    server = _refused(404, _snapshot(status="cancelled"))
    found = told(reader, server, _stream)
    assert isinstance(found.error, ResponseFailedError)
    assert (found.error.code, found.error.response.status) == ("cancelled", "cancelled")
    outcome = told(reader, server, lambda client: _stream(client).outcome()).events[0]
    assert (outcome.status, outcome.response.status) == ("cancelled", "cancelled")
    assert outcome.response.to_dict() == {**_FINAL, "status": "cancelled"}


@readers
@pytest.mark.parametrize("refused", [False, True])
def test_what_was_to_be_included_is_asked_for_again(reader: Reader, refused: bool) -> None:
    """Law: a stream that is resumed has the fields of one that is not, and so has the response as a whole."""
    server = _refused(404, _snapshot()) if refused else ScriptedServer(Server(_EVENTS, [9], 0, lost=True))
    wanted = {"include": ["reasoning.encrypted_content"], "stream_options": {"include_obfuscation": False}}
    assert told(reader, server, lambda client: _stream(client, **wanted)).completed
    resumed = server.asked[1].query
    assert (resumed["include[]"], resumed["include_obfuscation"]) == ("reasoning.encrypted_content", "false")
    if refused:
        assert server.asked[2].query == {"include[]": "reasoning.encrypted_content"}

    def resume(client: Any) -> Any:
        return client.resume(_ID, starting_after=8, include=["reasoning.encrypted_content"], include_obfuscation=False)

    assert told(reader, server, resume).completed
    assert server.asked[-2 if refused else -1].query == {**resumed, "starting_after": "8"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"include": "reasoning"}, "expected include to be a list of strings, but got 'reasoning'"),
        ({"include": [1]}, "expected include to be a list of strings"),
        ({"include_obfuscation": "no"}, "expected include_obfuscation to be True or False, but got 'no'"),
    ],
)
def test_what_is_to_be_included_is_checked_at_the_call(options: dict[str, Any], message: str) -> None:
    """Law: before anything is sent."""
    with Client(base_url=URL) as client, pytest.raises(TypeError, match=message):
        client.resume("resp_1", **options)


@readers
@pytest.mark.parametrize(
    "failing",
    [
        refusing(404),
        Reply([b"<html>"], headers={"content-type": "text/html"}),
        Reply([b"[]"], headers=_JSON),
        Reply([b"[" * 100_000], headers=_JSON),
        Reply([b'{"status": "strange"}'], headers=_JSON),
        Reply([b'{"status": "comp'], headers=_JSON, lost=True),
        Reply(unanswered=True),
        refusing(500),
    ],
)
def test_P6_without_a_snapshot_the_error_says_so(reader: Reader, failing: Reply) -> None:
    """Law: it is the error of the drop, with both reasons why it does not go on."""
    found = told(reader, _refused(404, failing), _stream)
    assert isinstance(found.error, ConnectionLostError)
    assert not found.error.resumable
    assert "refuses to resume it: expected status 200, but the server answered 404" in str(found.error)
    assert "the final response cannot be had: expected" in str(found.error)
    assert (found.error.response_id, found.error.last_sequence_number) == (_ID, 8)


@readers
def test_P6_a_snapshot_has_a_limit(reader: Reader) -> None:
    """Law: ``max_event_bytes`` bounds it as an event."""
    found = told(reader, _refused(404, _snapshot(padding="x" * 20_000)), _stream, max_event_bytes=20_000)
    assert isinstance(found.error, ConnectionLostError)
    assert "within 20000 bytes (max_event_bytes)" in str(found.error)


@readers
def test_P6_a_response_that_still_runs_is_waited_for(reader: Reader) -> None:
    """Law: it is asked again until it has ended, and longer than ``max_retries`` says."""
    running = [_snapshot(status=status) for status in ("queued", *["in_progress"] * 20)]
    # Failures in between are counted in a row only.
    server = _refused(404, *running, *[refusing(503), running[1]] * 4, refusing(503), refusing(503), _snapshot())
    found = told(reader, server, _stream)
    assert found.completed
    assert len(server.asked) == 2 + 21 + 8 + 3


@pytest.mark.parametrize("reader", [reader for reader in readers.args[1] if reader.is_async], ids=lambda it: it.name)
def test_P6_a_response_that_runs_for_ever_is_not(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: after ten minutes in which nothing else can be had, the error says that it still runs."""
    monkeypatch.setattr(backoff, "BACKOFF_SECONDS", 0.5)
    server = _refused(404, _snapshot(status="in_progress"))
    found = told(reader, server, _stream)
    assert isinstance(found.error, ConnectionLostError)
    assert "its status is 'in_progress'" in str(found.error)
    assert 580 < found.seconds < 605
    assert len(server.asked) < 150


@readers
def test_P6_an_empty_suffix_ends_with_the_final_snapshot(reader: Reader) -> None:
    """Law: a server that answers, but has no more to say, is asked for the whole response."""

    def reply(asked: Asked) -> Reply:
        if asked.method == "POST":
            return Reply([sse(*_EVENTS[:9])])
        return Reply() if "stream" in asked.query else _snapshot()

    server = ScriptedServer(reply)
    found = told(reader, server, _stream)
    assert found.completed
    assert _dicts(found) == [*_EVENTS[:9], {"type": "response.completed", "response": _FINAL}]
    assert len(server.asked) == 1 + 2 + 1


@readers
def test_who_looks_is_told_and_the_events_are_not_mixed(reader: Reader) -> None:
    """Law: each try is announced before it is made; that it goes on, before its first event."""
    notices: list[Any] = []
    replies = [
        Reply([sse(*_SMALL[:2])], lost=True),
        refusing(503),
        Reply([sse(*_SMALL[1:3])]),
        Reply([sse(*_SMALL[3:])]),
    ]
    server = ScriptedServer(lambda asked: replies.pop(0))
    found = told(reader, server, lambda client: _stream(client, on_reconnect=notices.append))
    assert found.completed
    assert _dicts(found) == _SMALL
    assert [(type(notice), notice.response_id, notice.starting_after) for notice in notices] == [
        (Reconnecting, "resp_1", 1),
        (Reconnecting, "resp_1", 1),
        (Resumed, "resp_1", 1),
        (Reconnecting, "resp_1", 2),
        (Resumed, "resp_1", 2),
    ]
    assert [notice.attempt for notice in notices if isinstance(notice, Reconnecting)] == [1, 2, 1]
    kinds = [type(notice.error) for notice in notices if isinstance(notice, Reconnecting)]
    assert kinds == [ConnectionLostError, APIStatusError, TruncatedStreamError]
    assert {notice.source for notice in notices if isinstance(notice, Resumed)} == {"events"}


@readers
def test_who_looks_is_told_of_a_snapshot(reader: Reader) -> None:
    """Law: what is not the true list of events is not called so."""
    notices: list[Any] = []
    found = told(reader, _refused(404, _snapshot()), lambda client: _stream(client, on_reconnect=notices.append))
    assert found.completed
    assert notices[1:] == [Resumed(_ID, 8, "snapshot")]


@readers
def test_what_a_looker_raises_is_the_streams_error(reader: Reader) -> None:
    """Law: it is not lost, and everything is closed."""

    def look(notice: object) -> None:
        raise LookupError("looked away")

    server = ScriptedServer(Server(_SMALL, [2]))
    found = told(reader, server, lambda client: _stream(client, on_reconnect=look))
    assert isinstance(found.error, LookupError)
    assert len(server.asked) == 1


@readers
def test_requests_for_the_rest_carry_what_the_first_carried(reader: Reader) -> None:
    """Law: key, extra headers and query, but no body; ids of any shape are one part of the path."""
    response_id = "resp/../é?x=1"
    events = [created(response_id), *_SMALL[1:]]
    server = ScriptedServer(Server(events, [2]))
    extra = {"extra_headers": {"X-Team": "seven"}, "extra_query": {"api-version": "2025-01"}}
    assert told(reader, server, lambda client: _stream(client, **extra)).completed
    get = server.asked[1]
    assert get.path == f"/v1/responses/{response_id}"
    assert get.query == {"api-version": "2025-01", "stream": "true", "starting_after": "1"}
    assert (get.headers["x-team"], get.headers["accept"], get.body) == ("seven", "text/event-stream", b"")
    assert get.headers["authorization"] == server.asked[0].headers["authorization"]


@readers
def test_resume_reads_a_response_from_any_event(reader: Reader) -> None:
    """Law: what follows is delivered, and nothing before; each drop is mended."""
    for after in (None, 0, 1, 30, 58):
        server = ScriptedServer(Server(_EVENTS, [2, 3], overlap=1))
        found = told(reader, server, lambda client, after=after: client.resume(_ID, starting_after=after))
        assert found.completed
        assert _dicts(found) == _EVENTS[0 if after is None else after + 1 :]
        assert all(asked.method == "GET" for asked in server.asked)


@readers
def test_resume_is_retried_and_refused_as_any_request(reader: Reader) -> None:
    """Law: before its first event too; what is refused, and is not there either, is that refusal."""
    replies = [refusing(503), Reply(unanswered=True), Reply([sse(*_SMALL[2:])])]
    server = ScriptedServer(lambda asked: replies.pop(0))
    assert told(reader, server, lambda client: client.resume("resp_1", starting_after=1)).completed
    server = ScriptedServer(lambda asked: refusing(404))
    found = told(reader, server, lambda client: client.resume("resp_1"))
    assert isinstance(found.error, APIStatusError)
    assert found.error.status_code == 404
    assert len(server.asked) == 2
    server = ScriptedServer(lambda asked: Reply(unanswered=True))
    found = told(reader, server, lambda client: client.resume("resp_1"))
    assert isinstance(found.error, APIConnectionError)
    assert found.error.__notes__ == ["the request was sent 3 times"]


@readers
def test_a_tool_runs_once_though_its_call_comes_in_pieces(reader: Reader) -> None:
    """Law: ``run_tools`` over streams that break after every event calls each tool once."""
    called: list[int] = []

    def add(a: int, b: int) -> int:
        called.append(a + b)
        return a + b

    body = {"tools": [rxs.tool(add).to_dict()], "input": "Add 2 and 3.", "model": "gpt-5"}
    first = simulated_events(**body)
    second = [created("resp_2"), *_SMALL[1:]]
    cuts = [1] * 200

    def reply(asked: Asked) -> Reply:
        ours = [asked for asked in server.asked if asked.method == "POST"]
        return Server(first if len(ours) == 1 else second, cuts, overlap=3 if asked.method == "GET" else 0)(asked)

    server = ScriptedServer(reply)
    cuts[:] = [1, *[4] * 200]
    found = told(
        reader,
        server,
        lambda client: rxs.run_tools(
            client, tools=[rxs.tool(add)], model="gpt-5", input="Add 2 and 3.", background=True, resume=True
        ),
    )
    assert found.completed
    assert called == [sum(json.loads(first[-1]["response"]["output"][-1]["arguments"]).values())]


@readers
def test_T2_over_sockets_a_reset_is_mended(reader: Reader) -> None:
    """Law: real connections that are reset after every two events give the true list."""

    def reply(exchange: Exchange) -> None:
        after = int(exchange.target.rpartition("starting_after=")[2]) if exchange.method == "GET" else -1
        rest = [event for event in _SMALL if event["sequence_number"] > after - 1]
        exchange.head()
        exchange.chunk(sse(*rest[:3]))
        if rest[:3] == rest:
            exchange.end()
            return
        exchange.wait_for_close(0.02)  # so that what was sent is read before the reset
        exchange.reset()

    with FaultServer(reply) as server:
        found = reader.told(server.url, background=True, resume=True, max_retries=2)
    assert found.completed
    assert _dicts(found) == _SMALL
    assert [exchange.method for exchange in server.exchanges] == ["POST", "GET", "GET"]


def test_the_simulated_server_resumes() -> None:
    """Law: what another connection began is read on, over sockets, from the simulated model."""
    with running_server() as url, Client(base_url=url) as client:
        whole = rxs.collect_sync(client.stream(model="gpt-5", input="Say 'hello' 9 times.", background=True))
        response_id = whole[0].to_dict()["response"]["id"]
        for after in (None, 0, len(whole) // 2, len(whole) - 2):
            rest = rxs.collect_sync(client.resume(response_id, starting_after=after))
            assert [event.to_dict() for event in rest] == [
                event.to_dict() for event in whole[0 if after is None else after + 1 :]
            ]


@pytest.mark.parametrize("after", range(1, 6))
def test_T10_disposing_at_any_event_of_a_broken_stream_closes_it(after: int) -> None:
    """Law: on either side of a drop, nothing is open afterwards, nothing is asked, and no task is left."""
    server = ScriptedServer(Server(_SMALL, [2, 2]))

    async def main() -> None:
        async with httpx.AsyncClient(transport=server) as http_client:
            stream = _stream(AsyncClient(base_url=URL, http_client=http_client))
            async with rxs.iterate(stream, limit=1) as events:
                for _ in range(after):
                    await anext(events)
            asked = len(server.asked)
            await asyncio.sleep(100)
            assert (len(server.asked), server.open) == (asked, 0)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(main())


@pytest.mark.parametrize("make", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"resume": True}, ValueError, "expected background=True with resume=True"),
        ({"resume": True, "background": False}, ValueError, "expected background=True with resume=True"),
        ({"resume": 1, "background": True}, TypeError, "expected resume to be True or False, but got 1"),
        ({"background": True, "on_reconnect": print}, ValueError, "expected resume=True with on_reconnect"),
        ({"background": True, "resume": True, "on_reconnect": 7}, TypeError, "expected on_reconnect to be a function"),
        ({"background": True, "resume": True, "on_reconnect": asyncio.sleep}, TypeError, "that is not asynchronous"),
        ({"on_malformed": asyncio.sleep}, TypeError, "expected on_malformed to be a function that is not asynchronous"),
    ],
)
def test_wrong_options_are_refused_at_the_call(make: Any, options: Any, error: type[Exception], message: str) -> None:
    """Law: nothing is sent for them."""
    with pytest.raises(error, match=message):
        make(base_url=URL).stream(model="gpt-5", input="Hi", **options)


@pytest.mark.parametrize("make", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"response_id": ""}, ValueError, "expected response_id to be the id of a response"),
        ({"response_id": ".."}, ValueError, "expected response_id to be the id of a response"),
        ({"response_id": None}, TypeError, "expected response_id to be a string"),
        ({"starting_after": -1}, ValueError, "expected starting_after to be 0 or more"),
        ({"starting_after": True}, TypeError, "expected starting_after to be a sequence number"),
        ({"starting_after": "3"}, TypeError, "expected starting_after to be a sequence number"),
        ({"model": "gpt-5"}, TypeError, "expected options of resume"),
        ({"max_retries": -1}, ValueError, "expected max_retries to be 0 or more"),
    ],
)
def test_wrong_arguments_of_resume_are_refused_at_the_call(
    make: Any, arguments: Any, error: type[Exception], message: str
) -> None:
    """Law: nothing is sent for them."""
    with pytest.raises(error, match=message):
        make(base_url=URL).resume(**{"response_id": "resp_1", **arguments})


def test_resume_and_background_are_no_options_of_the_body() -> None:
    """Law: the API is sent ``background``, and none of our own options."""
    server = ScriptedServer(Server(_SMALL, []))
    with httpx.Client(transport=server) as http_client:
        client = Client(base_url=URL, http_client=http_client)
        rxs.collect_sync(_stream(client, max_retries=1, on_reconnect=print))
    assert json.loads(server.asked[0].body) == {"model": "gpt-5", "input": "Hi", "background": True, "stream": True}


def test_each_subscription_has_a_cursor_of_its_own() -> None:
    """Law: a stream is cold: two subscriptions to it are two requests, whatever breaks in each."""
    server = ScriptedServer(Server(_SMALL, [2, 3, 4, 1]))
    with httpx.Client(transport=server) as http_client:
        client = Client(base_url=URL, http_client=http_client)
        for stream, beginning in ((_stream(client), 0), (client.resume("resp_1", starting_after=2), 3)):
            for _ in range(2):
                assert [event.to_dict() for event in rxs.collect_sync(stream)] == _SMALL[beginning:]


@readers
def test_a_conversation_hands_its_looker_on(reader: Reader) -> None:
    """Law: the options of a stream are those of each turn of ``run_tools``."""
    notices: list[Any] = []
    server = ScriptedServer(Server(_SMALL, [2]))
    options: dict[str, Any] = {"background": True, "resume": True, "on_reconnect": notices.append, "max_retries": 1}
    found = told(reader, server, lambda client: rxs.run_tools(client, tools=[], model="m", input="Hi", **options))
    assert found.completed
    assert [type(notice) for notice in notices] == [Reconnecting, Resumed]


@readers
@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_error_says_where_to_go_on(reader: Reader, count: int) -> None:
    """Law: though what broke neither named the response nor, perhaps, brought an event."""
    server = ScriptedServer(lambda asked: Reply([sse(event) for event in _SMALL[2 : 2 + count]], lost=True))
    found = told(reader, server, lambda client: client.resume("resp_1", starting_after=1), max_retries=0)
    assert isinstance(found.error, ConnectionLostError)
    assert (found.error.response_id, found.error.last_sequence_number) == ("resp_1", 1 + count)
    assert found.error.resumable
    assert len(server.asked) == 1
