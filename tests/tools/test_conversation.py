"""The protocol of a tool loop, without a loop."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream import MaxTurnsError, ToolError
from rxstream.tools.conversation import Conversation
from tests.tools.scripted import call, custom_call, says, turn

APPROVAL = {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "ask", "arguments": "{}"}


def fed(conversation: Conversation, events: list[Any]) -> list[Any]:
    """Begin a turn, feed it; return what was handed out, and with which event."""
    conversation.begin()
    return [(event.type, one) for event in events for one in conversation.feed(event)]


def names(handed_out: list[Any]) -> list[str]:
    """The names of what was handed out."""
    return [one.name for _, one in handed_out]


def new(**settings: Any) -> Conversation:
    """A conversation."""
    return Conversation({"input": "Hi"}, **{"max_turns": 5, **settings})


def test_calls_are_handed_out_when_the_response_is_complete():
    """With the terminal event, in the order of the output."""
    handed_out = fed(new(), turn("resp_1", call("f"), custom_call("c", "text"), call("g")))
    assert names(handed_out) == ["f", "c", "g"]
    assert {kind for kind, _ in handed_out} == {"response.completed"}


def test_eager_calls_are_handed_out_when_their_item_is_done():
    """And not again with the terminal event."""
    handed_out = fed(new(eager=True), turn("resp_1", call("f"), call("g")))
    assert [kind for kind, _ in handed_out] == ["response.output_item.done"] * 2
    assert names(handed_out) == ["f", "g"]


def test_a_call_that_was_cut_is_not_handed_out_eagerly():
    """Its arguments are not whole, and the response will be incomplete."""
    assert fed(new(eager=True), turn("resp_1", call("f", '{"a', status="incomplete"), status="incomplete")) == []


def test_an_incomplete_response_ends_the_conversation():
    """Nothing runs of what came before it was cut."""
    conversation = new()
    assert fed(conversation, turn("resp_1", call("f"), status="incomplete")) == []
    assert not conversation.goes_on()


def test_a_response_that_calls_nothing_ends_the_conversation():
    """It is the answer."""
    conversation = new()
    assert fed(conversation, turn("resp_1", says("Hello"))) == []
    assert not conversation.goes_on()


def test_a_call_id_is_handed_out_once():
    """Law: neither twice in a response nor in another turn; the answer is given again."""
    conversation = new()
    [(_, first)] = fed(conversation, turn("resp_1", call("f"), call("f")))
    conversation.answer_call(first, "1")
    assert conversation.goes_on()
    assert fed(conversation, turn("resp_2", call("f", call_id="call_f"))) == []
    assert conversation.goes_on()
    assert conversation.request["input"] == [{"type": "function_call_output", "call_id": "call_f", "output": "1"}]


def test_calls_without_an_id_are_told_apart_by_their_place():
    """What cannot be named is not run twice either, and not mistaken for another."""
    conversation = new(eager=True)
    nameless = call("f") | {"call_id": None, "id": None}
    assert len(fed(conversation, turn("resp_1", nameless, nameless))) == 2


def test_a_call_without_an_id_gets_one_where_it_is_sent_again():
    """Law: a call and its output belong together."""
    conversation = Conversation({"input": "Hi", "store": False}, max_turns=10)
    nameless = call("f") | {"call_id": None, "id": None}
    handed_out = fed(conversation, turn("resp_1", nameless, nameless | {"id": "fc_1"}))
    for _, one in handed_out:
        conversation.answer_call(one, "1")
    assert conversation.goes_on()
    assert [item.get("call_id") for item in conversation.request["input"]] == [None, *("call_1_0", "fc_1") * 2]


def test_a_call_id_of_another_call_is_refused():
    """Law: the output of one call is not given for another."""
    conversation = new()
    [(_, first)] = fed(conversation, turn("resp_1", call("f", '{"a": 1}')))
    conversation.check(first)
    conversation.answer_call(first, "1")
    assert conversation.goes_on()
    [(_, other)] = fed(conversation, turn("resp_2", call("f", '{"a": 2}')))
    with pytest.raises(ToolError, match="expected a call_id of its own"):
        conversation.check(other)
    conversation.answer_call(other, "no")
    assert conversation.goes_on()
    assert conversation.request["input"] == [{"type": "function_call_output", "call_id": "call_f", "output": "no"}]


def test_a_decision_counts_for_the_request_that_it_was_made_on():
    """Law: the same id with other arguments is asked about again."""
    conversation = new(decides_approvals=True)
    request = {"type": "mcp_approval_request", "id": "mcpr_1", "name": "rm", "arguments": "a", "server_label": "files"}
    [(_, first)] = fed(conversation, turn("resp_1", request))
    conversation.answer_approval(first, True)
    assert conversation.goes_on()
    [(_, other)] = fed(conversation, turn("resp_2", request | {"arguments": "/"}))
    conversation.answer_approval(other, False)
    assert conversation.goes_on()
    assert conversation.request["input"][0]["approve"] is False


@pytest.mark.parametrize("request_id", [None, "", []])
def test_an_approval_without_an_id_ends_the_conversation(request_id: Any):
    """Nobody can answer it."""
    conversation = new(decides_approvals=True)
    request = {"type": "mcp_approval_request", "id": request_id, "name": "search", "server_label": "docs"}
    assert fed(conversation, turn("resp_1", says("Hm"), request)) == []
    assert not conversation.goes_on()


def test_outputs_stand_in_the_order_of_the_calls():
    """However long each took."""
    conversation = new()
    handed_out = fed(conversation, turn("resp_1", call("f"), custom_call("c", "text")))
    for _, one in reversed(handed_out):
        conversation.answer_call(one, one.name)
    assert conversation.goes_on()
    assert conversation.begin().input == [
        {"type": "function_call_output", "call_id": "call_f", "output": "f"},
        {"type": "custom_tool_call_output", "call_id": "call_custom", "output": "c"},
    ]


def test_the_caller_of_a_call_is_named_by_its_output():
    """A program of the model waits for it."""
    conversation = new()
    caller = {"type": "program", "caller_id": "prog_1"}
    [(_, one)] = fed(conversation, turn("resp_1", call("f", caller=caller)))
    conversation.answer_call(one, "1")
    assert conversation.goes_on()
    assert conversation.request["input"][0]["caller"] == caller


def test_the_last_turn_runs_nothing():
    """Law: what could not be answered is not run, eager or not; the error says how many turns there were."""
    for eager in (False, True):
        conversation = new(max_turns=1, eager=eager)
        assert fed(conversation, turn("resp_1", call("f"))) == []
        with pytest.raises(MaxTurnsError, match="1 turns"):
            conversation.goes_on()


def test_an_approval_that_nobody_decides_ends_the_conversation():
    """And no call of the same response runs, whose output could not be sent."""
    conversation = new()
    assert fed(conversation, turn("resp_1", call("f"), APPROVAL)) == []
    assert not conversation.goes_on()


def test_an_approval_is_answered_by_its_id():
    """True or false: the model is told either way."""
    for approved in (True, False):
        conversation = new(decides_approvals=True)
        [(_, request)] = fed(conversation, turn("resp_1", APPROVAL))
        conversation.answer_approval(request, approved)
        assert conversation.goes_on()
        answer = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": approved}
        assert conversation.request["input"] == [answer]


def test_a_step_that_nobody_here_can_do_ends_the_conversation():
    """The API wants an output for every call."""
    conversation = new()
    assert fed(conversation, turn("resp_1", call("f"), {"type": "computer_call", "id": "cu", "call_id": "c1"})) == []
    assert not conversation.goes_on()


def test_a_step_that_the_server_did_does_not():
    """Its output is there."""
    shell = {"type": "shell_call", "call_id": "c1"}, {"type": "shell_call_output", "call_id": "c1", "output": []}
    assert names(fed(new(), turn("resp_1", *shell, call("f")))) == ["f"]


def test_a_response_that_says_that_it_is_not_stored_is_sent_again():
    """An organisation may have it so, whatever the request says."""
    conversation = new()
    [(_, one)] = fed(conversation, turn("resp_1", call("f"), store=False))
    conversation.answer_call(one, "1")
    assert conversation.goes_on()
    assert "previous_response_id" not in conversation.request
    assert len(conversation.request["input"]) == 3


def test_items_that_the_terminal_event_leaves_out_are_called_all_the_same():
    """Some servers send an empty output at the end."""
    *events, ended = turn("resp_1", call("f"))
    bare = type(ended)(response=type(ended.response).lazily({"id": "resp_1", "status": "completed", "output": []}))
    assert names(fed(new(), [*events, bare])) == ["f"]


def test_items_that_are_no_items_do_no_harm():
    """Types of any shape are data."""
    odd = {"type": ["x"], "call_id": {}}, {"call_id": 3}
    assert names(fed(new(eager=True), turn("resp_1", *odd, call("f")))) == ["f"]
