"""The requests of a conversation."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.tools.loop_requests import TurnRequests
from tests.tools.scripted import call, says

OUTPUT = {"type": "function_call_output", "call_id": "call_f", "output": "1"}


def after(request: dict[str, Any], *output: dict[str, Any], response_id: str | None = "resp_1") -> dict[str, Any]:
    """The second request."""
    requests = TurnRequests(request)
    requests.add_turn(response_id, output, [OUTPUT])
    return requests.request


def without_id(item: dict[str, Any]) -> dict[str, Any]:
    """A call as it is sent again: the server may know its id as one that came with reasoning, and want that, too."""
    return {name: value for name, value in item.items() if name != "id"}


def test_a_turn_follows_by_the_id_of_the_response_with_nothing_but_the_outputs():
    """All else of the request is as it was: instructions do not carry over by themselves."""
    request = {"model": "gpt-5", "input": "Hi", "instructions": "Be brief.", "parallel_tool_calls": False}
    assert after(request, call("f")) == {**request, "input": [OUTPUT], "previous_response_id": "resp_1"}


def test_the_first_request_is_the_one_that_was_given():
    """Nothing is added, nothing is taken away."""
    request = {"model": "gpt-5", "input": [{"role": "user", "content": "Hi"}], "tool_choice": "required"}
    assert TurnRequests(request).request == request


def test_what_is_not_stored_is_sent_again():
    """Law: the input, the items of the turn as the server sent them, the outputs; the id of no response."""
    items = call("f", id="fc_1"), says("one"), {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    user = {"type": "message", "role": "user", "content": "Hi"}
    assert after({"input": "Hi", "store": False}, *items) == {
        "store": False,
        "input": [user, without_id(items[0]), *items[1:], OUTPUT],
    }


def test_what_has_no_id_is_sent_again():
    """A server that gives no id cannot be referred to."""
    request = after({"input": [{"role": "user", "content": "Hi"}]}, call("f"), response_id=None)
    assert request == {"input": [{"role": "user", "content": "Hi"}, without_id(call("f")), OUTPUT]}


def test_all_turns_are_sent_again():
    """The third request holds what was said in both turns, in order."""
    requests = TurnRequests({"input": "Hi", "store": False, "previous_response_id": "resp_0"})
    requests.add_turn("resp_1", [call("f")], [OUTPUT])
    requests.add_turn("resp_2", [call("g")], [OUTPUT | {"call_id": "call_g"}])
    assert [item.get("call_id") for item in requests.request["input"]] == [None, "call_f", "call_f", "call_g", "call_g"]
    assert requests.request["previous_response_id"] == "resp_0"


def test_encrypted_and_open_reasoning_is_sent_again_and_no_other():
    """The API looks for other reasoning by its id, and refuses the request when it was not stored."""
    encrypted = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"}
    open_text = {"type": "reasoning", "id": "rs_2", "content": [{"type": "reasoning_text", "text": "Hm"}]}
    stored = {"type": "reasoning", "id": "rs_3", "summary": [], "encrypted_content": None}
    items = after({"input": [], "store": False}, encrypted, open_text, stored, call("f"))["input"]
    assert [item.get("id") for item in items] == ["rs_1", "rs_2", None, None]


def test_null_fields_are_not_sent_again():
    """The API does not take ``status: null``."""
    [item, _] = after({"input": [], "store": False}, call("f", status=None))["input"]
    assert "status" not in item


def test_what_came_with_reasoning_that_is_left_out_has_no_id():
    """The server knows the id of a message as one that came with reasoning, and refuses it without."""
    lost = {"type": "reasoning", "id": "rs_1", "summary": []}
    kept = {**lost, "encrypted_content": "gAAA"}
    for reasoning, ids in ((kept, ["rs_1", "msg_one", None, None]), (lost, [None, None, None])):
        items = after({"input": [], "store": False}, reasoning, says("one"), call("f"))["input"]
        assert [item.get("id") for item in items] == ids


def test_the_fields_that_the_api_misses_are_sent_again_though_they_are_null():
    """Of code, results and images the schema wants a value, which may be null."""
    code = {"type": "code_interpreter_call", "id": "ci_1", "code": None, "outputs": None, "container_id": "cntr_1"}
    image = {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": None}
    items = after({"input": [], "store": False}, code, image)["input"]
    assert items[:2] == [code, image]


def test_a_status_of_reasoning_is_not_sent_again():
    """The API knows none there; that of other items it takes, and some servers want it."""
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA", "status": "completed"}
    items = after({"input": [], "store": False}, reasoning, says("one"), {"type": [], "status": "completed"})["input"]
    assert [item.get("status") for item in items] == [None, "completed", "completed", None]


@pytest.mark.parametrize(
    ("choice", "later"),
    [
        ("required", "auto"),
        ({"type": "function", "name": "f"}, "auto"),
        ({"type": "web_search"}, "auto"),
        (
            {"type": "allowed_tools", "mode": "required", "tools": []},
            {"type": "allowed_tools", "mode": "auto", "tools": []},
        ),
        ("none", "none"),
        ("auto", "auto"),
    ],
)
def test_a_forced_choice_counts_once(choice: Any, later: Any):
    """Forced in each turn, the model would call for ever."""
    assert after({"input": "Hi", "tool_choice": choice})["tool_choice"] == later


def test_a_conversation_of_the_server_adds_up_by_itself():
    """``conversation`` and ``previous_response_id`` exclude each other."""
    assert after({"input": "Hi", "conversation": "conv_1"}) == {"conversation": "conv_1", "input": [OUTPUT]}


def test_extra_body_does_not_hold_on_to_the_first_turn():
    """It goes over all else: an input in it would be sent again in each turn."""
    request = after({"extra_body": {"input": "Hi", "store": False, "tool_choice": "required", "top_k": 3}}, call("f"))
    assert request["extra_body"] == {"top_k": 3}
    assert request["input"][-1] == OUTPUT
    assert len(request["input"]) == 3
    assert request["tool_choice"] == "auto"
