"""Event streams that are opened again where they break off."""

from __future__ import annotations

import asyncio
import http.client
import json
import random
import threading
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
import reactivex
from hypothesis import given
from hypothesis import strategies as st
from reactivex.operators import do_action, take_until
from reactivex.scheduler import NewThreadScheduler
from reactivex.subject import Subject

from rxstream import (
    Cursor,
    Reconnecting,
    Resumed,
    collect,
    collect_sync,
    from_events,
    from_sse,
    iterate,
    iterate_sync,
    parse_event,
)
from rxstream.errors import (
    APIConnectionError,
    APIStatusError,
    EventParseError,
    ResponseFailedError,
    ResponseStreamError,
    StreamError,
    TruncatedStreamError,
)
from rxstream.sources import backoff
from rxstream.sources.identities import Identities
from rxstream.testing import run_virtually
from tests.fault_server import created, delta, terminal
from tests.laws.registry import law
from tests.reactive.leaks import run, until_sync
from tests.sources.clients import tell_async, tell_sync
from tests.sources.reopened import AsyncChunks, Chunks, Events, Server, both, numbered, told, unnumbered, wire
from tests.sources.scripted_server import simulated_events

_NUMBERED = simulated_events(31)
_IDS_ALONE = unnumbered(_NUMBERED)
_SMALL = [created(), *map(delta, range(1, 5)), terminal(5)]
_RESET = ConnectionResetError("reset")
kinds = pytest.mark.parametrize("events", [_NUMBERED, _IDS_ALONE], ids=["numbers", "ids"])


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Synchronous streams wait in real time: not for this long."""
    monkeypatch.setattr(backoff, "BACKOFF_SECONDS", 0.0)


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [event.to_dict() for event in found.events]


def _after(cursor: Cursor) -> int:
    """Return how many events a server has sent already, by whatever name it knows the last one."""
    if cursor.last_event_id:
        return int(cursor.last_event_id)
    return 0 if cursor.sequence_number is None else cursor.sequence_number + 1


def _going_on(events: Events, *, overlap: int = 0, ids: bool = True) -> Server:
    return Server(lambda cursor: ([wire(events, max(0, _after(cursor) - overlap), ids=ids)], None))


@both
@pytest.mark.parametrize("overlap", range(6))
@pytest.mark.parametrize(
    ("events", "ids"), [(_NUMBERED, False), (_NUMBERED, True), (_IDS_ALONE, True)], ids=["numbers", "both", "ids"]
)
def test_cut_after_every_event_with_any_overlap(events: Events, ids: bool, overlap: int, is_async: bool) -> None:
    """Law: however a stream is cut, what is delivered is the true list; by numbers, and by ids alone."""
    for cut in range(len(events)):
        server = _going_on(events, overlap=overlap, ids=ids)
        first = wire(events[:cut], ids=ids)
        found = told([first] if first else [], server, is_async, lost=_RESET if cut % 2 else None)
        assert found.completed
        assert _dicts(found) == list(events)
        assert [_after(cursor) for cursor in server.asked] == [cut]


@both
@kinds
@pytest.mark.parametrize("seed", range(6))
def test_cut_at_random_bytes_again_and_again(events: Events, seed: int, is_async: bool) -> None:
    """Law: an event that came in part comes whole later, once; each stream that brings something new counts anew."""
    chance = random.Random(seed)

    def reply(cursor: Cursor) -> tuple[list[bytes], Exception | None]:
        rest = wire(events, max(0, _after(cursor) - chance.randrange(6)))
        body = rest[: chance.randrange(9000, 12000)]
        cuts = sorted({0, len(body), *(chance.randrange(len(body)) for _ in range(9))})
        chunks = [body[start:end] for start, end in pairwise(cuts)]
        return chunks, _RESET if len(body) < len(rest) and chance.random() < 0.5 else None

    server = Server(reply)
    found = told([], server, is_async, max_retries=1)
    assert found.completed
    assert _dicts(found) == list(events)
    assert len(server.asked) > 1


@both
def test_numbers_let_a_server_begin_anew(is_async: bool) -> None:
    """Law: a function that cannot say where to go on gives the whole again, and all that is known is left out."""
    for cut in range(len(_SMALL)):
        server = Server(lambda _cursor: ([wire(_SMALL, ids=False)], None))
        found = told([wire(_SMALL[:cut], ids=False)], server, is_async)
        assert found.completed
        assert _dicts(found) == _SMALL


@both
def test_a_stream_that_does_not_break_off_is_the_same(is_async: bool) -> None:
    """Law: gaps, doubles, ids that are shared and a second response are delivered as they come."""
    disordered = [created(), delta(7), delta(3), delta(3), created("resp_2"), created("resp_2"), delta(1), terminal(9)]
    for events in (disordered, unnumbered(disordered)):
        for body in (wire(events), wire(events, ids=False), wire(events).replace(b"id: ", b"id: 1\nx: ")):
            server = _going_on(events)
            found = told([body], server, is_async)
            assert found.completed
            assert _dicts(found) == events
            assert server.asked == []


@both
def test_a_gap_in_numbers_is_an_error(is_async: bool) -> None:
    """Law P5: it says which event was expected."""
    server = Server(lambda _cursor: ([wire(_SMALL[4:])], None))
    found = told([wire(_SMALL[:3])], server, is_async)
    assert _dicts(found) == _SMALL[:3]
    assert "sequence_number 3 next, but got 4" in str(found.error)


@both
@kinds
def test_another_response_is_an_error(events: Events, is_async: bool) -> None:
    """Law: a function that sends the request again gets another text; the two are not mixed."""
    other = [created("resp_2"), *map(delta, range(1, 40)), terminal(40)]
    other = other if events is _NUMBERED else unnumbered(other)
    server = Server(lambda _cursor: ([wire(other, ids=events is _NUMBERED).replace(b"id: ", b"id: new-")], None))
    found = told([wire(events[:9])], server, is_async)
    assert _dicts(found) == list(events[:9])
    assert type(found.error) is StreamError
    assert "but got response.created of another response" in str(found.error)


@both
def test_without_known_ids_a_response_does_not_begin_again(is_async: bool) -> None:
    """Law: the same response with other ids would come twice."""
    server = Server(lambda _cursor: ([wire(_IDS_ALONE).replace(b"id: ", b"id: new-")], None))
    found = told([wire(_IDS_ALONE[:9])], server, is_async)
    assert _dicts(found) == list(_IDS_ALONE[:9])
    assert "after the event with id '9'" in str(found.error)
    assert "response.created again" in str(found.error)


@both
def test_ids_that_events_share_do_not_end_a_response_early(is_async: bool) -> None:
    """Law: neither is something lost in silence: no event has another type when it comes again."""
    first = b"id: same\n" + wire(_IDS_ALONE[:1], ids=False)
    for rest in (_IDS_ALONE[1:], _IDS_ALONE[-1:]):
        reply = b"id: same\n" + wire(rest, ids=False)
        found = told([first], Server(lambda _cursor, reply=reply: ([reply], None)), is_async)
        assert len(found.events) == 1
        assert f"{rest[0]['type']} with an id that came before" in str(found.error)


@both
@pytest.mark.parametrize("ids", [b"", b"id: same\n"])
def test_what_has_neither_number_nor_id_is_not_opened_again(ids: bytes, is_async: bool) -> None:
    """Law: nobody could tell what comes again; the error is that of the drop, and says why."""
    first = [ids + wire([event], ids=False) for event in _IDS_ALONE[:4]]
    server = _going_on(_IDS_ALONE)
    found = told(first, server, is_async, lost=_RESET)
    assert len(found.events) == 4
    assert found.error is _RESET
    assert server.asked == []
    assert any("neither a sequence number nor an id of its own" in note for note in found.error.__notes__)
    del _RESET.__notes__


@both
def test_an_id_for_some_events_is_enough_where_the_stream_breaks_behind_one(is_async: bool) -> None:
    """Law: checkpoints; and an id in a block of its own is one, too."""
    some = wire(_IDS_ALONE[:3], ids=False)
    rest = wire(_IDS_ALONE[4:])
    for first in (some + b"id: 4\n" + wire(_IDS_ALONE[3:4], ids=False), wire(_IDS_ALONE[:4], ids=False) + b"id: 4\n\n"):
        server = Server(lambda _cursor: ([rest], None))
        found = told([first], server, is_async)
        assert found.completed
        assert _dicts(found) == list(_IDS_ALONE)
        assert [cursor.last_event_id for cursor in server.asked] == ["4"]


@both
@kinds
def test_signs_of_life_come_and_go(events: Events, is_async: bool) -> None:
    """Law: what is not known and has neither is no progress and no obstacle; a comment is nothing."""
    ping = b'data: {"type": "ping"}\n\n: comment\n\n'
    server = _going_on(events)
    found = told([ping + wire(events[:5]) + ping], server, is_async)
    assert found.completed
    assert [event.type for event in found.events].count("ping") == 2
    assert [event.to_dict() for event in found.events if event.type != "ping"] == list(events)
    silent = Server(lambda _cursor: ([ping], _RESET))
    assert isinstance(told([wire(events[:5])], silent, is_async).error, TruncatedStreamError)
    assert len(silent.asked) == 2


@both
@kinds
@pytest.mark.parametrize("head", [b'data: {"type": "ping"}\n\n', b"id: %d\n\n", b"data:\n\n"])
def test_what_comes_ahead_of_repeats_changes_nothing(events: Events, head: bytes, is_async: bool) -> None:
    """Law: a sign of life, the last id in a block of its own, an empty block; each time anew."""

    def reply(cursor: Cursor) -> tuple[list[bytes], Exception | None]:
        after = _after(cursor)
        return [head.replace(b"%d", str(after).encode()), wire(events[: after + 9], max(0, after - 3))], None

    server = Server(reply)
    found = told([wire(events[:5])], server, is_async)
    assert found.completed
    assert [event.to_dict() for event in found.events if event.type != "ping"] == list(events)
    assert len(server.asked) > 3


@both
@kinds
@pytest.mark.parametrize("max_retries", [0, 1, 3])
@pytest.mark.parametrize("lost", [None, OSError(5, "first")])
def test_tries_without_progress_are_bounded(
    events: Events, max_retries: int, lost: Exception | None, is_async: bool
) -> None:
    """Law: the error is that of the drop, the same object, with a note of what came afterwards."""
    server = Server(lambda cursor: ([wire(events[:4], max(0, _after(cursor) - 2))], _RESET))
    found = told([wire(events[:4])], server, is_async, lost=lost, max_retries=max_retries)
    assert _dicts(found) == list(events[:4])
    assert len(server.asked) == max_retries
    error = found.error
    assert error is lost or (lost is None and type(error) is TruncatedStreamError)
    expected = f"it was opened again {max_retries} times, but nothing new came: ConnectionResetError: reset"
    assert getattr(error, "__notes__", []) == ([expected] if max_retries else [])
    if lost is not None and max_retries:
        del lost.__notes__


@both
def test_the_pause_is_as_long_as_the_server_says(is_async: bool) -> None:
    """Law: ``retry:`` holds from its line on, for all streams that follow, until there is another."""
    replies = iter([(b"", 0), (b"retry: 250\n", 2), (b"", 2), (b"", 9)])

    def reply(cursor: Cursor) -> tuple[list[bytes], Exception | None]:
        head, count = next(replies)
        return [head + wire(_SMALL[: _after(cursor) + count], _after(cursor))], None

    notices: list[Any] = []
    server = Server(reply)
    first = b"retry: 40000\n\n" if is_async else b"retry: 10\n\n"
    found = told([first + wire(_SMALL[:1])], server, is_async, on_reconnect=notices.append)
    assert found.completed
    assert _dicts(found) == _SMALL
    long = 40.0 if is_async else 0.01
    pauses = [notice.seconds for notice in notices if isinstance(notice, Reconnecting)]
    assert pauses == [long, long, 0.25, 0.25]
    if is_async:
        assert server.times == pytest.approx([40.0, 80.0, 80.25, 80.5])


def test_without_a_word_of_the_server_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: as those before a request is sent again; in virtual time."""
    monkeypatch.setattr(backoff, "BACKOFF_SECONDS", 0.5)
    monkeypatch.setattr(backoff.random, "random", lambda: 0.0)
    server = Server(lambda _cursor: ([], _RESET))
    told([wire(_SMALL[:2])], server, True, max_retries=4)
    assert server.times == pytest.approx([0.5, 1.5, 3.5, 7.5])


