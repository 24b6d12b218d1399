"""Operators over the events of a response stream."""

from rxstream.operators.calls import (
    accumulate_arguments,
    accumulate_code,
    accumulate_custom_tool_input,
    accumulate_mcp_arguments,
    code_interpreter_calls,
    custom_tool_calls,
    function_calls,
    mcp_calls,
)
from rxstream.operators.citations import annotations
from rxstream.operators.filtering import in_item, of_type
from rxstream.operators.sharing import share_replay
from rxstream.operators.snapshots import final_response, outcome, snapshots
from rxstream.operators.text import accumulate_text, reasoning_deltas, refusal_deltas, text_deltas

__all__ = [
    "accumulate_arguments",
    "accumulate_code",
    "accumulate_custom_tool_input",
    "accumulate_mcp_arguments",
    "accumulate_text",
    "annotations",
    "code_interpreter_calls",
    "custom_tool_calls",
    "final_response",
    "function_calls",
    "in_item",
    "mcp_calls",
    "of_type",
    "outcome",
    "reasoning_deltas",
    "refusal_deltas",
    "share_replay",
    "snapshots",
    "text_deltas",
]
