"""Parts and items that come in an unusual order."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators import ResponseAccumulator
from rxstream.events import parse_event
from tests.accumulators.script import JSONObject, added, delta, done, event, fold, message, output


def part(kind: str, text: str, **fields: Any) -> JSONObject:
    return {"type": kind, "refusal" if kind == "refusal" else "text": text, **fields}


def part_event(name: str, whole: JSONObject, index: int | None = 0) -> JSONObject:
    return event(f"content_part.{name}", output_index=0, content_index=index, part=whole)


def content_of(*events: JSONObject) -> list[JSONObject]:
    """The parts of the first item, as the snapshot after the events has them."""
    return output([added(0, message()), *events])[0]["content"]


def test_an_annotation_may_come_before_its_text() -> None:
    """The part is there, and empty."""
    found = {"type": "file_path", "file_id": "f"}
    annotated = event("output_text.annotation.added", output_index=0, content_index=0, annotation=found)
    assert content_of(annotated) == [{"type": "output_text", "text": "", "annotations": [found]}]


def test_what_begins_an_item_late_is_its_base() -> None:
    """What was gathered before stays, and so does what ``done`` has said."""
    late = added(0, {**message(), "id": "late", "status": "odd"})
    assert output([delta("Hel"), late]) == [
        {**message("Hel"), "id": "late", "status": "odd"},
    ]
    assert output([added(0, message(id="early")), delta("Hel"), late])[0]["id"] == "late"
    assert output([done(0, message("Hello")), late]) == [message("Hello")]


def test_a_late_item_may_be_of_another_type() -> None:
    """Then what belongs to the new type is taken, and the rest is not."""
    events = [added(0, {"type": "message"}), added(0, {"type": "reasoning"})]
    thought = event("reasoning_text.delta", output_index=0, content_index=0, delta="Hm")
    accumulator = fold([*events, thought])
    assert accumulator.unplaced == 1
    assert accumulator.snapshot().to_dict()["output"][0]["content"] == [{"type": "reasoning_text", "text": "Hm"}]
    assert fold([*events, delta("Hm")]).unplaced == 2


def test_an_item_that_is_done_is_of_the_type_that_the_done_says() -> None:
    """Misfits are told of by it."""
    accumulator = fold([added(0, {"type": "message"}), done(0, {"type": "reasoning"}), done(0, {"type": "program"})])
    assert accumulator.folding.items[0].type == "program"
    assert accumulator.snapshot().to_dict()["output"] == [{"type": "program"}]


@pytest.mark.parametrize("name", ["added", "done"])
def test_a_part_that_becomes_a_refusal_has_its_text_where_refusals_have_it(name: str) -> None:
    """The field follows the type."""
    assert content_of(part_event("added", part("output_text", "")), part_event(name, part("refusal", "No."))) == [
        {"type": "refusal", "refusal": "No."} | ({"text": ""} if name == "done" else {})
    ]


def test_the_last_done_of_a_part_is_right() -> None:
    """As a server sends it again that has changed its mind."""
    dones = [part_event("done", part("output_text", text, annotations=[text])) for text in ("one", "two")]
    assert content_of(*dones) == [part("output_text", "two", annotations=["two"])]
    accumulator = ResponseAccumulator()
    seen = []
    for one in dones:
        accumulator.feed(parse_event(one))
        seen.append(accumulator.snapshot())
    assert [snapshot.output_text for snapshot in seen] == ["one", "two"]


def test_parts_without_an_index_are_the_first() -> None:
    """A server that has one part may leave it out."""
    assert content_of(part_event("done", part("output_text", "a"), None)) == content_of(
        part_event("done", part("output_text", "a"), 0)
    )


def test_log_probabilities_of_the_done_are_right() -> None:
    """Those of the deltas stand in for them."""
    said = event("output_text.delta", output_index=0, content_index=0, delta="a", logprobs=[{"token": "a"}])
    whole = part("output_text", "a", logprobs=[{"token": "b"}])
    assert content_of(said, part_event("done", whole))[0]["logprobs"] == [{"token": "b"}]
    assert "logprobs" not in content_of(delta("a"))[0]


@pytest.mark.parametrize("final", ["x", [], {}, {"0": message("b")}, None, 1])
def test_a_final_output_that_is_none_erases_nothing(final: Any) -> None:
    """What was gathered stays."""
    assert output([added(0, message("a")), event("completed", response={"output": final})]) == [message("a")]


def test_the_newest_status_of_an_item_counts() -> None:
    """In a snapshot that of its moment."""
    accumulator = ResponseAccumulator()
    seen = []
    for value in (
        added(0, {"type": "web_search_call", "status": "queued"}),
        *(event(f"web_search_call.{status}", output_index=0) for status in ("in_progress", "searching", "completed")),
    ):
        accumulator.feed(parse_event(value))
        seen.append(accumulator.snapshot())
    assert [snapshot.to_dict()["output"][0]["status"] for snapshot in seen] == [
        "queued",
        "in_progress",
        "searching",
        "completed",
    ]


@pytest.mark.parametrize("name", ["added", "done"])
def test_a_part_of_no_known_type_stands_where_its_event_says(name: str) -> None:
    """In the summary, or in the content."""
    odd = {"type": "odd", "text": "Hm"}
    summed = event(f"reasoning_summary_part.{name}", output_index=0, summary_index=0, part=odd)
    item = output([added(0, {"type": "reasoning"}), summed])[0]
    assert (item["summary"], item.get("content", [])) == ([odd], [])
    assert [one["text"] for one in content_of(part_event(name, odd))] == ["Hm"]


def test_a_part_that_begins_as_a_refusal_after_all_grows_as_one() -> None:
    """Its deltas are those of a refusal."""
    begun = [part_event("added", part(kind, "")) for kind in ("output_text", "refusal")]
    refusing = event("refusal.delta", output_index=0, content_index=0, delta="No.")
    assert content_of(*begun, refusing) == [{"type": "refusal", "refusal": "No."}]
