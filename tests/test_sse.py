"""Laws of the event stream decoder: chunking, equality with a reference, limits, growth."""

from __future__ import annotations

import inspect
import itertools
import random
import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rxstream.errors import RxstreamError, SSELimitError
from rxstream.sse import ServerSentEvent, SSEDecoder, is_event_stream
from tests.reference_sse import events_before_the_limit, reference_decode, utf8_decode

# --- streams made of SSE lines and of what breaks decoders -------------------------------------------------------

VALUES = [
    b"", b" ", b"x", b" x", b"  x ", b"\tx", b"a:b: c", b"{}", b"[DONE]", b"\0", b"7", b" 7\x00", b"message",
    "é€😀\u2028\u0085\x0b\x0c\x1c".encode(), b"\xff", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf",
    b"\xef\xbb\xbf", b"response.output_text.delta", b" response.output_text.delta", b' {"delta":"hi"}', b"y" * 40,
]  # fmt: skip
RETRIES = [
    b"0", b"03000", b" 500", b"  500", b"1_000", b"+5", b"-5", b"1.5", b"5 ", "٥".encode(), "²".encode(),
    b"9" * 40, b"9" * 101, b"0" * 101 + b"5",
]  # fmt: skip
NAMES = [
    b"data",
    b"event",
    b"id",
    b"retry",
    b"Data",
    b"data ",
    b" data",
    b"",
    b"da",
    b"datax",
    b"\xef\xbb\xbfdata",
    b"\xff",
]
LINE_ENDS = [b"\n", b"\n", b"\n", b"\r\n", b"\r", b""]

fields = st.builds(
    lambda name, colon, value: name + colon + value,
    st.sampled_from(NAMES),
    st.sampled_from([b":", b": ", b""]),
    st.sampled_from(VALUES),
)
retries = st.sampled_from(RETRIES).map(lambda value: b"retry:" + value)
lines = st.builds(
    lambda line, end: line + end,
    st.one_of(
        fields, retries, st.sampled_from([b"", b"", b"", b":", b": ping", b"event: a", b"data: x", b"\xef", b"\xbb"])
    ),
    st.sampled_from(LINE_ENDS),
)
usual_blocks = st.builds(
    lambda event, data, end: event + b"data: " + data + end,
    st.sampled_from([b"", b"event: a\n", b"event: b\n", b"event: \n", b"event:c\n", b"event: \xff\n", b"id: 3\n"]),
    st.sampled_from(VALUES),
    st.sampled_from([b"\n\n", b"\n\n", b"\n\n", b"\n\n\n", b"\n", b"\r\n\r\n", b"\r\r", b"\n\r\n", b"\r\n\n"]),
)
starts = st.sampled_from(
    [b"", b"", b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf", b"\xef\xbb", b"\xef", b"\n", b"\r\n"]
)
streams = st.builds(
    lambda start, parts: start + b"".join(parts), starts, st.lists(st.one_of(lines, usual_blocks), max_size=14)
)


def chunk_at(stream: bytes, places: Iterable[int]) -> list[bytes]:
    cuts = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in itertools.pairwise(cuts)]


def one_byte_each(stream: bytes) -> list[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]


def decode(chunks: Iterable[bytes | bytearray | memoryview]) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.close()


def decode_within(chunks: Iterable[bytes], limit: int) -> tuple[list[ServerSentEvent], bool]:
    """Return the events and whether the limit was exceeded; keep on feeding to see that it stays so."""
    decoder = SSEDecoder(max_event_bytes=limit)
    events: list[ServerSentEvent] = []
    failed = False
    for chunk in chunks:
        try:
            events += decoder.feed(chunk)
        except SSELimitError:
            failed = True
        else:
            assert not failed, "a feed after the error must raise it again"
    try:
        events += decoder.close()
    except SSELimitError:
        return events, True
    assert not failed
    return events, False


# --- equality and chunking ---------------------------------------------------------------------------------------


