"""The operator for citations."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream import annotations, collect_now
from rxstream.models import UnknownAnnotation
from tests.marbles import END, emit, event, message, text

A, B = ({"type": "url_citation", "url": f"https://{letter}.example"} for letter in "ab")


def added(annotation: Any, number: int = 0, **fields: Any) -> Any:
    """The event that puts an annotation on the text."""
    return event("output_text.annotation.added", output_index=0, content_index=0, annotation_index=number,
                 annotation=annotation, **fields)  # fmt: skip


def noted(*found: Any) -> dict[str, Any]:
    """A message item with annotations."""
    item = message("Hello")
    item["content"][0]["annotations"] = list(found)
    return item


def urls(*events: Any) -> list[str]:
    """The URLs that are emitted."""
    return [found.url for found in collect_now(annotations(), events)]


def test_an_annotation_comes_when_it_is_added_or_when_a_done_brings_it():
    """Marble: each once, at the first event that has it."""
    part = event("content_part.done", output_index=0, content_index=0, part=noted(A, B)["content"][0])
    notes = [(210, text("Hel")), (220, added(A)), (230, part), (240, event("output_item.done", output_index=0,
             item=noted(A, B))), (250, event("completed", response={"output": [noted(A, B)]})), (260, END)]  # fmt: skip
    result = emit(annotations(), *notes)
    assert result.map(lambda found: found.url) == [(220, A["url"]), (230, B["url"]), (260, END)]
    assert result.subscriptions == [(200, 260)]


def test_annotations_that_only_the_terminal_event_has_come_with_it():
    """A server may send no ``annotation.added`` at all."""
    assert urls(added(A), event("completed", response={"output": [noted(A, B)]})) == [A["url"], B["url"]]


def test_a_replayed_annotation_is_not_emitted_again():
    """Events that came before are known by their numbers."""
    assert urls(added(A, sequence_number=1), added(B, 1, sequence_number=2), added(A, sequence_number=1)) == [
        A["url"],
        B["url"],
    ]


def test_annotations_of_a_second_response_are_emitted():
    """``response.created`` with another id starts anew, with numbers of its own."""
    events: list[Any] = []
    for name in ("r1", "r2"):
        events += [
            event("created", response={"id": name}, sequence_number=0),
            added(A, sequence_number=1),
            event("output_item.done", output_index=0, item=noted(A, B), sequence_number=2),
        ]
    assert urls(*events) == [A["url"], B["url"]] * 2


def test_an_annotation_of_an_unknown_type_is_emitted_as_it_is():
    """What is not known is data as well."""
    [found] = collect_now(annotations(), [added({"type": "dream_citation", "mood": "calm"})])
    assert isinstance(found, UnknownAnnotation)
    assert found.to_dict() == {"type": "dream_citation", "mood": "calm"}


def test_annotations_takes_no_arguments():
    """A wrong argument raises at the call."""
    with pytest.raises(TypeError):
        annotations("url_citation")  # type: ignore[call-arg]
