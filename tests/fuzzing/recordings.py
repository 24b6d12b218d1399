"""Target: the file of a recording."""

from __future__ import annotations

import builtins
import contextlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from rxstream import ResponseStream, replay
from rxstream.errors import RecordingError, RxstreamError
from rxstream.recordings import Ending, LineReader
from rxstream.testing import VirtualScheduler
from tests.fuzzing.cutting import chance


def recording(data: bytes) -> None:
    """Replay a file at once and in virtual time, from a place on, and a beginning of it."""
    path = _path()
    path.write_bytes(data)
    events, error = _seen(replay(path))
    assert error is None or isinstance(error, RxstreamError) or _is_recorded(data, error), f"{error!r} came out"
    clock = VirtualScheduler()
    timed: list[Any] = []
    ends: list[str] = []
    replay(path, speed=1.0, scheduler=clock).subscribe(
        timed.append, lambda error: ends.append(repr(error)), lambda: ends.append("None")
    )
    clock.run()
    assert timed == events
    assert ends == [repr(error)]
    random = chance(data)
    after = random.randrange(4)
    rest, error_of_rest = _seen(replay(path, starting_after=after))
    assert rest == events[len(events) - len(rest) :]
    assert not rest or (rest[0].sequence_number or 0) > after
    # A recording without numbers has another error of ours, and that knows no place to start after.
    assert repr(error_of_rest) == repr(error) or isinstance(error_of_rest, RecordingError), repr(error_of_rest)
    os.truncate(path, random.randrange(len(data) + 1))
    before, _ = _seen(replay(path))
    # A line that goes wrong behind its event, and is refused, or left out where it is the last, may be cut there.
    may_hold_more = isinstance(error, RecordingError) or not data.endswith(b"\n")
    assert len(before) <= len(events) + may_hold_more, f"expected the beginning of {events}, but got {before}"
    assert before[: len(events)] == events[: len(before)]


def _seen(stream: ResponseStream) -> tuple[list[Any], Exception | None]:
    events: list[Any] = []
    ends: list[Exception | None] = []
    stream.subscribe(events.append, ends.append, lambda: ends.append(None))
    [end] = ends
    for event in events:
        event.to_dict()
    return events, end


def _is_recorded(data: bytes, error: Exception) -> bool:
    """Say whether a line of the file names the error, which is one of Python's."""
    reader = LineReader("recording")
    entry = None
    for line in data.splitlines(keepends=True):
        with contextlib.suppress(RecordingError):
            entry = reader.feed(line)
        if isinstance(entry, Ending) and entry.error is not None:
            name = entry.error.get("class")
            return isinstance(name, str) and getattr(builtins, name, None) is type(error)
    return False


@cache
def _path() -> Path:
    # In memory where that can be had: a file on a disk takes ten times as long as all else does.
    folder = tempfile.TemporaryDirectory(dir=_MEMORY if os.path.isdir(_MEMORY) else None)
    _folders.append(folder)  # deleted when this process ends
    return Path(folder.name, "recording.jsonl")


_MEMORY = "/dev/shm"
_folders: list[tempfile.TemporaryDirectory[str]] = []
