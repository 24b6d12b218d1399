"""Tools of remote MCP servers: listing, calling, asking for approval."""

from __future__ import annotations

from typing import Any

from rxstream.simulated.script import ItemWriter, ResponseScript, Step

__all__ = ["mcp_approval_request", "mcp_call", "mcp_list_tools"]

_TOOLS: tuple[dict[str, Any], ...] = (
    {
        "annotations": None,
        "description": "Ask a question about a subject",
        "input_schema": {
            "type": "object",
            "properties": {"question": {"type": "string"}},
            "required": ["question"],
            "additionalProperties": False,
        },
        "name": "ask_question",
    },
)


def mcp_list_tools(server_label: str) -> Step:
    """Write the listing of a server's tools, which come with the item's end."""

    def write(script: ResponseScript) -> None:
        item: dict[str, Any] = {
            "id": script.ids.new("mcpl"),
            "type": "mcp_list_tools",
            "server_label": server_label,
            "tools": [],
        }
        writer = ItemWriter(script, item)
        writer.stages("response.mcp_list_tools", "in_progress", "completed")
        writer.close(tools=list(_TOOLS))

    return write


def mcp_call(server_label: str, arguments: str, output: str) -> Step:
    """Write a call of a server's tool, answered within the stream."""

    def write(script: ResponseScript) -> None:
        item: dict[str, Any] = {
            "id": script.ids.new("mcp"),
            "type": "mcp_call",
            "status": "in_progress",
            "approval_request_id": None,
            "arguments": "",
            "error": None,
            "name": "ask_question",
            "output": None,
            "server_label": server_label,
        }
        writer = ItemWriter(script, item)
        writer.stages("response.mcp_call", "in_progress")
        written = writer.stream("response.mcp_call_arguments", arguments, "arguments")
        if script.exhausted:
            writer.close(status="incomplete", arguments=written)
            return
        writer.stages("response.mcp_call", "completed")
        writer.close(status="completed", arguments=written, output=output)

    return write


def mcp_approval_request(server_label: str, arguments: str) -> Step:
    """Write a request for approval: nothing of it is streamed, it is whole at once."""

    def write(script: ResponseScript) -> None:
        item: dict[str, Any] = {
            "id": script.ids.new("mcpr"),
            "type": "mcp_approval_request",
            "arguments": arguments,
            "name": "ask_question",
            "server_label": server_label,
        }
        ItemWriter(script, item).close()

    return write
