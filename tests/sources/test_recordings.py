"""Streams of recordings."""

from __future__ import annotations

import asyncio
import json
import math
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops
from reactivex.scheduler import NewThreadScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.testing import TestScheduler

from rxstream import (
    Cursor,
    collect,
    collect_sync,
    first_sync,
    from_sse,
    iterate,
    iterate_sync,
    parse_event,
    replay,
    timeouts,
)
from rxstream.errors import EventParseError, RecordingError, TruncatedStreamError
from rxstream.recordings import HEADER, chunk_line, completed_line, event_line, failed_line
from rxstream.sources import ResponseStream
from rxstream.testing import block, now, probe, run_virtually, text_delta
from tests.fault_server import created, delta, sse, terminal
from tests.reactive.leaks import run

_WHOLE = [created(), delta(1, "Hel"), delta(2, "lo"), terminal(3)]
_TYPES = [event["type"] for event in _WHOLE]
_BYTES = sse(*_WHOLE)
_TIMES = (0.5, 2.0, 2.0, 600.0)


def _types(stream: ResponseStream) -> list[str]:
    return [event.type for event in collect_sync(stream)]


def _recorded(path: Path, *times: float) -> Path:
    lines = [event_line(at, parse_event(event)) for at, event in zip(times, _WHOLE, strict=True)]
    path.write_bytes(HEADER + b"".join(lines) + completed_line(times[-1] + times[0]))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A recording of ten minutes."""
    return _recorded(tmp_path / "recording.jsonl", *_TIMES)


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A recording of a few milliseconds, for schedulers that wait for the clock on the wall."""
    return _recorded(tmp_path / "short.jsonl", 0.001, 0.002, 0.002, 0.003)


def test_replay_reads_lines_and_wire_bytes_anew_each_time(tmp_path: Path) -> None:
    """Law: whatever blank or byte order mark comes first, whatever ends the lines."""
    lines = b"\n".join(parse_event(event).to_json().encode() for event in _WHOLE)
    forms = [lines, lines + b"\n\n", b"\n \n" + lines, b"\xef\xbb\xbf" + lines, lines.replace(b"\n", b"\r\n"), _BYTES]
    for number, form in enumerate([*forms, b"\xef\xbb\xbf" + _BYTES, b": comment\n\n" + _BYTES]):
        path = tmp_path / f"recording-{number}"
        path.write_bytes(form)
        for stream in (replay(path), replay(path, speed=1.0)):
            assert _types(stream) == _types(stream) == _types(replay(str(path))) == _TYPES
            assert first_sync(stream).type == _TYPES[0]


def test_replay_says_what_is_wrong_with_a_recording(tmp_path: Path) -> None:
    """Law: no file, no JSON, no end; what came before it is delivered."""
    path = tmp_path / "broken.jsonl"
    for speed in (None, 1.0):
        with pytest.raises(FileNotFoundError):
            collect_sync(replay(tmp_path / "missing", speed=speed))
        path.write_text(parse_event(created()).to_json() + '\n{"type": "resp\n')
        seen: list[Any] = []
        errors: list[Exception] = []
        clock = TestScheduler()
        replay(path, speed=speed).subscribe(seen.append, errors.append, scheduler=clock)
        clock.start()
        assert [event.type for event in seen] == ["response.created"]
        assert isinstance(errors[0], RecordingError)
        assert isinstance(errors[0].__cause__, EventParseError)
        assert (errors[0].path, errors[0].line) == (str(path), 2)
        path.write_text("")
        with pytest.raises(TruncatedStreamError):
            collect_sync(replay(path, speed=speed))


@pytest.mark.parametrize("speed", [1.0, 2.0, 0.25, 1])
def test_events_come_when_they_came_or_as_much_faster_as_is_asked_for(path: Path, speed: float) -> None:
    """Law: times count from the subscription, and are divided by the speed; so is that of the end."""
    for is_given in (True, False):
        clock, told = TestScheduler(), []
        stream = replay(path, speed=speed, scheduler=clock if is_given else None)
        clock.advance_to(7)
        stream.subscribe(
            lambda event, clock=clock, told=told: told.append((clock.clock, event.type)),
            on_completed=lambda clock=clock, told=told: told.append((clock.clock, "|")),
            scheduler=None if is_given else clock,
        )
        clock.start()
        times = [7 + at / speed for at in (*_TIMES, 600.5)]
        assert [at for at, _ in told] == pytest.approx(times, abs=1e-6)
        assert [kind for _, kind in told] == [*_TYPES, "|"]


