"""Law 12: a snapshot of a prefix is a value."""

from __future__ import annotations

from typing import Any

import pytest
import reactivex
from hypothesis import given
from hypothesis import strategies as st

from rxstream import ResponseAccumulator, accumulate_arguments, accumulate_code, collect_now, snapshots
from rxstream.events import ResponseStreamEvent
from tests.laws.probes import shown
from tests.laws.registry import law
from tests.strategies import streams


def fresh(events: list[ResponseStreamEvent]) -> Any:
    """What an accumulator says that has seen these events and nothing else, and was asked once."""
    accumulator = ResponseAccumulator()
    for event in events:
        accumulator.feed(event)
    return accumulator.snapshot().to_dict()


@law
@given(data=st.data())
def test_a_snapshot_never_changes(data: st.DataObject):
    """Read at once, later or at the very end, in any order: a snapshot is what a fresh accumulator says of its prefix.

    Taking snapshots of some prefixes and not of others changes nothing either.
    """
    events = data.draw(streams()).events
    numbers = range(len(events) + 1)
    taken_at = data.draw(st.sets(st.sampled_from(numbers))) if events else {0}
    read_at_once = data.draw(st.sets(st.sampled_from(sorted(taken_at)))) if taken_at else set()
    accumulator = ResponseAccumulator()
    taken, at_once = {}, {}
    for number in numbers:
        if number:
            accumulator.feed(events[number - 1])
        if number in taken_at:
            taken[number] = accumulator.snapshot()
        if number in read_at_once:
            at_once[number] = taken[number].to_dict()
    expected = {number: fresh(events[:number]) for number in taken_at}
    assert {number: at_once[number] for number in read_at_once} == {number: expected[number] for number in read_at_once}
    for number in data.draw(st.permutations(sorted(taken_at))):
        assert taken[number].to_dict() == expected[number]
        assert taken[number].output_text == type(taken[number]).lazily(expected[number]).output_text
    assert accumulator.snapshot().to_dict() == fresh(events)


@law
@given(streams())
def test_each_emitted_snapshot_is_that_of_its_prefix(stream):
    """``snapshots()`` emits one value an event, all of them right after the last event too."""
    emitted = collect_now(snapshots(), stream.events)
    assert [snapshot.to_dict() for snapshot in emitted] == [
        fresh(stream.events[:number]) for number in range(1, len(stream.events) + 1)
    ]


@law
@given(streams())
def test_changing_what_a_snapshot_gave_changes_no_snapshot(stream):
    """``to_dict`` is a copy: neither this snapshot nor a later one sees what is done to it."""
    accumulator = ResponseAccumulator()
    for event in stream.events:
        accumulator.feed(event)
        taken = accumulator.snapshot().to_dict()
        for item in taken["output"]:
            if isinstance(item, dict):
                item.clear()
        taken.clear()
    assert accumulator.snapshot().to_dict() == fresh(stream.events)


@law
@given(data=st.data())
def test_replayed_events_change_nothing(data: st.DataObject):
    """Events that are sent again, with the numbers that they had, leave the response as it is."""
    events = [event for event in data.draw(streams()).events if event.sequence_number is not None]
    at = data.draw(st.integers(0, len(events)))
    again = data.draw(st.integers(0, at))
    accumulator = ResponseAccumulator()
    for event in events[:at]:
        accumulator.feed(event)
    before = accumulator.snapshot().to_dict()
    for event in events[again:at]:
        accumulator.feed(event)
    assert accumulator.snapshot().to_dict() == before


@pytest.mark.parametrize("growing", [accumulate_arguments, accumulate_code])
@law
@given(data=st.data())
def test_a_growing_call_never_changes(growing: Any, data: st.DataObject):
    """Each value of a growing call, read after the last event, is what it was when it was emitted."""
    events = data.draw(streams("function_call", "code_interpreter_call")).events
    at_once: list[Any] = []
    kept: list[Any] = []
    reactivex.from_iterable(events).pipe(growing()).subscribe(
        lambda call: (kept.append(call), at_once.append(shown(call)))
    )
    assert [shown(call) for call in kept] == at_once
    assert [shown(call) for call in collect_now(growing(), events)] == at_once
