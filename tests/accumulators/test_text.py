"""Text, refusals, reasoning and annotations, piece by piece."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.accumulators import AnnotationAccumulator, TextAccumulator
from rxstream.accumulators.text import REASONING, REFUSAL
from rxstream.events import parse_event
from tests.accumulators.garbage import unhurried
from tests.accumulators.script import FINAL, STREAM, JSONObject, added, delta, done, event, message


def pieces(events: list[JSONObject], accumulator: TextAccumulator | None = None) -> list[str]:
    """The pieces that are not empty, and ``!`` for a correction."""
    accumulator = accumulator or TextAccumulator()
    found = []
    for value in events:
        piece = accumulator.feed(parse_event(value))
        found += [piece] if piece else ["!"] if accumulator.corrected else []
    return found + ([rest] if (rest := accumulator.close()) else [])


def text_done(text: Any, index: int | None = 0, **fields: Any) -> JSONObject:
    return event("output_text.done", output_index=index, content_index=0, text=text, **fields)


def end(*texts: str, name: str = "completed") -> JSONObject:
    return event(name, response={"output": [message(text) for text in texts]})


WHOLE = [
    text_done("Hello"),
    event("content_part.done", output_index=0, content_index=0, part=message("Hello")["content"][0]),
    done(0, message("Hello")),
    end("Hello"),
    end("Hello", name="incomplete"),
    end("Hello", name="failed"),
]


@pytest.mark.parametrize("whole", WHOLE, ids=lambda value: value["type"])
def test_the_whole_text_brings_the_rest_or_nothing_or_a_correction(whole: JSONObject) -> None:
    """It brings what is missing; nothing where all had come; where it contradicts, it is right."""
    assert pieces([whole]) == ["Hello"]
    assert pieces([delta("Hel"), whole]) == ["Hel", "lo"]
    assert pieces([delta("Hel"), delta("lo"), whole, *WHOLE]) == ["Hel", "lo"]
    accumulator = TextAccumulator()
    assert pieces([delta("Hey"), whole, whole], accumulator) == ["Hey", "!"]
    assert accumulator.text == "Hello"


@pytest.mark.parametrize("kind", [None, REFUSAL, REASONING])
def test_each_kind_of_text_is_that_of_the_final_response(kind: Any) -> None:
    """Joined pieces, with the character that was cut in two."""
    accumulator = TextAccumulator() if kind is None else TextAccumulator(kind)
    joined = "".join(pieces(STREAM, accumulator))
    assert joined == accumulator.text
    assert joined == {None: "Hello 😀", REFUSAL: "I cannot.", REASONING: "I think.Therefore."}[kind]


@unhurried
@given(st.text(alphabet="ab😀é\U0001f1e6", max_size=12), st.data())
def test_characters_may_be_cut_anywhere(text: str, data: st.DataObject) -> None:
    """Between the halves of surrogate pairs too: no piece holds a half, nothing is lost."""
    units = text.encode("utf-16-be")
    halves = [units[place : place + 2].decode("utf-16-be", "surrogatepass") for place in range(0, len(units), 2)]
    cuts = sorted(data.draw(st.sets(st.integers(0, len(halves)))) | {0, len(halves)})
    # Through JSON, which joins halves that stand side by side.
    deltas = [json.loads(json.dumps("".join(halves[begin:stop]))) for begin, stop in pairwise(cuts)]
    found = pieces([delta(piece) for piece in deltas] + ([text_done(text)] if data.draw(st.booleans()) else []))
    assert "".join(found) == text
    for piece in found:
        piece.encode()


def test_a_half_that_stays_alone_comes_at_the_end() -> None:
    """Nothing that was received is lost."""
    assert pieces([delta("a\ud83d")]) == ["a", "\ud83d"]
    assert pieces([delta("a\ud83d"), delta("b")]) == ["a", "\ud83db"]


def test_a_done_event_without_its_text_takes_nothing_back() -> None:
    """Missing, null, empty, or of the wrong type."""
    wrong: list[Any] = [text_done(None), text_done(""), text_done(5), event("output_text.done", output_index=0)]
    assert pieces([delta("a"), *wrong, delta("b")]) == ["a", "b"]


def test_items_are_told_apart_by_their_ids_where_the_index_is_missing() -> None:
    """One item's ``.done`` does not contradict another's text."""
    events = [
        value
        for name in ("m1", "m2")
        for value in (delta(name, index=None, item_id=name), text_done(name, index=None, item_id=name))
    ]
    assert pieces(events) == ["m1", "m2"]
    whole = [
        added(0, message(id="m1")),
        delta("a", item_id="m1"),
        done(None, message("a", id="m1")),
        added(1, message(id="m2")),
        delta("b", index=None, item_id="m2"),
        done(1, message("b", id="m2")),
    ]
    assert pieces(whole) == ["a", "b"]


def test_interleaved_items_are_put_in_order_by_the_terminal_event() -> None:
    """Pieces come in order of arrival; the whole text ends as the final response orders it."""
    accumulator = TextAccumulator()
    events = [delta("b1", 1), delta("a1", 0), delta("b2", 1), delta("a2", 0)]
    assert pieces([*events, end("a1a2", "b1b2")], accumulator) == ["b1", "a1", "b2", "a2", "!"]
    assert accumulator.corrected
    assert accumulator.text == "a1a2b1b2"


def test_another_response_has_another_text() -> None:
    """A ``response.created`` of another id begins anew."""
    accumulator = TextAccumulator()
    created = [event("created", response={"id": name}, sequence_number=0) for name in ("r1", "r2")]
    first = delta("a", sequence_number=1)
    assert pieces([created[0], first, created[0], first, created[1], first], accumulator) == ["a", "a"]
    assert accumulator.text == "a"


def annotation(place: int, **fields: Any) -> JSONObject:
    return {"type": "file_path", "file_id": str(place), **fields}


def annotated(place: int, index: int | None = 0, **fields: Any) -> JSONObject:
    return event(
        "output_text.annotation.added",
        output_index=index,
        content_index=0,
        annotation_index=place,
        annotation=annotation(place),
        **fields,
    )


def found_in(events: list[JSONObject]) -> list[Any]:
    accumulator = AnnotationAccumulator()
    return [one.to_dict().get("file_id") for value in events for one in accumulator.feed(parse_event(value))]


def whole_of(*places: int) -> JSONObject:
    [part] = message("x")["content"]
    return message() | {"content": [None, part | {"annotations": [annotation(place) for place in places]}]}


def test_annotations_come_once_by_whatever_event() -> None:
    """Their own, the part's end, the item's end or the terminal event, whichever is first."""
    part = {"type": "output_text", "annotations": [annotation(0), annotation(1)]}
    part_done = event("content_part.done", output_index=0, content_index=0, part=part)
    item = message() | {"content": [part]}
    ends = [part_done, done(0, item), event("completed", response={"output": [item]})]
    for place in range(3):
        assert found_in([annotated(0), *ends[place:]]) == ["0", "1"]
        assert found_in(ends[place:]) == ["0", "1"]
    assert found_in([annotated(0), annotated(1), *ends, *ends]) == ["0", "1"]


def test_annotations_of_an_item_without_its_index_come_once() -> None:
    """The item's id tells where it stands."""
    part = {"type": "output_text", "annotations": [annotation(0)]}
    item = message(id="m1") | {"content": [part]}
    assert found_in([added(0, message(id="m1")), annotated(0), done(None, item)]) == ["0"]


