"""Output items of tools that the server runs: searches, code interpreter, images, MCP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from rxstream.models.base import Lazily, Model, object_of

__all__ = [
    "AdditionalTools",
    "FileSearchResult",
    "ImageGenerationCall",
    "McpApprovalRequest",
    "McpApprovalResponse",
    "McpCall",
    "McpListTools",
    "McpListToolsTool",
    "ResponseCodeInterpreterToolCall",
    "ResponseFileSearchToolCall",
    "ResponseFunctionWebSearch",
    "ResponseToolSearchCall",
    "ResponseToolSearchOutputItem",
]


class ResponseFunctionWebSearch(Model):
    """A web search (``web_search_call``); ``action`` says what was searched, opened or found."""

    type: Literal["web_search_call"] = "web_search_call"
    id: str | None = None
    status: str | None = None
    action: dict[str, Any] | None = None


class FileSearchResult(Model):
    """A file that a search found."""

    file_id: str | None = None
    filename: str | None = None
    score: int | float | None = None
    text: str | None = None
    attributes: dict[str, Any] | None = None


class ResponseFileSearchToolCall(Model):
    """A search in uploaded files (``file_search_call``)."""

    type: Literal["file_search_call"] = "file_search_call"
    id: str | None = None
    status: str | None = None
    queries: list[str] = []
    results: list[Annotated[FileSearchResult, Lazily(object_of(FileSearchResult))]] | None = None


class ResponseCodeInterpreterToolCall(Model):
    """Code that the server ran (``code_interpreter_call``); ``outputs`` are logs and images, as JSON."""

    type: Literal["code_interpreter_call"] = "code_interpreter_call"
    id: str | None = None
    status: str | None = None
    code: str | None = None
    container_id: str | None = None
    outputs: list[dict[str, Any]] | None = None


class ImageGenerationCall(Model):
    """An image (``image_generation_call``); ``result`` is the image in base64."""

    type: Literal["image_generation_call"] = "image_generation_call"
    id: str | None = None
    status: str | None = None
    result: str | None = None
    action: str | None = None
    background: str | None = None
    output_format: str | None = None
    quality: str | None = None
    revised_prompt: str | None = None
    size: str | None = None
    error: dict[str, Any] | None = None
    svg_usage: dict[str, Any] | None = None


class McpCall(Model):
    """A call of a remote tool (``mcp_call``), its arguments and what came back."""

    type: Literal["mcp_call"] = "mcp_call"
    id: str | None = None
    status: str | None = None
    server_label: str | None = None
    name: str = ""
    arguments: str = ""
    output: str | None = None
    error: str | dict[str, Any] | None = None
    approval_request_id: str | None = None


class McpListToolsTool(Model):
    """A tool of a remote server."""

    name: str = ""
    description: str | None = None
    input_schema: dict[str, Any] | None = None
    annotations: dict[str, Any] | None = None


class McpListTools(Model):
    """The tools of a remote server (``mcp_list_tools``)."""

    type: Literal["mcp_list_tools"] = "mcp_list_tools"
    id: str | None = None
    server_label: str | None = None
    tools: list[Annotated[McpListToolsTool, Lazily(object_of(McpListToolsTool))]] = []
    error: str | dict[str, Any] | None = None


class McpApprovalRequest(Model):
    """A remote call that waits for a human's approval (``mcp_approval_request``)."""

    type: Literal["mcp_approval_request"] = "mcp_approval_request"
    id: str | None = None
    server_label: str | None = None
    name: str = ""
    arguments: str = ""


class McpApprovalResponse(Model):
    """The human's answer (``mcp_approval_response``)."""

    type: Literal["mcp_approval_response"] = "mcp_approval_response"
    id: str | None = None
    approval_request_id: str | None = None
    approve: bool | None = None
    reason: str | None = None


class ResponseToolSearchCall(Model):
    """A search for further tools (``tool_search_call``); ``execution`` is ``server`` or ``client``."""

    type: Literal["tool_search_call"] = "tool_search_call"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    execution: str | None = None
    arguments: Any = None
    created_by: str | None = None


class ResponseToolSearchOutputItem(Model):
    """The tools that a search found (``tool_search_output``)."""

    type: Literal["tool_search_output"] = "tool_search_output"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    execution: str | None = None
    tools: list[dict[str, Any]] = []
    created_by: str | None = None


class AdditionalTools(Model):
    """Tools that came into the conversation later (``additional_tools``)."""

    type: Literal["additional_tools"] = "additional_tools"
    id: str | None = None
    role: str | None = None
    tools: list[dict[str, Any]] = []
