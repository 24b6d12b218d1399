"""``record``: a stream goes on as if nobody wrote it down, and the file holds what came."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import reactivex
from reactivex import operators as ops
from reactivex.testing import TestScheduler

import rxstream as rxs
from rxstream import RecordingWarning, collect_sync, from_events, parse_event, record, replay
from rxstream.errors import ConfigurationError, TruncatedStreamError
from rxstream.recordings import HEADER
from rxstream.simulated import SCENARIOS, SimulatedTransport
from tests.fault_server import created, delta, terminal
from tests.laws.probes import COMPLETED, Boom, Source, Subscriber
from tests.marbles import END, emit, text
from tests.reactive.leaks import nothing_left

_EVENTS = [parse_event(event) for event in (created(), delta(1, "Hel"), delta(2, "lo"), terminal(3))]


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    with nothing_left():
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where nothing is yet."""
    return tmp_path / "recording.jsonl"


def _subscribed(path: Any, **options: Any) -> tuple[Source, Subscriber, Any]:
    source, subscriber = Source(), Subscriber()
    return source, subscriber, record(path, **options)(source).subscribe(subscriber)


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def _descriptor(path: Path) -> int:
    [found] = [
        int(number)
        for number in os.listdir("/proc/self/fd")
        if os.path.realpath(f"/proc/self/fd/{number}") == str(path.resolve())
    ]
    return found


def test_events_pass_at_once_and_are_written_with_their_times(path: Path) -> None:
    """Law: nothing is held back or changed; times count from the subscription."""
    hel, lo = text("Hel"), text("lo")
    result = emit(record(path), (210, hel), (212.5, lo), (230, END))
    assert result.marbles == [(210, hel), (212.5, lo), (230, END)]
    assert path.read_bytes() == (
        b'{"format":"rxstream-recording","version":1}\n'
        b'{"at":10.000000,"event":' + hel.to_json().encode() + b"}\n"
        b'{"at":12.500000,"event":' + lo.to_json().encode() + b"}\n"
        b'{"at":30.000000,"completed":true}\n'
    )


def test_an_error_is_written_and_passes(path: Path) -> None:
    """Law: the same object."""
    error = Boom("gone")
    result = emit(record(path), (210, error))
    assert result.marbles == [(210, error)]
    assert _lines(path)[1:] == [{"at": 10.0, "error": {"class": "tests.laws.probes.Boom", "message": "gone"}}]


def test_an_event_is_in_the_file_before_anybody_sees_it(path: Path) -> None:
    """Law: of ``flush="line"``; with ``"end"`` it is there at the end."""
    for flush, expected in (("line", 2), ("end", 0)):
        lengths: list[int] = []
        source = Source()
        subscriber = Subscriber(lambda lengths=lengths: lengths.append(len(path.read_bytes().splitlines())))
        record(path, flush=flush, overwrite=True)(source).subscribe(subscriber)  # type: ignore[arg-type]
        source.next(_EVENTS[0])
        source.complete()
        assert lengths == [expected]
        assert len(_lines(path)) == 3


def test_collected_lines_are_written_when_they_are_many(path: Path) -> None:
    """Law: memory is bounded."""
    source, _, subscription = _subscribed(path, flush="end")
    source.next(text("x" * 100_000))
    assert len(_lines(path)) == 2
    source.next(text("y"))
    assert len(_lines(path)) == 2
    subscription.dispose()
    assert len(_lines(path)) == 3


def test_dispose_closes_the_file_after_the_last_whole_line(path: Path) -> None:
    """Law: how the stream would have ended is not known, and its replay ends as one that was cut."""
    source, subscriber, subscription = _subscribed(path)
    source.next(_EVENTS[0])
    subscription.dispose()
    source.next(_EVENTS[1])
    source.complete()
    assert (len(_lines(path)), source.disposals, subscriber.told) == (2, 1, 1)
    seen: list[Any] = []
    errors: list[Exception] = []
    replay(path).subscribe(seen.append, errors.append)
    assert seen == _EVENTS[:1]
    assert isinstance(errors[0], TruncatedStreamError)


def test_a_subscriber_can_dispose_while_an_event_comes(path: Path) -> None:
    """Law: the event is in the file."""
    assert len(collect_sync(from_events(_EVENTS).pipe(record(path), ops.take(2)))) == 2
    assert len(_lines(path)) == 3


