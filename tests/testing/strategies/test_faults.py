"""Adversarial streams and bytes: each fault comes, and nothing but our own errors comes of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from rxstream import SSEDecoder, parse_event
from rxstream.accumulators import ResponseAccumulator
from rxstream.errors import EventParseError
from rxstream.testing.strategies import (
    BYTE_FAULTS,
    FAULTS,
    GeneratedStream,
    faulty,
    faulty_bytes,
    gateway_streams,
    responses,
    sse_bytes,
)

from .examples import many

WHOLE = GeneratedStream([{"type": "ping", "n": 1, "deep": [{"text": "said"}]}, {"type": "keepalive"}])


@many
@given(faulty(gateway_streams()))
def test_a_faulty_stream_harms_no_accumulator(stream: GeneratedStream) -> None:
    """It raises nothing, and its snapshot can be written as JSON."""
    accumulator = ResponseAccumulator()
    for event in stream:
        accumulator.feed(event)
    json.dumps(accumulator.snapshot().to_dict())


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_comes_where_it_is_asked_for(name: str) -> None:
    """It changes a stream, and is named in the example."""
    stream = find(faulty(WHOLE, faults=[name], max_faults=1), lambda stream: stream.wire != WHOLE.wire)
    assert stream.oddities == (name,)


def test_values_deep_inside_an_event_are_hit() -> None:
    """By those faults that change values."""
    for name in ("lose_field", "wrong_type", "garble"):
        stream = find(
            faulty(WHOLE, faults=[name]),
            lambda stream: (
                isinstance(deep := stream.wire[0].get("deep"), list)
                and deep != []
                and isinstance(deep[0], dict)
                and deep[0].get("text") != "said"
            ),
        )
        assert stream.wire[0]["type"] == "ping"


def test_the_stream_that_was_given_stays_as_it_was() -> None:
    """Faults change copies."""
    before = json.dumps(WHOLE.wire)

    @given(faulty(WHOLE))
    def look(stream: GeneratedStream) -> None:
        assert json.dumps(WHOLE.wire) == before

    look()


def test_a_fault_is_found_in_a_handful_of_events() -> None:
    """A reader that relies on each end of an item having a beginning breaks on a stream of few."""

    def breaks(stream: GeneratedStream) -> bool:
        begun = list[Any]()
        for event in stream.wire:
            if event["type"] == "response.output_item.done" and event.get("output_index") not in begun:
                return True
            if event["type"] == "response.output_item.added":
                begun.append(event.get("output_index"))
        return False

    assert len(find(faulty(responses()), breaks)) <= 5


@many
@given(responses(max_items=1).flatmap(sse_bytes).flatmap(faulty_bytes))
def test_faulty_bytes_harm_no_reader(body: bytes) -> None:
    """The decoder raises nothing below its limit, the parser nothing but ``EventParseError``."""
    decoder = SSEDecoder()
    for found in [*decoder.feed(body), *decoder.close()]:
        try:
            parse_event(found)
        except EventParseError:
            continue


@pytest.mark.parametrize("name", BYTE_FAULTS)
def test_each_fault_of_bytes_comes_where_it_is_asked_for(name: str) -> None:
    """It changes the bytes."""
    body = find(faulty_bytes(b"abcdef", faults=[name], max_faults=1), lambda body: body != b"abcdef")
    assert abs(len(body) - 6) <= 8


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: faulty([]), TypeError, "expected a GeneratedStream or a strategy of them, but got list"),
        (lambda: faulty(WHOLE, faults=["explode"]), ValueError, "expected faults to be among .* but got explode"),
        (lambda: faulty(WHOLE, max_faults=0), ValueError, "expected at least 1 of faults, but got 0 at most"),
        (lambda: faulty_bytes("abc"), TypeError, "expected bytes or a strategy of them, but got str"),
        (lambda: faulty_bytes(st.binary(), faults="cut"), TypeError, "a collection of names"),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(call: Any, error: type[Exception], said: str) -> None:
    """Before anything is drawn."""
    with pytest.raises(error, match=said):
        call()
