"""Recorders that are killed while they write; run as a program, since it forks.

``python -m tests.recordings.killed TIMES SEED`` prints how many events were read back in all, or raises.
"""

from __future__ import annotations

import itertools
import mmap
import os
import random
import select
import signal
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from rxstream import record, replay
from rxstream.errors import TruncatedStreamError
from rxstream.events import ResponseTextDeltaEvent
from tests.laws.probes import Source

_LONG = "é\ud83d\n" * 20_000
_LONGEST_SECONDS = 0.02


def event(number: int) -> ResponseTextDeltaEvent:
    """The event of a number; some are so long that the kill may come in the middle of one."""
    return ResponseTextDeltaEvent(delta=_LONG if number % 7 == 3 else f"{number}", sequence_number=number)


def main(times: int, seed: int) -> None:
    """Kill recorders, and read what they leave."""
    draw = random.Random(seed)
    total = 0
    with tempfile.TemporaryDirectory() as folder, mmap.mmap(-1, 8) as emitted:
        for number in range(times):
            path = Path(folder, str(number))
            emitted[:8] = struct.pack("q", 0)
            child = os.fork()
            if child == 0:
                _record(path, emitted)
            select.select([], [], [], draw.uniform(0, _LONGEST_SECONDS))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            total += _check(path, struct.unpack("q", emitted[:8])[0])
            path.unlink(missing_ok=True)
    print(total)


def _record(path: Path, emitted: mmap.mmap) -> NoReturn:
    """Record until killed; count what a subscriber has seen."""
    try:
        source, count = Source(), itertools.count(1)

        def seen(_event: Any) -> None:
            emitted[:8] = struct.pack("q", next(count))

        record(path)(source).subscribe(seen)
        for number in itertools.count():
            source.next(event(number))
    finally:
        os._exit(1)
    raise AssertionError


def _check(path: Path, emitted: int) -> int:
    """Read a file; return how many events it holds: those that somebody saw, and at most one that nobody did."""
    if not path.exists():
        assert emitted == 0
        return 0
    found: list[Any] = []
    ends: list[Any] = []
    replay(path).subscribe(found.append, ends.append, lambda: ends.append(None))
    assert [type(end) for end in ends] == [TruncatedStreamError], ends
    assert emitted <= len(found) <= emitted + 1, (emitted, len(found))
    assert found == [event(number) for number in range(len(found))]
    return len(found)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