@settings(max_examples=1500, deadline=None)
@given(streams, st.lists(st.integers(min_value=0, max_value=10**6), max_size=8))
@example(b"data: a\n\r\ndata: b\r\n\r", [9])
@example(b"\ndata: a\n\n\ndata: b\n\n", [])
@example(b"event: a\ndata: 1\n\nevent: b\n\nevent: a\ndata: 2\n\ndata: 3\n\n", [])
def test_any_cut_of_a_stream_gives_the_events_of_the_standard(stream: bytes, places: list[int]):
    """Law: the events, the last event id and the retry are those of WHATWG HTML 9.2.6, whatever the chunks."""
    expected = reference_decode(stream)
    for chunks in ([stream], one_byte_each(stream), chunk_at(stream, places)):
        decoder = SSEDecoder()
        events = [event for chunk in chunks for event in decoder.feed(chunk)]
        assert events == expected.events
        assert (decoder.last_event_id, decoder.retry) == (expected.last_event_id, expected.retry)
        assert decoder.close() == []


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.lists(st.integers(min_value=0, max_value=60), max_size=4))
def test_arbitrary_bytes_decode_as_the_standard_says(noise: bytes, places: list[int]):
    """Law: no bytes make the decoder raise, and what they come to is the reference's result."""
    stream = b"data:" + noise + b"\n\n" + noise + b"\n\ndata\n\n"
    assert decode(chunk_at(stream, places)) == reference_decode(stream).events


@settings(max_examples=300, deadline=None)
@given(streams)
def test_after_every_byte_all_complete_events_are_out(stream: bytes):
    """Law of promptness: what came out after a prefix is all that the prefix holds."""
    decoder = SSEDecoder()
    emitted = 0
    for at in range(len(stream)):
        emitted += len(decoder.feed(stream[at : at + 1]))
        if stream[at] in b"\r\n" or at == len(stream) - 1:
            prefix = reference_decode(stream[: at + 1])
            assert (emitted, decoder.last_event_id, decoder.retry) == (
                len(prefix.events),
                prefix.last_event_id,
                prefix.retry,
            )


def test_every_cut_in_two_of_a_long_mixed_stream_is_the_same():
    """Law of chunking, exhaustively: one stream of usual blocks and of every odd one, cut after every byte."""
    usual = b"".join(b'event: response.output_text.delta\ndata: {"sequence_number":%d}\n\n' % n for n in range(40))
    odd = b"id: 7\ndata: a\n\n: ping\n\nretry: 5\n\ndata: b\r\n\r\ndata: {\ndata: }\n\n"
    odd += b'event: ping\n\ndata:\xff\n\ndata: "\xf0\x9f\x98\x80"\n\n'
    stream = b"\xef\xbb\xbf" + usual + odd + usual
    expected = reference_decode(stream).events
    assert len(expected) == 85
    for at in range(len(stream) + 1):
        assert decode([stream[:at], stream[at:]]) == expected


def test_chunks_longer_than_a_piece_decode_the_same():
    """Law of chunking: nothing shows of the pieces that a large chunk is worked off in."""
    rng = random.Random(7)
    blocks = [
        b"event: e\ndata: " + b"x" * rng.choice([3, 200, 5_000, 40_000]) + rng.choice([b"\n\n", b"\r\n\r\n", b"\r\r"])
        for _ in range(60)
    ]
    stream = b"".join(blocks)
    expected = [ServerSentEvent("e", block[15:].decode().rstrip("\r\n"), "", None) for block in blocks]
    assert decode([stream]) == expected
    for size in (16 * 1024, 16 * 1024 + 1, 100_003):
        assert decode([stream[at : at + size] for at in range(0, len(stream), size)]) == expected


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, lambda chunk: memoryview(b"-" + chunk)[1:]])
def test_bytes_bytearrays_and_views_are_taken_and_not_kept(make: Callable[[bytes], bytes | bytearray | memoryview]):
    """Law: any bytes-like chunk is the same, and a caller may use its buffer again."""
    assert decode([make(b"data: He"), make(b""), make(b"llo\n\n")]) == [ServerSentEvent("message", "Hello", "", None)]
    usual = make(b"event: a\ndata: x\n\n")
    assert decode([usual, usual]) == [ServerSentEvent("a", "x", "", None)] * 2
    buffer = bytearray(b"data: a")
    decoder = SSEDecoder()
    decoder.feed(buffer)
    buffer[:] = b"XXXXXXXXX"
    assert decoder.feed(b"\n\n")[0].data == "a"


