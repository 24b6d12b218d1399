"""What is thrown at the library, and the process in which it is thrown: ``python -m tests.bombs.attacks GROUP``.

The process may take 512 MiB. It prints a line of JSON for each attack: how it ended, and how much longer it took than
an attack of an eighth of its size.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from rxstream import (
    Client,
    FunctionCall,
    PartialJSONParser,
    RxstreamError,
    SSEDecoder,
    collect_sync,
    from_sse,
    parse_event,
    word_check,
)
from rxstream.cli.terminal import ascii_json, escape_json, plain_text
from rxstream.models import ResponseFunctionToolCall
from rxstream.segmentation import Segmenter, SentenceSegmenter, WordSegmenter
from tests.fault_server import FaultServer

LIMIT_BYTES = 512 << 20
STEPS = 8
_CHUNK = 1 << 16
_MIB = 1 << 20
_WHOLE = 10_000_000
# What takes three to seven seconds is 2 MB long, and whole with RXSTREAM_ACCEPTANCE=1.
_COSTLY = _WHOLE if os.environ.get("RXSTREAM_ACCEPTANCE") else 2_000_000


@dataclass(frozen=True)
class Attack:
    """An attack.

    Attributes:
        ends: The class of the error that ends it; ``None`` where it is harmless.
        size: How large it is, where it has a size.
        make: Makes, of a size, what is run and measured.
    """

    ends: str | None
    size: int
    make: Callable[[int], Callable[[], object]]


def _filled(unit: str, size: int, before: str = "", after: str = "") -> str:
    return before + unit * (size // len(unit)) + after


def _cut(text: Any, step: int = _CHUNK) -> Iterator[Any]:
    return (text[at : at + step] for at in range(0, len(text), step))


def _endless(line: bytes, *, counted: int, limit: int) -> Callable[[int], Callable[[], object]]:
    """Send a GiB in chunks, of each line of which some bytes count; no more is taken when the limit is passed."""

    def make(size: int) -> Callable[[], object]:
        chunk = line * (_CHUNK // len(line))
        expected = limit * size * len(line) / counted + 2 * _CHUNK

        def run() -> object:
            taken = 0

            def chunks() -> Iterator[bytes]:
                nonlocal taken
                while taken < 1 << 30:
                    taken += len(chunk)
                    yield chunk

            try:
                return collect_sync(from_sse(chunks(), max_event_bytes=limit * size))
            finally:
                assert taken <= expected, f"expected at most {expected} bytes to be taken, but got {taken}"

        return run

    return make


def _decoded(unit: bytes, before: bytes = b"", after: bytes = b"") -> Callable[[int], Callable[[], object]]:
    def make(size: int) -> Callable[[], object]:
        body = before + unit * (size // len(unit)) + after

        def run() -> None:
            decoder = SSEDecoder()
            for chunk in _cut(body):
                decoder.feed(chunk)
            decoder.close()

        return run

    return make


def _parsed(unit: str, before: str = "", after: str = "", step: int = _CHUNK) -> Callable[[int], Callable[[], object]]:
    def make(size: int) -> Callable[[], object]:
        text = _filled(unit, size, before, after)

        def run() -> None:
            parser = PartialJSONParser()
            for fragment in _cut(text, step):
                parser.feed(fragment)
            parser.close()

        return run

    return make


def _segmented(segmenter: type[Segmenter], unit: str) -> Callable[[int], Callable[[], object]]:
    def make(size: int) -> Callable[[], object]:
        text = _filled(unit, size)

        def run() -> None:
            machine = segmenter()
            for piece in _cut(text):
                machine.feed(piece)
            machine.close()

        return run

    return make


def _given(
    function: Callable[[str], object], unit: str, before: str = "", after: str = ""
) -> Callable[[int], Callable[[], object]]:
    def make(size: int) -> Callable[[], object]:
        text = _filled(unit, size, before, after)
        return lambda: function(text)

    return make


class _Shape(BaseModel):
    a: Any


def _nested(depth: int) -> str:
    return "[" * depth + "1" + "]" * depth


def _call(arguments: str) -> FunctionCall:
    return FunctionCall(
        output_index=0, item=ResponseFunctionToolCall(name="add", call_id="call_1", arguments=arguments)
    )


def _partial(depth: int) -> object:
    parser = PartialJSONParser()
    parser.feed(_nested(depth))
    return parser.close()


def _inflated(status: int) -> Callable[[int], Callable[[], object]]:
    """Answer with 64 KiB that become 64 MiB, if someone inflates them: of an error the beginning, else nobody."""

    def make(size: int) -> Callable[[], object]:
        bomb = gzip.compress(b"\x00" * (size << 20))
        assert size / 2 < len(bomb) / 1024 < size * 2

        def run() -> object:
            with (
                FaultServer(lambda exchange: exchange.answer(status, bomb, content_encoding="gzip")) as server,
                Client(base_url=server.url, max_retries=0) as client,
            ):
                tracemalloc.start()
                try:
                    return collect_sync(client.stream(model="gpt-5"))
                finally:
                    _, peak = tracemalloc.get_traced_memory()
                    tracemalloc.stop()
                    assert peak < 8 * _MIB, f"expected at most 8 MiB to be taken, but {peak} bytes were"

        return run

    return make


def _asked_for(line: bytes, *, is_endless: bool) -> Callable[[int], Callable[[], object]]:
    """Answer with gzip, as was asked for: a GiB of one event in 1 MiB, or lines that come to nothing."""

    def make(size: int) -> Callable[[], object]:
        member = gzip.compress(line * (_MIB // len(line)))
        bomb = member * (1024 if is_endless else size)

        def run() -> object:
            with (
                FaultServer(lambda exchange: exchange.answer(200, bomb, content_encoding="gzip")) as server,
                Client(
                    base_url=server.url, max_retries=0, accept_encoding="gzip", max_event_bytes=size * _MIB
                ) as client,
            ):
                tracemalloc.start()
                try:
                    return collect_sync(client.stream(model="gpt-5"))
                finally:
                    _, peak = tracemalloc.get_traced_memory()
                    tracemalloc.stop()
                    most = (3 * size if is_endless else 0) + 8
                    assert peak < most * _MIB, f"expected at most {most} MiB to be taken, but {peak} bytes were"

        return run

    return make


_check = word_check(["ass", "bad word", "a b c"])

GROUPS: dict[str, dict[str, Attack]] = {
    "sizes": {
        "a line without end": Attack("SSELimitError", STEPS, _endless(b"a", counted=1, limit=8 * _MIB)),
        "an event of long lines without end": Attack(
            "SSELimitError", STEPS, _endless(b"data:" + b"x" * 999 + b"\n", counted=1000, limit=8 * _MIB)
        ),
        "an event of empty lines without end": Attack(
            "SSELimitError", STEPS, _endless(b"data:\n", counted=1, limit=_MIB // 8)
        ),
        "a body that is gzip": Attack("NotAnEventStreamError", 64, _inflated(200)),
        "an error that is gzip": Attack("APIStatusError", 64, _inflated(500)),
        "a body that is gzip, as was asked for": Attack("SSELimitError", 64, _asked_for(b"a", is_endless=True)),
        "comments that are gzip, as was asked for": Attack(
            "TruncatedStreamError", 64, _asked_for(b":" + b"c" * 999 + b"\n", is_endless=False)
        ),
    },
    "nesting": {
        "an event": Attack(
            "EventParseError", 100_000, lambda size: lambda: parse_event(f'{{"type": "ping", "deep": {_nested(size)}}}')
        ),
        "an event on the wire": Attack(
            "EventParseError",
            100_000,
            lambda size: lambda: collect_sync(from_sse([b"data: " + b'{"a":' * size + b"1" + b"}" * size + b"\n\n"])),
        ),
        "partial JSON": Attack("JSONParseError", 100_000, lambda size: lambda: _partial(size)),
        "arguments as JSON": Attack("ArgumentsError", 100_000, lambda size: _call(_nested(size)).json),
        "arguments of a model": Attack(
            "ArgumentsError", 100_000, lambda size: lambda: _call(f'{{"a": {_nested(size)}}}').parse(_Shape)
        ),
    },
    "decoder": {
        "carriage returns": Attack(None, _WHOLE, _decoded(b"\r")),
        "comments": Attack(None, _WHOLE, _decoded(b":\n")),
        "byte order marks": Attack(None, _WHOLE, _decoded(b"\xef\xbb\xbf")),
        "digits of retry": Attack(None, _WHOLE, _decoded(b"9", b"retry: ", b"\ndata: a\n\n")),
        "no UTF-8": Attack(None, _WHOLE, _decoded(b"\xff", b"data: ", b"\n\n")),
        "lines without a colon": Attack(None, _WHOLE, _decoded(b"data\n")),
        "empty events": Attack(None, _WHOLE, _decoded(b"data:\n\n")),
        "ids": Attack(None, _WHOLE, _decoded(b"id:x\n")),
    },
    "parser": {
        "brackets": Attack("JSONParseError", _WHOLE, _parsed("[")),
        "a string": Attack(None, _WHOLE, _parsed("a", '"', '"')),
        "a string in small pieces": Attack(None, _WHOLE, _parsed("a", '"', '"', step=16)),
        "a key": Attack(None, _WHOLE, _parsed("k", '{"', '":1}')),
        "digits": Attack("JSONParseError", _WHOLE, _parsed("1", "[", "]")),
        "digits of an exponent": Attack(None, _WHOLE, _parsed("9", "[1e", "]")),
        "white space": Attack("JSONParseError", _WHOLE, _parsed(" ")),
        "minus signs": Attack("JSONParseError", _WHOLE, _parsed("-")),
        "escapes": Attack(None, _COSTLY, _parsed("\\n", '"', '"')),
        "halves of surrogate pairs": Attack(None, _COSTLY, _parsed("\\ud83d", '"', '"')),
        "empty lists": Attack(None, _COSTLY, _parsed("[],", "[", "1]")),
        "numbers": Attack(None, _COSTLY, _parsed("1,", "[", "1]")),
        "one key again and again": Attack(None, _COSTLY, _parsed('"a":1,', "{", '"a":1}')),
    },
    "events": {
        "a string": Attack(None, _WHOLE, _given(parse_event, "a", '{"type":"ping","a":"', '"}')),
        "escapes": Attack(
            None, _WHOLE, _given(parse_event, "\\n", '{"type":"response.output_text.delta","delta":"', '"}')
        ),
        "numbers": Attack(None, _WHOLE, _given(parse_event, "1,", '{"type":"ping","a":[', "1]}")),
        "one key again and again": Attack(None, _WHOLE, _given(parse_event, '"a":1,', '{"type":"ping",', '"a":1}')),
        "brackets": Attack("EventParseError", _WHOLE, _given(parse_event, "[", '{"type":"ping","a":')),
        "digits": Attack("EventParseError", _WHOLE, _given(parse_event, "1", '{"type":"ping","a":', "}")),
        "white space": Attack("EventParseError", _WHOLE, _given(parse_event, " ")),
    },
    "segmentation": {
        "words": Attack(None, _COSTLY, _segmented(WordSegmenter, "a'")),
        "words of marks": Attack(None, _WHOLE, _segmented(WordSegmenter, "\u0301")),
        "sentences": Attack(None, _COSTLY, _segmented(SentenceSegmenter, "a. 1 ")),
        "sentences that stay open": Attack(None, _COSTLY, _segmented(SentenceSegmenter, ". 1")),
    },
    "checks": {
        "spaces of a phrase": Attack(None, _WHOLE, _given(_check, " ", "a")),
        "beginnings of a phrase": Attack(None, _WHOLE, _given(_check, "a b ")),
        "a word without end": Attack(None, _WHOLE, _given(_check, "a")),
        "matches": Attack(None, _WHOLE, _given(_check, "ass ")),
    },
    "terminal": {
        "escapes": Attack(None, _WHOLE, _given(plain_text, "\x1b")),
        "escapes between letters": Attack(None, _WHOLE, _given(plain_text, "a\x1b")),
        "escapes in JSON": Attack(None, _WHOLE, _given(escape_json, "\x9b")),
        "letters beyond ASCII": Attack(None, _WHOLE, _given(ascii_json, "aé")),
    },
}


def main(group: str) -> None:
    """Run a group of attacks."""
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT_BYTES, LIMIT_BYTES))
    print(json.dumps(["the limit itself", _ends(lambda: bytearray(LIMIT_BYTES))[0], 0.0]))
    for name, attack in GROUPS[group].items():
        print(json.dumps([name, *measured(attack)]), flush=True)


def measured(attack: Attack) -> tuple[str | None, float]:
    """Return how an attack ends, and the best of three comparisons with a small one."""
    small, whole = attack.make(attack.size // STEPS), attack.make(attack.size)
    factor, ended = float("inf"), None
    for _ in range(3):
        ended, seconds = _ends(whole)
        # What is over within the clock's grain says nothing about growth.
        factor = min(factor, seconds / max(0.002, _ends(small)[1]))
        if ended != attack.ends or factor <= STEPS * 2:
            break
    return ended, factor


def _ends(run: Callable[[], object]) -> tuple[str | None, float]:
    began = time.process_time()
    ended = None
    try:
        run()
    except (RxstreamError, MemoryError, RecursionError) as error:
        ended = type(error).__name__
    return ended, time.process_time() - began


if __name__ == "__main__":
    main(sys.argv[1])
