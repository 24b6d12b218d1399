"""``Gate``: what waits, and what may leave."""

from __future__ import annotations

from typing import Any

from rxstream.accumulators.moderation import Gate
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
