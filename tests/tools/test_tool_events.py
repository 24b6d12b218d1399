"""The events that a tool loop makes."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from rxstream import (
    ToolCallFailed,
    ToolCallFinished,
    ToolCallProgress,
    ToolCallStarted,
    ToolError,
    TurnStarted,
    UnknownEvent,
    collect_now,
    collect_sync,
    final_response,
    from_events,
    from_sse,
    of_type,
    outcome,
    parse_event,
    replay,
    run_tools,
    snapshots,
)
from rxstream.accumulators import CustomToolCall, FunctionCall
from rxstream.models.calls import ResponseCustomToolCall, ResponseFunctionToolCall
from tests.tools.scripted import Scripted, call, custom_call, says, turn


class Point(BaseModel):
    """Something that JSON expresses by what it holds."""

    x: int


CALL = FunctionCall(output_index=2, item=ResponseFunctionToolCall.lazily(call("f", '{"a": 1}')))
CUSTOM = CustomToolCall(output_index=0, item=ResponseCustomToolCall.lazily(custom_call("c", "text")))
EVENTS = [
    TurnStarted.of(2, [{"type": "function_call_output", "call_id": "call_f", "output": "1"}]),
    ToolCallStarted.of(1, CALL),
    ToolCallProgress.of(1, CALL, {"point": Point(x=1), "odd": object()}),
    ToolCallFinished.of(1, CUSTOM, [{"type": "input_text", "text": "1"}], 0.5),
    ToolCallFailed.of(1, CALL, ToolError("no", name="f"), "Error: no"),
]
each = pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)


@each
def test_an_event_is_json(event: Any):
    """Law: what is recorded is read again as the same JSON, and has no place among the server's numbers."""
    again = parse_event(event.to_json())
    assert type(again) is UnknownEvent
    assert again.to_dict() == event.to_dict() == json.loads(json.dumps(event.to_dict()))
    assert again.type == event.type
    assert event.sequence_number is None


@each
def test_an_event_may_be_pickled(event: Any):
    """Process pools do that."""
    if isinstance(event, ToolCallProgress):
        event = ToolCallProgress.of(1, CALL, 3)
    again = pickle.loads(pickle.dumps(event))
    assert type(again) is type(event)
    assert again == event


@each
def test_an_event_is_found_by_its_class_and_by_its_name(event: Any):
    """Law: ``of_type`` narrows."""
    assert collect_now(of_type(type(event)), EVENTS) == [event]
    assert event in collect_now(of_type("rxstream.*"), EVENTS)


def test_an_event_says_which_call_it_is_about():
    """The call is as the model made it, custom or not."""
    _, started, _, finished, failed = EVENTS
    assert (started.call, started.turn) == (CALL, 1)
    assert (finished.call, finished.call.input) == (CUSTOM, "text")
    assert (finished.output, finished.seconds) == ([{"type": "input_text", "text": "1"}], 0.5)
    assert (failed.output, failed.to_dict()["error"]) == ("Error: no", {"type": "ToolError", "message": "no"})


def recorded(path: Path) -> tuple[list[Any], Path]:
    """Hold a conversation of three turns, and record it."""

    def f() -> int:
        return 1

    turns = (
        turn("resp_1", call("f", call_id="c1")),
        turn("resp_2", call("f", call_id="c2")),
        turn("resp_3", says("One")),
    )
    events = collect_sync(run_tools(Scripted(*turns), tools=[f], input="Hi"))
    file = path / "recording.jsonl"
    file.write_text("".join(event.to_json() + "\n" for event in events))
    return events, file


def test_a_recorded_conversation_can_be_replayed(tmp_path: Path):
    """Law: all turns of it; the whole conversation is what it was."""
    events, file = recorded(tmp_path)
    again = collect_sync(replay(file))
    assert [event.to_dict() for event in again] == [event.to_dict() for event in events]
    chunks = [f"data: {event.to_json()}\n\n".encode() for event in events]
    assert [event.to_dict() for event in collect_sync(from_sse(chunks))] == [event.to_dict() for event in events]
    for operator in (final_response(), snapshots()):
        told, told_again = (collect_sync(stream.pipe(operator)) for stream in (from_events(events), replay(file)))
        assert [response.to_dict() for response in told] == [response.to_dict() for response in told_again]
    [end] = collect_sync(replay(file).pipe(outcome()))
    assert (end.status, end.error) == ("completed", None)


def test_a_conversation_that_stops_within_a_turn_is_cut(tmp_path: Path):
    """Law: it may end with a response that calls nothing, and nowhere else."""
    events, _ = recorded(tmp_path)
    ends = {}
    for count in range(1, len(events) + 1):
        [end] = collect_sync(from_events(events[:count]).pipe(outcome()))
        ends[events[count - 1].type] = end.status
    assert ends.pop("response.completed") == "completed"
    assert set(ends.values()) == {"truncated"}
