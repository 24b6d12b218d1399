"""Reading recordings: what is whole is read, and what is wrong is named by file and line."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rxstream import parse_event, replay
from rxstream.errors import EventParseError, RecordedError, RecordingError, RxstreamError, TruncatedStreamError
from rxstream.recordings import HEADER, Chunk, Ending, LineReader, Recorded, completed_line, event_line, failed_line
from rxstream.recordings import reader as reader_module
from tests.fault_server import created, delta, terminal
from tests.laws.registry import law

_EVENTS = [parse_event(event) for event in (created(), delta(1, "Hel"), delta(2, "é\ud83d"), terminal(3))]
_WHOLE = HEADER + b"".join(event_line(number, event) for number, event in enumerate(_EVENTS)) + completed_line(4)


def read(content: bytes) -> tuple[list[Any], Any]:
    """Replay a file of these bytes; return the events and the end, ``None`` for a completion."""
    seen: list[Any] = []
    ends: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "recording.jsonl")
        path.write_bytes(content)
        replay(path).subscribe(seen.append, ends.append, lambda: ends.append(None))
    [end] = ends
    return seen, end


def test_a_recording_cut_anywhere_is_read_up_to_its_last_whole_line() -> None:
    """Law: at every byte; what follows the last line feed does not count, even where it parses."""
    assert read(_WHOLE) == (_EVENTS, None)
    for cut in range(len(_WHOLE)):
        seen, end = read(_WHOLE[:cut])
        assert seen == _EVENTS[: max(0, _WHOLE[:cut].count(b"\n") - 1)]
        if cut < len(_WHOLE) - len(completed_line(4)):
            assert isinstance(end, TruncatedStreamError)
        else:
            assert end is None  # the terminal event is there


def test_a_plain_file_needs_no_last_line_feed() -> None:
    """Law: people write such files; a last line that is not whole is dropped all the same."""
    plain = b"\n".join(event.to_json().encode() for event in _EVENTS)
    assert read(plain) == (_EVENTS, None)
    for cut in range(plain.index(b"\n") + 1, len(plain)):
        seen, end = read(plain[:cut])
        assert seen == _EVENTS[: len(seen)]
        assert len(seen) >= plain[:cut].count(b"\n")
        assert isinstance(end, TruncatedStreamError)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"null",
        b"}{",
        b'{"at":1}',
        b'{"at":-1,"event":{}}',
        b'{"at":"1","event":{}}',
        b'{"at":true,"event":{}}',
        b'{"at":1e999,"event":{}}',
        b'{"at":NaN,"event":{}}',
        b'{"event":{"type":"x"}}',
        b'{"at":1.000000,"event":[]}',
        b'{"at":1.000000,"event":{"type":"x"}',
        b'{"at":1.000000,"event":{"type":NaN}}',
        b'{"at":1.000000,"completed":false}',
        b'{"at":1.000000,"error":"x"}',
        b'{"at":1.000000,"chunk":-1}',
        b'{"at":1.000000,"chunk":true}',
        b'{"at":1.000000,"chunk":1.5}',
        b'{"chunk":1}',
        b'{"at":1.000000,"event":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        b'{"at":1.000000,"event":{"type":"x","n":' + b"9" * 5_000 + b"},}",
        b"\xff\xfe",
        b'{"at":1.000000,"event":{"type":"\xff"}}',
        b'{"at":1.000000,"eve',
    ],
)
def test_a_bad_line_in_the_middle_is_named(line: bytes) -> None:
    """Law: the events before it come first; those behind it do not."""
    lines = _WHOLE.splitlines(keepends=True)
    seen, end = read(b"".join([*lines[:3], line + b"\n", *lines[3:]]))
    assert seen == _EVENTS[:2]
    assert type(end) is RecordingError
    assert end.line == 4
    assert "recording.jsonl, line 4: expected " in str(end)
    assert len(str(end)) < 2000
    assert read(b"".join([*lines[:3], line]))[0] == _EVENTS[:2]


def test_nothing_comes_after_the_end() -> None:
    """Law: two recordings in one file are a mistake, and it is told."""
    seen, end = read(_WHOLE + b"\n" + _WHOLE)
    assert seen == _EVENTS
    assert isinstance(end, RecordingError)
    assert "line 8: expected nothing after the end of the stream" in str(end)


@pytest.mark.parametrize(
    "header", [{"format": "rxstream-recording", "version": 2}, {"format": "other"}, {"format": "rxstream-recording"}]
)
def test_another_format_is_refused(header: dict[str, Any]) -> None:
    """Law: and so is a later version of this one."""
    seen, end = read(json.dumps(header).encode() + b"\n" + _WHOLE)
    assert seen == []
    assert isinstance(end, RecordingError)
    assert "format version 1" in str(end)


def test_a_line_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: memory is bounded."""
    monkeypatch.setattr(reader_module, "MAX_LINE_BYTES", 100)
    with pytest.raises(RecordingError, match="a line of at most 100 bytes"):
        LineReader("recording").feed(b"x" * 101)


def test_lines_that_were_edited_are_read() -> None:
    """Law: other programs put blanks in, and other fields."""
    reader = LineReader("recording")
    assert reader.feed(b'{ "version": 1, "format": "rxstream-recording" , "by": "hand"}\r\n') is None
    assert reader.feed(b'{"at":0.5,"chunk":1360}\n') == Chunk(0.5, 1360)
    assert reader.feed(b'{"chunk": 0, "at": 1, "from": "cache"}\n') == Chunk(1.0, 0)
    assert reader.feed(b"\n") is None
    event = reader.feed(b'{"event": {"type": "response.telepathy"}, "at": 3, "seen": true}\n')
    assert event == Recorded(3.0, parse_event({"type": "response.telepathy"}))
    tricky = reader.feed(b'{"at":1.0,"event":{"type":"x"},"note":{"type":"y"}}\n')
    assert tricky == Recorded(1.0, parse_event({"type": "x"}))
    assert reader.feed(b'{"at": 4, "completed": true}\n') == Ending(4.0, None)


_pieces = st.sampled_from(
    [
        *_WHOLE.splitlines(keepends=True),
        failed_line(2, ValueError("x")),
        b'{"at":1,"error":{"class":"rxstream.APIStatusError","attributes":{"status_code":[]}}}\n',
        b'{"at":1,"error":{"class":7,"message":{},"attributes":{"":1}}}\n',
        b'{"at":1,"error":{"class":"rxstream.TruncatedStreamError","attributes":{"x":{}}}}\n',
        *(b"{", b"}", b'"', b"\n", b'{"at":', b"\xff", b"[" * 1000, b"data: ", b'"event":', b"1e999", b"\xef\xbb\xbf"),
    ]
)


@settings(law, max_examples=500)
@given(content=st.binary(max_size=200) | st.lists(_pieces | st.binary(max_size=5), max_size=12).map(b"".join))
@example(content=b'{"at":1')
@example(content=HEADER + b'{"at":1,"error":{"class":"UnicodeDecodeError","message":"x"}}\n')
def test_whatever_a_file_holds_only_errors_of_ours_come_out(content: bytes) -> None:
    """Law: of reading; one that was recorded may be one of Python's, if the file says so."""
    _, end = read(content)
    if b"ValueError" not in content:
        assert end is None or isinstance(end, (RxstreamError, RecordedError, EventParseError)), repr(end)