def test_an_event_loop_gets_them_in_its_own_time(path: Path) -> None:
    """Law: ``async for`` is asleep between events; ten minutes take none in a virtual loop."""

    async def main() -> None:
        told: list[tuple[float, str]] = []
        async with iterate(replay(path, speed=1.0)) as events:
            async for event in events:
                told.append((round(now(), 6), event.type))
        assert told == list(zip(_TIMES, _TYPES, strict=True))
        assert now() == pytest.approx(600.5)
        seen: list[Any] = []
        replay(path, speed=1.0).subscribe(seen.append, scheduler=AsyncIOScheduler(asyncio.get_running_loop()))
        assert len(await collect(replay(path, speed=1.0))) == 4
        assert len(seen) == 4

    run_virtually(main())


def test_a_slow_consumer_keeps_the_file_from_being_read_on(tmp_path: Path) -> None:
    """Law: what is late waits in the file until there is room, and nothing is skipped; then the times hold again."""
    path = tmp_path / "many.jsonl"
    events = [parse_event(delta(number, "x")) for number in range(1000)]
    path.write_bytes(HEADER + b"".join(event_line(0.001 * event.sequence_number, event) for event in events))
    pushed = 0

    def count(_event: Any) -> None:
        nonlocal pushed
        pushed += 1

    async def main() -> None:
        taken = 0
        async with iterate(replay(path, speed=1.0).pipe(ops.do_action(count)), limit=4) as stream:
            async for event in stream:
                assert event.sequence_number == taken
                taken += 1
                assert pushed <= taken + 5
                block(0.01)
                if taken == 500:
                    break
        assert pushed < 510

    run_virtually(main())


def test_a_given_clock_stands_still_while_many_events_are_due(tmp_path: Path) -> None:
    """Law: for a consumer that pulls, too: a virtual clock would go on by itself, were each event a timer."""
    path = tmp_path / "many.jsonl"
    events = [parse_event(delta(number, "x")) for number in range(500)]
    path.write_bytes(HEADER + b"".join(event_line(1, event) for event in events) + completed_line(2))
    clock = TestScheduler()
    times: list[float] = []
    stream = replay(path, speed=1.0, scheduler=clock).pipe(ops.do_action(lambda _event: times.append(clock.clock)))
    with iterate_sync(stream) as reader:
        clock.start()
        assert times == [1.0] * len(events)
        assert list(reader) == events


def test_a_pulling_consumer_gets_an_event_for_each_turn(tmp_path: Path, short: Path) -> None:
    """Law: a plain loop reads no event ahead, though all are due."""
    path = tmp_path / "many.jsonl"
    events = [parse_event(delta(number, "x")) for number in range(100)]
    path.write_bytes(HEADER + b"".join(event_line(0, event) for event in events) + completed_line(0))
    pushed: list[Any] = []
    with iterate_sync(replay(path, speed=1.0).pipe(ops.do_action(pushed.append))) as stream:
        for taken, event in enumerate(stream, 1):
            assert event == events[taken - 1]
            assert len(pushed) == taken
    assert pushed == events
    assert _types(replay(short, speed=1.0)) == _TYPES


@pytest.mark.parametrize("make", [lambda: None, NewThreadScheduler], ids=["without", "threads"])
def test_without_a_clock_timers_of_the_system_are_used(short: Path, make: Callable[[], Any]) -> None:
    """Law: `subscribe` returns at once then, and events come in other threads."""
    seen: list[str] = []
    done = threading.Event()
    replay(short, speed=1.0).subscribe(lambda event: seen.append(event.type), on_completed=done.set, scheduler=make())
    assert done.wait(5)
    assert seen == _TYPES


def test_dispose_stops_the_timers_and_closes_the_file(path: Path) -> None:
    """Law: at any moment, from inside ``on_next`` too; nothing comes afterwards."""
    for moment in (0.0, 0.4, 0.6, 3.0, 700.0):
        clock, seen = TestScheduler(), []
        subscription = replay(path, speed=1.0, scheduler=clock).subscribe(seen.append)
        clock.advance_to(moment)
        subscription.dispose()
        subscription.dispose()
        before = len(seen)
        clock.start()
        assert len(seen) == before == sum(at <= moment for at in _TIMES)