@both
def test_a_server_that_wants_to_rest_for_long_is_left_alone(is_async: bool) -> None:
    """Law: more than two minutes are not waited for; the error says so. A number without end is one, too."""
    for retry in (b"120001", b"9" * 200):
        server = _going_on(_SMALL)
        found = told([b"retry: " + retry + b"\n" + wire(_SMALL[:2])], server, is_async)
        assert isinstance(found.error, TruncatedStreamError)
        assert any("the server asks to wait" in note for note in found.error.__notes__)
        assert server.asked == []


@both
def test_the_cursor_has_each_name_of_the_place(is_async: bool) -> None:
    """Law: the id and the number of the last event that was delivered, and the response."""
    server = _going_on(_SMALL)
    told([wire(_SMALL[:3])], server, is_async)
    assert server.asked == [Cursor("3", 2, "resp_1")]
    server = _going_on(_SMALL, ids=False)
    told([wire(_SMALL[:3], ids=False)], server, is_async)
    assert server.asked == [Cursor("", 2, "resp_1")]
    server = _going_on(unnumbered(_SMALL))
    told([wire(unnumbered(_SMALL)[:3])], server, is_async)
    assert server.asked == [Cursor("3", None, "resp_1")]
    server = _going_on(_SMALL)
    told([], server, is_async)
    assert server.asked == [Cursor("", None, None)]


