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


def test_a_call_whose_end_has_no_index_is_known_by_its_id() -> None:
    """It is finished when its end comes, not later."""
    one = call("one", id="i1")
    assert finished(added(2, one), done(None, one)) == ["one"]
    assert finished(added(2, one), done(None, one), end()) == ["one"]


@pytest.mark.parametrize("name", ["completed", "incomplete", "failed"])
def test_a_call_that_begins_after_the_end_is_none(name: str) -> None:
    """The response does not change any more, though a second end comes."""
    assert finished(added(0, call("late")), end()) == ["late"]
    assert finished(event(name, response={"output": []}), added(0, call("late")), end()) == []


@pytest.mark.parametrize("kind", [FunctionCall, McpToolCall])
def test_arguments_grow_in_each_response_anew(kind: Any) -> None:
    """Though both calls stand at the same place."""
    stem = f"{kind.item_type.removesuffix('_call')}_call_arguments"
    accumulator: CallAccumulator[Any] = CallAccumulator(kind)
    seen = []
    for name in ("r1", "r2"):
        accumulator.growing(parse_event(event("created", response={"id": name})))
        for piece in ('{"of": "', name, "x"):
            grown = accumulator.growing(parse_event(event(f"{stem}.delta", output_index=0, delta=piece)))
            assert grown is not None
            seen.append(grown.partial_json())
    assert seen == [{"of": ""}, {"of": "r1"}, {"of": "r1x"}, {"of": ""}, {"of": "r2"}, {"of": "r2x"}]


def test_arguments_that_are_no_json_are_none_however_often_they_are_read() -> None:
    """Each time it is the same mistake."""
    accumulator = CallAccumulator(FunctionCall)
    grown = accumulator.growing(parse_event(event("function_call_arguments.delta", output_index=0, delta="{x")))
    assert grown is not None
    for _ in range(2):
        with pytest.raises(ArgumentsError, match="JSON as arguments"):
            grown.partial_json()
