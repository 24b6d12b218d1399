"""What fuzzing begins with: what the simulated model sends, and the words of each format."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

from rxstream.errors import ConnectionLostError, RecordedError
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.recordings import HEADER, completed_line, event_line, failed_line
from rxstream.simulated import SCENARIOS, SimulatedModel
from rxstream.testing import completed, created, failed, message, response, stream_error, text_delta

__all__ = ["WORDS", "seeds"]

_LARGEST = 2_000


def seeds(target: str) -> list[bytes]:
    """Return the inputs with which a target begins."""
    return [seed for seed in dict.fromkeys(_SEEDS[target]()) if len(seed) <= _LARGEST]


def _simulated() -> Iterator[ResponseStreamEvent]:
    """Return the first event of each type, in each scenario where its fields are other ones."""
    seen: set[tuple[str, ...]] = set()
    for name, scenario in SCENARIOS.items():
        if scenario.http:
            continue
        for wire in SimulatedModel(scenario=name).events({"model": "gpt-5", "input": "Hi", "stream": True}):
            shape = (wire["type"], *sorted(wire))
            if shape not in seen:
                seen.add(shape)
                yield parse_event(wire)


_SHORT = [created(), text_delta("Hel"), text_delta("lo"), completed()]


def _bodies() -> Iterator[bytes]:
    def body(events: list[ResponseStreamEvent], end: str) -> bytes:
        lines = (f"event: {event.type}{end}data: {event.to_json()}{end}{end}" for event in events)
        return "".join(lines).encode()

    yield from (body(_SHORT, end) for end in ("\n", "\r\n", "\r"))
    yield b"\xef\xbb\xbf: ping\n\nid: 7\nretry: 3000\ndata: {}\n\n" + body(_SHORT[:1], "\n")
    yield body([created(), stream_error("Broken.")], "\n")
    yield body([created(), failed("Failed.")], "\n") + b"data: [DONE]\n\n"
    yield b'data: {"object":"chat.completion.chunk"}\n\n'
    yield "data: é€😀\r\n\r\ndata\nid\ndata:\u2028\n\n".encode()


def _objects() -> Iterator[bytes]:
    for event in _simulated():
        yield event.to_json().encode()
        yield f"{event.type}\n{event.to_json()}".encode()
    yield b'{"type":"error","error":{"code":429,"message":"Slow down."}}'
    yield b'error\n{"error":"broken"}'
    yield b'{"type":"response.output_text.delta","delta":"\\ud83d","sequence_number":"1"}'


def _documents() -> Iterator[bytes]:
    yield from (
        b'{"city": "Z\xc3\xbcrich", "days": [{"high": -3.5e+1, "low": -11}, null, true, false], "a": {}, "b": []}',
        rb'["\"\\\/\b\f\n\r\t", "\u0041", "\ud83d\ude00", "\ud83d", "\ude00\ud83d"]',
        b'{"a": 1, "b": [1, 2], "a": {"c": "d"}, "b": "e"}',
        *(b"0", b"-0", b"12 ", b"1E-3", b"nul", b" [ 1 , 2 ] ", b"[1,]", b'{"a"', b"[[[[[[1]]]]]]", b'"\x00"', b"01"),
        b"1e999",
        b"-Infinity",
    )


def _recordings() -> Iterator[bytes]:
    lines = [event_line(number / 4, event) for number, event in enumerate(_SHORT)]
    yield HEADER + b"".join(lines) + completed_line(1.0)
    yield HEADER + b"".join(lines[:2]) + b'{"at":0.5,"chunk":1360}\n' + failed_line(0.5, ConnectionLostError("Lost."))
    yield HEADER + lines[0] + failed_line(0.5, ConnectionResetError("Gone."))
    yield HEADER + lines[0] + failed_line(0.5, RecordedError("other.Error", "Wrong."))
    yield HEADER + b'{ "event": {"type": "x"}, "at": 1e0 }\n{"at":2,"completed":true}\n'
    yield b"\n".join(event.to_json().encode() for event in _SHORT)
    yield next(_bodies())
    yield b"\n".join(event.to_json().encode() for event in response(message("Hi")))


def _texts() -> Iterator[bytes]:
    yield from (
        b"\x1b[31mred\x1b[0m\r\n\ttab",
        b"\x1b]0;title\x07\x1bP1$r\x1b\\",
        "\x9b31m \u202eback\u202c \u2066in\u2069 é😀".encode(),
        b"\xed\xa0\xbd\xed\xb8\x80 \xed\xa0\xbd",
        b'{"a": "\\u001b", "b": "\\\\"}',
        b"plain text, as most is.\n",
    )


def _compressed() -> Iterator[bytes]:
    def raw(data: bytes) -> bytes:
        compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return compressor.compress(data) + compressor.flush()

    for data in (b"", b"data: x\n\n", next(_bodies()), b"\0" * (1 << 17)):
        for compressed in (gzip.compress(data, mtime=0), zlib.compress(data), raw(data), zlib.compress(data, 0)):
            yield compressed
            yield compressed * 2
    yield gzip.compress(b"data: 1", mtime=0) + b"\0\0\0"
    # A header with a name and a comment.
    yield b"\x1f\x8b\x08\x18" + bytes(6) + b"name\0comment\0" + gzip.compress(b"data: 1", mtime=0)[10:]


_SEEDS = {
    "decoder": _bodies,
    "event_parser": _objects,
    "inflater": _compressed,
    "partial_json": _documents,
    "recording": _recordings,
    "terminal": _texts,
}

_JSON_WORDS = [
    *(b"{", b"}", b"[", b"]", b":", b",", b'"', b'":', b'{"', b'"}', b'""', b"[]", b"{}", b"null", b"true", b"false"),
    *(b"0", b"-1", b"1e999", b"1.5", b"1E-3", b"NaN", b"-Infinity", b"\\", b"\\u00e9", b"\\ud83d", b"\\ude00", b"\\n"),
]
_EVENT_WORDS = [
    *(
        b'"type":"',
        b'"error":',
        b'"code":',
        b'"message":',
        b'"delta":"',
        b'"sequence_number":',
        b'"item":',
        b'"response":',
    ),
    *(
        b"response.created",
        b"response.completed",
        b"response.failed",
        b"response.output_text.delta",
        b"error",
        b'"id":',
    ),
]
WORDS: dict[str, list[bytes]] = {
    "decoder": [
        *(
            b"data",
            b"data: ",
            b"event: ",
            b"id: ",
            b"retry: ",
            b"\n",
            b"\r\n",
            b"\r",
            b"\n\n",
            b":",
            b"\0",
            b"\xef\xbb\xbf",
        ),
        *(b"\xff", b"[DONE]", b"data: {}\n\n", b'"object":"chat.completion.chunk"'),
        *_EVENT_WORDS,
    ],
    "event_parser": [*_JSON_WORDS, *_EVENT_WORDS],
    "inflater": [b"\x1f\x8b\x08", b"\x78\x9c", b"\x78\x01", b"\x01\0\0\xff\xff", b"\x03\0", bytes(8)],
    "partial_json": _JSON_WORDS,
    "recording": [
        *(
            HEADER,
            b'{"at":',
            b',"event":',
            b',"completed":true}\n',
            b',"error":{"class":"',
            b'"message":"',
            b'"attributes":',
        ),
        *(b"rxstream.", b"ValueError", b"ConnectionLostError", b'"chunk":', b"\n", b"\xef\xbb\xbf", b"1e300"),
        *_JSON_WORDS,
        *_EVENT_WORDS,
    ],
    "terminal": [
        *(
            b"\x1b",
            b"\x1b[",
            b"\x1b]0;",
            b"\x07",
            b"\xc2\x9b",
            b"\xe2\x80\xae",
            b"\xe2\x81\xa6",
            b"\xed\xa0\xbd",
            b"\xed\xb8\x80",
        ),
        *(b"\r", b"\n", b"\t", b"\0", b"\x7f", b"\\", b"\\u001b", b'"'),
    ],
}
"""What inputs of each target are made of."""
