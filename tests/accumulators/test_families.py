"""Every family of events grows what the table of the wire says."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators import (
    CallAccumulator,
    CodeInterpreterCall,
    CustomToolCall,
    FunctionCall,
    McpToolCall,
    ResponseAccumulator,
)
from rxstream.accumulators.folds import FOLDS
from rxstream.events import parse_event
from rxstream.events.base import EVENT_CLASSES
from tests.accumulators.script import (
    EVERY_FAMILY,
    FINAL,
    STREAM,
    JSONObject,
    added,
    event,
    fold,
    message,
    output,
)


def test_every_event_type_has_a_fold_and_an_example() -> None:
    """No type is forgotten: 61 types, 61 folds, all in the stream that the tests below use."""
    assert FOLDS.keys() == EVENT_CLASSES.keys() == {value["type"] for value in EVERY_FAMILY}


def test_a_strict_accumulator_takes_the_whole_stream() -> None:
    """A stream in order has no misfit, and ends as its terminal event says."""
    accumulator = fold(STREAM, strict=True)
    assert accumulator.snapshot().to_dict() == FINAL
    assert accumulator.is_terminal
    assert (accumulator.unplaced, accumulator.replayed) == (0, 0)


def test_done_items_are_the_final_output() -> None:
    """Just before the terminal event everything is known."""
    assert output(STREAM[:-1]) == FINAL["output"]


@pytest.mark.parametrize("without", [(".done",), ("output_item.done",), (".delta",), ("item.added", ".part.added")])
def test_each_way_of_saying_it_is_enough(without: tuple[str, ...]) -> None:
    """Deltas, ``.done`` events or ``output_item.done`` alone carry the same texts."""
    events = [value for value in STREAM[:-1] if not value["type"].endswith(without)]
    grown = output(events)
    for item, final in zip(grown, FINAL["output"], strict=True):
        if without == (".delta",):
            assert item == final
            continue
        for field in ("summary", "arguments", "input", "code", "operation", "action", "content"):
            if field in final and not (field == "action" and final["type"] == "web_search_call"):
                assert item[field] == final[field], final["type"]


@pytest.mark.parametrize(
    ("item", "status", "expected"),
    [
        (item, status, status)
        for item, statuses in {
            "web_search_call": ("in_progress", "searching", "completed"),
            "file_search_call": ("in_progress", "searching", "completed"),
            "code_interpreter_call": ("in_progress", "interpreting", "completed"),
            "image_generation_call": ("in_progress", "generating", "completed"),
            "mcp_call": ("in_progress", "completed", "failed"),
        }.items()
        for status in statuses
    ],
)
def test_progress_sets_the_status(item: str, status: str, expected: str) -> None:
    """Of the item that it names, and nothing else."""
    base = {"type": item, "id": "i", "status": "queued"}
    assert output([added(0, base), event(f"{item}.{status}", output_index=0, item_id="i")]) == [
        {**base, "status": expected}
    ]


@pytest.mark.parametrize(
    "name",
    [
        "audio.delta",
        "audio.done",
        "audio.transcript.delta",
        "audio.transcript.done",
        "compaction.compacting",
        "image_generation_call.partial_image",
        "mcp_list_tools.in_progress",
        "mcp_list_tools.completed",
        "mcp_list_tools.failed",
    ],
)
def test_progress_without_a_place_leaves_no_trace(name: str) -> None:
    """Partial images are never part of the output; audio belongs to no item."""
    begin = [added(0, message("Hel"))]
    accumulator = fold([*begin, event(name, output_index=0, delta="x", partial_image_b64="x")])
    assert accumulator.snapshot().to_dict()["output"] == output(begin)
    assert accumulator.unplaced == 0


IMPLIED: list[tuple[JSONObject, JSONObject]] = [
    (
        event("output_text.delta", content_index=0, delta="a"),
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "a", "annotations": []}]},
    ),
    (
        event("refusal.delta", content_index=0, delta="a"),
        {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "a"}]},
    ),
    (
        event("reasoning_text.delta", content_index=0, delta="a"),
        {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "a"}]},
    ),
    (
        event("reasoning_summary_text.delta", summary_index=0, delta="a"),
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "a"}]},
    ),
    (event("function_call_arguments.delta", delta="a"), {"type": "function_call", "arguments": "a"}),
    (event("function_call_arguments.done", arguments="a"), {"type": "function_call", "arguments": "a"}),
    (event("mcp_call_arguments.delta", delta="a"), {"type": "mcp_call", "arguments": "a"}),
    (event("custom_tool_call_input.delta", delta="a"), {"type": "custom_tool_call", "input": "a"}),
    (event("code_interpreter_call_code.delta", delta="a"), {"type": "code_interpreter_call", "code": "a"}),
    (
        event("apply_patch_call_operation_diff.delta", delta="a"),
        {"type": "apply_patch_call", "operation": {"diff": "a"}},
    ),
    (
        event("shell_call_command.delta", command_index=0, delta="a"),
        {"type": "shell_call", "action": {"commands": ["a"]}},
    ),
    (
        event("shell_call_output_content.delta", command_index=0, delta={"stdout": "a", "stderr": None}),
        {"type": "shell_call_output", "output": [{"stdout": "a", "stderr": ""}]},
    ),
]


@pytest.mark.parametrize(("value", "expected"), IMPLIED, ids=[value["type"] for value, _ in IMPLIED])
def test_an_item_whose_beginning_is_missing_is_implied(value: JSONObject, expected: JSONObject) -> None:
    """By the type of the event; the item keeps the id that the event has, and its place."""
    accumulator = fold([{**value, "output_index": 3, "item_id": "i"}])
    assert accumulator.snapshot().to_dict()["output"] == [{"id": "i", "status": "in_progress", **expected}]
    assert accumulator.unplaced == 1


@pytest.mark.parametrize(("value", "expected"), IMPLIED, ids=[value["type"] for value, _ in IMPLIED])
def test_an_item_is_found_by_its_id_where_the_index_is_missing(value: JSONObject, expected: JSONObject) -> None:
    """``item_id`` is an alias for events that lack the place."""
    base = {"type": expected["type"], "id": "i"}
    grown = output([added(0, {"type": "message", "id": "other"}), added(1, base), {**value, "item_id": "i"}])
    assert grown[1].keys() >= expected.keys() - {"role"}
    accumulator = fold([added(1, base), {**value, "item_id": "elsewhere"}])
    assert accumulator.snapshot().to_dict()["output"] == [base]


def test_log_probabilities_gathered_from_deltas_are_not_erased() -> None:
    """``content_part.done`` with an empty list says nothing about them."""
    begin = [added(0, message()), event("content_part.added", output_index=0, content_index=0, part=_part(""))]
    deltas = [
        event("output_text.delta", output_index=0, content_index=0, delta=token, logprobs=[{"token": token}])
        for token in ("a", "b")
    ]
    end = event("content_part.done", output_index=0, content_index=0, part={**_part("ab"), "logprobs": []})
    assert output([*begin, *deltas, end])[0]["content"][0]["logprobs"] == [{"token": "a"}, {"token": "b"}]


def test_annotations_are_placed_by_their_index() -> None:
    """Out of order, without an index, and confirmed by the part's ``.done``."""
    events = [
        added(0, message("")),
        *(
            event(
                "output_text.annotation.added",
                output_index=0,
                content_index=0,
                annotation_index=place,
                annotation={"type": "file_path", "file_id": str(name)},
            )
            for name, place in (("b", 1), ("a", 0), ("c", None))
        ),
    ]
    assert [one["file_id"] for one in output(events)[0]["content"][0]["annotations"]] == ["a", "b", "c"]
    whole = {**_part("x"), "annotations": [{"type": "file_path", "file_id": "z"}]}
    events.append(event("content_part.done", output_index=0, content_index=0, part=whole))
    assert [one["file_id"] for one in output(events)[0]["content"][0]["annotations"]] == ["z", "b", "c"]


