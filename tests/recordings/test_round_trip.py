"""``record``, ``replay``, ``record``: the same bytes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reactivex import Observable
from reactivex.operators import do_action
from reactivex.testing import ReactiveTest, TestScheduler

from rxstream import collect_sync, errors, parse_event, record, replay
from rxstream.errors import (
    APIStatusError,
    ConnectionLostError,
    MissingExtraError,
    RecordedError,
    ResponseStreamError,
    ResponseTimeoutError,
    RxstreamError,
    TruncatedStreamError,
)
from rxstream.events import ResponseTextDeltaEvent
from rxstream.recordings import HEADER, chunk_line, completed_line, event_line
from tests.laws.registry import law
from tests.shared_data import needs_shared, shared_path
from tests.strategies import streams
from tests.test_errors import _CLASSES, _made  # pyright: ignore[reportPrivateUsage]

MICROSECONDS = st.integers(0, 10**9)


class Foreign(Exception):
    """What this package does not know."""


class Unshowable(Exception):
    """What cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no")


failures = st.sampled_from(
    [
        ConnectionLostError("lost \ud83d", response_id="resp_1", last_sequence_number=4, resumable=True),
        TruncatedStreamError("cut"),
        APIStatusError("no", status_code=429, body=b"\xff", retry_after=1.5, retryable=True),
        OSError(28, "No space left on device"),
        ConnectionResetError("gone"),
        KeyError("key"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
        StopIteration("early"),
        Foreign("line\nfeed"),
        Unshowable(),
        MissingExtraError("The server", "server", "uvicorn"),
        RecordedError("elsewhere.Error", "again"),
    ]
)


def recorded(source: Callable[[TestScheduler], Observable[Any]], path: Path, *, chunks: bool = False) -> bytes:
    """Record in virtual time; return what the file holds."""
    clock = TestScheduler()
    source(clock).pipe(record(path, chunks=chunks)).subscribe(on_error=lambda _error: None, scheduler=clock)
    clock.start()
    return path.read_bytes()


def _timed(events: Sequence[Any], gaps: list[int], end: Any) -> Callable[[TestScheduler], Observable[Any]]:
    def source(clock: TestScheduler) -> Observable[Any]:
        at, notes = 0, []
        for event, gap in zip(events, gaps, strict=True):
            at += gap
            notes.append(ReactiveTest.on_next(at / 1e6, event))
        at += 1
        notes.append(ReactiveTest.on_error(at / 1e6, end) if end else ReactiveTest.on_completed(at / 1e6))
        return clock.create_cold_observable(*notes)

    return source


@settings(law, max_examples=200)
@given(data=st.data())
def test_a_replay_in_its_own_time_is_recorded_as_the_same_bytes(data: st.DataObject) -> None:
    """Law: any events at any times, and any end; a replay at once gives the same events."""
    events = data.draw(streams()).events
    gaps = data.draw(st.lists(MICROSECONDS, min_size=len(events), max_size=len(events)))
    end = data.draw(st.none() | failures)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("first", "second", "third")]
        first = recorded(_timed(events, gaps, end), paths[0])
        assert recorded(lambda _clock: replay(paths[0], speed=1.0), paths[1]) == first
        assert recorded(lambda clock: replay(paths[1], speed=1, scheduler=clock), paths[2]) == first
        seen: list[Any] = []
        ends: list[Any] = []
        replay(paths[0]).subscribe(seen.append, ends.append, lambda: ends.append(None))
        assert [event.to_json() for event in seen] == [event.to_json() for event in events]
        assert [type(event) for event in seen] == [type(event) for event in events]
        assert len(ends) == 1
        assert (ends[0] is None) == (end is None)


@settings(law, max_examples=60)
@given(data=st.data())
def test_chunks_are_recorded_again_as_the_same_bytes(data: st.DataObject) -> None:
    """Law: chunks anywhere among the events, at any times; who does not ask for them gets the same file without."""
    events = data.draw(streams()).events
    sizes = data.draw(st.lists(st.integers(0, 10**7), max_size=20))
    order = data.draw(st.permutations([True] * len(sizes) + [False] * len(events)))
    at, lines, chunks, left = 0, [HEADER], iter(sizes), iter(events)
    for is_chunk in order:
        at += data.draw(MICROSECONDS)
        lines.append(chunk_line(at / 1e6, next(chunks)) if is_chunk else event_line(at / 1e6, next(left)))
    lines.append(completed_line((at + 1) / 1e6))
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "first"), Path(folder, "second")
        first.write_bytes(b"".join(lines))
        assert recorded(lambda _clock: replay(first, speed=1.0), second, chunks=True) == b"".join(lines)
        second.unlink()
        assert recorded(lambda clock: replay(first, speed=1, scheduler=clock), second, chunks=True) == b"".join(lines)
        second.unlink()
        without = b"".join(line for line in lines if b'"chunk":' not in line[:30])
        assert recorded(lambda _clock: replay(first, speed=1.0), second) == without
        seen: list[Any] = []
        told: list[bool] = []
        stream = (
            replay(first).with_chunks(lambda _size: told.append(True)).pipe(do_action(lambda _: told.append(False)))
        )
        stream.subscribe(seen.append, lambda _error: None)
        assert seen == list(events)
        assert told == order


