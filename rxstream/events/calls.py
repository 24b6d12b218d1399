"""Events of calls: functions, custom tools, MCP."""

from __future__ import annotations

from typing import Literal

from rxstream.events.base import Index, ResponseEvent, event_class

__all__ = [
    "ResponseCustomToolCallInputDeltaEvent",
    "ResponseCustomToolCallInputDoneEvent",
    "ResponseFunctionCallArgumentsDeltaEvent",
    "ResponseFunctionCallArgumentsDoneEvent",
    "ResponseMcpCallArgumentsDeltaEvent",
    "ResponseMcpCallArgumentsDoneEvent",
    "ResponseMcpCallCompletedEvent",
    "ResponseMcpCallFailedEvent",
    "ResponseMcpCallInProgressEvent",
    "ResponseMcpListToolsCompletedEvent",
    "ResponseMcpListToolsFailedEvent",
    "ResponseMcpListToolsInProgressEvent",
]


@event_class
class ResponseFunctionCallArgumentsDeltaEvent(ResponseEvent):
    """``response.function_call_arguments.delta``: a piece of the arguments of a function call."""

    type: Literal["response.function_call_arguments.delta"] = "response.function_call_arguments.delta"
    output_index: Index | None = None
    item_id: str | None = None
    delta: str = ""


@event_class
class ResponseFunctionCallArgumentsDoneEvent(ResponseEvent):
    """``response.function_call_arguments.done``: the arguments of a function call are finished."""

    type: Literal["response.function_call_arguments.done"] = "response.function_call_arguments.done"
    output_index: Index | None = None
    item_id: str | None = None
    name: str | None = None
    arguments: str = ""


@event_class
class ResponseCustomToolCallInputDeltaEvent(ResponseEvent):
    """``response.custom_tool_call_input.delta``: a piece of the input of a custom tool."""

    type: Literal["response.custom_tool_call_input.delta"] = "response.custom_tool_call_input.delta"
    output_index: Index | None = None
    item_id: str | None = None
    delta: str = ""


@event_class
class ResponseCustomToolCallInputDoneEvent(ResponseEvent):
    """``response.custom_tool_call_input.done``: the input of a custom tool is finished."""

    type: Literal["response.custom_tool_call_input.done"] = "response.custom_tool_call_input.done"
    output_index: Index | None = None
    item_id: str | None = None
    input: str = ""


@event_class
class ResponseMcpCallArgumentsDeltaEvent(ResponseEvent):
    """``response.mcp_call_arguments.delta``: a piece of the arguments of an MCP call."""

    type: Literal["response.mcp_call_arguments.delta"] = "response.mcp_call_arguments.delta"
    output_index: Index | None = None
    item_id: str | None = None
    delta: str = ""


@event_class
class ResponseMcpCallArgumentsDoneEvent(ResponseEvent):
    """``response.mcp_call_arguments.done``: the arguments of an MCP call are finished."""

    type: Literal["response.mcp_call_arguments.done"] = "response.mcp_call_arguments.done"
    output_index: Index | None = None
    item_id: str | None = None
    arguments: str = ""


@event_class
class ResponseMcpCallInProgressEvent(ResponseEvent):
    """``response.mcp_call.in_progress``: an MCP call runs."""

    type: Literal["response.mcp_call.in_progress"] = "response.mcp_call.in_progress"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseMcpCallCompletedEvent(ResponseEvent):
    """``response.mcp_call.completed``: an MCP call is finished."""

    type: Literal["response.mcp_call.completed"] = "response.mcp_call.completed"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseMcpCallFailedEvent(ResponseEvent):
    """``response.mcp_call.failed``: an MCP call failed."""

    type: Literal["response.mcp_call.failed"] = "response.mcp_call.failed"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseMcpListToolsInProgressEvent(ResponseEvent):
    """``response.mcp_list_tools.in_progress``: the tools of an MCP server are being listed."""

    type: Literal["response.mcp_list_tools.in_progress"] = "response.mcp_list_tools.in_progress"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseMcpListToolsCompletedEvent(ResponseEvent):
    """``response.mcp_list_tools.completed``: the tools of an MCP server are listed."""

    type: Literal["response.mcp_list_tools.completed"] = "response.mcp_list_tools.completed"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseMcpListToolsFailedEvent(ResponseEvent):
    """``response.mcp_list_tools.failed``: the tools of an MCP server could not be listed."""

    type: Literal["response.mcp_list_tools.failed"] = "response.mcp_list_tools.failed"
    output_index: Index | None = None
    item_id: str | None = None
