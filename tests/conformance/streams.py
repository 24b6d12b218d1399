"""Byte streams made of what breaks decoders, each out of a seed, and their check against the reference.

``python -m tests.conformance.streams SEED`` replays one; ``… FIRST UNTIL`` checks many and prints figures.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import accumulate, pairwise
from random import Random
from time import perf_counter
from typing import NamedTuple

from rxstream.errors import SSELimitError
from rxstream.sse import ServerSentEvent, SSEDecoder
from tests.reference_sse import place_beyond_the_limit, reference_decode

_ODD = [
    *("é", "€", "😀", "\u2028", "\u0085", "\x0b", "\x0c", "\x1c", "\0", "\t", "٥", "²", "\ufeff"),
    *(b"\xff", b"\xc3", b"\xe2\x82", b"\xe2", b"\x82", b"\xf0\x9f\x98", b"\x80", b"\xed\xa0\x80", b"\xc0\xaf"),
    *(b"\xf4\x90\x80\x80", b"\xef", b"\xef\xbb", b"\xbb", b"\xbf"),
]
_FRAGMENTS: dict[str, list[bytes | str]] = {
    "ends": ["\n", "\n", "\n", "\r\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\r\r", "\n\r", "\r\n\n"],
    "marks": [":", ":", ": ", ": ", " ", "  "],
    "names": ["data", "data", "data", "event", "event", "id", "id", "retry", "Data", "da", "ta", "datax", " data"],
    "values": ["x", "hello", "{}", "[DONE]", '{"type":"ping"}', "message", "7", "a:b: c", "x" * 40, "x" * 300],
    "odd": _ODD,
    "comments": [":\n", ": ping\n\n", ":\r\n", ":data: x\n", "unknown: x\n", ":" + "c" * 100 + "\n"],
    "digits": [
        *("retry: 0\n", "retry:3000\r\n", "retry:  5\n", "retry: 5 \n", "retry:+5\n", "retry:-5\n", "retry:1_0\r"),
        *("retry\n", "retry:\n", "retry:05\n", "retry: 1.5\n", "retry:٥\n", "retry:²\n", "retry:5\x006\n", "retry:5"),
        *("retry:" + "9" * 99 + "\n", "retry: " + "9" * 101 + "\n", "retry:" + "0" * 150 + "7\n"),
    ],
    "ids": ["id: 1\n", "id:2\r\n", "id\n", "id:\n", "id: \n", "id: 3\x00\n", "id:\x00\r", "id: é\n", "id:  4\r\r"],
    "usual": [
        *("event: a\ndata: 1\n\n", "event: a\ndata: 2\n\n", "event: b\ndata: 3\n\n", "data: 4\n\n", "data:5\n\n"),
        *("event: a\r\ndata: 6\r\n\r\n", "event: a\rdata: 7\r\r", "event: \ndata: 8\n\n", "event: a\n\n", "data\n\n"),
        *("event: a\ndata: é\n\n", "event: a\ndata: 9\r\n\n", "data: 1\ndata: 2\n\n", "id: 5\ndata: 6\n\n", "\n"),
        *("data: \ufeff\n\n", "\ufeffdata: 1\n\n", b"event: \xff\ndata: \xff\n\n"),
    ],
}
# How often each of these is taken, of streams of four kinds: any pieces, lines, usual events with odd ones, odd bytes.
_MIXES = [
    {"ends": 6, "marks": 5, "names": 6, "values": 4, "odd": 2, "comments": 1, "digits": 1, "ids": 1, "usual": 1},
    {"ends": 3, "names": 1, "values": 1, "comments": 3, "digits": 5, "ids": 5, "usual": 8},
    {"ends": 1, "odd": 1, "comments": 1, "digits": 1, "ids": 1, "usual": 20},
    {"ends": 3, "marks": 2, "names": 2, "odd": 9},
]


def _weighted(mix: dict[str, int]) -> tuple[list[bytes], list[float]]:
    pieces: list[bytes] = []
    weights: list[float] = []
    for kind, weight in mix.items():
        for piece in _FRAGMENTS[kind]:
            pieces.append(piece if isinstance(piece, bytes) else piece.encode())
            weights.append(weight / len(_FRAGMENTS[kind]))
    return pieces, list(accumulate(weights))


_WEIGHTED = [_weighted(mix) for mix in _MIXES]
_STARTS = [b"", b"", b"", b"", b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf", b"\xef\xbb", b"\xef", b"\n", b"\r"]
_LONG = [b"data: ", b":", b"event: ", b"id:", b"unknown", b"data\ndata: ", b"event: a\ndata: "]


class Stream(NamedTuple):
    """A stream.

    Attributes:
        body: All its bytes.
        chunks: The same, cut; some may be empty, and not all are ``bytes``.
        limit: What one of its events may hold, ``None`` for the default.
    """

    body: bytes
    chunks: list[bytes | bytearray | memoryview]
    limit: int | None


class Decoded(NamedTuple):
    """What comes of a stream.

    Attributes:
        events: The events.
        is_too_large: An event was larger than the limit.
        last_event_id: At the end.
        retry: At the end.
    """

    events: list[ServerSentEvent]
    is_too_large: bool
    last_event_id: str
    retry: int | None


def generated(seed: int) -> Stream:
    """Make the stream of a seed."""
    random = Random(seed)
    pieces, weights = random.choice(_WEIGHTED)
    parts = [random.choice(_STARTS), *random.choices(pieces, cum_weights=weights, k=random.randrange(1, 40))]
    if random.random() < 0.1:
        parts.insert(random.randrange(1, len(parts) + 1), random.randbytes(random.randrange(1, 12)))
    if random.random() < 0.003:  # a line longer than what the decoder takes at once
        long = random.choice(_LONG) + b"y" * random.choice((1 << 13, (1 << 14) - 8, 1 << 14, 20_000, 40_000))
        parts.insert(random.randrange(1, len(parts) + 1), long + random.choice((b"", b"\n\n", b"\r\n\r\n")))
    body = b"".join(parts)
    limit = random.choice((random.randrange(1, 30), random.randrange(30, 400))) if random.random() < 0.25 else None
    return Stream(body, _cut(random, body, parts), limit)


def _cut(random: Random, body: bytes, parts: list[bytes]) -> list[bytes | bytearray | memoryview]:
    way = random.randrange(5)
    if way == 0:
        chunks = [body]
    elif way == 1:  # where the parts meet, as events come off the wire one by one
        chunks = parts
    elif way == 2 and len(body) < 1000:
        chunks = [body[at : at + 1] for at in range(len(body))]
    else:
        count = random.randrange(1, 3 if way == 3 else 20)
        places = [0, *sorted(random.choices(range(len(body) + 1), k=count)), len(body)]
        chunks = [body[start:end] for start, end in pairwise(places)]
    if random.random() < 0.2:
        chunks = [chunk for given in chunks for chunk in (given, b"")]
    if random.random() < 0.1:
        return [random.choice((bytearray, memoryview))(chunk) for chunk in chunks]
    return list(chunks)


def expected_of(stream: Stream) -> Decoded:
    """Decode as the reference does."""
    place = None if stream.limit is None else place_beyond_the_limit(stream.body, stream.limit)
    events, last_event_id, retry = reference_decode(stream.body[:place])
    return Decoded([ServerSentEvent(*event) for event in events], place is not None, last_event_id, retry)


def decoded(stream: Stream, make: Callable[..., SSEDecoder] = SSEDecoder) -> Decoded:
    """Decode chunk by chunk; see that a decoder that has failed, or is closed, stays so."""
    decoder = make() if stream.limit is None else make(max_event_bytes=stream.limit)
    events: list[ServerSentEvent] = []
    is_too_large = False
    for chunk in stream.chunks:
        try:
            found = decoder.feed(chunk)
        except SSELimitError:
            is_too_large = True
        else:
            assert not is_too_large, "a chunk was taken after the limit had been passed"
            events += found
    for _ in range(2):
        try:
            events += decoder.close()
        except SSELimitError:
            is_too_large = True
        else:
            assert not is_too_large, "close() does not tell that the limit was passed"
    try:
        decoder.feed(b"data: late\n\n")
    except SSELimitError:
        assert is_too_large, "the limit is passed after close()"
    except ValueError:
        assert not is_too_large, "a closed decoder does not tell that the limit was passed"
    else:
        raise AssertionError("a closed decoder took a chunk")
    return Decoded(events, is_too_large, decoder.last_event_id, decoder.retry)


def check(seed: int, make: Callable[..., SSEDecoder] = SSEDecoder) -> Decoded:
    """Decode the stream of a seed with both.

    Returns:
        What came of it.

    Raises:
        AssertionError: It is not the same; the message has the line that replays it.
    """
    stream = generated(seed)
    expected = expected_of(stream)
    try:
        found = decoded(stream, make)
        for name, one, other in zip(Decoded._fields, found, expected, strict=True):
            assert one == other, f"{name}: expected {other!r}, but got {one!r}"
    except AssertionError as error:
        raise AssertionError(f"replay with: python -m tests.conformance.streams {seed}\n{error}") from error
    return found


def _replay(seed: int) -> None:
    stream = generated(seed)
    print(f"{len(stream.body)} bytes in {len(stream.chunks)} chunks, limit {stream.limit}")
    print([bytes(chunk) for chunk in stream.chunks])
    print(check(seed))


def _run(first: int, until: int) -> int:
    began = perf_counter()
    differences = size = events = too_large = longest = 0
    distinct: set[int] = set()
    for seed in range(first, until):
        body = generated(seed).body
        distinct.add(hash(body))
        size += len(body)
        longest = max(longest, len(body))
        try:
            found = check(seed)
        except AssertionError as error:
            differences += 1
            print(str(error)[:1000])
        else:
            events += len(found.events)
            too_large += found.is_too_large
    print(f"{until - first} streams, seeds {first} to {until - 1}, in {perf_counter() - began:.0f} s: ", end="")
    print(f"{differences} differences")
    print(f"{len(distinct)} of them distinct; {size} bytes, the longest {longest}; {events} events; ", end="")
    print(f"{too_large} passed their limit")
    return min(differences, 1)


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    if len(numbers) == 1:
        _replay(numbers[0])
    else:
        sys.exit(_run(*numbers))
