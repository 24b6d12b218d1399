"""The protocol of a tool loop: which calls are to be answered, and what the next request is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rxstream.accumulators import CustomToolCall, FunctionCall, ResponseAccumulator
from rxstream.errors import MaxTurnsError, ToolError
from rxstream.events import ResponseStreamEvent
from rxstream.models import McpApprovalRequest
from rxstream.models.base import JSONObject, json_of
from rxstream.models.calls import ResponseCustomToolCall, ResponseFunctionToolCall
from rxstream.models.response import placed_objects
from rxstream.tools.events import ToolCall, ToolOutput, ToolRequest, TurnStarted
from rxstream.tools.loop_requests import TurnRequests

__all__ = ["Conversation"]

_APPROVAL = "mcp_approval_request"
_OURS = (FunctionCall.item_type, CustomToolCall.item_type, _APPROVAL)
# Calls that somebody else must answer before the conversation can go on, unless the server has answered them itself.
_FOREIGN = ("computer_call", "local_shell_call", "shell_call", "apply_patch_call")


class Conversation:
    """Takes the events of each turn, says what is to be answered, takes the answers, and makes the next request.

    A call is handed out once in a conversation. One that comes again, with the same ``call_id``, has its answer;
    :meth:`check` refuses another one that comes with it in a later turn.

    Args:
        request: The first request, as keywords of ``client.stream``.
        max_turns: How many requests are sent at most.
        decides_approvals: Requests for approval are handed out as well. Otherwise the conversation ends with the first.
        eager: Calls are handed out when their item is done, not when the response is complete.

    Attributes:
        turn: The number of the turn, from 1.

    Example:
        >>> from rxstream.events import parse_event
        >>> conversation = Conversation({"input": "What is 1 + 2?"}, max_turns=2)
        >>> conversation.begin().turn
        1
        >>> item = {"type": "function_call", "name": "add", "call_id": "call_1", "arguments": "{}"}
        >>> [call] = conversation.feed(parse_event({"type": "response.completed", "response": {
        ...     "id": "resp_1", "output": [item]}}))
        >>> conversation.answer_call(call, "3")
        >>> conversation.goes_on(), conversation.request["previous_response_id"]
        (True, 'resp_1')
        >>> conversation.begin().input
        [{'type': 'function_call_output', 'call_id': 'call_1', 'output': '3'}]
    """

    def __init__(
        self, request: Mapping[str, Any], *, max_turns: int, decides_approvals: bool = False, eager: bool = False
    ) -> None:
        self._requests = TurnRequests(request)
        self._max_turns = max_turns
        self._decides_approvals = decides_approvals
        self._eager = eager
        self.turn = 0
        self._added: list[JSONObject] = []
        self._handed_out: set[str] = set()
        self._first_of: dict[str, tuple[int, list[Any]]] = {}
        self._answers: dict[str, JSONObject] = {}
        self._begin_response()

    def _begin_response(self) -> None:
        self._response = ResponseAccumulator()
        self._output: list[tuple[int, JSONObject]] = []
        self._is_complete = False

    @property
    def request(self) -> dict[str, Any]:
        """The request of the turn that begins, as keywords of ``client.stream``."""
        return self._requests.request

    def begin(self) -> TurnStarted:
        """Begin the next turn."""
        self.turn += 1
        self._begin_response()
        return TurnStarted.of(self.turn, self._added)

    def feed(self, event: ResponseStreamEvent) -> list[ToolRequest]:
        """Take an event of the turn; return what is to be answered from now on."""
        self._response.feed(event)
        if event.type == "response.output_item.done" and self._eager:
            item = json_of(cast(Any, event).item)
            index = cast(Any, event).output_index
            # An item that is incomplete was cut, and so will be its response.
            return [] if item.get("status") == "incomplete" else self._new([(index or 0, item)])
        if event.type == "response.completed":
            self._is_complete = True
            self._output = placed_objects(json_of(self._response.snapshot()).get("output"))
            return [] if self._is_blocked else self._new(self._output)
        return []

    def check(self, call: ToolCall) -> None:
        """Look whether a call may run, as far as the conversation goes.

        Raises:
            ToolError: Its ``call_id`` was that of another call in a turn before.
        """
        item = json_of(call.item)
        call_id = self._id_of(call.output_index, item)
        if self._key(call.output_index, item) != call_id:
            raise ToolError(
                f"expected a call_id of its own for each call, but {call_id!r} was that of another call before",
                name=call.name,
                call_id=call.call_id,
            )

    def answer_call(self, call: ToolCall, output: ToolOutput) -> None:
        """Take what a tool gave back, or what the model is to see in its place."""
        item = json_of(call.item)
        call_id = self._id_of(call.output_index, item)
        answer = {"type": f"{item['type']}_output", "call_id": call_id, "output": output}
        if item.get("caller") is not None:  # a program of the model that made the call
            answer["caller"] = item["caller"]
        self._answers[self._key(call.output_index, item)] = answer

    def answer_approval(self, request: McpApprovalRequest, approved: bool) -> None:
        """Take the decision on a call of a remote tool."""
        answer = {"type": "mcp_approval_response", "approval_request_id": request.id, "approve": approved}
        self._answers[self._key(0, json_of(request))] = answer

    def goes_on(self) -> bool:
        """Say whether another turn follows, when this one is over and all that was handed out is answered.

        Raises:
            MaxTurnsError: One would have to follow, but there were as many as may be.
        """
        keys = dict.fromkeys(self._key(index, item) for index, item in self._output if item.get("type") in _OURS)
        if not self._is_complete or not keys or self._is_blocked:
            return False
        if self.turn >= self._max_turns:
            raise MaxTurnsError(self._max_turns)
        self._added = [self._answers[key] for key in keys]
        response = json_of(self._response.snapshot())
        can_be_named = isinstance(response.get("id"), str) and response.get("store") is not False
        output = [self._with_call_id(index, item) for index, item in self._output]
        self._requests.add_turn(response["id"] if can_be_named else None, output, self._added)
        return True

    @property
    def _is_blocked(self) -> bool:
        """Something in the output waits for an answer that nobody here can give."""
        items = [item for _, item in self._output]
        answered = [(item.get("type"), item.get("call_id")) for item in items]
        return any(
            (item.get("type") == _APPROVAL and not self._may_decide(item))
            or (item.get("type") in _FOREIGN and (f"{item['type']}_output", item.get("call_id")) not in answered)
            for item in items
        )

    def _new(self, placed: list[tuple[int, JSONObject]]) -> list[ToolRequest]:
        found: list[ToolRequest] = []
        for index, item in placed if self.turn < self._max_turns else ():
            if item.get("type") in _OURS and self._may_decide(item):
                key = self._key(index, item)
                self._first_of.setdefault(self._id_of(index, item), (self.turn, _content(item)))
                if key not in self._handed_out:
                    self._handed_out.add(key)
                    found.append(_as_request(index, item))
        return found

    def _may_decide(self, item: JSONObject) -> bool:
        # A request for approval that has no id cannot be answered.
        return item["type"] != _APPROVAL or (self._decides_approvals and _named(item.get("id")) is not None)

    def _id_of(self, index: int, item: JSONObject) -> str:
        named = None if item.get("type") == _APPROVAL else _named(item.get("call_id"))
        return named or _named(item.get("id")) or f"call_{self.turn}_{index}"

    def _key(self, index: int, item: JSONObject) -> str:
        """Name what one answer is for: a call, which may come again. Some servers count calls anew in each turn."""
        call_id = self._id_of(index, item)
        turn, content = self._first_of.get(call_id, (self.turn, None))
        return call_id if turn == self.turn or content == _content(item) else f"{call_id} in turn {self.turn}"

    def _with_call_id(self, index: int, item: JSONObject) -> JSONObject:
        is_call = item.get("type") in _OURS and item["type"] != _APPROVAL
        return {**item, "call_id": self._id_of(index, item)} if is_call else item


def _named(value: object) -> str | None:
    return value if value and isinstance(value, str) else None


def _content(item: JSONObject) -> list[Any]:
    return [item.get(field) for field in ("type", "name", "namespace", "server_label", "arguments", "input")]


def _as_request(index: int, item: JSONObject) -> ToolRequest:
    if item["type"] == _APPROVAL:
        return McpApprovalRequest.lazily(item)
    if item["type"] == CustomToolCall.item_type:
        return CustomToolCall(output_index=index, item=ResponseCustomToolCall.lazily(item))
    return FunctionCall(output_index=index, item=ResponseFunctionToolCall.lazily(item))
