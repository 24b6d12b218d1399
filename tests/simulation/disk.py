"""The disk that recordings are written to, which may be full, or broken."""

from __future__ import annotations

import errno
import os
import random
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reactivex.testing import TestScheduler

import rxstream
from rxstream.sinks import recording_file
from tests.simulation.history import Recording
from tests.simulation.listener import Listener

__all__ = ["recorded_to", "recording_of"]

_MEMORY = "/dev/shm"


class _Disk:
    """Stands for ``os`` where recordings are written: takes so many bytes, the last of them in part, and then none."""

    def __init__(self, recording: Recording) -> None:
        self._room = recording.room or 0
        self._trouble = recording.trouble

    def write(self, descriptor: int, content: memoryview) -> int:
        """Write what there is room for, as a system does."""
        if not self._room:
            raise OSError(self._trouble, os.strerror(self._trouble))
        written = os.write(descriptor, content[: self._room])
        self._room -= written
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def recording_of(seed: int) -> Recording | None:
    """Draw whether a seed is recorded, and what the disk is like."""
    chance = random.Random(f"recording {seed}")
    if chance.random() > 0.3:
        return None
    room = chance.randrange(12_000) if chance.random() < 0.3 else None
    return Recording(room, chance.choice((errno.ENOSPC, errno.EIO)), again=b"" if chance.random() < 0.3 else None)


@contextmanager
def recorded_to(recording: Recording | None) -> Iterator[str]:
    """Make a file to record to; when it is written, read and replay it."""
    if recording is None:
        yield ""
        return
    with tempfile.TemporaryDirectory(dir=_MEMORY if os.path.isdir(_MEMORY) else None) as folder:
        path = Path(folder, "recording.jsonl")
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            with _failing(recording):
                yield str(path)
        recording.warnings = [warning.message for warning in warned]
        recording.content = path.read_bytes()
        recording.replayed = Listener().listen(rxstream.replay(path))
        if recording.again is not None:
            recording.again = _recorded_again(path, Path(folder, "again.jsonl"))


@contextmanager
def _failing(recording: Recording) -> Iterator[None]:
    if recording.room is None:
        yield
        return
    recording_file.os = _Disk(recording)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        recording_file.os = os  # type: ignore[attr-defined]


def _recorded_again(path: Path, copy: Path) -> bytes:
    """Record a replay in its own time, which is virtual."""
    clock = TestScheduler()
    replayed = rxstream.replay(path, speed=1.0).pipe(rxstream.record(copy))
    replayed.subscribe(on_error=lambda _error: None, scheduler=clock)
    clock.start()
    return copy.read_bytes()