@both
@kinds
def test_who_looks_is_told(events: Events, is_async: bool) -> None:
    """Law: before each pause, and when the first event after it is about to come; never among the events."""
    notices: list[Any] = []
    replies: Iterator[Any] = iter([([], _RESET), ([wire(events, 3)], None)])
    server = Server(lambda _cursor: next(replies))
    found = told([wire(events[:4])], server, is_async, lost=OSError("gone"), on_reconnect=notices.append)
    assert found.completed
    response, number = events[0]["response"]["id"], 3 if events is _NUMBERED else None
    first, second, third = notices
    assert isinstance(first, Reconnecting)
    assert isinstance(second, Reconnecting)
    assert [(notice.response_id, notice.starting_after, notice.last_event_id) for notice in (first, second)] == [
        (response, number, "4")
    ] * 2
    assert [notice.attempt for notice in (first, second)] == [1, 2]
    assert [str(notice.error) for notice in (first, second)] == ["gone", "reset"]
    assert third == Resumed(response, number, "events", "4")


@both
def test_what_a_looker_raises_is_the_streams_error(is_async: bool) -> None:
    """Law: even if it is of the kind that breaks streams off."""
    broke = OSError("in the callback")

    for kind in (Reconnecting, Resumed):

        def look(notice: Any, kind: type = kind) -> None:
            if isinstance(notice, kind):
                raise broke

        found = told([wire(_SMALL[:2])], _going_on(_SMALL), is_async, on_reconnect=look)
        assert found.error is broke


