"""Operators over the events of a response stream."""

from rxstream.operators.budgets import take_until_budget
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
from rxstream.operators.coalescing import coalesce
from rxstream.operators.filtering import in_item, of_type
from rxstream.operators.moderation import moderate
from rxstream.operators.pacing import smooth
from rxstream.operators.segmentation import lines, sentences, words
from rxstream.operators.sharing import share_replay
from rxstream.operators.snapshots import final_response, outcome, snapshots
from rxstream.operators.structured import elements, partial_json, partial_model
from rxstream.operators.text import accumulate_text, reasoning_deltas, refusal_deltas, text_deltas
from rxstream.operators.timeouts import timeouts
from rxstream.operators.timing import first_content, latency, time_to_first_content

__all__ = [
    "accumulate_arguments",
    "accumulate_code",
    "accumulate_custom_tool_input",
    "accumulate_mcp_arguments",
    "accumulate_text",
    "annotations",
    "coalesce",
    "code_interpreter_calls",
    "custom_tool_calls",
    "elements",
    "final_response",
    "first_content",
    "function_calls",
    "in_item",
    "latency",
    "lines",
    "mcp_calls",
    "moderate",
    "of_type",
    "outcome",
    "partial_json",
    "partial_model",
    "reasoning_deltas",
    "refusal_deltas",
    "sentences",
    "share_replay",
    "smooth",
    "snapshots",
    "take_until_budget",
    "text_deltas",
    "time_to_first_content",
    "timeouts",
    "words",
]
