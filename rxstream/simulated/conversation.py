"""What the model is told: input items of this turn and the turns before, read into plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

from rxstream.simulated.http_errors import api_error

__all__ = ["as_items", "check_calls", "item_text", "last_prompt", "open_outputs"]

Item = dict[str, Any]

# Which item answers which, and what the API calls the pair in its error messages.
_ANSWERS = {
    "function_call_output": ("function_call", "tool call", "function call output"),
    "custom_tool_call_output": ("custom_tool_call", "custom tool call", "custom tool call output"),
}
_OUTPUTS = {
    *_ANSWERS,
    "shell_call_output",
    "local_shell_call_output",
    "apply_patch_call_output",
    "computer_call_output",
}


def as_items(value: str | Sequence[Item]) -> list[Item]:
    """Read the request's ``input``: a string is one message of the user.

    Example:
        >>> as_items("Hi")
        [{'type': 'message', 'role': 'user', 'content': 'Hi'}]
    """
    if isinstance(value, str):
        return [{"type": "message", "role": "user", "content": value}]
    return [item if "type" in item else {"type": "message", **item} for item in value]


def item_text(item: Item) -> str:
    """Join all text of an item: a message's parts, a call's arguments, an output."""
    values = [item.get(key) for key in ("content", "arguments", "input", "output", "summary", "code")]
    return " ".join(filter(None, map(_text_of, values)))


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(filter(None, map(_part_text, cast("list[Any]", value))))
    return ""


def _part_text(part: Any) -> str:
    if not isinstance(part, dict):
        return part if isinstance(part, str) else ""
    fields = cast("dict[str, Any]", part)
    texts = (fields.get(key) for key in ("text", "refusal", "logs", "stdout"))
    return next((text for text in texts if isinstance(text, str)), "")


def last_prompt(items: Iterable[Item]) -> str:
    """Give the text of the newest message that is not the model's own."""
    prompts = [item_text(item) for item in items if item["type"] == "message" and item.get("role") != "assistant"]
    return prompts[-1] if prompts else ""


def open_outputs(items: Sequence[Item]) -> list[str]:
    """Give the tools' outputs that came after the last message, as text: these the model has to answer."""
    newest = max((i for i, item in enumerate(items) if item["type"] == "message"), default=-1)
    return [_output_text(item) for item in items[newest + 1 :] if item["type"] in _OUTPUTS]


def _output_text(item: Item) -> str:
    output = item.get("output")
    return item_text(item) if isinstance(output, str | list) else json.dumps(output)


def check_calls(items: Sequence[Item]) -> None:
    """Refuse outputs without their call and calls without their output, with the API's own messages."""
    for output_type, (call_type, call, output) in _ANSWERS.items():
        called = {str(item.get("call_id")) for item in items if item["type"] == call_type}
        answered = {str(item.get("call_id")) for item in items if item["type"] == output_type}
        for call_id in sorted(answered - called):
            raise api_error(400, f"No {call} found for {output} with call_id {call_id}.", param="input")
        for call_id in sorted(called - answered):
            raise api_error(400, f"No tool output found for {call_type.replace('_', ' ')} {call_id}.", param="input")