@both
@pytest.mark.parametrize("end", ["incomplete", "failed", "error"])
@pytest.mark.parametrize("cut", [3, 6])
def test_what_the_server_failed_at_is_not_opened_again(end: str, cut: int, is_async: bool) -> None:
    """Law: a response ends as it ends, before a drop or after one."""
    last = {"type": "error", "sequence_number": 5, "message": "no"} if end == "error" else terminal(5, end)
    events = [*_SMALL[:-1], last]
    server = _going_on(events)
    found = told([wire(events[:cut])], server, is_async, lost=_RESET if cut == 6 else None)
    assert _dicts(found) == events
    assert len(server.asked) == (1 if cut == 3 else 0)
    kinds = {"incomplete": type(None), "failed": ResponseFailedError, "error": ResponseStreamError}
    assert type(found.ends[0]) is kinds[end]


class Foreign(Exception):
    """No error of a transport."""


@both
@pytest.mark.parametrize("opened", [False, True])
def test_other_errors_pass_unchanged(opened: bool, is_async: bool) -> None:
    """Law: of the chunks, and of the function that opens again."""
    for error in (Foreign("x"), ValueError("x"), APIStatusError("no", status_code=404)):
        server = Server(lambda _cursor, error=error: ([], error))
        found = told([wire(_SMALL[:2])], server, is_async, lost=None if opened else error)
        assert found.error is error
        assert _dicts(found) == _SMALL[:2]
        assert len(server.asked) == (1 if opened else 0)


