"""``AnnotationAccumulator``: which annotations an event brings first."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators import AnnotationAccumulator
from tests.marbles import event

A, B, C = ({"type": "url_citation", "url": f"https://{letter}.example", "title": letter} for letter in "abc")


def found(*events: Any) -> list[str]:
    """The letters of the annotations that come, an empty string between two events."""
    accumulator = AnnotationAccumulator()
    return ["".join(one.url[8] for one in accumulator.feed(event)) for event in events]


def added(annotation: Any, *, index: int | None = 0, part: int | None = 0, **fields: Any) -> Any:
    return event(
        "output_text.annotation.added", output_index=index, content_index=part, annotation=annotation, **fields
    )


def text_of(*some: Any) -> dict[str, Any]:
    return {"type": "output_text", "text": "Hello", "annotations": list(some)}


def part_done(*some: Any, index: int | None = 0, part: int | None = 0, **fields: Any) -> Any:
    return event("content_part.done", output_index=index, content_index=part, part=text_of(*some), **fields)


def item_done(*parts: Any, index: int | None = 0, **fields: Any) -> Any:
    item = {"type": "message", "content": list(parts), **fields}
    return event("output_item.done", output_index=index, item=item)


def test_a_response_that_is_created_twice_goes_on():
    """Its id is the same, and what came before is known."""
    created = event("created", response={"id": "r1"})
    assert found(created, added(A), created, part_done(A, B)) == ["", "a", "", "b"]


def test_each_part_has_annotations_of_its_own():
    """The first of another part is not the one that came, though it is the first."""
    assert found(added(A, part=1), part_done(B, part=0), part_done(A, C, part=1)) == ["a", "b", "c"]
    assert found(added(A, part=1), item_done(text_of(B), text_of(A, C))) == ["a", "bc"]
    assert found(added(A, part=None), part_done(A, B, part=0)) == ["a", "b"]
    assert found(added(A, part=0), part_done(A, B, part=None)) == ["a", "b"]


def test_each_item_has_annotations_of_its_own():
    """As its parts have."""
    assert found(added(A, index=1), item_done(text_of(B), index=0), item_done(text_of(A, C), index=1)) == [
        "a",
        "b",
        "c",
    ]


def test_an_item_is_known_by_its_id_where_there_is_no_index():
    """``output_item.added`` says which index that is."""
    started = event("output_item.added", output_index=1, item={"type": "message", "id": "m1"})
    by_id = {"index": None, "item_id": "m1"}
    assert found(started, added(A, **by_id), part_done(A, B, **by_id)) == ["", "a", "b"]
    assert found(started, added(A, **by_id), part_done(A, B, index=1)) == ["", "a", "b"]
    assert found(started, added(A, index=1), item_done(text_of(A, B), index=None, id="m1")) == ["", "a", "b"]


@pytest.mark.parametrize("end", ["completed", "incomplete", "failed"])
def test_the_terminal_event_brings_what_is_not_the_same_as_any_that_came(end: str):
    """Places may differ there, and the order of the fields too."""
    turned = dict(reversed(A.items()))
    terminal = event(end, response={"output": [{"type": "message", "content": [text_of(turned, B)]}]})
    assert found(added(A), terminal) == ["a", "b"]


def test_an_event_without_an_annotation_brings_none():
    """Nor does it count as one."""
    assert found(added({}), part_done(A)) == ["", "a"]