@pytest.mark.parametrize(
    ("kind", "index", "attribute"),
    [
        (FunctionCall, 2, "arguments"),
        (CustomToolCall, 3, "input"),
        (McpToolCall, 4, "arguments"),
        (CodeInterpreterCall, 5, "code"),
    ],
)
def test_calls_grow_and_finish(kind: Any, index: int, attribute: str) -> None:
    """Each state of a growing call is a value; the finished one comes once, and is that of the final response."""
    growing, finished = CallAccumulator(kind), CallAccumulator(kind)
    states = [call for value in STREAM if (call := growing.growing(parse_event(value))) is not None]
    [call] = [call for value in STREAM for call in finished.finished(parse_event(value))]
    texts = [getattr(state, attribute) for state in states]
    assert texts == sorted(texts, key=len)
    assert texts[0] == ""
    assert texts[-1] == getattr(call, attribute) == FINAL["output"][index][attribute]
    assert call.output_index == index
    assert call.item_id == f"item_{index}"
    assert call.item.to_dict() == FINAL["output"][index]


@pytest.mark.parametrize("kind", [FunctionCall, CustomToolCall, McpToolCall, CodeInterpreterCall])
@pytest.mark.parametrize("final", [FINAL["output"], []])
def test_a_call_without_its_end_is_finished_by_the_terminal_event(kind: Any, final: list[Any]) -> None:
    """Also where the final output is empty: then as far as it had grown."""
    accumulator = CallAccumulator(kind)
    events = [value for value in STREAM[:-1] if value["type"] != "response.output_item.done"]
    assert [call for value in events for call in accumulator.finished(parse_event(value))] == []
    end = parse_event(event("completed", response={**FINAL, "output": final}))
    [call] = accumulator.finished(end)
    assert call.item.to_dict()["type"] == kind.item_type
    assert accumulator.finished(end) == []


def test_several_responses_in_one_stream_are_told_apart() -> None:
    """A ``response.created`` with another id begins anew; what was handed out of the first stays."""
    accumulator = ResponseAccumulator()
    second = [
        event("created", response={"id": "resp_2", "output": []}, sequence_number=0),
        added(0, message("other"), sequence_number=1),
    ]
    for value in STREAM:
        accumulator.feed(parse_event(value))
    first = accumulator.snapshot()
    for value in second:
        accumulator.feed(parse_event(value))
    assert accumulator.snapshot().output_text == "other"
    assert accumulator.snapshot().id == "resp_2"
    assert not accumulator.is_terminal
    assert first.to_dict() == FINAL


def _part(text: str) -> JSONObject:
    return {"type": "output_text", "text": text, "annotations": []}
