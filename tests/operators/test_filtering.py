"""Operators that choose events."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream import UnknownEvent, collect_now, in_item, of_type
from rxstream.events import ResponseFailedEvent, ResponseTextDeltaEvent, ResponseTextDoneEvent
from tests.marbles import END, emit, event, text

DELTA, OTHER, DONE = text("Hel"), text("x", 1), event("output_text.done", output_index=0, text="Hel")


def test_of_type_emits_events_of_a_class_when_they_come():
    """Marble: deltas pass at their times; the completion passes; the source is released then."""
    result = emit(of_type(ResponseTextDeltaEvent), (210, DELTA), (220, DONE), (230, OTHER), (240, END))
    assert result.marbles == [(210, DELTA), (230, OTHER), (240, END)]
    assert result.subscriptions == [(200, 240)]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((ResponseTextDeltaEvent, ResponseTextDoneEvent), 3),
        (("response.output_text.delta",), 2),
        (("response.output_text.*",), 3),
        (("*.done", ResponseTextDeltaEvent), 3),
        (("keepalive",), 1),
        ((UnknownEvent,), 1),
        (("response.OUTPUT_TEXT.delta",), 0),
    ],
)
def test_of_type_takes_classes_wire_names_and_wildcards(kinds: Any, expected: int):
    """Any number of both; names are compared to the letter; unknown events can be chosen by their names."""
    assert len(collect_now(of_type(*kinds), [DELTA, OTHER, DONE, event("keepalive")])) == expected


def test_of_type_still_sees_the_failed_event_before_the_error():
    """The terminal event is delivered first, then the error: nothing is swallowed."""
    failed, error = event("failed", response={"status": "failed"}), RuntimeError("server_error")
    result = emit(of_type(ResponseFailedEvent), (210, DELTA), (220, failed), (220, error))
    assert result.marbles == [(220, failed), (220, error)]
    assert result.marbles[1][1] is error


def test_of_type_knows_a_class_of_ones_own_from_the_one_that_it_extends():
    """Two classes may share a wire name: events of the one do not decide about the other."""

    class Mine(ResponseTextDeltaEvent):
        pass

    mine = Mine(delta="mine")
    assert collect_now(of_type(Mine), [DELTA, mine, DELTA]) == [mine]


@pytest.mark.parametrize("kinds", [(), (int,), (3,), (None,), (ResponseTextDeltaEvent, 3), (DELTA,)])
def test_of_type_refuses_what_is_no_kind_at_the_call(kinds: Any):
    """A wrong argument is an error of the program: it raises where the operator is made."""
    with pytest.raises(TypeError, match="expected"):
        of_type(*kinds)


def test_in_item_emits_the_events_of_one_item_when_they_come():
    """Marble: events of other items, and of the response as a whole, are left out."""
    created = event("created", response={"id": "resp_1"})
    result = emit(in_item(0), (210, created), (220, DELTA), (230, OTHER), (240, DONE), (250, END))
    assert result.marbles == [(220, DELTA), (240, DONE), (250, END)]


def test_in_item_keeps_items_apart_whose_events_are_interleaved():
    """``output_index`` tells where an event belongs, not its order and not its id."""
    events = [text(letter, number % 2, item_id="same") for number, letter in enumerate("aAbBcC")]
    assert [one.delta for one in collect_now(in_item(1), events)] == ["A", "B", "C"]


def test_in_item_ends_with_dispose():
    """Marble: after dispose nothing comes, and the source is released at that time."""
    result = emit(in_item(0), (210, DELTA), (230, DELTA), disposed=220)
    assert (result.marbles, result.subscriptions) == ([(210, DELTA)], [(200, 220)])


@pytest.mark.parametrize(("index", "error"), [(-1, ValueError), ("0", TypeError), (None, TypeError), (1.5, TypeError)])
def test_in_item_refuses_what_is_no_index_at_the_call(index: Any, error: type[Exception]):
    """A wrong argument raises where the operator is made."""
    with pytest.raises(error, match="expected"):
        in_item(index)
