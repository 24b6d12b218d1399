"""Law 1, chunking: any cut of the same bytes gives the same events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream import collect, collect_sync, from_sse
from tests.laws.registry import law
from tests.shared_data import corpus_streams, load_sse, needs_shared
from tests.strategies import cuts_of, sse_body, valid_streams


@law
@given(data=st.data(), end_of_line=st.sampled_from(["\n", "\r\n", "\r"]), named=st.booleans())
def test_any_cut_of_the_bytes_gives_the_events_that_were_sent(data: st.DataObject, end_of_line: str, named: bool):
    """Chunks may end inside a character, a line end or an escape, and may be empty."""
    wire = data.draw(valid_streams()).wire
    chunks = data.draw(cuts_of(sse_body(wire, end_of_line=end_of_line, named=named)))
    assert [event.to_dict() for event in collect_sync(from_sse(chunks))] == wire


@law
@given(data=st.data())
def test_an_asynchronous_source_of_bytes_gives_the_same_events(data: st.DataObject):
    """The bridges do not see where the bytes were cut."""
    wire = data.draw(valid_streams()).wire
    chunks = data.draw(cuts_of(sse_body(wire)))

    async def arriving() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    events = asyncio.run(collect(from_sse(arriving())))
    assert [event.to_dict() for event in events] == wire


def test_a_stream_cut_after_every_byte_and_at_each_single_byte_gives_the_same_events():
    """One short stream with every kind of boundary in it: each cut in two, and all bytes alone."""
    wire = [
        {"type": "response.output_text.delta", "output_index": 0, "delta": "é€😀"},
        {"type": "response.output_text.delta", "output_index": 0, "delta": "\ud83d"},
        {"type": "response.completed", "response": {"status": "completed"}},
    ]
    body = sse_body(wire[:1]).replace(b"\\u00e9", "é€😀".encode()) + sse_body(wire[1:], end_of_line="\r\n")
    whole = [event.to_dict() for event in collect_sync(from_sse([body]))]
    assert len(whole) == 3
    for at in range(len(body)):
        assert [event.to_dict() for event in collect_sync(from_sse([body[:at], body[at:]]))] == whole
    assert [event.to_dict() for event in collect_sync(from_sse([bytes([byte]) for byte in body]))] == whole


@needs_shared
@pytest.mark.parametrize("name", corpus_streams(core_only=True))
def test_a_recorded_body_gives_the_same_events_however_it_is_cut(name: str):
    """Bodies that real servers sent, whole and in seven-byte chunks."""
    body = load_sse(name)
    if body is None:
        pytest.skip("the recorder did not keep the body")
    outcomes = []
    for size in (len(body), 7):
        chunks = [body[at : at + size] for at in range(0, len(body), size)]
        found: list[object] = []
        ends: list[str] = []
        from_sse(chunks).subscribe(
            lambda event, found=found: found.append(event.to_dict()),
            lambda error, ends=ends: ends.append(repr(error)),
            lambda ends=ends: ends.append("completed"),
        )
        outcomes.append((found, ends))
    assert outcomes[0][0], "the body holds no event at all"
    assert outcomes[0] == outcomes[1]