def test_a_file_is_its_owners_alone(path: Path) -> None:
    """Law (security 2): mode 0600, whatever the umask and whatever was there before."""
    before = os.umask(0)
    try:
        collect_sync(from_events(_EVENTS).pipe(record(path)))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o644)
        collect_sync(from_events(_EVENTS).pipe(record(path, overwrite=True)))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_what_is_there_stays_unless_it_is_to_be_overwritten(path: Path) -> None:
    """Law: the source is not subscribed to either."""
    path.write_text("precious" * 1000)
    source, subscriber, _ = _subscribed(path)
    assert [type(end) for end in subscriber.ends] == [FileExistsError]
    assert (source.subscriptions, path.read_text()) == (0, "precious" * 1000)
    collect_sync(from_events(_EVENTS).pipe(record(path, overwrite=True)))
    assert collect_sync(replay(path)) == _EVENTS


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_link_is_not_followed(path: Path, overwrite: bool) -> None:
    """Law (security 2): nor one that leads nowhere."""
    target = path.with_name("target")
    for exists in (False, True):
        path.unlink(missing_ok=True)
        path.symlink_to(target)
        if exists:
            target.write_text("precious")
        source, subscriber, _ = _subscribed(path, overwrite=overwrite)
        assert isinstance(subscriber.ends[0], OSError)
        assert subscriber.ends[0].errno in (errno.ELOOP, errno.EEXIST)
        assert source.subscriptions == 0
        assert target.exists() is exists
    assert target.read_text() == "precious"


