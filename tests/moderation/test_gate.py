"""``Gate``: what waits, and what may leave."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators.moderation import Gate, readings
from rxstream.accumulators.moderation.passage import Passage
from rxstream.accumulators.moderation.rewriting import rewritten
from rxstream.tools.events import ToolCallStarted
from tests.marbles import event, message, text


def left(gate: Gate[Any], *, flagged: str = "\0") -> list[Any]:
    """What leaves when all that can be checked has been."""
    while window := gate.next_window():
        gate.decide(window, flagged=flagged in window.excerpt)
    return list(gate.release())


def test_an_event_that_is_unknown_may_come_again() -> None:
    """By its number it is known; what it says is read again."""
    gate: Gate[Any] = Gate(window=4, kinds=["text"])
    one = event("telepathy", delta="abc", sequence_number=1)
    for _ in range(2):
        gate.feed(one)
    gate.end()
    assert left(gate) == [one, one]
    assert gate.is_empty


def test_what_a_whole_text_says_in_halves_is_shown_as_whole_characters() -> None:
    """Beside what was replaced."""
    gate: Gate[Any] = Gate(window=8, kinds=["text"], replacement="*")
    gate.feed(event("output_item.done", output_index=0, item=message("a\ud83d\ude00 evil b\ud83d\ude00")))
    gate.end()
    [shown] = left(gate, flagged="evil")
    assert shown.item.content[0].text == "*b😀"


def test_the_gate_knows_the_newest_response_and_number() -> None:
    """For those who must say where a stream was stopped."""
    gate: Gate[Any] = Gate(window=4, kinds=["text"])
    assert (gate.response_id, gate.last_sequence_number) == (None, None)
    gate.feed(event("created", response={"id": "r1"}, sequence_number=0))
    gate.feed(text("a", sequence_number=3))
    gate.feed(text("b"))
    assert (gate.response_id, gate.last_sequence_number) == ("r1", 3)
    gate.feed(event("created", response={"id": "r2"}, sequence_number=0))
    assert (gate.response_id, gate.last_sequence_number) == ("r2", 0)


def test_halves_of_a_character_in_one_delta_are_shown_as_that_character() -> None:
    """Where something beside it was replaced."""
    gate: Gate[Any] = Gate(window=8, kinds=["text"], replacement="*")
    gate.feed(text("a\ud83d\ude00 evil bcdefgh\ud83d\ude00"))
    gate.end()
    [shown] = left(gate, flagged="evil")
    assert shown.delta == "*efgh😀"


def test_the_texts_of_two_responses_are_not_one() -> None:
    """Though they stand at the same place."""
    gate: Gate[Any] = Gate(window=8, kinds=["text"], replacement="*")
    first, second = (event("created", response={"id": name}) for name in ("r1", "r2"))
    events = [first, text("ev"), second, text("il")]
    for one in events:
        gate.feed(one)
    gate.end()
    assert left(gate, flagged="evil") == events


def flagging(run: tuple[int, int]) -> Passage:
    """A text of eight letters in which these places are flagged."""
    passage = Passage(8)
    passage.append("abcdefgh")
    [whole] = passage.finish()
    passage.decide(whole, flagged=True, spans=[run])
    return passage


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 2), (2, 4), "*efgh"),
        ((0, 6), (2, 4), "*gh"),
        ((2, 4), (0, 6), "*gh"),
        ((0, 4), (2, 6), "*gh"),
        ((0, 2), (4, 6), "*cd*gh"),
    ],
)
def test_what_is_flagged_in_one_of_two_readings_is_shown_in_none(
    one: tuple[int, int], other: tuple[int, int], expected: str
) -> None:
    """Places that touch or overlap are replaced once."""
    places = [(flagging(run), 0, "abcdefgh") for run in (one, other)]
    assert readings.shown(places, "*") == expected


def test_flagged_text_is_left_out_where_nothing_stands_for_it() -> None:
    """A delta stays as an event."""
    gate: Gate[Any] = Gate(window=8, kinds=["text"])
    gate.feed(text("evil"))
    gate.end()
    assert [one.delta for one in left(gate, flagged="evil")] == [""]


def test_a_text_of_several_ends_is_checked_as_those_read_it_who_join_deltas() -> None:
    """They believe none of the ends."""
    gate: Gate[Any] = Gate(window=8, kinds=["text"], replacement="*")
    ends = [event("output_text.done", output_index=0, content_index=0, text=whole) for whole in ("x", "y")]
    for one in (text("ev"), *ends, text("il")):
        gate.feed(one)
    gate.end()
    first, *_, last = left(gate, flagged="evil")
    assert (first.delta, last.delta) == ("ev", "")


def test_an_unknown_event_that_says_something_else_is_no_repetition() -> None:
    """Though its number has come before."""
    gate: Gate[Any] = Gate(window=16, kinds=["text"], replacement="*")
    for delta in ("evil", "good"):
        gate.feed(event("telepathy.delta", delta=delta, sequence_number=1))
    gate.end()
    while window := gate.next_window():
        at = window.excerpt.find("evil")
        gate.decide(window, flagged=at >= 0, spans=[(at, at + 4)])
    assert [one.data["delta"] for one in gate.release()] == ["*", "good"]


def test_the_ids_of_one_response_say_nothing_of_the_next() -> None:
    """Where its items have the same ids at other places."""
    gate: Gate[Any] = Gate(window=8, kinds=["text"], replacement="*")
    first, second = (event("created", response={"id": name}) for name in ("r1", "r2"))
    item = event("output_item.added", output_index=0, item=message(id="m"))
    by_id = event("output_text.delta", item_id="m", content_index=0, delta="il")
    events = [first, item, second, text("ev"), by_id]
    for one in events:
        gate.feed(one)
    gate.end()
    assert left(gate, flagged="evil") == events


def test_an_event_of_the_application_that_is_rewritten_has_the_same_fields() -> None:
    """And is of the same class."""
    call = {"type": "function_call", "name": "sh", "arguments": "evil"}
    told = ToolCallStarted(data={"output_index": 0, "item": call})
    again = rewritten(told, [(("item", "arguments"), "*")])
    assert isinstance(again, ToolCallStarted)
    assert again.type == told.type
    assert again.data == {"output_index": 0, "item": {**call, "arguments": "*"}}