@law
@given(text=st.text(st.characters() | st.sampled_from("\ud83d\ude00\udfff\u2028\x00\x1f"), max_size=8))
@example(text="\ud83d")
def test_halves_of_characters_and_line_breaks_survive(text: str) -> None:
    """Law: whatever stands in a text, a line of the file is a line; and the text is the same again."""

    escaped = parse_event('{ "type":"response.output_text.delta",\n "delta":' + json.dumps(text) + "}")
    plain = ResponseTextDeltaEvent(delta=text)
    source = _timed([escaped, plain], [1, 2], TruncatedStreamError("cut"))
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "first"), Path(folder, "second")
        written = recorded(source, first)
        assert written.count(b"\n") == 4
        assert recorded(lambda _clock: replay(first, speed=1.0), second) == written
        seen: list[Any] = []
        replay(first).subscribe(seen.append, lambda _error: None)
        assert [event.delta for event in seen] == [text, text]


def test_json_is_kept_character_by_character(tmp_path: Path) -> None:
    """Law: as it was received: spaces, escapes, the order of fields, numbers that Python would write otherwise."""
    received = r'{"sequence_number":  1.50e1 ,"type":"response.output_text.delta", "delta":"\u00e9\ud83d\/", "é":1E400}'
    path = tmp_path / "recording"
    recorded(_timed([parse_event(received)], [0], TruncatedStreamError("cut")), path)
    assert received.encode() in path.read_bytes()
    seen: list[Any] = []
    replay(path).subscribe(seen.append, lambda _error: None)
    assert seen[0].to_json() == received


@pytest.mark.parametrize("cls", _CLASSES)
def test_an_error_of_ours_is_made_again(cls: type[RxstreamError], tmp_path: Path) -> None:
    """Law: the class, the text, and the attributes that JSON can hold; the others are empty, but there."""
    error = _made(cls)
    path = tmp_path / "recording"
    recorded(_timed([], [], error), path)
    ends: list[Any] = []
    replay(path).subscribe(on_error=ends.append)
    [found] = ends
    assert (type(found), str(found)) == (cls, str(error))
    for name, value in vars(error).items():
        again = getattr(found, name)
        assert again == value or not again, name
        assert again == value or name in ("body", "event", "excerpt", "outcome", "response", "verdict", "cause"), name


def test_an_error_that_the_events_tell_is_whole(tmp_path: Path) -> None:
    """Law: the replayed error carries the event that it comes from."""
    event = parse_event({"type": "error", "code": "c", "message": "m", "param": "p"})
    path = tmp_path / "recording"
    recorded(_timed([event], [5], ResponseStreamError(code="c", message="m", param="p", event=event)), path)
    with pytest.raises(ResponseStreamError) as caught:
        collect_sync(replay(path))
    assert caught.value.event == event


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (Foreign("x"), f"{__name__}.Foreign"),
        (KeyError("x"), "KeyError"),
        (Unshowable(), f"{__name__}.Unshowable"),
        (StopIteration("x"), "StopIteration"),
    ],
)
def test_a_foreign_error_is_named(error: Any, shown: str, tmp_path: Path) -> None:
    """Law: no class of others is looked up by its name, and none that would end the program."""
    path = tmp_path / "recording"
    recorded(_timed([], [], error), path)
    with pytest.raises(RecordedError) as caught:
        collect_sync(replay(path))
    assert caught.value.class_name == shown


@pytest.mark.parametrize("name", ["SystemExit", "print", "rxstream.os", "rxstream.RecordedError", "os.system", ""])
def test_a_name_in_a_recording_is_no_way_to_call_something(name: str, tmp_path: Path) -> None:
    """Law: recordings come from anywhere; only errors are made of them."""
    path = tmp_path / "recording"
    failure = {"class": name, "message": "echo", "attributes": {"__class__": "str", "__notes__": 7, "args": "x"}}
    path.write_bytes(HEADER + json.dumps({"at": 0, "error": failure}).encode() + b"\n")
    with pytest.raises(RecordedError, match=r"^echo$") as caught:
        collect_sync(replay(path))
    assert caught.value.class_name == name


def test_an_error_of_the_time_is_replayed_as_one(tmp_path: Path) -> None:
    """Law: whoever catches ``TimeoutError`` catches it again."""
    path = tmp_path / "recording"
    recorded(_timed([], [], ResponseTimeoutError(limit="idle", seconds=7.0, outcome=object())), path)
    with pytest.raises(TimeoutError) as caught:
        collect_sync(replay(path))
    assert isinstance(caught.value, errors.ResponseTimeoutError)
    assert (caught.value.limit, caught.value.seconds, caught.value.outcome) == ("idle", 7.0, None)


@needs_shared
def test_recordings_of_real_servers_survive(tmp_path: Path) -> None:
    """Law: plain lines, and bytes off the wire, are recorded as what they held."""
    files = sorted(shared_path("corpus", "streams").glob("*"))[:60]
    assert files
    for number, file in enumerate(files):
        first, second = tmp_path / f"first-{number}", tmp_path / f"second-{number}"
        written = recorded(lambda _clock, file=file: replay(file, speed=1.0), first)
        assert recorded(lambda _clock, first=first: replay(first, speed=1.0), second) == written
        seen: list[Any] = []
        again: list[Any] = []
        replay(file).subscribe(seen.append, lambda _error: None)
        replay(first).subscribe(again.append, lambda _error: None)
        assert [event.to_json() for event in again] == [event.to_json() for event in seen]
