"""The decoder against a second one, on generated streams.

20,000 of them; ``RXSTREAM_STREAMS=n`` for more. ``python -m tests.conformance.streams SEED`` replays one.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable

import pytest

from rxstream.sse import ServerSentEvent, SSEDecoder
from tests.conformance.streams import check, decoded, expected_of, generated

_STREAMS = int(os.environ.get("RXSTREAM_STREAMS", "20000"))
_BATCHES = 8


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_the_decoder_and_the_reference_agree(batch: int) -> None:
    """Law: events, last event id, retry, limit and end are the reference's, however the stream is cut."""
    _check_all(range(batch, _STREAMS, _BATCHES))


def _check_all(seeds: Iterable[int], make: type[SSEDecoder] = SSEDecoder) -> None:
    for seed in seeds:
        check(seed, make)


class _NoPairs(SSEDecoder):
    """Takes a CRLF that is cut in two for two line ends."""

    def feed(self, chunk: bytes | bytearray | memoryview) -> list[ServerSentEvent]:
        self._after_cr = False
        return super().feed(chunk)


class _ForgetfulOfIds(SSEDecoder):
    """Lets an id hold for its own event alone."""

    def feed(self, chunk: bytes | bytearray | memoryview) -> list[ServerSentEvent]:
        self._id = ""
        return super().feed(chunk)


class _LateBOM(SSEDecoder):
    """Drops a byte order mark that is not the first."""

    def feed(self, chunk: bytes | bytearray | memoryview) -> list[ServerSentEvent]:
        return super().feed(bytes(chunk).removeprefix(b"\xef\xbb\xbf"))


class _Eager(SSEDecoder):
    """Dispatches at the end what is unfinished."""

    def close(self) -> list[ServerSentEvent]:
        return [*(self.feed(b"\n\n") if not self._closed else []), *super().close()]


class _OneByteMore(SSEDecoder):
    """Takes a byte more than its limit."""

    def __init__(self, max_event_bytes: int = 1 << 26) -> None:
        super().__init__(max_event_bytes=max_event_bytes + 1)


class _LooseRetry(SSEDecoder):
    """Takes any integer that Python takes."""

    def _take_line(self, line: bytes | bytearray) -> None:
        super()._take_line(line.replace(b":+", b":").replace(b"_", b"") if line.startswith(b"retry") else line)


class _NoNUL(SSEDecoder):
    """Takes an id with U+0000."""

    def _take_line(self, line: bytes | bytearray) -> None:
        super()._take_line(line.replace(b"\0", b"") if line.startswith(b"id") else line)


class _Closeable(SSEDecoder):
    """Goes on after it is closed."""

    def close(self) -> list[ServerSentEvent]:
        super().close()
        self._closed = False
        return []


@pytest.mark.parametrize(
    "broken", [_NoPairs, _ForgetfulOfIds, _LateBOM, _Eager, _OneByteMore, _LooseRetry, _NoNUL, _Closeable]
)
def test_a_decoder_with_one_mistake_does_not_agree(broken: type[SSEDecoder]) -> None:
    """Law: the comparison can fail, for each mistake, within 1,000 streams; and it names the seed."""
    with pytest.raises(AssertionError, match=r"replay with: python -m tests\.conformance\.streams \d+\n"):
        _check_all(range(1_000), broken)


def test_the_streams_hold_what_breaks_decoders() -> None:
    """Law: of 2,000 streams many give events, pass their limit, set ids and retries, and replace invalid UTF-8."""
    seen: Counter[str] = Counter()
    for seed in range(2_000):
        stream = generated(seed)
        found = expected_of(stream)
        assert b"".join(stream.chunks) == stream.body
        seen["events"] += len(found.events) > 0
        seen["many events"] += len(found.events) > 5
        seen["too large"] += found.is_too_large
        seen["an event, then too large"] += found.is_too_large and len(found.events) > 0
        seen["an id"] += found.last_event_id != ""
        seen["a retry"] += found.retry is not None
        seen["replaced"] += any("\ufffd" in event.data for event in found.events)
        seen["a byte order mark within"] += any("\ufeff" in event.data for event in found.events)
        seen["empty data"] += any(event.data == "" for event in found.events)
        seen["more than a piece"] += len(stream.body) > 1 << 14
        seen["an empty chunk"] += not all(stream.chunks)
        seen["no bytes"] += any(not isinstance(chunk, bytes) for chunk in stream.chunks)
    assert seen.pop("more than a piece") >= 2
    assert min(seen.values()) >= 40, seen


def test_a_seed_replays_to_the_letter() -> None:
    """Law: the stream of a seed, its cuts and what comes of it are the same each time."""
    for seed in range(200):
        assert generated(seed) == generated(seed)
        assert decoded(generated(seed)) == decoded(generated(seed))
