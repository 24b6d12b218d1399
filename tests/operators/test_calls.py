"""Operators for calls, finished and growing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from rxstream import (
    ArgumentsError,
    FunctionCall,
    accumulate_arguments,
    accumulate_code,
    accumulate_custom_tool_input,
    accumulate_mcp_arguments,
    code_interpreter_calls,
    collect_now,
    custom_tool_calls,
    function_calls,
    mcp_calls,
)
from rxstream.models import ResponseFunctionToolCall
from tests.marbles import END, emit, event

ROWS: list[tuple[str, str, str, Any, Any]] = [
    ("function_call", "function_call_arguments", "arguments", function_calls, accumulate_arguments),
    ("custom_tool_call", "custom_tool_call_input", "input", custom_tool_calls, accumulate_custom_tool_input),
    ("mcp_call", "mcp_call_arguments", "arguments", mcp_calls, accumulate_mcp_arguments),
    ("code_interpreter_call", "code_interpreter_call_code", "code", code_interpreter_calls, accumulate_code),
]
every_kind = pytest.mark.parametrize(
    ("kind", "stem", "field", "finished", "growing"), ROWS, ids=[row[0] for row in ROWS]
)


def call(arguments: str = "", **fields: Any) -> dict[str, Any]:
    """A function call as an output item."""
    return {"type": "function_call", "name": "add", "call_id": "call_1", "arguments": arguments, **fields}


def added(item: dict[str, Any], index: int = 0) -> Any:
    """The event that begins an item."""
    return event("output_item.added", output_index=index, item=item)


def done(item: dict[str, Any], index: int = 0) -> Any:
    """The event that ends an item."""
    return event("output_item.done", output_index=index, item=item)


def delta(piece: str, index: int = 0) -> Any:
    """A piece of a function call's arguments."""
    return event("function_call_arguments.delta", output_index=index, delta=piece)


def ended(*items: dict[str, Any], status: str = "completed") -> Any:
    """The terminal event."""
    return event(status, response={"status": status, "output": list(items)})


@every_kind
def test_a_call_grows_and_is_finished_when_its_events_come(
    kind: str, stem: str, field: str, finished: Any, growing: Any
):
    """Marble, for every kind: growing from ``added`` to ``done``; finished once, at ``output_item.done``."""
    item = {"type": kind, "name": "x", field: ""}
    notes = [
        (210, added(item)),
        (220, event(f"{stem}.delta", output_index=0, delta="{}")),
        (230, event("keepalive")),
        (240, event(f"{stem}.done", output_index=0, **{field: "{} "})),
        (250, done({**item, field: "{}  "})),
        (260, ended({**item, field: "{}  "})),
        (270, END),
    ]
    result = emit(growing(), *notes)
    assert result.map(lambda one: getattr(one, field)) == [
        (210, ""), (220, "{}"), (240, "{} "), (250, "{}  "), (270, END),
    ]  # fmt: skip
    assert result.subscriptions == [(200, 270)]
    assert emit(finished(), *notes).map(lambda one: (one.output_index, getattr(one, field))) == [
        (250, (0, "{}  ")),
        (270, END),
    ]


@every_kind
def test_calls_of_another_kind_are_left_out(kind: str, stem: str, field: str, finished: Any, growing: Any):
    """Each operator takes its own kind."""
    others = [done({"type": row[0], row[2]: "x"}, index) for index, row in enumerate(ROWS) if row[0] != kind]
    assert collect_now(finished(), others) == collect_now(growing(), others) == []


def test_the_call_id_of_the_finished_item_counts():
    """Some servers change ``call_id`` between ``added`` and ``done``; the tool's output must name the later one."""
    events = [added(call(call_id="early")), done(call("{}", call_id="late")), ended(call("{}", call_id="late"))]
    assert [one.call_id for one in collect_now(function_calls(), events)] == ["late"]
    assert [one.call_id for one in collect_now(accumulate_arguments(), events)] == ["early", "late"]


def test_a_call_that_is_only_in_the_terminal_event_is_emitted_with_it():
    """Marble: without ``output_item.done`` a call is finished by the end of the response."""
    notes = [(210, added(call())), (220, delta("{}")), (230, ended(call("{}"))), (240, END)]
    assert emit(function_calls(), *notes).map(lambda one: one.arguments) == [(230, "{}"), (240, END)]


@pytest.mark.parametrize("status", ["completed", "incomplete"])
def test_an_empty_final_output_hides_no_call(status: str):
    """What was gathered of an unfinished call comes with the terminal event; a finished one does not come again."""
    events = [added(call()), delta('{"a"'), done(call("{}", call_id="2"), 1), ended(status=status)]
    assert [one.arguments for one in collect_now(function_calls(), events)] == ["{}", '{"a"']


def test_calls_that_are_written_at_once_are_told_apart_by_output_index():
    """Interleaved deltas go where ``output_index`` says; ``done`` may come in another order."""
    events = [added(call(), 0), added(call(call_id="2"), 1), delta("{", 0), delta("[", 1), delta("}", 0), delta("]", 1)]
    growing = [(one.output_index, one.arguments) for one in collect_now(accumulate_arguments(), events)]
    assert growing == [(0, ""), (1, ""), (0, "{"), (1, "["), (0, "{}"), (1, "[]")]
    ends = [*events, done(call("[]", call_id="2"), 1), done(call("{}"), 0)]
    assert [one.arguments for one in collect_now(function_calls(), ends)] == ["[]", "{}"]