@both
@pytest.mark.parametrize(
    "error",
    [
        OSError("x"),
        TimeoutError(),
        httpx.ReadError("x"),
        http.client.IncompleteRead(b""),
        type("ClientPayloadError", (Exception,), {"__module__": "aiohttp.client_exceptions"})(),
        type("ProtocolError", (Exception,), {"__module__": "urllib3.exceptions"})(),
        APIConnectionError("no answer", retryable=True),
        APIStatusError("busy", status_code=503, retry_after=0.0, retryable=True),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_server_that_is_away_for_a_moment_is_asked_again(error: Exception, is_async: bool) -> None:
    """Law: errors of transports break a stream off; so do our own that say that it may be tried again."""
    failing: list[Exception] = [error, error]

    class Away(Server):
        def reopen(self, cursor: Cursor) -> Chunks:
            if failing:
                raise failing.pop()
            return super().reopen(cursor)

    server = Away(lambda cursor: ([wire(_SMALL, _after(cursor))], None))
    found = told([wire(_SMALL[:2])], server, is_async, lost=error)
    assert isinstance(found.error, type(error))
    del error.__notes__
    failing[:] = [error]
    found = told([wire(_SMALL[:2])], server, is_async, lost=error)
    assert found.completed
    assert _dicts(found) == _SMALL


def test_what_a_function_returns_is_an_iterable() -> None:
    """Law: what is none is told, and no coroutine is left that nobody awaits."""

    async def asynchronous(_cursor: Cursor) -> list[bytes]:
        return [wire(_SMALL, 2)]

    for wrong in (lambda _cursor: None, lambda _cursor: b"data", asynchronous):
        with pytest.raises(TypeError, match="expected reopen to return an iterable, of chunks or events, but got "):
            collect_sync(from_sse([wire(_SMALL[:2])], reopen=wrong))  # type: ignore[arg-type]

    async def chunks() -> AsyncIterator[bytes]:
        yield wire(_SMALL[:2])

    async def rest() -> AsyncIterator[bytes]:
        yield wire(_SMALL, 2)

    async def main() -> None:
        for right in (asynchronous, lambda _cursor: rest(), lambda _cursor: iter([wire(_SMALL, 2)])):
            assert len(await collect(from_sse(chunks(), reopen=right))) == 6
        for wrong in (lambda _cursor: None, lambda _cursor: b"data"):
            with pytest.raises(TypeError, match="synchronous or asynchronous"):
                await collect(from_sse(chunks(), reopen=wrong))  # type: ignore[arg-type]

    run(main())


@both
def test_events_go_on_with_bytes(is_async: bool) -> None:
    """Law: a stream of events is as good as chunks, wherever it begins; it breaks off as they do."""
    for cut in range(1, 6):
        for start in range(cut + 1):
            whole = [parse_event(event) for event in _SMALL[start:]]
            replies = iter([from_events(whole[: cut - start + 1]), from_events(whole)])
            options = {"reopen": lambda _cursor, replies=replies: next(replies)}
            found = told([wire(_SMALL[:cut])], _going_on(_SMALL), is_async, **options)
            assert found.completed
            assert _dicts(found) == _SMALL


@both
def test_nothing_is_read_behind_the_end(is_async: bool) -> None:
    """Law: of chunks and of events that go on with a stream."""
    rest = [parse_event(event) for event in (*_SMALL[3:], delta(6))]
    assert _dicts(told([wire(_SMALL[:3])], _going_on(_SMALL), is_async, reopen=lambda _cursor: rest)) == _SMALL
    chunks = [wire(_SMALL, 3), wire([delta(6)])]
    assert _dicts(told([wire(_SMALL[:3])], Server(lambda _cursor: (chunks, None)), is_async)) == _SMALL


@both
def test_a_client_may_end_it_with_the_whole_response(is_async: bool) -> None:
    """Law: the final snapshot of a client, which has no number, ends a stream; such an event of the wire does not."""
    [last] = unnumbered(_SMALL[-1:])
    notices: list[Any] = []
    options = {"reopen": lambda _cursor: from_events([parse_event(last)]), "on_reconnect": notices.append}
    found = told([wire(_SMALL[:3])], _going_on(_SMALL), is_async, **options)
    assert found.completed
    assert _dicts(found) == [*_SMALL[:3], last]
    assert notices[-1] == Resumed("resp_1", 2, "snapshot", "3")
    found = told([wire(_SMALL[:3])], Server(lambda _cursor: ([wire([last])], None)), is_async)
    assert "sequence_number 3" in str(found.error)


@both
def test_a_malformed_event_is_left_out_or_ends_it(is_async: bool) -> None:
    """Law: it is no drop; with ``on_malformed`` its number does not leave a gap."""
    for events in (_SMALL, unnumbered(_SMALL)):
        blocks = [wire(events[: place + 1], place) for place in range(6)]
        blocks[3] = b"id: 4\ndata: oops\n\n"
        for cut in range(1, 6):

            def reply(cursor: Cursor, blocks: list[bytes] = blocks) -> tuple[list[bytes], Exception | None]:
                return [b"".join(blocks[_after(cursor) :])], None

            assert isinstance(told([b"".join(blocks[:cut])], Server(reply), is_async).error, EventParseError)
            skipped: list[Any] = []
            found = told([b"".join(blocks[:cut])], Server(reply), is_async, on_malformed=skipped.append)
            assert found.completed
            assert _dicts(found) == [*events[:3], *events[4:]]
            assert [notice.count for notice in skipped] == ([1, 2] if cut == 4 else [1])


@both
def test_a_conversation_goes_on_by_ids(is_async: bool) -> None:
    """Law: the numbers of each turn begin anew, so that only ids say where it goes on; it ends with its last turn."""
    turns: list[dict[str, Any]] = []
    for turn in (1, 2, 3):
        turns.append({"type": "rxstream.turn.started", "turn": turn, "input": []})
        turns += [
            created(f"resp_{turn}"),
            *map(delta, range(1, 4)),
            terminal(4, "completed" if turn < 3 else "incomplete"),
        ]
    for cut in range(1, len(turns)):
        if turns[cut - 1]["type"] == "response.completed":
            continue  # a conversation may end here
        server = _going_on(turns)
        found = told([wire(turns[:cut])], server, is_async)
        assert found.completed
        assert _dicts(found) == turns


def test_each_subscription_has_a_place_of_its_own() -> None:
    """Law: cold."""
    server = _going_on(_SMALL)
    stream = from_sse([wire(_SMALL[:3])], reopen=server.reopen)
    assert collect_sync(stream) == collect_sync(stream) == [parse_event(event) for event in _SMALL]
    assert server.asked == [Cursor("3", 2, "resp_1")] * 2


@pytest.mark.parametrize("taken", range(7))
def test_leaving_anywhere_closes_what_was_opened(taken: int) -> None:
    """Law: in a pause, while it is opened, and while it is read; nothing is opened afterwards."""
    server = Server(lambda cursor: ([wire([event]) for event in _SMALL[_after(cursor) :]], None))

    async def main() -> None:
        chunks = AsyncChunks(Chunks(server, [b"retry: 30000\n" + wire(_SMALL[:3])], None))
        async with iterate(from_sse(chunks, reopen=server.reopen_async)) as events:
            for _ in range(min(taken, 6)):
                await anext(events)
            await asyncio.sleep(5 if taken < 4 else 40)
        asked = len(server.asked)
        await asyncio.sleep(100)
        assert (server.open, len(server.asked)) == (0, asked) if taken else (1, 0)

    run_virtually(main())


@pytest.mark.parametrize("taken", range(7))
def test_leaving_a_loop_without_asyncio_closes_what_was_opened(taken: int) -> None:
    """Law: nothing is opened before it is wanted."""
    server = _going_on(_SMALL)
    with iterate_sync(from_sse(Chunks(server, [wire(_SMALL[:3])], _RESET), reopen=server.reopen)) as events:
        assert [next(events).to_dict() for _ in range(min(taken, 6))] == _SMALL[:taken]
        assert len(server.asked) == (1 if taken > 3 else 0)
    assert server.open == (0 if taken else 1)  # what was never opened is left alone


@pytest.mark.parametrize("seconds", [10, 35, 60])
def test_disposing_in_asyncio_closes_what_was_opened(seconds: int) -> None:
    """Law: in the pause, while the function opens, and while a chunk is waited for; no task is left."""
    closed: list[str] = []

    async def reopen(_cursor: Cursor) -> AsyncIterator[bytes]:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            closed.append("opening")
            raise
        return rest()

    async def rest() -> AsyncIterator[bytes]:
        try:
            yield wire(_SMALL[:4], 3)
            await asyncio.sleep(1000)
        finally:
            closed.append("reading")

    async def first() -> AsyncIterator[bytes]:
        yield b"retry: 30000\n" + wire(_SMALL[:3])

    async def main() -> None:
        ended: list[Any] = []
        seen: list[Any] = []
        subscription = from_sse(first(), reopen=reopen).subscribe(seen.append, ended.append, lambda: ended.append(None))
        await asyncio.sleep(seconds)
        subscription.dispose()
        await asyncio.sleep(1)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        await asyncio.sleep(1000)
        assert ended == []
        assert len(seen) == (4 if seconds == 60 else 3)

    run_virtually(main())
    assert closed == {10: [], 35: ["opening"], 60: ["reading"]}[seconds]


def test_disposing_in_a_thread_ends_the_pause_and_closes_what_is_opened() -> None:
    """Law: a pause ends at once; what is opened meanwhile is closed, and not read."""
    server = _going_on(_SMALL)
    subscription = from_sse([b"retry: 50000\n" + wire(_SMALL[:3])], reopen=server.reopen).subscribe(
        seen := [].append, scheduler=NewThreadScheduler()
    )
    until_sync(lambda: threading.active_count() == 2, what="the thread to run")
    subscription.dispose()
    until_sync(lambda: threading.active_count() == 1, what="the thread to end")
    assert server.asked == []
    assert seen is not None

    entered, leave = threading.Event(), threading.Event()
    read: list[bytes] = []

    class Opened(Chunks):
        def __next__(self) -> bytes:
            read.append(b"")
            return super().__next__()

    def slow(_cursor: Cursor) -> Chunks:
        entered.set()
        assert leave.wait(5)
        return Opened(server, [wire(_SMALL, 3)], None)

    subscription = from_sse([wire(_SMALL[:3])], reopen=slow).subscribe(scheduler=NewThreadScheduler())
    assert entered.wait(5)
    subscription.dispose()
    leave.set()
    until_sync(lambda: threading.active_count() == 1, what="the thread to end")
    assert (server.open, read) == (0, [])


@both
def test_numbers_that_begin_anew_are_an_error(is_async: bool) -> None:
    """Law: a gateway that counts for each connection loses nothing in silence, though its numbers are known ones."""
    anew = numbered([*map(delta, range(3, 9)), terminal(9)])
    found = told([wire(_SMALL[:3], ids=False)], Server(lambda _cursor: ([wire(anew, ids=False)], None)), is_async)
    assert _dicts(found) == _SMALL[:3]
    assert "sequence_number 3 next, but got 0 (response.output_text.delta)" in str(found.error)


class _Broken(Chunks):
    def close(self) -> None:
        super().close()
        raise BrokenPipeError("closing")


@both
def test_a_transport_that_cannot_be_closed_is_left_alone(is_async: bool) -> None:
    """Law: what is said while a stream that broke off is closed does not keep it from going on."""
    server = _going_on(_SMALL)

    def first() -> Any:
        return _Broken(server, [wire(_SMALL[:3])], _RESET)

    async def main() -> Any:
        return await tell_async(from_sse(AsyncChunks(first()), reopen=server.reopen))

    found = run_virtually(main()) if is_async else tell_sync(from_sse(first(), reopen=server.reopen))
    assert found.completed
    assert _dicts(found) == _SMALL
    assert server.open == 0


class _Response:
    """Iterable as responses are: by generators, which leave it open."""

    def __init__(self) -> None:
        self.closed: list[str] = []

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield wire(_SMALL, 3)
        finally:
            self.closed.append("generator")

    def close(self) -> None:
        self.closed.append("response")


class _AsyncResponse(_Response):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk

    async def aclose(self) -> None:
        self.close()


def test_what_a_function_returns_is_closed() -> None:
    """Law: the iterable itself, too, and once."""

    async def read(response: _Response) -> list[str]:
        async with iterate(from_sse(AsyncChunks(Chunks(None, begun, None)), reopen=lambda _cursor: response)) as events:
            assert len([event async for event in events]) == 6
        return response.closed

    begun, response = [wire(_SMALL[:3])], _Response()
    assert len(collect_sync(from_sse(begun, reopen=lambda _cursor: response))) == 6
    assert response.closed == ["generator", "response"]
    assert run(read(_Response())) == ["generator", "response"]
    assert run(read(_AsyncResponse()))[-1] == "response"


@pytest.mark.parametrize("notice", [Reconnecting, Resumed])
@pytest.mark.parametrize("is_pulled", [False, True])
def test_who_leaves_when_told_waits_for_nothing(notice: type[Any], is_pulled: bool) -> None:
    """Law: of the pause and of the function that opens, nothing happens any more; what is open is closed."""
    server, seen = _going_on(_SMALL), list[Any]()
    left: Subject[None] = Subject()
    pause = b"retry: 20000\n" if notice is Reconnecting else b""

    def on_reconnect(told: Reconnecting | Resumed) -> None:
        if isinstance(told, notice):
            events.close() if is_pulled else left.on_next(None)

    stream = from_sse([pause + wire(_SMALL[:3])], reopen=server.reopen, on_reconnect=on_reconnect)
    events = iterate_sync(stream)
    begun = time.monotonic()
    if is_pulled:
        seen += events
    else:
        stream.pipe(take_until(left)).subscribe(seen.append)
    assert time.monotonic() - begun < 10
    assert len(seen) == 3
    assert (server.open, len(server.asked)) == (0, 0 if notice is Reconnecting else 1)


class _Slow(AsyncChunks):
    """Takes a second for each chunk, and one to be closed."""

    async def __anext__(self) -> bytes:
        await asyncio.sleep(1)
        return await super().__anext__()

    async def aclose(self) -> None:
        await asyncio.sleep(0.9)
        await super().aclose()


@pytest.mark.parametrize("where", ["Reconnecting", "Resumed", "chunk"])
def test_who_leaves_when_told_in_asyncio_leaves_nothing_open(where: str) -> None:
    """Law: a task that is told to end out of a function that it calls closes what it reads first."""
    server = _going_on(_SMALL)

    async def main() -> None:
        def hear(what: str) -> None:
            if what == where:
                subscription.dispose()

        stream = from_sse(
            _Slow(Chunks(server, [b"retry: 20000\n" + wire(_SMALL[:3])], None)),
            reopen=lambda cursor: _Slow(server.reopen(cursor)),
            on_reconnect=lambda told: hear(type(told).__name__),
        )
        ended: list[Any] = []
        subscription = stream.with_chunks(lambda _size: hear("chunk")).subscribe(
            None, ended.append, lambda: ended.append(None)
        )
        await asyncio.sleep(100)
        assert (ended, server.open, len(server.asked)) == ([], 0, 1 if where == "Resumed" else 0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(main())


@pytest.mark.parametrize("tenths", range(5, 60, 3))
@pytest.mark.parametrize("is_reopened", [False, True])
def test_leaving_while_a_stream_is_closed_does_not_leave_it_open(is_reopened: bool, tenths: int) -> None:
    """Law: closing is not broken off in the middle."""
    server = _going_on(_SMALL)

    async def main() -> None:
        options = {"reopen": lambda cursor: _Slow(server.reopen(cursor))} if is_reopened else {}
        chunks = _Slow(Chunks(server, [wire(_SMALL[:3])], None))
        subscription = from_sse(chunks, **options).subscribe(on_error=lambda _error: None)
        await asyncio.sleep(tenths / 10)
        subscription.dispose()
        await asyncio.sleep(2)
        assert server.open == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(main())


_Block = tuple[str, str, dict[str, Any] | None]  # the lines of an id, those of the data, and the event in it


def _blocks(events: Events, extras: list[tuple[str, str, bool]]) -> list[_Block]:
    """Return events, each of which has an id or not, with what may stand before it."""
    blocks: list[_Block] = []
    for event, (before, data, has_id) in zip(events, extras, strict=False):
        if before or data:
            blocks.append((f"id: {len(blocks)}{before}\n" if before else "", data, None))
        blocks.append((f"id: {len(blocks)}\n" if has_id else "", f"data: {json.dumps(event)}\n", event))
    return blocks


_EXTRAS = st.tuples(st.sampled_from(["", "x"]), st.sampled_from(["", "", "data:\n", "data: oops\n"]), st.booleans())


@law
@given(
    extras=st.lists(_EXTRAS, min_size=3, max_size=8),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2)), min_size=1, max_size=4),
    has_numbers=st.booleans(),
)
def test_events_without_an_id_come_once_or_are_not_asked_for(
    extras: list[tuple[str, str, bool]], cuts: list[tuple[float, int]], has_numbers: bool
) -> None:
    """Law: behind an id that came alone, or with what was left out; however the bytes are cut, nothing is lost."""
    events = [created(), *map(delta, range(1, len(extras) - 1)), terminal(len(extras) - 1)]
    events = events if has_numbers else unnumbered(events)
    blocks = _blocks(events, extras)

    def read(size: int) -> tuple[list[Any], list[Cursor], bool]:
        def body(start: int) -> list[bytes]:
            share, _ = left.pop(0) if left else (1.0, 0)
            whole = "".join(f"{event_id}{data}\n" for event_id, data, _ in blocks[start:]).encode()
            whole = whole[: int(share * len(whole))]
            return [whole[at : at + size] for at in range(0, len(whole), size)]

        def reopen(cursor: Cursor) -> list[bytes]:
            asked.append(cursor)
            behind = 0
            if has_numbers and cursor.sequence_number is not None:
                behind = 1 + [event for _, _, event in blocks].index(events[cursor.sequence_number])
            elif cursor.last_event_id:
                behind = 1 + [event_id for event_id, _, _ in blocks].index(f"id: {cursor.last_event_id}\n")
            earlier = [at for at in range(behind) if blocks[at][0]]  # repeats begin with an id
            return body([*earlier, behind][-1 - min(left[0][1] if left else 0, len(earlier))])

        left, asked = list(cuts), list[Cursor]()
        stream = from_sse(body(0), reopen=reopen, max_retries=9, on_malformed=lambda _skipped: None)
        found = tell_sync(stream)
        return _dicts(found), asked, found.ends == [None]

    delivered, asked, completed = read(10**6)
    assert delivered == (events if completed else events[: len(delivered)])
    assert (delivered, asked, completed) == read(1) == read(7)
    assert completed or not has_numbers


