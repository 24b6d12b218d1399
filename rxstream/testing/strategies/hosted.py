"""What the server does by itself, and items that come whole: nothing of them but progress is streamed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from rxstream.models.base import JSONObject
from rxstream.testing.strategies.json_documents import argument_texts
from rxstream.testing.strategies.writer import ItemWriter

__all__ = [
    "WHOLE_ITEMS",
    "audio",
    "compaction",
    "file_search_call",
    "image_generation_call",
    "mcp_approval_request",
    "mcp_list_tools",
    "web_search_call",
]

_IMAGE = "iVBORw0KGgo="


def web_search_call(writer: ItemWriter) -> None:
    """Write a search of the web; what was searched comes with its end."""
    writer.open("ws", "web_search_call", status="in_progress", action={"type": "search"})
    writer.stages("response.web_search_call", "in_progress", "searching", "completed")
    url = "https://example.com"
    actions: list[dict[str, Any]] = [
        {"type": "search", "query": writer.text(), "sources": [{"type": "url", "url": url}]},
        {"type": "open_page", "url": url},
        {"type": "find_in_page", "url": url, "pattern": "rx"},
    ]
    writer.close(status="completed", action=writer.draw(st.sampled_from(actions)))


def file_search_call(writer: ItemWriter) -> None:
    """Write a search of files."""
    writer.open("fs", "file_search_call", status="in_progress", queries=[], results=None)
    writer.stages("response.file_search_call", "in_progress", "searching", "completed")
    query = writer.text()
    found: JSONObject = {"attributes": {}, "file_id": "file_1", "filename": "notes.md", "score": 0.5, "text": query}
    writer.close(status="completed", queries=[query], results=writer.draw(st.sampled_from([None, [], [found]])))


def image_generation_call(writer: ItemWriter) -> None:
    """Write an image, with partial images before the result."""
    writer.open("ig", "image_generation_call", status="in_progress")
    writer.stages("response.image_generation_call", "in_progress", "generating")
    for number in range(writer.draw(st.integers(0, 3))):
        writer.emit(
            "response.image_generation_call.partial_image", partial_image_index=number, partial_image_b64=_IMAGE
        )
    writer.stages("response.image_generation_call", "completed")
    writer.close(status="completed", result=_IMAGE, revised_prompt=writer.text(), output_format="png")


def mcp_list_tools(writer: ItemWriter) -> None:
    """Write the listing of a remote server's tools, which succeeds or fails."""
    writer.open("mcpl", "mcp_list_tools", server_label="docs", tools=[])
    writer.stages("response.mcp_list_tools", "in_progress")
    if writer.draw(st.booleans()):
        writer.stages("response.mcp_list_tools", "failed")
        writer.close(error="no such server")
        return
    writer.stages("response.mcp_list_tools", "completed")
    tool: dict[str, Any] = {"name": "ask", "description": None, "annotations": None, "input_schema": {"type": "object"}}
    writer.close(tools=writer.draw(st.sampled_from([[], [tool]])))


def mcp_approval_request(writer: ItemWriter) -> None:
    """Write a request for approval of a call: whole at once."""
    arguments = writer.draw(argument_texts)
    writer.open("mcpr", "mcp_approval_request", arguments=arguments, name="ask", server_label="docs")
    writer.close()


def compaction(writer: ItemWriter) -> None:
    """Write a compaction: the conversation so far, as ciphertext."""
    writer.open("cmp", "compaction", encrypted_content="gAAAAAB0")
    writer.stages("response.compaction", "compacting")
    writer.close()


def audio(writer: ItemWriter) -> None:
    """Write sound and its transcript, which belong to no item."""
    for _ in range(writer.draw(st.integers(0, 2))):
        writer.events.append({"type": "response.audio.delta", "delta": "AAAA"})
        writer.events.append({"type": "response.audio.transcript.delta", "delta": writer.text()})
    writer.events.append({"type": "response.audio.done"})
    writer.events.append({"type": "response.audio.transcript.done"})


def _whole(prefix: str, item_type: str, **fields: Any) -> Callable[[ItemWriter], None]:
    def write(writer: ItemWriter) -> None:
        status = {"status": "in_progress"} if "status" in fields else {}
        writer.open(prefix, item_type, **{**fields, **status})
        writer.close(**({"status": "completed"} if status else {}))

    return write


_CALL = {"call_id": "", "status": ""}
_EXECUTED: JSONObject = {"type": "exec", "command": ["ls"], "env": {}}

WHOLE_ITEMS: dict[str, Callable[[ItemWriter], None]] = {
    "computer_call": _whole("cu", "computer_call", **_CALL, pending_safety_checks=[], action={"type": "screenshot"}),
    "local_shell_call": _whole("lsh", "local_shell_call", **_CALL, action=_EXECUTED),
    "program": _whole("prg", "program", call_id="", code="1 + 1", fingerprint="gAAAAAB0"),
    "tool_search_call": _whole("tsc", "tool_search_call", **_CALL, execution="server", arguments={"query": "rx"}),
    "tool_search_output": _whole("tso", "tool_search_output", **_CALL, execution="server", tools=[]),
}
"""Items of which nothing is streamed but beginning and end."""