def test_places_are_those_of_the_wire_also_beside_nulls() -> None:
    """A null part does not shift the others."""
    value = annotated(0) | {"content_index": 1}
    assert found_in([value, done(0, whole_of(0))]) == ["0"]


def test_annotations_of_another_response_are_its_own() -> None:
    """The same numbers and places mean others."""
    created = [event("created", response={"id": name}, sequence_number=0) for name in ("r1", "r2")]
    one = annotated(0, sequence_number=1)
    assert found_in([created[0], one, one, created[1], one]) == ["0", "0"]


def test_an_annotation_event_without_an_annotation_brings_none() -> None:
    """Nothing is made up."""
    assert found_in([event("output_text.annotation.added", output_index=0, content_index=0)]) == []
    assert found_in(STREAM) == [None]
    assert FINAL["output"][1]["content"][0]["annotations"]


WHOLE_SMILE = [
    text_done("a😀"),
    event("content_part.done", output_index=0, content_index=0, part=message("a😀")["content"][0]),
    done(0, message("a😀")),
    end("a😀"),
]


@pytest.mark.parametrize("whole", WHOLE_SMILE, ids=lambda value: value["type"])
def test_half_a_character_is_no_more_when_the_whole_has_come(whole: JSONObject) -> None:
    """It does not come again at the end."""
    assert pieces([delta("a\ud83d"), whole]) == ["a", "😀"]


@pytest.mark.parametrize("whole", [text_done("a\ud83d\ude00"), done(0, message("a\ud83d\ude00")), end("a\ud83d\ude00")])
def test_a_whole_text_with_a_character_in_halves_contradicts_nothing(whole: JSONObject) -> None:
    """It is the same text."""
    assert pieces([delta("a😀"), whole]) == ["a😀"]
    assert pieces([delta("a"), whole]) == ["a", "😀"]


def test_halves_of_several_texts_come_together_at_the_end() -> None:
    """And nothing else with them."""
    assert pieces([delta("\ud83d", 0), delta("\ud83e", 1)]) == ["\ud83d\ud83e"]


def test_nothing_is_corrected_before_anything_has_come() -> None:
    """Nor by an event that came before."""
    assert TextAccumulator().corrected is False
    accumulator = TextAccumulator()
    assert pieces([delta("a", sequence_number=0), delta("a", sequence_number=0)], accumulator) == ["a"]
    assert accumulator.corrected is False
