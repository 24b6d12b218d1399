"""Items that come whole: nothing of them is streamed but beginning and end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rxstream.models.base import JSONObject
from rxstream.testing.strategies.json_documents import argument_texts
from rxstream.testing.strategies.writer import ItemWriter

__all__ = ["WHOLE_ITEMS"]


def _whole(prefix: str, item_type: str, **fields: Any) -> Callable[[ItemWriter], None]:
    def write(writer: ItemWriter) -> None:
        drawn: JSONObject = {
            name: writer.draw(cast(SearchStrategy[Any], value)) if isinstance(value, SearchStrategy) else value
            for name, value in fields.items()
        }
        writer.open(prefix, item_type, **drawn)
        writer.close(**({"status": "completed"} if drawn.get("status") == "in_progress" else {}))

    return write


_CALL = {"call_id": "", "status": "in_progress"}
_OUTPUT = {**_CALL, "output": st.sampled_from(["3", "", [{"type": "input_text", "text": "3"}]])}
_EXECUTED: JSONObject = {"type": "exec", "command": ["ls"], "env": {}}
_FUNCTION: JSONObject = {"type": "function", "name": "add", "parameters": {"type": "object"}, "strict": True}
_SCREEN = {"type": "computer_screenshot", "image_url": "data:image/png;base64,iVBORw0KGgo="}

WHOLE_ITEMS: dict[str, Callable[[ItemWriter], None]] = {
    "computer_call": _whole("cu", "computer_call", **_CALL, pending_safety_checks=[], action={"type": "screenshot"}),
    "computer_call_output": _whole("cuo", "computer_call_output", **_CALL, output=_SCREEN),
    "local_shell_call": _whole("lsh", "local_shell_call", **_CALL, action=_EXECUTED),
    "local_shell_call_output": _whole("lsho", "local_shell_call_output", status="in_progress", output="{}"),
    "program": _whole("prg", "program", call_id="", code="1 + 1", fingerprint="gAAAAAB0"),
    "program_output": _whole(
        "prgo", "program_output", call_id="", result="2", status=st.sampled_from(["completed", "incomplete"])
    ),
    "tool_search_call": _whole("tsc", "tool_search_call", **_CALL, execution="server", arguments={"query": "rx"}),
    "tool_search_output": _whole("tso", "tool_search_output", **_CALL, execution="server", tools=[]),
    "additional_tools": _whole("at", "additional_tools", role="developer", tools=st.sampled_from([[], [_FUNCTION]])),
    "function_call_output": _whole("fco", "function_call_output", **_OUTPUT),
    "custom_tool_call_output": _whole("ctco", "custom_tool_call_output", **_OUTPUT),
    "apply_patch_call_output": _whole(
        "apco",
        "apply_patch_call_output",
        call_id="",
        status=st.sampled_from(["completed", "failed"]),
        output=st.sampled_from([None, "no such file"]),
    ),
    "mcp_approval_request": _whole(
        "mcpr", "mcp_approval_request", arguments=argument_texts, name="ask", server_label="docs"
    ),
    "mcp_approval_response": _whole(
        "mcpa", "mcp_approval_response", approval_request_id="mcpr_0", approve=st.booleans(), reason=None
    ),
}
"""The writer of each."""