def test_text_instead_of_bytes_is_refused():
    """Law: a wrong argument raises at the call, and says what was expected."""
    with pytest.raises(TypeError, match="expected a chunk of bytes, but got str"):
        SSEDecoder().feed("data: x\n\n")  # type: ignore[arg-type]


def test_the_reference_replaces_invalid_utf8_as_python_does():
    """The decoder leaves replacement to ``bytes.decode``: WHATWG Encoding 8.1.1 gives the same, on all odd bytes."""
    edges = bytes.fromhex("0A 41 7F 80 8F 90 9F A0 BF C0 C1 C2 DF E0 E1 ED EE EF F0 F1 F4 F5 FF")
    for size in (1, 2, 3):
        for sequence in itertools.product(edges, repeat=size):
            assert utf8_decode(bytes(sequence)) == bytes(sequence).decode("utf-8", "replace")
    for sequence in itertools.product(b"\xf0\xf1\xf4", b"\x80\x8f\x90\xbf", edges, edges):
        assert utf8_decode(bytes(sequence)) == bytes(sequence).decode("utf-8", "replace")


# --- state, end and arguments ------------------------------------------------------------------------------------


def test_legal_blocks_without_data_give_no_event_and_no_error():
    """Law P8: a name, a retry or an id alone dispatches nothing; the id and the retry still hold."""
    decoder = SSEDecoder()
    assert decoder.feed(b"event: ping\n\nretry: 500\n\nid: 9\n\n: comment\n\n\n") == []
    assert (decoder.last_event_id, decoder.retry) == ("9", 500)
    assert decoder.feed(b"data:\n\n") == [ServerSentEvent("message", "", "9", None)]


def test_an_id_counts_from_its_blank_line_on_and_a_retry_from_its_own_line_on():
    """Law: the id of an unfinished event is not the last one yet, or a reconnection would skip that event."""
    decoder = SSEDecoder()
    decoder.feed(b"retry: 5\nid: 1\ndata: x\n")
    assert (decoder.last_event_id, decoder.retry) == ("", 5)
    decoder.feed(b"\n")
    assert decoder.last_event_id == "1"


def test_a_retry_of_any_length_is_a_number():
    """Law: digits never end the stream; leading zeros do not count, and beyond 100 digits the number is clamped."""
    long = [b"9" * 40, b"9" * 101, b"0" * 5000 + b"5", b"1" * 5000, b"1" * 100]
    retries = [event.retry for event in decode([b"".join(b"retry:%s\ndata\n\n" % digits for digits in long)])]
    assert retries == [10**40 - 1, 10**100 - 1, 5, 10**100 - 1, 10**100 // 9]


def test_an_unfinished_event_is_discarded_at_the_end():
    """Law: WHATWG 9.2.6 dispatches nothing at the end of the stream, however near the event was to its end."""
    for rest in (b"data: x", b"data: x\n", b"data: x\r", b"\xef\xbb"):
        decoder = SSEDecoder()
        assert decoder.feed(rest) == []
        assert decoder.close() == []
        assert decoder.close() == []


def test_feeding_a_closed_decoder_says_so():
    """Law: a wrong call raises at the call, and names what was expected."""
    decoder = SSEDecoder()
    decoder.close()
    with pytest.raises(ValueError, match=r"feed\(\) after close\(\)"):
        decoder.feed(b"")


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/event-stream", True),
        (" \tTEXT/Event-Stream ; charset=latin-1", True),
        ("text/event-stream;", True),
        ("text/event-stream\u00a0", False),
        ("text/event-streamish", False),
        ("text/ event-stream", False),
        ("Xtext/event-stream", False),
        ("application/json; x=text/event-stream", False),
        ("", False),
        (None, False),
    ],
)
def test_the_essence_of_the_mime_type_decides(content_type: str | None, expected: bool):
    """Law: parameters and case do not matter, all else does."""
    assert is_event_stream(content_type) is expected


