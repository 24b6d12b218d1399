"""Events that are left out of streams that go on; rows P5 to P7 of the fault matrix."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream import AsyncClient, Client, ResponseStream, SkippedEvent
from rxstream.errors import StreamError
from rxstream.sources import backoff
from tests.fault_server import created, delta, sse, terminal
from tests.sources.clients import Reader, Told, readers
from tests.sources.scripted_server import Reply, ScriptedServer, refusing, told

_BAD = b"data: {\n\n"
_EVENTS = [created(), *map(delta, range(1, 8)), terminal(8)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Synchronous clients wait in real time: not for this long."""
    monkeypatch.setattr(backoff, "BACKOFF_SECONDS", 0.0)


def _read(reader: Reader, *replies: Reply, **options: Any) -> tuple[Told, list[SkippedEvent]]:
    skipped: list[SkippedEvent] = []
    rest = list(replies)

    def stream(client: Client | AsyncClient) -> ResponseStream:
        return client.stream(model="m", background=True, resume=True, on_malformed=skipped.append, **options)

    return told(reader, ScriptedServer(lambda asked: rest.pop(0) if rest else refusing(404)), stream), skipped


def _numbers(found: Told) -> list[int]:
    return [event.sequence_number for event in found.events]


def _frames(first: int, bad: set[int], until: int = 9) -> list[bytes]:
    return [_BAD if number in bad else sse(_EVENTS[number]) for number in range(first, until)]


@readers
@pytest.mark.parametrize("in_one_chunk", [False, True])
def test_what_is_left_out_of_a_resumed_stream_is_no_gap(reader: Reader, in_one_chunk: bool) -> None:
    """Law: events that cannot be read take their numbers with them, wherever they are, however chunks are cut."""
    for bad in ({3}, {4}, {5, 6}, {3, 5, 7}, {2, 3, 4, 5, 6, 7}):
        replies: list[Reply] = []
        for frames in (_frames(0, bad, 3), _frames(2, bad)):
            replies.append(Reply([b"".join(frames)] if in_one_chunk else frames))
        found, skipped = _read(reader, *replies)
        assert found.completed
        assert _numbers(found) == [number for number in range(9) if number not in bad]
        assert [event.count for event in skipped] == list(range(1, len(bad) + 1 + (2 in bad)))


@readers
def test_a_gap_that_no_event_was_left_out_of_is_an_error(reader: Reader) -> None:
    """Law: as many numbers may be missing as events were left out of the same connection, and no more."""
    for frames, numbers in (
        ([sse(_EVENTS[2]), _BAD, sse(_EVENTS[5])], [0, 1, 2]),
        ([sse(_EVENTS[2]), _BAD, sse(_EVENTS[4]), sse(_EVENTS[6])], [0, 1, 2, 4]),
        ([_BAD, sse(_EVENTS[4])], [0, 1]),
    ):
        found, _ = _read(reader, Reply([sse(*_EVENTS[:2]), _BAD]), Reply(frames))
        assert isinstance(found.error, StreamError)
        assert "next, but got" in str(found.error)
        assert _numbers(found) == numbers


@given(bad=st.sets(st.integers(1, 7)), cut=st.integers(1, 8), overlap=st.integers(0, 5), size=st.integers(1, 400))
def test_any_bad_events_cuts_and_overlaps_give_the_others_once(
    bad: set[int], cut: int, overlap: int, size: int
) -> None:
    """Law: what is delivered is the true list without what cannot be read."""
    read = [number for number in range(cut) if number not in bad]
    first, second = b"".join(_frames(0, bad, cut)), b"".join(_frames(max(0, read[-1] + 1 - overlap), bad))
    replies = [Reply([body[at : at + size] for at in range(0, len(body), size)]) for body in (first, second)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backoff, "BACKOFF_SECONDS", 0.0)
        found, _ = _read(_SYNC, *replies)
    assert found.completed
    assert _numbers(found) == [number for number in range(9) if number not in bad]


_SYNC: Reader = next(reader for reader in readers.args[1] if not reader.is_async)
