"""Bodies in all legal spellings, and any cut of bytes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from rxstream import from_sse, last_sync, parse_event
from rxstream.sse import SSEDecoder
from rxstream.testing.strategies import (
    GeneratedStream,
    byte_chunks,
    gateway_streams,
    responses,
    sse_bytes,
)
from tests.reference_sse import reference_decode

from .examples import many

PINGS = [{"type": "ping"}, {"type": "keepalive"}]


@st.composite
def told(draw: Any) -> tuple[GeneratedStream, list[bytes]]:
    stream = draw(gateway_streams(streams=responses(max_items=2)))
    return stream, draw(byte_chunks(draw(sse_bytes(stream))))


@many
@given(told())
def test_each_spelling_tells_of_the_same_events(example: tuple[GeneratedStream, list[bytes]]) -> None:
    """However it is cut, for our decoder; in whole, for the reference decoder."""
    stream, chunks = example
    reference = [event.data for event in reference_decode(b"".join(chunks)).events]
    assert [parse_event(data) for data in reference if data != "[DONE]"] == list(stream)
    decoder = SSEDecoder()
    found = [event for chunk in chunks for event in decoder.feed(chunk)] + decoder.close()
    assert [parse_event(event) for event in found if event.data != "[DONE]"] == list(stream)


@given(responses(endings=["completed"], max_items=1).flatmap(sse_bytes))
def test_a_source_reads_each_spelling(body: bytes) -> None:
    """To its terminal event."""
    assert last_sync(from_sse([body])).type == "response.completed"


SPELLINGS: dict[str, Any] = {
    "LF": lambda body: b"\r" not in body,
    "CRLF": lambda body: b"\r\n" in body,
    "CR": lambda body: b"\r\r" in body,
    "event lines": lambda body: b"event: ping" in body,
    "no event lines": lambda body: b"event" not in body,
    "no space after the colon": lambda body: b"data:{" in body,
    "several data lines": lambda body: body.count(b"data") > 2,
    "a comment": lambda body: b"\n: " in body,
    "retry": lambda body: b"retry: 3000" in body,
    "an id": lambda body: b"id: 7" in body,
    "an unknown field": lambda body: b"colour" in body,
    "a byte order mark": lambda body: body.startswith(b"\xef\xbb\xbf"),
    "[DONE]": lambda body: b"data: [DONE]" in body,
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_each_spelling_is_drawn(name: str) -> None:
    """Alone, as an example shrinks to what matters."""
    body = find(sse_bytes(PINGS), SPELLINGS[name])
    assert len(body) <= 90


@given(st.binary(max_size=30), st.data())
def test_chunks_join_to_the_bytes(body: bytes, data: st.DataObject) -> None:
    """Whatever the cut."""
    assert b"".join(data.draw(byte_chunks(body))) == body


def test_chunks_shrink_to_one_that_holds_everything() -> None:
    """An empty body is one empty chunk."""
    assert find(byte_chunks(b"abc"), lambda chunks: True) == [b"abc"]
    assert find(byte_chunks(b""), lambda chunks: True) == [b""]
    assert find(byte_chunks(b"abc"), lambda chunks: b"" in chunks) in ([b"", b"abc"], [b"abc", b""])


def cut_in_a_character(chunks: list[bytes]) -> bool:
    try:
        return not [chunk.decode() for chunk in chunks]
    except UnicodeDecodeError:
        return True


def cut_in_a_line(chunks: list[bytes]) -> bool:
    return any(chunk and not chunk.endswith(b"\n") for chunk in chunks)


EVENT = 'data: {"type": "ping", "text": "schöne Grüße"}\n\n'.encode()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("fails", [cut_in_a_character, cut_in_a_line, lambda chunks: len(chunks) > 1])
def test_what_fails_for_one_cut_shrinks_to_one_cut(fails: Callable[[list[bytes]], bool], seed: int) -> None:
    """Wherever the search began: with single bytes too."""
    assert len(find(byte_chunks(EVENT * 3), fails, random=Random(seed))) == 2


def test_a_whole_response_is_cut_once() -> None:
    """Where one cut is what matters."""
    chunks = responses().flatmap(sse_bytes).flatmap(byte_chunks)
    assert len(find(chunks, lambda chunks: len([chunk for chunk in chunks if chunk]) > 1)) == 2


def test_chunks_may_be_single_bytes() -> None:
    """Of any body, however long, with nothing between."""
    body = bytes(range(200))
    chunks = find(byte_chunks(body), lambda chunks: len([chunk for chunk in chunks if chunk]) == 200)
    assert [chunk for chunk in chunks if chunk] == [body[at : at + 1] for at in range(200)]


def test_single_bytes_come_often() -> None:
    """In one of twenty examples at least; a stretch of them in as many."""
    lengths = list[float]()

    @settings(max_examples=400)
    @given(st.binary(min_size=50, max_size=60).flatmap(byte_chunks))
    def look(chunks: list[bytes]) -> None:
        chunks = [chunk for chunk in chunks if chunk]
        lengths.append(len(chunks) / sum(map(len, chunks)))

    look()
    assert sum(length == 1 for length in lengths) >= len(lengths) / 20
    assert sum(0.3 < length < 1 for length in lengths) >= len(lengths) / 20


def test_chunks_may_be_empty_anywhere() -> None:
    """First, last, and between others."""
    for empty in (
        lambda chunks: chunks[0] == b"",
        lambda chunks: chunks[-1] == b"",
        lambda chunks: b"" in chunks[1:-1],
    ):
        chunks = find(byte_chunks(b"abc"), empty)
        assert [chunk for chunk in chunks if chunk] in ([b"abc"], [b"a", b"bc"])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: byte_chunks("abc"), "expected data to be bytes, but got str"),
        (lambda: sse_bytes(["abc"]), "expected events or JSON objects, but got str"),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(call: Any, said: str) -> None:
    """Before anything is drawn."""
    with pytest.raises(TypeError, match=said):
        call()