# --- an event alone in its chunk ---------------------------------------------------------------------------------

USUAL = b"event: a\ndata: x\n\n"


@pytest.mark.parametrize("before", [b"", b"id: 1\n", b"data: y\n", b"data: y", b"\r", b"retry: 5\n", b"id: 1\n\n"])
@pytest.mark.parametrize(
    "chunk",
    [
        USUAL,
        USUAL[:-1],
        USUAL[:-2] + b"\r\r",
        USUAL[:-2] + b"\r\n\r\n",
        USUAL[:-2] + b"\rdata: z\n\n",
        USUAL[:-2] + b"\ndata: z\n\n",
        USUAL[:-2] + b"yz",
        USUAL[:-2] + b"\nz",
        USUAL[:-2] + b"z\n",
        USUAL + b"\n",
        USUAL + USUAL,
        b"event: a\ndata: \xff\xf0\x9f\n\n",
        b"event: a\ndata: \n\n",
        b"event: b\ndata: x\n\n",
    ],
)
def test_an_event_alone_in_its_chunk_is_what_it_is_among_others(before: bytes, chunk: bytes):
    """Law of chunking: what a server sends for each token has a way of its own, and the same result."""
    chunks = [USUAL, before, chunk, b"\n", USUAL, USUAL]
    assert decode(chunks) == reference_decode(b"".join(chunks)).events


def test_a_large_event_alone_in_its_chunk_meets_the_limit():
    """Law T12: there too."""
    assert decode_within([USUAL, USUAL[:-2] + b"x" * 20 + b"\n\n"], 20) == ([ServerSentEvent("a", "x", "", None)], True)


def test_nothing_comes_after_an_event_that_was_too_large():
    """Law T12: nor does an event alone in its chunk."""
    decoder = SSEDecoder(max_event_bytes=20)
    assert decoder.feed(USUAL) == [ServerSentEvent("a", "x", "", None)]
    with pytest.raises(SSELimitError):
        decoder.feed(b":" + b"x" * 30)
    with pytest.raises(SSELimitError):
        decoder.feed(USUAL)


# --- limits ------------------------------------------------------------------------------------------------------


@settings(max_examples=800, deadline=None)
@given(streams, st.integers(min_value=1, max_value=70), st.lists(st.integers(min_value=0, max_value=10**6), max_size=8))
def test_any_cut_meets_the_limit_at_the_same_event(stream: bytes, limit: int, places: list[int]):
    """Law T12: the events before an oversized one and the error after them do not depend on the chunks."""
    count, too_large = events_before_the_limit(stream, limit)
    expected = (reference_decode(stream).events[:count], too_large)
    for chunks in ([stream], one_byte_each(stream), chunk_at(stream, places)):
        assert decode_within([*chunks, b""], limit) == expected


