"""``TextBudget``: how much of which delta is still within a budget."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.accumulators.budget import TextBudget
from rxstream.accumulators.text import OUTPUT_TEXT, REFUSAL
from tests.laws.registry import law
from tests.marbles import event, message, text


def taken(limit: int, *events: Any, cost: Any = len) -> list[str | None]:
    """What the budget says of each event."""
    budget = TextBudget(limit, OUTPUT_TEXT + REFUSAL, cost)
    return [budget.take(one) for one in events]


def test_what_exactly_fills_the_budget_is_within_it():
    """The first character after it is not."""
    assert taken(5, text("Hel"), text("lo"), text(""), text("!")) == [None, None, None, ""]


def test_what_comes_again_as_a_whole_costs_nothing():
    """``.done`` events and the terminal event repeat what the deltas brought."""
    again = [
        event("output_text.done", output_index=0, content_index=0, text="Hello"),
        event("output_item.done", output_index=0, item=message("Hello")),
        event("completed", response={"output": [message("Hello")]}),
    ]
    assert taken(5, text("Hel"), text("lo"), *again) == [None] * 5


def test_what_comes_as_a_whole_alone_counts():
    """A server that sends no deltas keeps to the budget too; nothing can be cut then."""
    assert taken(5, event("output_item.done", output_index=0, item=message("Hello"))) == [None]
    assert taken(4, event("output_item.done", output_index=0, item=message("Hello"))) == [""]
    assert taken(4, event("completed", response={"output": [message("Hello")]})) == [""]


def test_a_correction_is_counted_as_it_stands():
    """A ``.done`` that contradicts the deltas is right, and may be longer than they are."""
    done = event("output_text.done", output_index=0, content_index=0, text="Good morning")
    assert taken(12, text("Hel"), done) == [None, None]
    assert taken(11, text("Hel"), done) == [None, ""]


@pytest.mark.parametrize(("limit", "last"), [(6, None), (5, "")])
def test_a_correction_in_a_later_response_is_counted_with_the_responses_before(limit: int, last: str | None):
    """A stream may hold several; what the first cost stays spent."""
    first, second = (event("created", response={"id": name}) for name in ("r1", "r2"))
    done = event("output_text.done", output_index=0, content_index=0, text="xyz")
    keepalive = event("keepalive")
    events = [first, keepalive, text("Hel"), keepalive, second, text("ab"), done]
    assert taken(limit, *events) == [None] * 6 + [last]


def test_other_texts_cost_nothing():
    """Arguments are not among the texts that this budget is for."""
    arguments = event("function_call_arguments.delta", output_index=0, delta="x" * 100)
    assert taken(3, arguments, text("Hel", 1)) == [None, None]


HIGH, LOW, LAST_HIGH, LAST_LOW = "\ud83d", "\ude00", "\udbff", "\udfff"


@pytest.mark.parametrize(
    ("limit", "deltas", "expected"),
    [
        (1, [HIGH, LOW, "!"], [None, None, ""]),
        (2, [HIGH, LOW + "!", "?"], [None, None, ""]),
        (1, [HIGH, LOW + "!"], [None, LOW]),
        (1, ["a", HIGH], [None, ""]),
        (1, [LAST_HIGH, LAST_LOW, "!"], [None, None, ""]),
        (1, ["a" + LAST_HIGH], ["a"]),
        (1, ["a\ud800"], ["a"]),
        (1, ["a" + HIGH], ["a"]),
        (2, ["ab" + HIGH], ["ab"]),
        (3, ["a😀😀b"], ["a😀😀"]),
        (2, ["a" + HIGH + LOW + "b"], ["a"]),
    ],
)
def test_no_character_is_cut_in_two(limit: int, deltas: list[str], expected: list[str | None]):
    """The first half of a character comes only where the second may come too."""
    assert taken(limit, *(text(delta) for delta in deltas)) == expected


def test_a_half_that_never_became_whole_does_not_count_for_ever():
    """The whole text says what came."""
    done = event("output_text.done", output_index=0, content_index=0, text="😀")
    assert taken(1, text(HIGH), done) == [None, None]


def test_the_cost_may_be_anything_that_grows_with_a_text():
    """The longest part whose cost is within the rest."""
    assert taken(4, text("to be "), text("or not to be"), cost=lambda part: len(part.split())) == [None, "or not "]


@law
@given(st.lists(st.text(st.sampled_from("ab é😀"), max_size=6), max_size=8), st.integers(1, 20))
def test_the_parts_within_are_the_first_characters_of_the_text(pieces: list[str], limit: int):
    """Law: what is within the budget is the text's beginning, as long as the budget where the text is longer."""
    budget = TextBudget(limit, OUTPUT_TEXT)
    shown = ""
    for piece in pieces:
        part = budget.take(text(piece))
        shown += piece if part is None else part
        if part is not None:
            break
    assert shown == "".join(pieces)[:limit]


def test_half_a_character_counts_until_it_is_whole():
    """Whatever comes in between; also where a delta of another text is cut."""
    keepalive = event("keepalive")
    assert taken(1, text(HIGH), keepalive, text("a", 1)) == [None, None, ""]
    assert taken(2, text(HIGH), keepalive, text("a", 1), text(LOW)) == [None] * 4
    assert taken(2, text(HIGH), text("abc", 1)) == [None, "a"]


def test_a_response_that_is_created_twice_is_counted_once():
    """A correction counts as it stands, whatever came between."""
    created = event("created", response={"id": "r1"})
    done = event("output_text.done", output_index=0, content_index=0, text="xyz")
    assert taken(3, created, text("Hel"), created, done) == [None] * 4
