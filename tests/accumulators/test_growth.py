"""Work per event does not grow with what came before: calls and bytes are counted, not seconds."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from rxstream.accumulators import (
    AnnotationAccumulator,
    CallAccumulator,
    FunctionCall,
    ResponseAccumulator,
    TextAccumulator,
)
from rxstream.events import ResponseStreamEvent, parse_event
from tests.accumulators.script import added, delta, event, message


def snapshotting() -> Callable[[Any], Any]:
    accumulator = ResponseAccumulator()
    kept: list[Any] = []

    def feed(value: ResponseStreamEvent) -> None:
        accumulator.feed(value)
        kept.append(accumulator.snapshot())

    return feed


def text_delta(place: int) -> ResponseStreamEvent:
    return parse_event(delta("ab", sequence_number=place))


def arguments_delta(place: int) -> ResponseStreamEvent:
    return parse_event(
        event("function_call_arguments.delta", output_index=0, delta="ab", item_id="f", sequence_number=place)
    )


def annotation_added(place: int) -> ResponseStreamEvent:
    value = {"type": "file_path", "file_id": str(place)}
    return parse_event(
        event(
            "output_text.annotation.added",
            output_index=0,
            content_index=0,
            annotation_index=place,
            annotation=value,
            sequence_number=place,
        )
    )


def item_added(place: int) -> ResponseStreamEvent:
    return parse_event(added(place, message("ab"), sequence_number=place))


def other_part(place: int) -> ResponseStreamEvent:
    return parse_event(delta("ab", index=place // 2, part=place % 2, sequence_number=place))


MACHINES: dict[str, tuple[Callable[[], Callable[[Any], Any]], Callable[[int], ResponseStreamEvent]]] = {
    "response": (lambda: ResponseAccumulator().feed, text_delta),
    "response of many items": (lambda: ResponseAccumulator().feed, item_added),
    "response of many parts": (lambda: ResponseAccumulator().feed, other_part),
    "response with a snapshot each": (snapshotting, text_delta),
    "strict response": (lambda: ResponseAccumulator(strict=True).feed, lambda place: STRICT[min(place, 2)](place)),
    "text": (lambda: TextAccumulator().feed, text_delta),
    "text of many parts": (lambda: TextAccumulator().feed, other_part),
    "growing calls": (lambda: CallAccumulator(FunctionCall).growing, arguments_delta),
    "finished calls": (lambda: CallAccumulator(FunctionCall).finished, arguments_delta),
    "annotations": (lambda: AnnotationAccumulator().feed, annotation_added),
}
STRICT: list[Callable[[int], ResponseStreamEvent]] = [
    lambda place: parse_event(event("created", response={"id": "r"}, sequence_number=place)),
    lambda place: parse_event(added(0, message(), sequence_number=place)),
    text_delta,
]


def calls_made(feed: Callable[[Any], Any], event: ResponseStreamEvent) -> int:
    """How many functions, of Python and of C, one event takes."""
    count = 0

    def note(frame: Any, kind: str, argument: Any) -> None:
        nonlocal count
        count += kind in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        feed(event)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", MACHINES)
def test_the_calls_that_an_event_takes_stay_the_same(name: str) -> None:
    """After 20 events and after 2,000."""
    begin, make = MACHINES[name]
    feed, counts = begin(), {}
    for place in range(2_001):
        value = make(place)
        if place in (20, 2_000):
            counts[place] = calls_made(feed, value)
        else:
            feed(value)
    assert counts[2_000] == counts[20]


@pytest.mark.parametrize("name", MACHINES)
def test_the_memory_that_an_event_takes_stays_the_same(name: str) -> None:
    """Twice the events take twice the memory, kept snapshots included; what is copied meanwhile does not grow."""
    begin, make = MACHINES[name]
    events = [make(place) for place in range(4_000)]
    kept: dict[int, int] = {}
    for count in (2_000, 4_000):
        feed = begin()
        tracemalloc.start()
        for value in events[:count]:
            feed(value)
        kept[count] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    assert kept[4_000] <= 2.6 * kept[2_000]  # tables double now and then


@pytest.mark.parametrize("name", ["response", "response with a snapshot each", "text", "annotations"])
def test_the_bytes_that_an_event_moves_stay_the_same(name: str) -> None:
    """No event copies what came before: the peak of one event is small even after 4,000 of them."""
    begin, make = MACHINES[name]
    feed = begin()
    for place in range(4_000):
        feed(make(place))
    peaks = []
    for place in range(4_000, 4_020):
        value = make(place)
        tracemalloc.start()
        feed(value)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert sorted(peaks)[10] < 4_000