@pytest.mark.parametrize(
    "event",
    [
        b"data: " + b"x" * 94,
        b"data:" + b"x" * 95,
        b"data:" + b"x" * 49 + b"\ndata:" + b"y" * 45,
        b":" + b"c" * 99 + b"\ndata: x",
        b"event: " + b"n" * 30 + b"\ndata: " + b"x" * 64,
        b"id: " + b"7" * 30 + b"\ndata: " + b"x" * 64,
    ],
    ids=["data", "no space", "two lines", "comment", "name and data", "id and data"],
)
@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_an_event_of_just_the_limit_passes_and_a_byte_more_does_not(event: bytes, end: bytes):
    """Law T12: the limit is exact, on the fast path, by lines and byte by byte."""
    usual = b"event: a\ndata: 1\n\n"
    stream = usual + event.replace(b"\n", end[: len(end) // 2]) + end + usual
    for chunks in ([stream], one_byte_each(stream), [usual, stream[len(usual) :]]):
        events, too_large = decode_within(chunks, 100)
        assert (len(events), too_large) == (3, False)
        events, too_large = decode_within(chunks, 99)
        assert (len(events), too_large) == (1, True)


def test_events_before_an_oversized_one_are_returned_and_the_next_call_raises():
    """Law T12: what arrived before a fault is delivered before the error."""
    decoder = SSEDecoder(max_event_bytes=20)
    assert [event.data for event in decoder.feed(b"data: a\n\ndata: b\n\ndata: " + b"x" * 30 + b"\n\ndata: c\n\n")] == [
        "a",
        "b",
    ]
    for _ in range(3):
        with pytest.raises(SSELimitError, match="max_event_bytes"):
            decoder.feed(b"data: d\n\n")
    with pytest.raises(SSELimitError):
        decoder.close()


def test_close_raises_the_error_that_no_feed_came_for():
    """Law T12: an error that waits behind events is not lost at the end of the stream."""
    decoder = SSEDecoder(max_event_bytes=20)
    assert len(decoder.feed(b"data: a\n\ndata: " + b"x" * 30)) == 1
    with pytest.raises(SSELimitError) as caught:
        decoder.close()
    assert isinstance(caught.value, RxstreamError)
    assert caught.value.limit == 20


def test_finished_comments_do_not_count():
    """Law: heartbeats may come for ever within a block."""
    decoder = SSEDecoder(max_event_bytes=20)
    for _ in range(100):
        assert decoder.feed(b": ping ping\nunknown: x\n") == []
    assert decoder.feed(b"data: x\n\n")[0].data == "x"


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit: int):
    """Law: a wrong argument raises at the call."""
    with pytest.raises(ValueError, match=f"max_event_bytes.*{limit}"):
        SSEDecoder(max_event_bytes=limit)


@pytest.mark.parametrize("limit", ["1", 1.5, True, None], ids=repr)
def test_a_limit_that_is_no_integer_is_refused(limit: Any):
    """Law: a wrong argument raises at the call."""
    with pytest.raises(TypeError, match=f"max_event_bytes.*integer.*{type(limit).__name__}"):
        SSEDecoder(max_event_bytes=limit)


def test_the_limit_is_64_mebibytes_by_default():
    """Law: as is documented."""
    assert inspect.signature(SSEDecoder).parameters["max_event_bytes"].default == 64 * 2**20


def test_the_smallest_limit_is_a_byte():
    """Law: what is accepted can be used."""
    assert decode_within([b":\n\n:", b"\n"], 1) == ([], False)
    assert decode_within([b"::"], 1) == ([], True)


# --- growth ------------------------------------------------------------------------------------------------------

LIMIT = 1 << 18


def peak_bytes(chunks: Iterable[bytes], limit: int) -> int:
    """Return the most memory that decoding took at any moment; events are dropped as they come."""
    decoder = SSEDecoder(max_event_bytes=limit)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for chunk in chunks:
            try:
                decoder.feed(chunk)
            except SSELimitError:
                break
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


OVERSIZED = {
    "one line of data": b"data: " + b"x" * 2 * LIMIT,
    "many lines of data": b"data: x\n" * (LIMIT // 2),
    "empty lines of data": b"data\n" * (LIMIT + LIMIT // 8),
    "an endless comment": b":" + b"c" * 2 * LIMIT,
    "an endless name": b"event: " + b"e" * 2 * LIMIT,
    "an unknown field": b"z" * 2 * LIMIT,
    "line ends only": b"\r" * LIMIT,
}


@pytest.mark.parametrize("chunk_bytes", [7, 4_000, 100_000])
@pytest.mark.parametrize("kind", OVERSIZED)
def test_memory_stays_below_twice_the_limit_when_an_event_is_too_large(kind: str, chunk_bytes: int):
    """Law T12: memory is bounded by the limit, not by what the server sends."""
    stream = OVERSIZED[kind]
    chunks = [stream[at : at + chunk_bytes] for at in range(0, len(stream), chunk_bytes)]
    assert peak_bytes(chunks, LIMIT) < 2 * LIMIT + 64 * 1024


@pytest.mark.parametrize(
    "event",
    [
        b"data: " + b"x" * (LIMIT - 6) + b"\n\n",
        b"data: x\n" * (LIMIT // 2 - 4) + b"\n",
        b"u" * (LIMIT - 2) + b":\n\n",
        b"event:" + b"e" * (LIMIT - 6) + b"\n\n",
    ],
    ids=["one line", "many lines", "an unknown field", "a name"],
)
def test_memory_stays_at_about_twice_the_limit_when_an_event_just_fits(event: bytes):
    """Law T12: handing out the largest event that is accepted takes its bytes and its text, not more."""
    chunks = [event[at : at + 4_000] for at in range(0, len(event), 4_000)]
    assert peak_bytes(chunks, LIMIT) < 2.25 * LIMIT + 64 * 1024


def work_bytes(stream: bytes, chunk_bytes: int) -> int:
    """Return what all feeds together allocated at their peaks: a copy of what is held would show in each."""
    decoder = SSEDecoder()
    chunks = [stream[at : at + chunk_bytes] for at in range(0, len(stream), chunk_bytes)]
    total = 0
    tracemalloc.start()
    try:
        for chunk in chunks:
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            decoder.feed(chunk)
            total += tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    return total


@pytest.mark.parametrize("chunk_bytes", [1, 100])
@pytest.mark.parametrize("line", [b"data: ", b":", b"unknown", b"data: x\n", b"\r"], ids=repr)
def test_work_grows_in_step_with_an_unfinished_event(line: bytes, chunk_bytes: int):
    """Law of growth: a feed copies its own chunk, never what is already held."""

    def stream(size: int) -> bytes:
        return line * (size // len(line)) if line[-1] in b"\r\n" else line + b"x" * size

    small, large = (work_bytes(stream(count * chunk_bytes), chunk_bytes) for count in (2_000, 8_000))
    assert large < 4 * 1.3 * small


def test_the_decoder_keeps_no_event_that_it_handed_out():
    """Law of memory: a stream of any length takes no more than a short one."""
    block = b'event: response.output_text.delta\ndata: {"delta":"' + b"x" * 180 + b'"}\n\n'
    assert peak_bytes([block] * 3_000, LIMIT) < 32 * 1024


@pytest.mark.parametrize("end", ["close", "limit"])
def test_a_decoder_that_has_ended_keeps_nothing(end: str):
    """Law of memory: what is unfinished is discarded with the stream, not with the decoder."""
    decoder = SSEDecoder(max_event_bytes=2 * LIMIT)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        decoder.feed(b"data: " + b"x" * LIMIT + b"\ndata: " + b"x" * (LIMIT - 20))
        if end == "close":
            decoder.close()
        else:
            with pytest.raises(SSELimitError):
                decoder.feed(b"x" * 20)
        assert tracemalloc.get_traced_memory()[0] - before < 64 * 1024
    finally:
        tracemalloc.stop()


def test_an_event_alone_in_its_chunk_is_not_cut_into_lines():
    """Law of cost, counted: after the first of its name."""

    class Counting(SSEDecoder):
        decoded = 0

        def _decode(self, piece: bytes, events: list[ServerSentEvent]) -> None:
            self.decoded += 1
            super()._decode(piece, events)

    decoder = Counting(max_event_bytes=len(USUAL))
    assert [event.data for _ in range(9) for event in decoder.feed(USUAL)] == ["x"] * 9
    assert decoder.decoded == 1


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=repr)
@pytest.mark.parametrize("head", [b"event: a;data: x", b"data: x"])
def test_usual_blocks_are_taken_whole(head: bytes, end: bytes):
    """Law of cost, counted: of usual blocks only the two that a cut divides go line by line."""

    class Counting(SSEDecoder):
        by_line = 0

        def _take_line(self, line: bytes | bytearray) -> None:
            self.by_line += 1
            super()._take_line(line)

    decoder = Counting()
    stream = (head.replace(b";", end) + end + end) * 300
    cut = len(stream) // 2 + 3
    assert len(decoder.feed(stream[:cut]) + decoder.feed(stream[cut:])) == 300
    assert decoder.by_line <= 4
