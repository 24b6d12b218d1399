"""What the server does by itself: nothing of it but progress is streamed."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from rxstream.models.base import JSONObject
from rxstream.testing.strategies.writer import ItemWriter

__all__ = [
    "audio",
    "compaction",
    "file_search_call",
    "image_generation_call",
    "mcp_list_tools",
    "web_search_call",
]

_IMAGE = "iVBORw0KGgo="
_LOOKS: st.SearchStrategy[JSONObject] = st.sampled_from(
    [
        {},
        {"background": "opaque", "quality": "low", "size": "1024x1024"},
        {"background": "auto", "quality": "auto", "size": "auto"},
    ]
)


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
    prompt, looks = writer.text(), writer.draw(_LOOKS)
    writer.close(status="completed", result=_IMAGE, revised_prompt=prompt, output_format="png", **looks)


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