async def _later(told: object) -> None:
    """Would have to be awaited, which nobody does."""


class _Later:
    async def __call__(self, told: object) -> None:
        """The same."""


@both
def test_an_observable_is_not_taken_for_something_to_wait_for(is_async: bool) -> None:
    """Law: it is said at once what to do with it; nothing is read of it."""
    read: list[int] = []
    wrong = reactivex.of(1, 2).pipe(do_action(read.append))
    found = told([wire(_SMALL[:2])], _going_on(_SMALL), is_async, reopen=lambda _cursor: wrong)
    assert isinstance(found.error, TypeError)
    assert "put it into iterate or iterate_sync" in str(found.error)
    assert read == []


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"reopen": 7}, TypeError, "expected reopen to be a function"),
        ({"reopen": list, "on_reconnect": 7}, TypeError, "expected on_reconnect to be a function"),
        ({"on_reconnect": print}, ValueError, "expected reopen with on_reconnect"),
        ({"max_retries": "2"}, TypeError, "expected max_retries to be a whole number"),
        ({"max_retries": -1}, ValueError, "expected max_retries to be 0 or more"),
        ({"reopen": list, "on_reconnect": _later}, TypeError, "expected on_reconnect to be .* not asynchronous"),
        ({"on_malformed": 7}, TypeError, "expected on_malformed to be a function"),
        ({"on_malformed": _Later()}, TypeError, "expected on_malformed to be .* not asynchronous"),
        ({"reopen": list, "max_event_bytes": 0}, ValueError, "max_event_bytes"),
    ],
)
def test_wrong_options_are_refused_at_the_call(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """Law: not at the subscription."""
    with pytest.raises(error, match=message):
        from_sse([b""], **options)


_OPENINGS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5)), max_size=10)


