"""Conversations of several turns with the simulated model."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.simulated import SimulatedModel

TOOL = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}


def answered(model: SimulatedModel, request: dict[str, Any]) -> list[list[str]]:
    """Answer every call; return the types of each turn's items."""
    turns: list[list[str]] = []
    while len(turns) < 10:
        response = model.respond(request)
        turns.append([item["type"] for item in response["output"]])
        calls = [item["call_id"] for item in response["output"] if item["type"] == "function_call"]
        if not calls:
            break
        outputs = [{"type": "function_call_output", "call_id": call_id, "output": "sun"} for call_id in calls]
        request = {**request, "previous_response_id": response["id"], "input": outputs}
    return turns


@pytest.mark.parametrize(("name", "count"), [("tool_turns", 3), ("tool_turns:1", 1), ("tool_turns:5", 5)])
def test_a_model_calls_as_often_as_it_is_told_then_answers(name: str, count: int):
    """One call a turn, three by default."""
    request = {"model": f"scenario:{name}", "input": "Weather in Oslo", "tools": [TOOL]}
    assert answered(SimulatedModel(), request) == [["function_call"]] * count + [["message"]]


def test_a_model_without_tools_answers_at_once():
    """There is nothing to call."""
    assert answered(SimulatedModel(), {"model": "scenario:tool_turns", "input": "Hi"}) == [["message"]]


@pytest.mark.parametrize(
    ("approve", "types"), [(True, ["mcp_list_tools", "mcp_call", "message"]), (False, ["message"])]
)
def test_an_approval_is_answered(approve: bool, types: list[str]):
    """Approved, the call is made; refused, the model answers without it, and does not ask again."""
    model = SimulatedModel(scenario="mcp_approval")
    asked = model.respond({"model": "gpt-5", "input": "What is a stream?"})
    request = asked["output"][-1]
    assert request["type"] == "mcp_approval_request"
    decision = {"type": "mcp_approval_response", "approval_request_id": request["id"], "approve": approve}
    told = model.respond({"model": "gpt-5", "input": [decision], "previous_response_id": asked["id"]})
    assert [item["type"] for item in told["output"]] == types
