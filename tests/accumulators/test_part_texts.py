"""``PartTexts``: what each event does to each text of a response."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators.families import FAMILIES, FAMILY_OF_ITEM
from rxstream.accumulators.structured.part_texts import PartTexts
from tests.marbles import event, message, text

TEXT = "response.output_text"
ARGUMENTS = "response.function_call_arguments"


def changes(*events: Any, families: Any = FAMILIES) -> list[list[tuple[Any, str, str]]]:
    """What each event does: to which text, the piece, and ``+`` grows, ``.`` ends, ``!`` begins anew."""
    texts = PartTexts(families)
    return [
        [
            (change.key, change.piece, "!" if change.begins_anew else "." if change.is_finished else "+")
            for change in texts.feed(one)
        ]
        for one in events
    ]


def first(*events: Any) -> list[list[tuple[str, str]]]:
    """The same of a stream whose only text is the first part of the first item."""
    seen = changes(*events)
    assert {change[0] for some in seen for change in some} <= {(TEXT, 0, 0)}
    return [[change[1:] for change in some] for some in seen]


def done(whole: str, **fields: Any) -> Any:
    return event("output_text.done", text=whole, **{"output_index": 0, "content_index": 0, **fields})


def call(arguments: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "function_call", "arguments": arguments, **fields}


def test_a_character_may_come_in_halves() -> None:
    """The first waits; the end says whether the second was to come."""
    assert first(text("a\ud83d"), text("\ude00b"), done("a😀b")) == [[("a", "+")], [("😀b", "+")], [("", ".")]]
    assert first(text("\ud83d"), text("\ude00")) == [[("", "+")], [("😀", "+")]]
    assert first(text("é"), text("\ud83d"), text("x")) == [[("é", "+")], [("", "+")], [("\ud83dx", "+")]]
    assert first(text("a\udbff"), text("\udfff")) == [[("a", "+")], [("\U0010ffff", "+")]]
    assert first(text("a\ud800"), text("\udc00")) == [[("a", "+")], [("\U00010000", "+")]]
    assert first(text("a"), done("a\ud83d\ude00")) == [[("a", "+")], [("😀", ".")]]
    assert first(text("a\ud83d"), done("a"), text("\ude00")) == [[("a", "+")], [("", ".")], []]


def test_a_text_that_has_ended_grows_no_more() -> None:
    """But it may be put right; what says the same says nothing."""
    assert first(text("a"), text(""), done("ab"), text("c"), done("ab"), done("abc"), done("x")) == [
        [("a", "+")],
        [],
        [("b", ".")],
        [],
        [],
        [("c", ".")],
        [("x", "!")],
    ]
    assert first(done("a"), done("a")) == [[("a", ".")], []]


def test_an_end_that_leaves_out_or_trims_the_text_takes_nothing_back() -> None:
    """White space at its end is no difference; anything else is."""
    assert first(text("[1] \n"), done("[1]")) == [[("[1] \n", "+")], [("", ".")]]
    assert first(text(" \n"), done("")) == [[(" \n", "+")], [("", ".")]]
    assert first(text("[1] 2"), done("[1]")) == [[("[1] 2", "+")], [("[1]", "!")]]
    assert first(text("[1]"), done("")) == [[("[1]", "+")], [("", "!")]]


def test_each_text_is_for_itself() -> None:
    """Of each item and each part."""
    second = event("output_text.delta", output_index=0, content_index=1, delta="b")
    other = event("function_call_arguments.delta", output_index=1, delta="c")
    end = event("output_item.done", output_index=0, item=message("ax", "b"))
    assert changes(text("a"), second, other, end) == [
        [((TEXT, 0, 0), "a", "+")],
        [((TEXT, 0, 1), "b", "+")],
        [((ARGUMENTS, 1, 0), "c", "+")],
        [((TEXT, 0, 0), "x", "."), ((TEXT, 0, 1), "", ".")],
    ]


def test_a_part_that_is_done_ends_its_text() -> None:
    """If it is one of a wanted kind."""
    place = {"output_index": 0, "content_index": 2}
    part = {"type": "output_text", "text": "a"}
    ends = event("content_part.done", part=part, **place)
    assert changes(ends) == [[((TEXT, 0, 2), "a", ".")]]
    assert changes(ends, families=FAMILIES[1:2]) == [[]]
    assert changes(event("content_part.done", part={"type": "refusal", "text": "a"}, **place)) == [[]]
    assert changes(event("content_part.done", part={"type": "output_text", "text": 1}, **place)) == [[]]


@pytest.mark.parametrize("kind", ["function_call", "mcp_call", "custom_tool_call", "code_interpreter_call"])
def test_an_item_of_one_text_ends_it(kind: str) -> None:
    """Where it is a string, and not empty."""
    family = FAMILY_OF_ITEM[kind]
    item = {"type": kind, family.done_field: "a"}
    assert changes(event("output_item.done", output_index=3, item=item)) == [[((family.stem, 3, 0), "a", ".")]]
    for other in ("", 1, None):
        assert changes(event("output_item.done", output_index=3, item={**item, family.done_field: other})) == [[]]


def test_an_item_is_known_by_its_id_where_there_is_no_index() -> None:
    """Its id is the place of its texts, or the index that was said of it."""
    delta = event("function_call_arguments.delta", item_id="i", delta="a")
    end = event("output_item.done", item=call("ab", id="i"))
    started = event("output_item.added", output_index=2, item=call("", id="i"))
    assert changes(delta, end) == [[((ARGUMENTS, "i", 0), "a", "+")], [((ARGUMENTS, "i", 0), "b", ".")]]
    assert changes(started, delta, end) == [[], [((ARGUMENTS, 2, 0), "a", "+")], [((ARGUMENTS, 2, 0), "b", ".")]]
    placed = event("output_item.done", output_index=2, item=call("ab", id="i"))
    assert changes(started, delta, placed)[2] == [((ARGUMENTS, 2, 0), "b", ".")]


def test_a_text_is_found_again_whose_place_is_named_otherwise() -> None:
    """By an index once and by an id then; two indexes are two places."""
    by_id = event("output_text.delta", item_id="m", content_index=0, delta="a")
    assert changes(by_id, done("ab")) == [[((TEXT, "m", 0), "a", "+")], [((TEXT, "m", 0), "b", ".")]]
    assert changes(by_id, done("xb"))[1] == [((TEXT, 0, 0), "xb", ".")]
    assert changes(by_id, done("ab", content_index=1))[1] == [((TEXT, 0, 1), "ab", ".")]
    assert changes(text("a", 1), done("ab"))[1] == [((TEXT, 0, 0), "ab", ".")]
    refusal = event("refusal.done", refusal="ab", output_index=0, content_index=0)
    assert changes(by_id, refusal)[1] == [(("response.refusal", 0, 0), "ab", ".")]


@pytest.mark.parametrize("end", ["completed", "incomplete"])
def test_the_terminal_event_ends_all_texts(end: str) -> None:
    """Those that it knows at another place are the ones that came."""

    def last(*output: Any) -> Any:
        return event(end, response={"output": list(output)})

    assert changes(text("a", 2), last(message("a")))[1] == [((TEXT, 2, 0), "", ".")]
    assert changes(text("a", 2), text("b", 4), last(message("b")))[2] == [
        ((TEXT, 2, 0), "", "."),
        ((TEXT, 4, 0), "", "."),
    ]
    assert changes(text("a", 2), last(message("ab")))[1] == [((TEXT, 2, 0), "b", ".")]
    assert changes(text("a", 2), text("b", 2), last(message("abc")))[2] == [((TEXT, 2, 0), "c", ".")]
    assert changes(text("a", 0), text("b", 1), last(message("ax"), message("bx")))[2] == [
        ((TEXT, 0, 0), "x", "."),
        ((TEXT, 1, 0), "x", "."),
    ]
    assert changes(text("b", 0), text("a", 1), last(message("ax"), message("bx")))[2] == [
        ((TEXT, 1, 0), "x", "."),
        ((TEXT, 0, 0), "x", "."),
    ]
    assert changes(text("a", 2), last(message("x")))[1] == [((TEXT, 0, 0), "x", ".")]
    assert changes(last(message("x"), call("{}"))) == [[((TEXT, 0, 0), "x", "."), ((ARGUMENTS, 1, 0), "{}", ".")]]
    arguments = event("function_call_arguments.delta", output_index=2, delta="a")
    assert changes(arguments, last(message("ab")))[1] == [((TEXT, 0, 0), "ab", ".")]


def test_a_failure_ends_nothing() -> None:
    """What it broke off may be anything."""
    assert changes(text("a"), event("failed", response={"output": [message("ab")]})) == [[((TEXT, 0, 0), "a", "+")], []]


def test_an_item_that_differs_from_its_text_puts_that_right() -> None:
    """Its place is the index where there is one, else what was said of its id, else its id."""
    by_id = event("output_text.delta", item_id="m", content_index=0, delta="a")
    whole = message("b", id="m")
    started = event("output_item.added", output_index=2, item=message(id="m"))
    unplaced, placed = event("output_item.done", item=whole), event("output_item.done", output_index=0, item=whole)
    assert changes(by_id, unplaced)[1] == [((TEXT, "m", 0), "b", "!")]
    assert changes(started, by_id, unplaced)[2] == [((TEXT, 2, 0), "b", "!")]
    assert changes(text("a"), placed)[1] == [((TEXT, 0, 0), "b", "!")]


def test_of_an_item_only_parts_of_a_wanted_kind_with_a_text_are_texts() -> None:
    """Others say nothing."""
    parts = [
        {"type": "output_text", "text": None},
        {"type": "input_text", "text": "a"},
        {"type": "refusal", "text": "a"},
        {"type": "output_text", "text": "b"},
    ]
    end = event("output_item.done", output_index=0, item={"type": "message", "content": parts})
    assert changes(end) == [[((TEXT, 0, 3), "b", ".")]]


def test_another_response_has_other_texts() -> None:
    """Though they stand where the first had its own, and that has ended."""
    one, other = (event("created", response={"id": name}) for name in ("r1", "r2"))
    assert first(one, text("a"), done("a"), other, text("b"), done("bc")) == [
        [],
        [("a", "+")],
        [("", ".")],
        [],
        [("b", "+")],
        [("c", ".")],
    ]


def test_texts_that_begin_alike_each_end_once() -> None:
    """At the places where they came, those first whose place the final output names."""

    def last(*output: Any) -> Any:
        return event("completed", response={"output": list(output)})

    whole = last(message("ax"), message("ay"))
    assert changes(text("a", 0), text("a", 2), whole)[2] == [((TEXT, 0, 0), "x", "."), ((TEXT, 2, 0), "y", ".")]
    assert changes(text("a", 2), text("a", 4), whole)[2] == [((TEXT, 2, 0), "x", "."), ((TEXT, 4, 0), "y", ".")]


def test_texts_that_the_terminal_event_leaves_out_end_as_well() -> None:
    """If it says nothing of them that is not known, in however many pieces they came."""
    deltas = [text("a", 2), text("b", 4), text("c", 4)]
    end = event("completed", response={"output": [message("bc")]})
    assert changes(*deltas, end)[3] == [((TEXT, 2, 0), "", "."), ((TEXT, 4, 0), "", ".")]
