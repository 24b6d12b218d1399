"""Strict mode: each misfit is a ProtocolError that names event and expectation, and changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.accumulators import ResponseAccumulator
from rxstream.errors import ProtocolError
from rxstream.events import ResponseStreamEvent, parse_event
from tests.accumulators.garbage import mangled, unhurried
from tests.accumulators.script import EVERY_FAMILY, FINAL, STREAM, JSONObject, added, delta, done, event, fold, message

CREATED = event("created", response={"id": "r", "output": []})
BEGIN = [CREATED, added(0, {"type": "message", "id": "m", "content": []})]
END = event("completed", response={"id": "r", "output": []})

MISFITS: dict[str, tuple[list[JSONObject], JSONObject, str]] = {
    "an unknown type": (BEGIN, event("telepathy"), "a known event type"),
    "created is missing": ([], added(0, message()), "response.created to come first"),
    "added is missing": ([CREATED], delta("a"), "output_item.added before it, for output_index 0"),
    "added is missing before done": ([CREATED], done(0, message()), "output_item.added before it, for output_index 0"),
    "a gap": (BEGIN, added(2, message()), "no gap before output_index 2"),
    "added twice": (BEGIN, added(0, message()), "output_item.added once, for output_index 0"),
    "no index": (BEGIN, delta("a", index=None), "an output_index"),
    "no index of an item": (BEGIN, added(None, message()), "an output_index"),
    "no index of a done item": (BEGIN, done(None, message(id="m")), "an output_index"),
    "no item": (BEGIN, event("output_item.added", output_index=1), "an item with a type"),
    "a null item": (BEGIN, event("output_item.added", output_index=1, item=None), "an item with a type"),
    "no done item": (BEGIN, event("output_item.done", output_index=0), "an item with a type"),
    "no part": (BEGIN, event("content_part.added", output_index=0, content_index=0), "a part"),
    "no done part": (BEGIN, event("content_part.done", output_index=0, content_index=0), "a part"),
    "no annotation": (BEGIN, event("output_text.annotation.added", output_index=0, content_index=0), "an annotation"),
    "no response": (BEGIN, event("in_progress"), "a response"),
    "no final response": (BEGIN, event("completed"), "a response"),
    "a wrong field": (BEGIN, {**delta("a"), "delta": 5}, "fields that fit (delta: Input should be a valid string)"),
    "another kind of item": (
        BEGIN,
        event("function_call_arguments.delta", output_index=0, delta="a"),
        "a function_call at output_index 0, where the item is a message",
    ),
    "an item that is done": (
        [*BEGIN, done(0, message())],
        delta("a"),
        "nothing more for output_index 0, which is done",
    ),
    "a response that has ended": ([*BEGIN, END], delta("a"), "nothing after the terminal event"),
    "a second end": ([*BEGIN, END], END, "nothing after the terminal event"),
    "a number of another event": (
        [{**CREATED, "sequence_number": 0}],
        added(0, message(), sequence_number=0),
        "a sequence_number that no other event has",
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_misfit_is_an_error_that_says_what_was_expected(name: str) -> None:
    """With the event's type and number; the same event, not strictly, is counted and does not raise."""
    before, value, expected = MISFITS[name]
    numbered = {"sequence_number": 77, **value}
    with pytest.raises(ProtocolError) as caught:
        fold(before, strict=True).feed(parse_event(numbered))
    assert caught.value.event_type == value["type"]
    assert caught.value.sequence_number == numbered["sequence_number"]
    assert caught.value.expected == expected
    assert str(caught.value) == f"{value['type']} (sequence_number {numbered['sequence_number']}): expected {expected}"


_ORDER = {
    "created is missing",
    "a response that has ended",
    "a second end",
    "a wrong field",
    "a number of another event",
}


@pytest.mark.parametrize("name", sorted(MISFITS.keys() - _ORDER))
def test_without_strict_mode_a_misfit_is_counted(name: str) -> None:
    """In ``unplaced``, once or more, and nothing is raised."""
    before, value, _ = MISFITS[name]
    clean = fold(before)
    assert clean.unplaced == 0
    clean.feed(parse_event(value))
    assert clean.unplaced >= 1


@pytest.mark.parametrize("name", MISFITS)
def test_a_misfit_changes_nothing(name: str) -> None:
    """The snapshot stays, the refused event may be offered again, and the right ones go on."""
    before, value, expected = MISFITS[name]
    accumulator = fold(before, strict=True)
    snapshot = accumulator.snapshot().to_dict()
    for _ in range(2):
        with pytest.raises(ProtocolError) as caught:
            accumulator.feed(parse_event({"sequence_number": 1_000, **value}))
        assert caught.value.expected == expected
        assert accumulator.snapshot().to_dict() == snapshot
    assert (accumulator.unplaced, accumulator.replayed) == (0, 0)


@unhurried
@given(st.data())
def test_refused_events_between_right_ones_leave_no_trace(data: st.DataObject) -> None:
    """Whatever is refused, however spoilt: the rest of the stream comes out whole."""
    place = data.draw(st.integers(0, len(STREAM)))
    accumulator, probed = fold(STREAM[:place], strict=True), fold(STREAM[:place], strict=True)
    before = accumulator.snapshot().to_dict()
    for spoilt in map(parse_event, data.draw(st.lists(mangled(st.sampled_from(EVERY_FAMILY)), max_size=5))):
        if is_refused(spoilt, probed):
            assert is_refused(spoilt, accumulator)
            assert accumulator.snapshot().to_dict() == before
        probed = fold(STREAM[:place], strict=True)
    for value in STREAM[place:]:
        accumulator.feed(parse_event(value))
    assert accumulator.snapshot().to_dict() == FINAL


def is_refused(event: ResponseStreamEvent, accumulator: ResponseAccumulator) -> bool:
    try:
        accumulator.feed(event)
    except ProtocolError:
        return True
    return False


def test_a_replay_is_no_misfit() -> None:
    """Also after the end: resuming may bring the last events again."""
    accumulator = fold([*STREAM, *STREAM[-3:]], strict=True)
    assert accumulator.replayed == 3
    assert accumulator.snapshot().to_dict() == FINAL


def test_a_failure_may_follow_an_error_or_an_end() -> None:
    """``error`` then ``response.failed`` is in order; so is an error as the first event."""
    error = {"type": "error", "message": "m"}
    failed = event("failed", response={"id": "r", "status": "failed", "output": []})
    assert fold([*BEGIN, error, failed], strict=True).snapshot().status == "failed"
    fold([error], strict=True)


def test_a_failure_may_follow_the_end_of_the_response() -> None:
    """It has the last word."""
    failed = event("failed", response={"id": "r", "status": "failed", "output": []})
    assert fold([*BEGIN, END, failed], strict=True).snapshot().status == "failed"


@pytest.mark.parametrize("late", [added(1, message()), done(0, message()), delta("a")], ids=lambda value: value["type"])
def test_what_comes_after_the_end_is_counted(late: JSONObject) -> None:
    """As a misfit, once or more."""
    assert fold([*BEGIN, END]).unplaced == 0
    assert fold([*BEGIN, END, late]).unplaced >= 1