def test_arguments_that_come_with_done_alone_are_complete():
    """Some servers send no delta at all."""
    events = [added(call()), event("function_call_arguments.done", output_index=0, arguments="{}"), done(call("{}"))]
    assert [one.arguments for one in collect_now(accumulate_arguments(), events)] == ["", "{}", "{}"]


def test_a_call_that_comes_twice_is_emitted_once():
    """A repeated ``done``, and the same call in the terminal event, are no second call: nobody runs the tool twice."""
    events = [done(call("{}")), done(call("{}")), ended(call("{}"))]
    assert len(collect_now(function_calls(), events)) == 1


def test_calls_of_two_responses_in_one_stream_are_all_emitted():
    """A second response has places of its own."""
    events: list[Any] = []
    for name in ("r1", "r2"):
        item = call("{}", call_id=name)
        events += [event("created", response={"id": name}), done(item), ended(item)]
    assert [one.call_id for one in collect_now(function_calls(), events)] == ["r1", "r2"]


def test_half_a_character_in_arguments_becomes_whole():
    """Deltas may cut a surrogate pair."""
    growing = collect_now(accumulate_arguments(), [added(call()), delta('"\ud83d'), delta('\ude00"')])
    assert [growing[-1].arguments, growing[-1].json()] == ['"😀"', "😀"]


@pytest.mark.parametrize("arguments", ["", '{"a": 1', "nonsense", "[" * 100_000, '{"a": "x"}', "[]"])
def test_arguments_that_are_wrong_raise_where_they_are_read_and_nowhere_else(arguments: str):
    """The call is delivered with its raw string; parsing it raises ``ArgumentsError``."""

    class Sum(BaseModel):
        a: int

    [one] = collect_now(function_calls(), [done(call(arguments))])
    assert one.arguments == arguments
    with pytest.raises(ArgumentsError, match="add"):
        one.parse(Sum)


@pytest.mark.parametrize("arguments", ["", '{"a": 1', "nonsense", "[" * 100_000])
def test_arguments_that_are_no_json_raise_arguments_error(arguments: str):
    """The same for ``json``: one error, whatever is wrong."""
    [one] = collect_now(function_calls(), [done(call(arguments))])
    with pytest.raises(ArgumentsError, match="expected JSON"):
        one.json()


@every_kind
def test_call_operators_take_no_arguments(kind: str, stem: str, field: str, finished: Any, growing: Any):
    """A wrong argument raises at the call."""
    for make in (finished, growing):
        with pytest.raises(TypeError):
            make(kind)


def test_arguments_are_json_and_nothing_else() -> None:
    """NaN and Infinity are no JSON, in arguments as in events."""
    call = FunctionCall(output_index=0, item=ResponseFunctionToolCall(name="add", arguments='{"a": NaN}'))
    with pytest.raises(ArgumentsError, match="JSON as arguments"):
        call.json()


def test_a_call_that_a_failure_breaks_off_is_not_emitted():
    """``response.failed`` finishes no call: a tool loop must not run half of one."""
    events = [
        event("output_item.added", output_index=0, item={"type": "function_call", "name": "rm", "arguments": ""}),
        event("function_call_arguments.delta", output_index=0, delta='{"path": "/'),
    ]
    for ended, calls in (("failed", 0), ("incomplete", 1)):
        assert len(collect_now(function_calls(), [*events, event(ended, response={"output": []})])) == calls


def test_growing_arguments_are_parsed_as_far_as_they_are_there() -> None:
    """Each value of a growing call has the arguments of its moment, read at once or later, in any order."""
    pieces = ['{"city": "Pa', "ri", 's", "days": [1', ", 2", "]}"]
    events = [added(call()), *map(delta, pieces), done(call("".join(pieces))), ended()]
    expected = [
        None,
        {"city": "Pa"},
        {"city": "Pari"},
        {"city": "Paris", "days": []},
        {"city": "Paris", "days": [1]},
        {"city": "Paris", "days": [1, 2]},
        {"city": "Paris", "days": [1, 2]},
    ]
    growing = collect_now(accumulate_arguments(), events)
    assert [one.partial_json() for one in reversed(growing)] == expected[::-1]
    assert [one.partial_json() for one in growing] == expected
    assert [one.partial_json() for one in collect_now(function_calls(), events)] == expected[-1:]


def test_interleaved_arguments_do_not_mix() -> None:
    """Two calls that grow at once have arguments of their own."""
    events = [added(call(), 0), added(call(), 1), delta('{"a": "x', 0), delta('{"b": "y', 1), delta("z", 0)]
    growing = collect_now(accumulate_arguments(), events)
    assert [one.partial_json() for one in growing[2:]] == [{"a": "x"}, {"b": "y"}, {"a": "xz"}]


def test_arguments_that_are_no_json_raise_where_they_are_parsed() -> None:
    """The call is emitted with its string; what came before the mistake can still be read."""
    growing = collect_now(accumulate_arguments(), [delta('{"a": 1, '), delta("b"), delta("c")])
    assert growing[0].partial_json() == {"a": 1}
    for one in growing[1:]:
        with pytest.raises(ArgumentsError, match="JSON as arguments"):
            one.partial_json()
    assert growing[-1].arguments == '{"a": 1, bc'


def test_corrected_arguments_are_parsed_anew() -> None:
    """``.done`` is right where it contradicts the deltas."""
    corrected = event("function_call_arguments.done", output_index=0, arguments='{"b": 2}')
    growing = collect_now(accumulate_arguments(), [delta('{"a": 1'), corrected])
    assert [one.partial_json() for one in growing] == [{}, {"b": 2}]
