"""What fuzzing and the bombs have found, once and for all."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest

from rxstream import collect_sync, record, replay
from rxstream.errors import RecordingError
from rxstream.events import parse_event
from rxstream.recordings import HEADER, LineReader
from rxstream.sources.encoding import InflateError, Inflater
from rxstream.testing import VirtualScheduler, completed, script


@pytest.mark.parametrize(
    "data",
    [
        {"type": "ping", "a": float("inf"), "b": [-float("inf")], "c": "Infinity", "-Infinity": '"\\ Infinity'},
        '{"type":"ping",\n"a":1e999,"b":[-1e999],"c":"Infinity","-Infinity":"\\"\\\\ Infinity"}',
        '{"type":"ping","a":1e999,"b":[-1e999],"c":"Infinity","-Infinity":"\\"\\\\ Infinity","d":"\\ud83d"}\n',
    ],
    ids=["an object", "two lines", "half a surrogate pair"],
)
def test_numbers_beyond_all_floats_are_written_as_json(data: object, tmp_path: Path) -> None:
    """Law: ``to_json()`` is JSON; it once held ``Infinity``, and a recording of such an event could not be replayed."""
    event = parse_event(data)  # type: ignore[arg-type]
    line = event.to_json()
    assert "\n" not in line
    assert json.loads(line, parse_constant=pytest.fail) == event.to_dict()
    path = tmp_path / "recording.jsonl"
    collect_sync(script([event, completed()]).pipe(record(path)))
    assert collect_sync(replay(path))[0] == event


@pytest.mark.parametrize("at", ["1" + "0" * 400, "1e300", "1000000001", "999999999999.5"])
@pytest.mark.parametrize("line", ['{"at":%s,"event":{"type":"ping"}}', '{"event":{"type":"ping"}, "at":%s}'])
def test_a_time_beyond_all_clocks_is_no_time(at: str, line: str, tmp_path: Path) -> None:
    """Law: only errors of ours come out; ``OverflowError`` once did, of the reader or of the clock."""
    content = HEADER + (line % at).encode() + b"\n"
    reader = LineReader("recording")
    reader.feed(HEADER)
    with pytest.raises(RecordingError, match='expected a time, "at", of 0 to 1000000000 seconds'):
        reader.feed(content.removeprefix(HEADER))
    path = tmp_path / "recording.jsonl"
    path.write_bytes(content)
    clock = VirtualScheduler()
    ends: list[Exception] = []
    replay(path, speed=1.0, scheduler=clock).subscribe(on_error=ends.append)
    clock.run()
    assert [type(end) for end in ends] == [RecordingError]


@pytest.mark.parametrize("size", [1 << 16, 1 << 17, 1 << 20])
def test_members_that_end_with_a_full_piece_are_inflated_once(size: int) -> None:
    """Law: what is behind a member is the next one; it was taken twice, each time, and inflating did not end."""
    inflater = Inflater("gzip")
    assert sum(map(len, inflater.pieces(gzip.compress(b"a" * size) * 5))) == 5 * size


def test_what_came_before_a_fault_does_not_depend_on_the_cuts() -> None:
    """Law: of one byte that held a match and, behind it, the fault, the match was lost if it came alone."""
    body = bytes.fromhex(
        "ecc101010000008090feafee080a200000000000944800000000000002000000000000000000000000"
        "000000000000000000000000030000000023000000000000080000410000000000000000000a4bff00"
    )

    assert _size_before_the_fault([body]) == 65545
    assert _size_before_the_fault(body[at : at + 1] for at in range(len(body))) == 65545


def _size_before_the_fault(chunks: Iterable[bytes]) -> int:
    inflater, size = Inflater("deflate"), 0
    try:
        for piece in chain.from_iterable(map(inflater.pieces, chunks)):
            size += len(piece)
    except InflateError:
        return size
    raise AssertionError("expected the fault to be told")
