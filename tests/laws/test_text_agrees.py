"""Law 8: the deltas, the accumulated text and the final response say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from hypothesis import given
from hypothesis import strategies as st

from rxstream import (
    accumulate_arguments,
    accumulate_code,
    accumulate_custom_tool_input,
    accumulate_mcp_arguments,
    accumulate_text,
    code_interpreter_calls,
    collect_now,
    custom_tool_calls,
    final_response,
    function_calls,
    in_item,
    mcp_calls,
    parse_event,
    reasoning_deltas,
    refusal_deltas,
    text_deltas,
)
from rxstream.events import ResponseStreamEvent
from tests.laws.registry import law
from tests.shared_data import corpus_streams, load_lines, needs_shared
from tests.strategies import JSON, Stream, valid_streams

CALL_TEXTS: list[tuple[str, str, Callable[[], Any], Callable[[], Any]]] = [
    ("function_call", "arguments", function_calls, accumulate_arguments),
    ("custom_tool_call", "input", custom_tool_calls, accumulate_custom_tool_input),
    ("mcp_call", "arguments", mcp_calls, accumulate_mcp_arguments),
    ("code_interpreter_call", "code", code_interpreter_calls, accumulate_code),
]


def texts_of(output: list[JSON], item_type: str, container: str, part_type: str, field: str) -> list[str]:
    """The texts of one kind, read off whole items, without the help of the library."""
    return [
        part[field]
        for item in output
        if item["type"] == item_type
        for part in item.get(container) or []
        if part["type"] == part_type
    ]


def output_texts(output: list[JSON]) -> str:
    """The text of the messages."""
    return "".join(texts_of(output, "message", "content", "output_text", "text"))


def refusals(output: list[JSON]) -> str:
    """What the messages refuse."""
    return "".join(texts_of(output, "message", "content", "refusal", "refusal"))


def reasonings(output: list[JSON]) -> str:
    """The reasoning and its summary; an item of these streams has one of the two."""
    return "".join(
        text
        for item in output
        for text in texts_of([item], "reasoning", "summary", "summary_text", "text")
        + texts_of([item], "reasoning", "content", "reasoning_text", "text")
    )


def last_text(events: list[ResponseStreamEvent]) -> str:
    """The last text that ``accumulate_text`` emits."""
    return (collect_now(accumulate_text(), events) or [""])[-1]


def without(wire: list[JSON], *endings: str) -> list[JSON]:
    """Leave out events by the end of their names."""
    return [event for event in wire if not event["type"].endswith(endings)]


@law
@given(valid_streams(interleave=False))
def test_text_of_generated_streams_agrees(stream: Stream):
    """Joined deltas = last accumulated text = ``output_text`` of the final response, one item after the other."""
    expected = output_texts(stream.output)
    assert "".join(collect_now(text_deltas(), stream.events)) == expected
    assert last_text(stream.events) == expected
    assert collect_now(final_response(), stream.events)[0].output_text == expected


@law
@given(valid_streams())
def test_interleaved_text_comes_in_order_of_arrival_and_ends_as_the_final_response(stream: Stream):
    """Pieces of messages that are written at once come as they arrive; the last accumulated text is the final one."""
    pieces = "".join(collect_now(text_deltas(), stream.events))
    assert last_text(stream.events) == output_texts(stream.output)
    assert sorted(pieces) == sorted(output_texts(stream.output))
    for index, item in enumerate(stream.output):
        alone = collect_now(reactivex.compose(in_item(index), text_deltas()), stream.events)
        assert "".join(alone) == output_texts([item])


@law
@given(valid_streams(interleave=False), st.sampled_from([(".delta",), (".done",), (".delta", "text.done")]))
def test_text_agrees_where_a_server_leaves_events_out(stream: Stream, left_out: tuple[str, ...]):
    """Deltas alone, ``.done`` events alone and the terminal event alone lead to the same text."""
    events = Stream(without(stream.wire, *left_out)).events
    assert "".join(collect_now(text_deltas(), events)) == output_texts(stream.output)
    assert last_text(events) == output_texts(stream.output)


@law
@given(valid_streams(kinds=("message", "reasoning"), interleave=False))
def test_refusals_and_reasoning_of_generated_streams_agree(stream: Stream):
    """The same for refusals, summaries and reasoning."""
    assert "".join(collect_now(refusal_deltas(), stream.events)) == refusals(stream.output)
    assert "".join(collect_now(reasoning_deltas(), stream.events)) == reasonings(stream.output)


@pytest.mark.parametrize(("kind", "field", "finished", "growing"), CALL_TEXTS, ids=[row[0] for row in CALL_TEXTS])
@law
@given(data=st.data())
def test_calls_of_generated_streams_agree(kind: str, field: str, finished: Any, growing: Any, data: st.DataObject):
    """The last of a growing call, the finished call and the item of the final response say the same.

    Each call is finished once; joined deltas are its text, interleaved or not.
    """
    stream = data.draw(valid_streams(kinds=(kind, "message")))
    expected = {index: item[field] for index, item in enumerate(stream.output) if item["type"] == kind}
    calls = collect_now(finished(), stream.events)
    assert len(calls) == len(expected)
    assert {call.output_index: getattr(call, field) for call in calls} == expected
    last = {call.output_index: getattr(call, field) for call in collect_now(growing(), stream.events)}
    assert last == expected
    deltas = Stream(without(stream.wire, ".done", "completed", "incomplete")).events
    assert {call.output_index: getattr(call, field) for call in collect_now(growing(), deltas)} == expected


@needs_shared
@pytest.mark.parametrize("name", corpus_streams(core_only=False))
def test_text_of_recorded_streams_agrees(name: str):
    """Joined deltas = last accumulated text = the recorded final output, where it is there and text came."""
    events = [parse_event(line) for line in load_lines(name)]
    joined = "".join(collect_now(text_deltas(), events))
    assert last_text(events) == joined
    [final] = collect_now(final_response(), events) or [None]
    if final is not None:
        assert final.output_text == joined
    ends = [event.to_dict()["response"] for event in events if event.type == "response.completed"]
    if ends and ends[-1]["output"]:
        output = ends[-1]["output"]
        assert joined == output_texts(output)
        assert "".join(collect_now(refusal_deltas(), events)) == refusals(output)
        assert "".join(collect_now(reasoning_deltas(), events)) == reasonings(output)


@needs_shared
@pytest.mark.parametrize("name", corpus_streams(core_only=False))
def test_calls_of_recorded_streams_agree(name: str):
    """Every call of the final output is emitted once, finished, with the arguments that its deltas brought."""
    events = [parse_event(line) for line in load_lines(name)]
    ends = [event.to_dict()["response"] for event in events if event.type == "response.completed"]
    for kind, field, finished, growing in CALL_TEXTS:
        calls = collect_now(finished(), events)
        if ends and ends[-1]["output"]:
            expected = [item[field] for item in ends[-1]["output"] if item["type"] == kind]
            assert sorted(getattr(call, field) for call in calls) == sorted(expected)
        last = {call.output_index: getattr(call, field) for call in collect_now(growing(), events)}
        assert all(last.get(call.output_index, getattr(call, field)) == getattr(call, field) for call in calls)
