"""The body of ``POST /v1/responses``, checked roughly and read into one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from rxstream.simulated.conversation import as_items
from rxstream.simulated.http_errors import api_error

__all__ = ["ResponseRequest", "parse_request"]

_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "model": ((str,), "a string"),
    "input": ((str, list), "a string or an array"),
    "instructions": ((str, list), "a string or an array"),
    "tools": ((list,), "an array"),
    "tools[].parameters": ((dict,), "an object"),
    "tools[].parameters.properties": ((dict,), "an object"),
    "tools[].partial_images": ((int,), "an integer"),
    "tool_choice": ((str, dict), "a string or an object"),
    "tool_choice.tools": ((list,), "an array"),
    "text": ((dict,), "an object"),
    "text.format": ((dict,), "an object"),
    "text.format.type": ((str,), "a string"),
    "text.format.schema": ((dict,), "an object"),
    "reasoning": ((dict,), "an object"),
    "metadata": ((dict,), "an object"),
    "include": ((list,), "an array"),
    "stream": ((bool,), "a boolean"),
    "store": ((bool,), "a boolean"),
    "background": ((bool,), "a boolean"),
    "parallel_tool_calls": ((bool,), "a boolean"),
    "max_output_tokens": ((int,), "an integer"),
    "top_logprobs": ((int,), "an integer"),
    "temperature": ((int, float), "a number"),
    "top_p": ((int, float), "a number"),
    "previous_response_id": ((str,), "a string"),
}
_NAMES = frozenset(
    (
        *(name for name in _KINDS if "." not in name),
        *("access_programs", "background_options", "context_management", "conversation", "image", "max_tool_calls"),
        *("moderation", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
        *("safety_identifier", "service_tier", "stream_options", "truncation", "user"),
    )
)
_TEXT_NAMES = frozenset(("format", "verbosity"))
_RANGES: dict[str, tuple[int, int]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "max_output_tokens": (1, 1_000_000),
    "top_logprobs": (0, 20),
    "tools[].partial_images": (0, 3),
}
_JSON_NAMES: dict[type, str] = {dict: "an object", list: "an array", str: "a string", bool: "a boolean"}
_NAMED_TOOLS = ("function", "custom")
_TOOL_CHOICES = ("none", "auto", "required")


@dataclass(frozen=True)
class ResponseRequest:
    """A request as the simulated model reads it.

    Attributes:
        body: The whole body, for what is only echoed.
        items: The input of this turn, as items.
        tools: The declared tools.
        text_format: The ``text.format`` object.
        include: What the caller asked to be included.
    """

    body: Mapping[str, Any]
    items: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    text_format: Mapping[str, Any]
    include: frozenset[str]

    def flag(self, name: str, default: bool) -> bool:
        """Read a Boolean; ``null`` means the default."""
        value = self.body.get(name)
        return default if value is None else bool(value)

    @property
    def reasoning(self) -> Mapping[str, Any]:
        """The ``reasoning`` object, empty if there is none."""
        return self.body.get("reasoning") or {}

    @property
    def top_logprobs(self) -> int | None:
        """How many alternatives are asked for with each token; ``None`` if no log probabilities are."""
        wanted: int = self.body.get("top_logprobs") or 0
        return wanted if wanted or "message.output_text.logprobs" in self.include else None

    @property
    def tool_choice(self) -> str | Mapping[str, Any]:
        """The ``tool_choice``, ``"auto"`` if there is none."""
        return self.body.get("tool_choice") or "auto"


def parse_request(body: object) -> ResponseRequest:
    """Check a body as the API does and read it.

    Raises:
        SimulatedHTTPError: With status 400 and an error of the API's shape.

    Example:
        >>> parse_request({"model": "gpt-5", "input": "Hi"}).items
        [{'type': 'message', 'role': 'user', 'content': 'Hi'}]
    """
    if not isinstance(body, dict):
        raise api_error(400, "Invalid body: expected a JSON object.", code="invalid_json")
    fields = cast("dict[str, Any]", body)
    _check_names(fields, _NAMES, "")
    _check_kinds(fields)
    for name in ("model", "input"):
        if fields.get(name) is None:
            raise api_error(
                400, f"Missing required parameter: '{name}'.", param=name, code="missing_required_parameter"
            )
    text: dict[str, Any] = fields.get("text") or {}
    _check_names(text, _TEXT_NAMES, "text.")
    _check_kinds({f"text.{key}": value for key, value in text.items()})
    text_format: dict[str, Any] = text.get("format") or {"type": "text"}
    _check_kinds({f"text.format.{key}": value for key, value in text_format.items()})
    return ResponseRequest(
        body=fields,
        items=as_items(_checked_input(fields["input"])),
        tools=_checked_tools(fields),
        text_format=text_format,
        include=frozenset(map(str, fields.get("include") or ())),
    )


def _check_names(fields: Mapping[str, Any], known: frozenset[str], prefix: str) -> None:
    for name in fields:
        if name not in known:
            raise api_error(
                400, f"Unknown parameter: '{prefix}{name}'.", param=f"{prefix}{name}", code="unknown_parameter"
            )


def _check_kinds(fields: Mapping[str, Any]) -> None:
    for name, (kinds, expected) in _KINDS.items():
        value = fields.get(name)
        if value is None:
            continue
        # A Boolean is an int to Python, but not to JSON.
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise _wrong_type(name, expected, value)
        low, high = _RANGES.get(name, (None, None))
        if low is not None and high is not None and not low <= value <= high:
            raise api_error(
                400, f"Invalid '{name}': expected a value between {low} and {high}, but got {value}.", param=name
            )


def _checked_input(value: Any) -> Any:
    items = cast("list[Any]", value) if not isinstance(value, str) else []
    for position, item in enumerate(items):
        if not isinstance(item, dict):
            raise _wrong_type(f"input[{position}]", "an object", item)
        if not isinstance(cast("dict[str, Any]", item).get("type", ""), str):
            raise _wrong_type(f"input[{position}].type", "a string", cast("dict[str, Any]", item)["type"])
        if "type" not in item and "role" not in item:
            where = f"input[{position}].role"
            raise api_error(
                400, f"Missing required parameter: '{where}'.", param=where, code="missing_required_parameter"
            )
    return value


def _checked_tools(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    tools = cast("list[dict[str, Any]]", fields.get("tools") or [])
    for position, tool in enumerate(tools):
        _check_tool(tool, f"tools[{position}]")
    _check_tool_choice(fields.get("tool_choice"), tools)
    return tools


def _check_tool(tool: Any, where: str) -> None:
    if not isinstance(tool, dict):
        raise _wrong_type(where, "an object", tool)
    declared = cast("dict[str, Any]", tool)
    for name in ("type", "name") if declared.get("type") in _NAMED_TOOLS else ("type",):
        if not isinstance(declared.get(name), str):
            missing = f"{where}.{name}"
            raise api_error(
                400, f"Missing required parameter: '{missing}'.", param=missing, code="missing_required_parameter"
            )
    _check_kinds({f"tools[].{key}": value for key, value in declared.items()})
    parameters: dict[str, Any] = declared.get("parameters") or {}
    _check_kinds({f"tools[].parameters.{key}": value for key, value in parameters.items()})


def _check_tool_choice(choice: Any, tools: list[dict[str, Any]]) -> None:
    if isinstance(choice, str) and choice not in _TOOL_CHOICES:
        raise api_error(
            400,
            f"Invalid value: '{choice}'. Supported values are: 'none', 'auto', and 'required'.",
            param="tool_choice",
            code="invalid_value",
        )
    settings = cast("dict[str, Any]", choice) if isinstance(choice, dict) else {}
    _check_kinds({f"tool_choice.{key}": value for key, value in settings.items()})
    for tool in settings.get("tools") or ():
        if not isinstance(tool, dict):
            raise _wrong_type("tool_choice.tools[]", "an object", tool)
    name = settings.get("name")
    if name is not None and name not in [tool.get("name") for tool in tools]:
        raise api_error(400, f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice")


def _wrong_type(name: str, expected: str, value: object) -> Exception:
    got = _JSON_NAMES.get(type(value), "a number")
    return api_error(
        400,
        f"Invalid type for '{name}': expected {expected}, but got {got} instead.",
        param=name,
        code="invalid_type",
    )
