"""The events that a tool loop puts between those of the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias, cast

from pydantic_core import from_json, to_json

from rxstream.accumulators import CustomToolCall, FunctionCall
from rxstream.accumulators.turns import TURN_STARTED
from rxstream.events import UnknownEvent
from rxstream.models import McpApprovalRequest
from rxstream.models.base import JSONObject, copy_json, json_of
from rxstream.models.calls import ResponseCustomToolCall, ResponseFunctionToolCall

__all__ = [
    "ToolCall",
    "ToolCallFailed",
    "ToolCallFinished",
    "ToolCallProgress",
    "ToolCallStarted",
    "ToolOutput",
    "ToolRequest",
    "TurnStarted",
]

ToolCall: TypeAlias = FunctionCall | CustomToolCall
"""A call that the application answers."""

ToolRequest: TypeAlias = ToolCall | McpApprovalRequest
"""What may need approval: a call of one of our tools, or of a tool of a remote server."""

ToolOutput: TypeAlias = str | list[JSONObject]
"""What the model gets to see of a tool's result: text, or content parts."""

_MADE_HERE = "the tool loop made it"


@dataclass(slots=True, frozen=True, kw_only=True, eq=False, repr=False)
class TurnStarted(UnknownEvent):
    """A turn of a tool loop starts: a request is about to be sent.

    What these events tell is in ``data``, as JSON, so that they can be recorded with all others.
    """

    type: str = TURN_STARTED
    reason: str = _MADE_HERE

    @classmethod
    def of(cls, turn: int, added: Sequence[JSONObject] = ()) -> Self:
        """Make one."""
        return cls(data={"turn": turn, "input": copy_json(list(added))})

    @property
    def turn(self) -> int:
        """The number of the turn, from 1."""
        return self.data["turn"]

    @property
    def input(self) -> list[JSONObject]:
        """What the application adds to the conversation: the outputs of the turn before, and its approvals."""
        return self.data["input"]


@dataclass(slots=True, frozen=True, kw_only=True, eq=False, repr=False)
class _ToolCallEvent(UnknownEvent):
    """What the events of one call have in common."""

    reason: str = _MADE_HERE

    @property
    def turn(self) -> int:
        """The number of the turn that the call belongs to, from 1."""
        return self.data["turn"]

    @property
    def call(self) -> ToolCall:
        """The call."""
        item = cast(JSONObject, self.data["item"])
        index: int = self.data["output_index"]
        if item["type"] == CustomToolCall.item_type:
            return CustomToolCall(output_index=index, item=ResponseCustomToolCall.lazily(item))
        return FunctionCall(output_index=index, item=ResponseFunctionToolCall.lazily(item))


def _told(turn: int, call: ToolCall, **more: Any) -> JSONObject:
    return {"turn": turn, "output_index": call.output_index, "item": json_of(call.item), **more}


@dataclass(slots=True, frozen=True, kw_only=True, eq=False, repr=False)
class ToolCallStarted(_ToolCallEvent):
    """A tool starts to run; its arguments are valid and the call is approved."""

    type: str = "rxstream.tool_call.started"

    @classmethod
    def of(cls, turn: int, call: ToolCall) -> Self:
        """Make one."""
        return cls(data=_told(turn, call))


@dataclass(slots=True, frozen=True, kw_only=True, eq=False, repr=False)
class ToolCallProgress(_ToolCallEvent):
    """A tool that is a generator yielded.

    Attributes:
        value: What it yielded; ``None`` in an event that was recorded. The JSON has it as far as JSON can.
    """

    type: str = "rxstream.tool_call.progress"
    value: Any = None

    @classmethod
    def of(cls, turn: int, call: ToolCall, value: object) -> Self:
        """Make one."""
        return cls(value=value, data=_told(turn, call, value=_as_json(value)))


def _as_json(value: object) -> Any:
    try:
        return from_json(to_json(value, inf_nan_mode="strings", fallback=repr))
    except Exception:  # bytes that are no text, a circle, a model that cannot tell of itself
        try:
            return repr(value)
        except Exception:
            return object.__repr__(value)


@dataclass(slots=True, frozen=True, kw_only=True, eq=False, repr=False)
class ToolCallFinished(_ToolCallEvent):
    """A tool has run."""

    type: str = "rxstream.tool_call.finished"

    @classmethod
    def of(cls, turn: int, call: ToolCall, output: ToolOutput, seconds: float) -> Self:
        """Make one."""
        return cls(data=_told(turn, call, output=output, seconds=seconds))

    @property
    def output(self) -> ToolOutput:
        """What the model gets to see."""
        return self.data["output"]

    @property
    def seconds(self) -> float:
        """How long the tool took."""
        return self.data["seconds"]


@dataclass(slots=True, frozen=True, kw_only=True, eq=False, repr=False)
class ToolCallFailed(_ToolCallEvent):
    """A call came to nothing: an unknown tool, wrong arguments, no approval, an exception, a timeout.

    Attributes:
        error: Why; ``None`` in an event that was recorded. The JSON has its type and text.
    """

    type: str = "rxstream.tool_call.failed"
    error: Exception | None = None

    @classmethod
    def of(cls, turn: int, call: ToolCall, error: Exception, output: ToolOutput) -> Self:
        """Make one."""
        what = {"type": type(error).__name__, "message": str(error)}
        return cls(error=error, data=_told(turn, call, output=output, error=what))

    @property
    def output(self) -> ToolOutput:
        """What the model gets to see instead of a result."""
        return self.data["output"]