@pytest.mark.parametrize("taken", range(1, 5))
def test_another_thread_can_dispose_while_an_event_is_pushed(short: Path, taken: int) -> None:
    """Law: it does not wait for the subscriber; the file is closed, and nothing comes afterwards."""
    seen: list[Any] = []
    reached, disposed, left = threading.Event(), threading.Event(), threading.Event()

    def take(event: Any) -> None:
        seen.append(event)
        if len(seen) == taken:
            reached.set()
            assert disposed.wait(5)
            left.set()

    subscription = replay(short, speed=1.0).subscribe(take)
    assert reached.wait(5)
    subscription.dispose()
    disposed.set()
    assert left.wait(5)
    assert len(seen) == taken


def test_a_subscriber_that_raises_ends_its_own_subscription(path: Path) -> None:
    """Law R1: with that error; the file is closed."""
    clock, errors = TestScheduler(), []
    boom = RuntimeError("boom")

    def refuse(_event: Any) -> None:
        raise boom

    replay(path, speed=1.0, scheduler=clock).subscribe(refuse, errors.append)
    clock.start()
    assert [error is boom for error in errors] == [True]


def test_a_replay_can_be_too_late(path: Path) -> None:
    """Law: operators that look at the time meet the times of the recording."""
    clock, errors = TestScheduler(), []
    replay(path, speed=1.0).pipe(timeouts(idle_seconds=60)).subscribe(on_error=errors.append, scheduler=clock)
    clock.start()
    assert [getattr(error, "limit", None) for error in errors] == ["idle"]


@pytest.mark.parametrize("speed", ["1", True, b"1"])
def test_a_speed_is_a_number(speed: Any) -> None:
    """Law: else it is told at the call."""
    with pytest.raises(TypeError, match="expected a speed as a number"):
        replay("recording", speed=speed)


@pytest.mark.parametrize("speed", [0, -1.0, math.inf, math.nan])
def test_a_speed_is_above_nothing(speed: float) -> None:
    """Law: and finite."""
    with pytest.raises(ValueError, match="expected a speed above 0"):
        replay("recording", speed=speed)


def test_a_consumer_in_a_loop_leaves_nothing_behind(short: Path) -> None:
    """Law: no task and no file, wherever the loop is left."""

    async def main() -> None:
        for taken in range(4):
            async with iterate(replay(short, speed=1.0), limit=1) as events:
                for _ in range(taken):
                    await anext(events)
        assert len(await collect(replay(short, speed=1.0))) == 4

    run(main())


@pytest.mark.parametrize("after", range(4))
def test_a_recording_is_read_from_an_event_on(tmp_path: Path, path: Path, after: int) -> None:
    """Law: what comes after the one with that number, of recordings, of lines and of bytes off the wire."""
    lines, wire = tmp_path / "lines", tmp_path / "wire"
    lines.write_text("\n".join(json.dumps(event) for event in _WHOLE))
    wire.write_bytes(_BYTES)
    for recording in (path, lines, wire):
        found = collect_sync(replay(recording, starting_after=after))
        assert [event.sequence_number for event in found] == list(range(after + 1, 4))


@pytest.mark.parametrize("speed", [1.0, 4.0])
@pytest.mark.parametrize("after", range(4))
def test_times_count_from_the_first_event_that_is_delivered(path: Path, after: int, speed: float) -> None:
    """Law: nobody waits for what is left out; the times between the others are kept."""
    clock, told = TestScheduler(), []
    replay(path, speed=speed, starting_after=after).subscribe(
        lambda event: told.append((clock.clock, event.type)),
        on_completed=lambda: told.append((clock.clock, "|")),
        scheduler=clock,
    )
    clock.start()
    times = [*_TIMES, 600.5][after + 1 :]
    assert [at for at, _ in told] == pytest.approx([(at - times[0]) / speed for at in times], abs=1e-6)
    assert [kind for _, kind in told] == [*_TYPES[after + 1 :], "|"]


def test_what_stands_between_the_events_stays_with_those_behind_it(tmp_path: Path) -> None:
    """Law: events without a number, and chunks, are left out with those that they follow."""
    path = tmp_path / "recording.jsonl"
    ping = parse_event({"type": "ping"})
    events = [parse_event(event) for event in _WHOLE]
    lines = [
        chunk_line(0, 5),
        event_line(0, events[0]),
        event_line(1, ping),
        chunk_line(2, 7),
        event_line(3, events[1]),
    ]
    lines += [event_line(4, ping), chunk_line(5, 9), *(event_line(6, event) for event in events[2:]), completed_line(7)]
    path.write_bytes(HEADER + b"".join(lines))
    told: list[Any] = []
    stream = replay(path, starting_after=0).with_chunks(told.append).pipe(ops.do_action(told.append))
    collect_sync(stream)
    assert told == [events[1], ping, 9, *events[2:]]


