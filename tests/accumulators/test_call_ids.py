"""Calls that are finished by the terminal event: which of its items have come before."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from rxstream.accumulators import CallAccumulator, CustomToolCall, FunctionCall, McpToolCall
from rxstream.errors import ArgumentsError
from rxstream.events import parse_event
from tests.accumulators.script import added, done, event


def call(name: str, **ids: str) -> dict[str, Any]:
    return {"type": "function_call", "name": name, "arguments": "{}", **ids}


def finished(*events: dict[str, Any]) -> list[str]:
    """The names of the calls that the events finish."""
    accumulator = CallAccumulator(FunctionCall)
    return [one.name for value in events for one in accumulator.finished(parse_event(value))]


def end(*output: Any) -> dict[str, Any]:
    return event("completed", response={"output": list(output)})


@pytest.mark.parametrize(
    "ids", [{"call_id": "c1"}, {"id": "i1"}, {"call_id": "c1", "id": "i1"}, {"call_id": "", "id": "i1"}]
)
def test_a_call_that_came_is_known_by_its_ids_where_places_differ(ids: dict[str, str]) -> None:
    """The final output may lack what stood before it."""
    one, other = call("one", **ids), call("other", call_id="c2")
    assert finished(done(3, one), end(one)) == ["one"]
    assert finished(done(3, one), end(one, other)) == ["one", "other"]


def test_calls_without_ids_are_known_by_their_places() -> None:
    """Where those are the same; where not, nothing tells that one has come."""
    assert finished(done(0, call("one")), end(call("one"))) == ["one"]
    assert finished(done(0, call("one")), added(1, call("two")), end(call("one"), call("two"))) == ["one", "two"]
    assert finished(done(1, call("one")), end(call("two"))) == ["one", "two"]


def test_the_call_id_of_a_custom_tool_is_the_one_that_its_output_must_name() -> None:
    """Not the id of the item."""
    item = {"type": "custom_tool_call", "id": "i", "call_id": "c", "name": "sh", "input": "ls"}
    [one] = CallAccumulator(CustomToolCall).finished(parse_event(done(0, item)))
    assert (one.item_id, one.call_id, one.name, one.input, one.status) == ("i", "c", "sh", "ls", None)


@pytest.mark.parametrize("kind", [FunctionCall, McpToolCall])
def test_a_call_that_has_grown_equals_the_same_one_that_came_whole(kind: Any) -> None:
    """How its arguments grew is no part of it."""
    event = parse_event(done(0, call("add", id="i") | {"type": kind.item_type}))
    grown, [whole] = CallAccumulator(kind).growing(event), CallAccumulator(kind).finished(event)
    assert grown == whole
    assert repr(grown) == repr(whole)
    assert grown.partial_json() == whole.json() == {}


def test_arguments_that_do_not_fit_are_told_by_field() -> None:
    """All of them."""

    class Sum(BaseModel):
        a: int
        b: list[int]

    one = CallAccumulator(FunctionCall).finished(parse_event(done(0, call("add") | {"arguments": '{"b": [1, "x"]}'})))[
        0
    ]
    with pytest.raises(ArgumentsError, match=r"fit Sum \(a: Field required; b\.1: Input should be a valid integer"):
        one.parse(Sum)