def test_only_regular_files_are_written_to(tmp_path: Path) -> None:
    """Law: no device, no directory, and no pipe, which would block."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        for path in (Path("/dev/full"), tmp_path, pipe):
            source, subscriber, _ = _subscribed(path, overwrite=True)
            assert isinstance(subscriber.ends[0], (ConfigurationError, IsADirectoryError))
            assert source.subscriptions == 0
    finally:
        os.close(reader)
    _, subscriber, _ = _subscribed(pipe, overwrite=True)
    assert isinstance(subscriber.ends[0], OSError)


def test_two_subscriptions_at_once_need_two_files(path: Path) -> None:
    """Law: the first one is not disturbed; a function gives each its own."""
    source, _, first = _subscribed(path, overwrite=True)
    source.next(_EVENTS[0])
    for overwrite, expected in ((False, FileExistsError), (True, ConfigurationError)):
        _, second, _ = _subscribed(path, overwrite=overwrite)
        assert [type(end) for end in second.ends] == [expected]
    source.next(_EVENTS[1])
    first.dispose()
    assert len(_lines(path)) == 3
    paths = [path.with_name("1"), str(path.with_name("2"))]
    waiting = iter(paths)
    stream = from_events(_EVENTS).pipe(record(lambda: next(waiting)))
    assert collect_sync(stream) == collect_sync(stream) == _EVENTS
    assert [collect_sync(replay(path)) for path in paths] == [_EVENTS, _EVENTS]


def _emit_all(source: Source, events: list[Any]) -> None:
    for event in events:
        source.next(event)
    source.complete()


def _fill(descriptor: int) -> int:
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, descriptor)
    os.close(full)
    return errno.ENOSPC


def _break(descriptor: int) -> int:
    broken = os.open("/proc/self/mem", os.O_WRONLY)  # nothing is at address 0
    os.dup2(broken, descriptor)
    os.close(broken)
    return errno.EIO


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="the system has no /proc")
@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("fault", [_fill, _break])
@pytest.mark.parametrize("flush", ["line", "end"])
def test_a_full_or_broken_disk_ends_the_recording_and_never_the_stream(
    path: Path, flush: Any, fault: Callable[[int], int], at: int
) -> None:
    """Law: ENOSPC and EIO, as the system tells them: one warning; every event comes, and so does the end."""
    source, subscriber, _ = _subscribed(path, flush=flush)
    for event in _EVENTS[:at]:
        source.next(event)
    code = fault(_descriptor(path))
    with pytest.warns(RecordingWarning, match="ended before its stream") as warned:
        _emit_all(source, _EVENTS[at:])
    assert os.strerror(code) in str(warned[0].message)
    assert len(warned) == 1
    assert (subscriber.items, subscriber.ends) == (_EVENTS, [COMPLETED])
    assert len(path.read_bytes().splitlines()) == (at + 1 if flush == "line" else 0)


def test_a_full_disk_at_dispose_is_a_warning(path: Path) -> None:
    """Law: the source is released."""
    source, _, subscription = _subscribed(path, flush="end")
    source.next(_EVENTS[0])
    _fill(_descriptor(path))
    with pytest.warns(RecordingWarning):
        subscription.dispose()
    assert source.disposals == 1


def test_where_warnings_are_errors_it_is_one(path: Path) -> None:
    """Law: as the application has asked; once, and the source is released."""
    source, subscriber, _ = _subscribed(path)
    _fill(_descriptor(path))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source.next(_EVENTS[0])
        source.next(_EVENTS[1])
    assert [type(end) for end in subscriber.ends] == [RecordingWarning]
    assert (subscriber.items, source.disposals) == ([], 1)


_LIMITED = """
import resource, signal, sys, warnings
import rxstream as rxs
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
events = [rxs.parse_event({"type": "response.output_text.delta", "delta": "x" * 70, "sequence_number": n})
          for n in range(50)] + [rxs.parse_event({"type": "response.completed", "response": {}})]
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    assert rxs.collect_sync(rxs.from_events(events).pipe(rxs.record(sys.argv[1]))) == events
assert [w.category for w in warned] == [rxs.RecordingWarning], warned
read = []
rxs.replay(sys.argv[1]).subscribe(read.append, lambda error: print(type(error).__name__))
assert read and read == events[:len(read)]
print(len(read))
"""


def test_a_file_that_may_not_grow_holds_what_fitted(path: Path) -> None:
    """Law: the system cuts the last line; the reader drops it."""
    run = subprocess.run([sys.executable, "-c", _LIMITED, str(path)], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    ended, read = run.stdout.split()
    assert ended == "TruncatedStreamError"
    assert path.stat().st_size == 1000
    assert int(read) == path.read_bytes().count(b"\n") - 1


def test_what_is_no_event_is_told(path: Path) -> None:
    """Law: to record text makes no recording; that is a mistake of the program, and no fault of the disk."""
    with pytest.raises(TypeError, match="expected an event to record, but got str"):
        collect_sync(reactivex.of("Hel").pipe(record(path)))


@pytest.mark.parametrize("wrong", [None, 7, b"bytes", ["list"]])
def test_a_path_is_text_or_a_path(wrong: Any) -> None:
    """Law: at the call, or, of a function, to ``on_error``."""
    with pytest.raises(TypeError, match="expected the path of a file to record to"):
        record(wrong)
    with pytest.raises(TypeError, match="expected the path of a file to record to"):
        collect_sync(from_events(_EVENTS).pipe(record(lambda: wrong)))


def test_there_are_two_ways_to_flush() -> None:
    """Law: another one is told at the call."""
    with pytest.raises(ValueError, match="expected flush='line' or flush='end', but got 'never'"):
        record("recording", flush="never")  # type: ignore[arg-type]


def test_a_file_that_another_thread_closes_is_not_written_to(path: Path) -> None:
    """Law: its number may be that of another file by then. Nothing stands in that one."""
    for _ in range(50):
        source, _, subscription = _subscribed(path, overwrite=True)
        thread = threading.Thread(target=subscription.dispose)
        thread.start()
        for _ in range(20):
            source.next(_EVENTS[1])
        thread.join()
        lines = path.read_bytes().splitlines()
        assert lines[0] + b"\n" == HEADER
        assert len({line[len('{"at":0.000000') :] for line in lines[1:]}) <= 1


def test_a_source_that_cannot_be_subscribed_to_leaves_no_file_open(path: Path) -> None:
    """Law: what it raises passes."""
    boom = Boom()

    def fail(*_: Any) -> Any:
        raise boom

    errors: list[Exception] = []
    try:
        reactivex.create(fail).pipe(record(path)).subscribe(on_error=errors.append)
    except Boom as raised:
        errors.append(raised)
    assert errors == [boom]


def test_the_clock_can_be_given(path: Path) -> None:
    """Law: else it is that of the subscription."""
    clock = TestScheduler()
    source, _, _ = _subscribed(path, scheduler=clock)
    clock.advance_to(600)
    source.next(_EVENTS[0])
    source.complete()
    assert [line.get("at") for line in _lines(path)] == [None, 600.0, 600.0]


def test_no_key_is_recorded(path: Path) -> None:
    """Law (security 1, 2): nothing of the request, whatever ends the stream."""
    canary = "sk-canary-0123456789"
    transport = SimulatedTransport()
    for number, scenario in enumerate(set(SCENARIOS) - {"slow_start", "stall"}):
        with httpx.Client(transport=transport) as http_client:
            client = rxs.Client(api_key=canary, base_url="http://simulated/v1", http_client=http_client)
            stream = client.stream(model=f"scenario:{scenario}", input="Hello", extra_headers={"x-secret": canary})
            file = path.with_name(str(number))
            stream.pipe(record(file)).subscribe(on_error=lambda _error: None)
            assert canary not in file.read_text()
            assert len(_lines(file)) > 1