@law
@given(count=st.integers(2, 40), first=st.integers(1, 40), openings=_OPENINGS, has_numbers=st.booleans())
def test_any_cuts_and_overlaps_give_the_events_once(
    count: int, first: int, openings: list[tuple[int, int]], has_numbers: bool
) -> None:
    """Law: whatever each stream brings and repeats, the joined list is the true one."""
    events = numbered([created(), *map(delta, range(1, count)), terminal(count)])
    events = events if has_numbers else unnumbered(events)
    left = [*openings, (len(events), 5)]

    def reply(cursor: Cursor) -> tuple[list[bytes], Exception | None]:
        size, overlap = left.pop(0)
        start = max(0, _after(cursor) - overlap)
        return [wire(events[: start + size], start)], None

    found = told([wire(events[:first])], Server(reply), False, max_retries=20)
    assert found.completed
    assert _dicts(found) == events


def test_ids_are_remembered_up_to_a_bound() -> None:
    """Law: memory is bounded; an id that no server would take is none."""
    identities = Identities()
    for number in range(3000):
        identities.take(str(number), "delta", is_content=True)
    assert (identities.can_go_on, identities.last) == (True, "2999")
    assert len(vars(identities)["_known"]) == 1024
    identities.take("x" * 2000, "delta", is_content=True)
    assert (identities.can_go_on, identities.last) == (False, "")
    identities.take("3000", "delta", is_content=True)
    assert identities.can_go_on
    identities.take("2900", "delta", is_content=True)
    assert not identities.can_go_on
