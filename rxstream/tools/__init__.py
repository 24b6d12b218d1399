"""Tools: functions that the model calls, and the loop that runs them."""

from rxstream.tools.base import BaseTool, ToolArguments
from rxstream.tools.custom import CustomTool, custom_tool
from rxstream.tools.events import (
    ToolCall,
    ToolCallFailed,
    ToolCallFinished,
    ToolCallProgress,
    ToolCallStarted,
    ToolRequest,
    TurnStarted,
)
from rxstream.tools.function import Tool, tool
from rxstream.tools.loop import run_tools
from rxstream.tools.output import output_of

__all__ = [
    "BaseTool",
    "CustomTool",
    "Tool",
    "ToolArguments",
    "ToolCall",
    "ToolCallFailed",
    "ToolCallFinished",
    "ToolCallProgress",
    "ToolCallStarted",
    "ToolRequest",
    "TurnStarted",
    "custom_tool",
    "output_of",
    "run_tools",
    "tool",
]
