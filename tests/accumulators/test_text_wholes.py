"""``TextAccumulator``: events that bring a whole text, and items that are known by their ids alone."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators.families import FAMILIES
from rxstream.accumulators.text import OUTPUT_TEXT, REASONING, TextAccumulator
from rxstream.accumulators.versioned import TextField, join_text
from rxstream.events import parse_event
from tests.marbles import event, message, text


def grown(*events: Any, families: Any = OUTPUT_TEXT) -> list[str]:
    """By how much each event makes the text longer."""
    accumulator = TextAccumulator(families)
    return [accumulator.feed(one) for one in events]


@pytest.mark.parametrize("family", [family for family in FAMILIES if family.container], ids=lambda one: one.stem)
def test_a_part_that_is_done_brings_the_rest_of_its_text(family: Any) -> None:
    """Of each kind."""
    name = "reasoning_summary_part" if family.container == "summary" else "content_part"
    part = {"type": family.part_type, family.part_field: "Hello"}
    place = {"output_index": 0, family.index: 1}
    delta = parse_event({"type": family.delta, "delta": "Hel", **place})
    other = event(f"{name}.done", part={"type": "other", family.part_field: "?"}, **place)
    events = [delta, other, event(f"{name}.done", part=part, **place), event(f"{name}.done", part=part, **place)]
    assert grown(*events, families=(family,)) == ["Hel", "", "lo", ""]
    assert grown(event(f"{name}.done", part=part, output_index=0), families=(family,)) == ["Hello"]


def test_an_item_is_known_by_its_id_where_there_is_no_index() -> None:
    """Its deltas and its end then belong together."""
    delta = event("output_text.delta", item_id="m", content_index=0, delta="Hel")
    end = event("output_item.done", item=message("Hello", id="m"))
    assert grown(delta, end) == ["Hel", "lo"]
    started = event("output_item.added", output_index=1, item=message(id="m"))
    assert grown(started, delta, event("output_item.done", output_index=1, item=message("Hello"))) == ["", "Hel", "lo"]
    assert grown(started, text("Hel", 1), end) == ["", "Hel", "lo"]


def test_a_correction_is_told_whichever_part_it_is_of() -> None:
    """The last part of the item may be right."""
    accumulator = TextAccumulator()
    for one in (text("Hel"), event("output_text.delta", output_index=0, content_index=1, delta="lo")):
        accumulator.feed(one)
    assert accumulator.feed(event("output_item.done", output_index=0, item=message("Jel", "lo"))) == ""
    assert (accumulator.corrected, accumulator.text) == (True, "Jello")
    assert accumulator.feed(text("!", 1)) == "!"
    assert (accumulator.corrected, accumulator.text) == (False, "Jello!")


def test_what_waits_at_the_end_comes_once() -> None:
    """Half a character that never became whole."""
    accumulator = TextAccumulator()
    assert accumulator.feed(text("a\ud83d")) == "a"
    assert [accumulator.close(), accumulator.close()] == ["\ud83d", ""]
    assert accumulator.text == "a\ud83d"


def test_texts_of_several_kinds_are_those_of_the_terminal_event_in_another_order() -> None:
    """As they came they are right, though the final output has kind after kind."""
    thought = event("reasoning_text.delta", output_index=0, content_index=0, delta="b")
    summary = event("reasoning_summary_text.delta", output_index=0, summary_index=0, delta="a")
    item = {
        "type": "reasoning",
        "content": [{"type": "reasoning_text", "text": "b"}],
        "summary": [{"type": "summary_text", "text": "a"}],
    }
    end = event("completed", response={"output": [item]})
    assert grown(summary, thought, end, families=REASONING) == ["a", "b", ""]
    accumulator = TextAccumulator(REASONING)
    for one in (summary, thought, end):
        accumulator.feed(one)
    assert (accumulator.text, accumulator.corrected) == ("ab", False)


@pytest.mark.parametrize("kind", ["completed", "incomplete", "failed"])
def test_the_terminal_event_brings_the_rest_of_the_text(kind: str) -> None:
    """Of parts that hold it, and with halves of characters joined."""
    odd = {"type": "message", "content": [{"type": "other", "text": "?"}, {"type": "output_text", "text": 1}]}
    accumulator = TextAccumulator()
    end = event(kind, response={"output": [odd, message("a\ud83d\ude00", "b")]})
    assert [accumulator.feed(one) for one in (text("a😀", 1), end)] == ["a😀", "b"]
    assert (accumulator.text, accumulator.corrected) == ("a😀b", False)
    assert grown(event("output_item.done", output_index=0, item=odd)) == [""]


@pytest.mark.parametrize("first", [0xD800, 0xD83D, 0xDBFF], ids=hex)
@pytest.mark.parametrize("second", [0xDC00, 0xDE00, 0xDFFF], ids=hex)
def test_every_character_may_come_in_halves(first: int, second: int) -> None:
    """Those with the first and the last of all halves, too."""
    high, low = chr(first), chr(second)
    whole = (high + low).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    assert grown(text(f"a{high}"), text(f"{low}b")) == ["a", f"{whole}b"]
    assert grown(text(f"a{high}"), text("b")) == ["a", f"{high}b"]
    assert join_text(["a" + high, low + "b"]) == f"a{whole}b"
    assert join_text([high, "é", low]) == f"{high}é{low}"


def test_what_added_brings_counts_until_something_else_comes() -> None:
    """And the first time."""
    field = TextField()
    assert field.at(0) is None
    field.begin(1, "a")
    field.begin(1, "b")
    assert (field.at(0), field.at(1)) == (None, "a")
    field.append(2, "c")
    assert (field.at(1), field.at(2)) == ("a", "c")
    field.finish(3, "")
    assert field.at(3) == "c"
    field.finish(4, "d")
    field.append(5, "e")
    field.finish(6, "f")
    assert [field.at(epoch) for epoch in range(3, 8)] == ["c", "d", "d", "f", "f"]


def thought(piece: str, kind: str, part: int, **place: Any) -> Any:
    """A delta of reasoning."""
    if kind == "summary":
        return event("reasoning_summary_text.delta", delta=piece, summary_index=part, **place)
    return event("reasoning_text.delta", delta=piece, content_index=part, **place)


def reasoning(text: str, *summary: str) -> dict[str, Any]:
    """A reasoning item."""
    parts = [{"type": "summary_text", "text": one} for one in summary]
    return {"type": "reasoning", "content": [{"type": "reasoning_text", "text": text}], "summary": parts}


def test_kinds_of_text_that_came_in_another_order_are_not_corrected() -> None:
    """The final response has them item by item and kind by kind."""
    accumulator = TextAccumulator(REASONING)
    for index, pieces in enumerate(["ab", "de"]):
        for part, piece in enumerate(pieces):
            accumulator.feed(thought(piece, "summary", part, output_index=index))
        accumulator.feed(thought("cf"[index], "text", 0, output_index=index))
    output = [reasoning("c", "a", "b"), reasoning("f", "d", "e")]
    assert accumulator.feed(event("completed", response={"output": output})) == ""
    assert (accumulator.corrected, accumulator.text) == (False, "abcdef")


def test_texts_of_items_that_are_known_by_ids_and_by_places_are_put_right_by_the_end() -> None:
    """Where one of both has no index."""
    accumulator = TextAccumulator(REASONING)
    for one in (thought("b", "summary", 0, item_id="m"), thought("a", "summary", 0, output_index=0)):
        accumulator.feed(one)
    end = event("completed", response={"output": [reasoning("", "a"), reasoning("", "b")]})
    assert accumulator.feed(end) == ""
    assert (accumulator.corrected, accumulator.text) == (True, "ab")
