"""What a recording of a seed must hold, and what a replay of it must give."""

from __future__ import annotations

import json

from rxstream.errors import RecordingWarning, RxstreamError
from tests.simulation.history import History, Recording

__all__ = ["check_recording"]

_HEADER = b'{"format":"rxstream-recording","version":1}\n'


def check_recording(history: History) -> None:
    """Hold the recording of a history against what was delivered.

    Raises:
        AssertionError: It lacks something, or holds something else; its replay differs; a broken disk was not told, or
            told more than once.
    """
    recording = history.recording
    if recording is None or recording.replayed is None:
        return
    assert len(recording.replayed.ends) == 1, f"the replay ended {recording.replayed.ends}"
    assert not recording.replayed.after, f"after the end of the replay came {recording.replayed.after}"
    if recording.room is None:
        assert not recording.warnings, f"warnings of a sound disk: {recording.warnings}"
        _check_whole(history, recording)
    else:
        _check_part(history, recording)


def _check_whole(history: History, recording: Recording) -> None:
    listener = history.listeners["events"]
    delivered = [event.to_json() for event in listener.items]
    lines = recording.content.splitlines(keepends=True)
    assert lines[0] == _HEADER, f"another header: {lines[0]!r}"
    assert lines[-1].endswith(b"\n"), f"an unfinished line: {lines[-1]!r}"
    has_ended = history.leaves_after is None
    last = json.loads(lines[-1])
    assert has_ended == ("completed" in last or "error" in last), f"another last line: {lines[-1]!r}"
    written = lines[1 : len(lines) - has_ended]
    assert [line[line.index(b'"event":') + 8 : -2].decode() for line in written] == delivered, (
        "other events are recorded"
    )
    replayed = _replayed(recording)
    assert replayed == delivered, "the replay gives other events"
    error = recording.replayed.ends[0] if recording.replayed is not None else None
    if not has_ended:
        assert error is None or isinstance(error, RxstreamError), f"a foreign exception: {error!r}"
        return
    end = listener.ends[0]
    assert type(error) is type(end), f"expected the end {end!r}, but that of the replay is {error!r}"
    assert str(error) == str(end), f"expected the end {end!r}, but that of the replay is {error!r}"
    assert recording.again is None or recording.again == recording.content, "the replay is recorded as other bytes"


def _check_part(history: History, recording: Recording) -> None:
    room = recording.room or 0
    assert len(recording.content) <= room, f"{len(recording.content)} bytes on a disk with room for {room}"
    kinds = [type(warning) for warning in recording.warnings]
    if len(recording.content) < room:
        assert not kinds, f"warnings of a disk that is not full: {kinds}"
        _check_whole(history, recording)
        return
    assert kinds in ([], [RecordingWarning]), f"expected one warning of the disk, but they were {kinds}"
    if not kinds:  # it just fitted
        _check_whole(history, recording)
        return
    delivered = [event.to_json() for event in history.listeners["events"].items]
    replayed = _replayed(recording)
    assert replayed == delivered[: len(replayed)], "the replay is no beginning of what was delivered"
    whole = recording.content.count(b"\n") - 1
    assert len(replayed) == max(0, whole), f"{whole} events were written whole, but {len(replayed)} were replayed"


def _replayed(recording: Recording) -> list[str]:
    assert recording.replayed is not None
    return [event.to_json() for event in recording.replayed.items]