@pytest.mark.parametrize("speed", [None, 1000.0])
def test_the_place_in_a_tool_loop_is_behind_the_first_event_with_its_number(
    tmp_path: Path, speed: float | None
) -> None:
    """Law: each turn counts anew, and none of the later ones is lost, be it the last event of a turn."""
    path = tmp_path / "recording.jsonl"
    turn = {"type": "rxstream.turn.started"}
    longer = [*_WHOLE[:3], {**_WHOLE[2], "sequence_number": 3}, {**_WHOLE[3], "sequence_number": 4}]
    events = [parse_event(event) for event in (turn, *_WHOLE, turn, *longer)]
    path.write_bytes(HEADER + b"".join(event_line(0, event) for event in events) + completed_line(1))
    for after, left_out in enumerate((2, 3, 4, 5, 11, 11)):
        with iterate_sync(replay(path, starting_after=after, speed=speed)) as found:
            assert list(found) == events[left_out:]


def test_a_recording_that_goes_no_further_ends_as_it_ends(tmp_path: Path) -> None:
    """Law: with its error, with its completion, or as one that was cut; and without numbers there is no place."""
    path = tmp_path / "recording.jsonl"
    cut = HEADER + b"".join(event_line(0, parse_event(event)) for event in _WHOLE[:3])
    for speed in (None, 1000.0):
        path.write_bytes(cut)
        with pytest.raises(TruncatedStreamError):
            collect_sync(replay(path, starting_after=2, speed=speed))
        path.write_bytes(cut + failed_line(1, OSError("gone")))
        with pytest.raises(OSError, match="gone"):
            collect_sync(replay(path, starting_after=2, speed=speed))
        path.write_bytes(cut + event_line(1, parse_event(_WHOLE[3])) + completed_line(2))
        assert collect_sync(replay(path, starting_after=3, speed=speed)) == []
        path.write_text('{"type": "response.completed", "response": {}}\n')
        with pytest.raises(
            RecordingError, match="expected events with a sequence_number, to start after 3, but got none"
        ):
            collect_sync(replay(path, starting_after=3, speed=speed))


@pytest.mark.parametrize(("wrong", "error"), [(-1, ValueError), ("1", TypeError), (True, TypeError), (1.0, TypeError)])
def test_a_place_is_a_number(wrong: Any, error: type[Exception]) -> None:
    """Law: else it is told at the call."""
    with pytest.raises(error, match="expected starting_after to be"):
        replay("recording", starting_after=wrong)


@pytest.mark.parametrize("overlap", range(4))
def test_a_recording_goes_on_with_a_stream_that_broke_off(path: Path, overlap: int) -> None:
    """Law: the cursor of one is the place in the other; synchronously and in asyncio, wherever it broke off."""

    async def broken(cut: int) -> AsyncIterator[bytes]:
        yield sse(*_WHOLE[:cut])
        raise ConnectionResetError("reset")

    def reopen(cursor: Cursor) -> ResponseStream:
        number = -1 if cursor.sequence_number is None else cursor.sequence_number - overlap
        return replay(path, starting_after=None if number < 0 else number)

    async def main() -> None:
        for cut in range(4):
            assert [event.to_dict() for event in await collect(from_sse(broken(cut), reopen=reopen))] == _WHOLE

    run_virtually(main())
    for cut in range(4):
        begun = b"retry: 1\n\n" + sse(*_WHOLE[:cut])
        assert [event.to_dict() for event in collect_sync(from_sse([begun], reopen=reopen))] == _WHOLE


@given(at=st.lists(st.integers(0, 3_000_000), min_size=1, max_size=6), speed=st.sampled_from([2.0, 10.0, 3.0, 0.7]))
def test_any_times_at_any_speed_come_to_an_end_in_virtual_time(at: list[int], speed: float) -> None:
    """Law: what falls between two microseconds comes at one of them; a clock that counts in them is not waited for."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "recording.jsonl")
        lines = [HEADER, *(event_line(micros / 1e6, text_delta("a")) for micros in sorted(at))]
        path.write_bytes(b"".join(lines) + completed_line(sorted(at)[-1] / 1e6))
        probed = probe(replay(path, speed=speed)).run()
    assert probed.times == pytest.approx([micros / 1e6 / speed for micros in sorted(at)], abs=1.5e-6)
