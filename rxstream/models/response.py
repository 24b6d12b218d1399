"""The response itself, its usage and its error.

Source: https://platform.openai.com/docs/api-reference/responses/object
"""

from __future__ import annotations

from typing import Annotated, Any, cast

from rxstream.models.base import JSONObject, Lazily, Model, json_of, object_of
from rxstream.models.items import ResponseOutputItem

__all__ = [
    "IncompleteDetails",
    "InputTokensDetails",
    "OutputTokensDetails",
    "Response",
    "ResponseError",
    "ResponseUsage",
]


class InputTokensDetails(Model):
    """Where the input tokens came from."""

    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    cache_write_tokens_details: dict[str, Any] | None = None


class OutputTokensDetails(Model):
    """Where the output tokens went."""

    reasoning_tokens: int | None = None


class ResponseUsage(Model):
    """The tokens that a response took."""

    input_tokens: int | None = None
    input_tokens_details: Annotated[InputTokensDetails, Lazily(object_of(InputTokensDetails))] | None = None
    output_tokens: int | None = None
    output_tokens_details: Annotated[OutputTokensDetails, Lazily(object_of(OutputTokensDetails))] | None = None
    total_tokens: int | None = None


class ResponseError(Model):
    """Why a response failed."""

    code: str | None = None
    message: str | None = None
    type: str | None = None
    param: str | None = None
    misalignment: dict[str, Any] | None = None


class IncompleteDetails(Model):
    """Why a response is incomplete: ``max_output_tokens``, ``content_filter`` and others."""

    reason: str | None = None


class Response(Model):
    """One response of a model, whole or as far as it is known.

    ``status`` is ``queued``, ``in_progress``, ``completed``, ``incomplete``, ``failed`` or ``cancelled``;
    ``created_at`` and ``completed_at`` are seconds since 1970.

    Example:
        >>> response = Response.lazily({"status": "completed", "output": [
        ...     {"type": "message", "content": [{"type": "output_text", "text": "Hello"}]}]})
        >>> response.output_text, response.output[0].type
        ('Hello', 'message')
    """

    id: str | None = None
    object: str | None = None
    status: str | None = None
    model: str | None = None
    created_at: int | float | None = None
    completed_at: int | float | None = None
    output: list[ResponseOutputItem] = []
    usage: Annotated[ResponseUsage, Lazily(object_of(ResponseUsage))] | None = None
    error: Annotated[ResponseError, Lazily(object_of(ResponseError))] | None = None
    incomplete_details: Annotated[IncompleteDetails, Lazily(object_of(IncompleteDetails))] | None = None
    instructions: str | list[dict[str, Any]] | None = None
    metadata: dict[str, Any] | None = None
    previous_response_id: str | None = None
    background: bool | None = None
    conversation: dict[str, Any] | None = None
    max_output_tokens: int | None = None
    max_tool_calls: int | None = None
    parallel_tool_calls: bool | None = None
    prompt: dict[str, Any] | None = None
    prompt_cache_key: str | None = None
    reasoning: dict[str, Any] | None = None
    safety_identifier: str | None = None
    service_tier: str | None = None
    store: bool | None = None
    temperature: int | float | None = None
    text: dict[str, Any] | None = None
    tool_choice: str | dict[str, Any] | None = None
    tools: list[dict[str, Any]] = []
    top_logprobs: int | None = None
    top_p: int | float | None = None
    truncation: str | None = None
    user: str | None = None
    access_programs: dict[str, Any] | None = None
    image: dict[str, Any] | None = None
    input_transformations: list[dict[str, Any]] | None = None
    moderation: dict[str, Any] | None = None
    prompt_cache_diagnostics: dict[str, Any] | None = None
    prompt_cache_options: dict[str, Any] | None = None
    prompt_cache_retention: str | None = None
    tool_usage: dict[str, Any] | None = None

    @property
    def output_text(self) -> str:
        """The text of all messages, joined; ``""`` where there is none."""
        return output_text(json_of(self))


def output_text(response: JSONObject) -> str:
    """Join the ``output_text`` parts of all messages of a response, given as JSON of any shape."""
    return "".join(text for item in objects(response.get("output")) for text in message_texts(item))


def message_texts(item: JSONObject) -> list[str]:
    """Return the text of each ``output_text`` part of an item, if it is a message."""
    if item.get("type") != "message":
        return []
    parts = objects(item.get("content"))
    return [part["text"] for part in parts if part.get("type") == "output_text" and isinstance(part.get("text"), str)]


def objects(value: Any) -> list[JSONObject]:
    """Return the objects of a JSON array; none where it is no array."""
    return [child for _, child in placed_objects(value)]


def placed_objects(value: Any) -> list[tuple[int, JSONObject]]:
    """Return the objects of a JSON array, each with its place in it; none where it is no array."""
    if not isinstance(value, list):
        return []
    return [(place, child) for place, child in enumerate(cast(list[Any], value)) if isinstance(child, dict)]
