"""A conversation as one response: the output of all turns, and what was used of them together."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators import ResponseAccumulator
from rxstream.accumulators.turns import after_turn, is_first_turn, with_turns_before
from rxstream.events import parse_event
from tests.accumulators.script import JSONObject, event, message

ANSWER = {"type": "function_call_output", "call_id": "c", "output": "1"}


def started(turn: Any, *given: Any) -> Any:
    return parse_event({"type": "rxstream.turn.started", "turn": turn, "input": list(given)})


def test_the_first_turn_says_so() -> None:
    """By its number."""
    assert [is_first_turn(started(turn)) for turn in (1, 2, None, "1")] == [True, False, False, False]


def test_between_turns_a_response_is_in_progress_and_has_what_the_application_said() -> None:
    """All else is as it was; what is no item is none."""
    response = {"id": "r", "status": "completed", "output": [message("a")]}
    assert after_turn(response, started(2, ANSWER, "x")) == {
        "id": "r",
        "status": "in_progress",
        "output": [message("a"), ANSWER],
    }
    assert after_turn({}, started(2)) == {"status": "in_progress", "output": []}


BEFORE: JSONObject = {"id": "r1", "model": "m", "status": "in_progress", "output": [message("a")]}


def test_a_turn_that_has_not_begun_shows_what_was_before() -> None:
    """Of one that has, only its own fields count, but for the output."""
    assert with_turns_before({"output": []}, BEFORE) == BEFORE
    later = {"id": "r2", "output": [message("b")]}
    assert with_turns_before(later, BEFORE) == {"id": "r2", "output": [message("a"), message("b")]}


@pytest.mark.parametrize(
    ("before", "now", "together"),
    [
        (None, None, None),
        ({"total_tokens": 3}, None, {"total_tokens": 3}),
        (None, {"total_tokens": 4}, {"total_tokens": 4}),
        ({"total_tokens": 3}, {"total_tokens": 4}, {"total_tokens": 7}),
        ({"a": 1, "b": 2.5}, {"b": 1, "c": 3}, {"a": 1, "b": 3.5, "c": 3}),
        ({"details": {"cached": 1, "x": 1}}, {"details": {"cached": 2}}, {"details": {"cached": 3, "x": 1}}),
        ({"n": 1}, {"n": None}, {"n": 1}),
        ({"n": 1}, {"n": "2"}, {"n": "2"}),
        ({"n": "1"}, {"n": 2}, {"n": 2}),
        ({"n": True}, {"n": 1}, {"n": 1}),
        ({"n": 2}, {"n": False}, {"n": False}),
        ({"n": {"x": 1}}, {"n": 2}, {"n": 2}),
    ],
)
def test_numbers_of_usage_are_added_up(before: Any, now: Any, together: Any) -> None:
    """Of all else the newer counts, where there is one."""
    whole = with_turns_before({"id": "r2", "output": [], "usage": now}, {**BEFORE, "usage": before})
    assert whole.get("usage") == together


def test_a_conversation_is_forgotten_where_another_begins() -> None:
    """A first turn has none before it, nor has a later one of which nothing came before."""
    one, two = (event("completed", response={"id": name, "output": [message(name)]}) for name in ("r1", "r2"))

    def texts(*events: Any) -> str:
        accumulator = ResponseAccumulator()
        for value in events:
            accumulator.feed(value)
        return accumulator.snapshot().output_text

    one, two = parse_event(one), parse_event(two)
    assert texts(started(1), one, started(2, ANSWER), two) == "r1r2"
    assert texts(started(1), one, started(1), two) == "r2"
    assert texts(started(2), two) == "r2"
    assert texts(started(1), one, started(2, ANSWER)) == "r1"
    created = parse_event(event("created", response={"id": "r2"}))
    assert texts(started(1), one, started(2, ANSWER), created, two) == "r1r2"


def test_a_response_that_begins_anew_within_a_turn_leaves_the_turns_before() -> None:
    """As where a request was repeated."""
    first = event("completed", response={"id": "r1", "output": [message("one")]})
    second = event("created", response={"id": "r2"})
    third = event("created", response={"id": "r3"})
    lost = event("output_text.delta", output_index=0, content_index=0, delta="lost")
    last = event("completed", response={"id": "r3", "output": [message("two")]})
    accumulator = ResponseAccumulator()
    seen = []
    for value in (started(1), first, started(2, ANSWER), second, lost, third, last):
        accumulator.feed(parse_event(value) if isinstance(value, dict) else value)
        seen.append(accumulator.snapshot().output_text)
    assert seen == ["", "one", "one", "one", "onelost", "one", "onetwo"]


def test_a_created_that_comes_late_forgets_nothing_of_its_turn() -> None:
    """In a later turn as in the first."""
    early = [event("output_text.delta", output_index=0, content_index=0, delta=text) for text in "ab"]
    created = [event("created", response={"id": name}) for name in ("r1", "r2")]
    accumulator = ResponseAccumulator()
    for turn in (0, 1):
        accumulator.feed(started(turn + 1))
        for value in (early[turn], created[turn]):
            accumulator.feed(parse_event(value))
    assert accumulator.snapshot().output_text == "ab"


@pytest.mark.parametrize("what", ["started", "progress", "finished", "failed"])
def test_what_the_application_tells_of_its_tools_is_in_order_anywhere(what: str) -> None:
    """Strictly too: before the response, after its end, and where the next turn starts."""
    told = parse_event({"type": f"rxstream.tool_call.{what}", "item": {"type": "function_call"}})
    created, end = (parse_event(event(name, response={"id": "r"})) for name in ("created", "completed"))
    for strict in (True, False):
        accumulator = ResponseAccumulator(strict=strict)
        for value in (started(1), told, created, end, told, started(2)):
            accumulator.feed(value)
        assert accumulator.unplaced == 0
