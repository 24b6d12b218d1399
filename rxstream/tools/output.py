"""What a tool's result looks like to the model."""

from __future__ import annotations

import json
from typing import Any, cast

from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python

__all__ = ["output_of"]

_PARTS = ("input_text", "input_image", "input_file")


def output_of(value: object) -> str | list[dict[str, Any]]:
    """Make the ``output`` of a ``function_call_output`` out of what a tool returned.

    Text stays as it is. A list of content parts (``input_text``, ``input_image``, ``input_file``) stays a list. All
    else becomes JSON: models, dataclasses, collections, dates, ``None`` (``null``). Half a character becomes ``?``;
    numbers that JSON does not have are written as ``"NaN"`` and ``"Infinity"``.

    Args:
        value: What the tool returned.

    Returns:
        Text, or a new list of content parts.

    Raises:
        TypeError: The value is ``bytes``, or JSON cannot express it.

    Example:
        >>> output_of("12 °C"), output_of({"celsius": 12}), output_of(None)
        ('12 °C', '{"celsius":12}', 'null')
        >>> output_of([{"type": "input_text", "text": "12 °C"}])
        [{'type': 'input_text', 'text': '12 °C'}]
    """
    if isinstance(value, str):
        return _unicode(str.__str__(value))
    if isinstance(value, bytes | bytearray | memoryview):
        raise TypeError(
            "expected a result that the model can read, but got bytes: give text, or an input_file or input_image part"
        )
    if _is_parts(value):
        return cast("list[dict[str, Any]]", json.loads(_json(value)))
    return _json(value)


def _json(value: object) -> str:
    try:
        plain = to_jsonable_python(value)  # first, for a generator can be read only once
        try:
            return to_json(plain, inf_nan_mode="strings").decode()
        except PydanticSerializationError:
            return to_json(_without_halves(plain), inf_nan_mode="strings").decode()
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise TypeError(f"expected a result that JSON can express, but got {type(value).__name__}: {error}") from error


def _without_halves(value: Any) -> Any:
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value).items()
        return {_unicode(key): _without_halves(inner) for key, inner in entries}
    if isinstance(value, list):
        return [_without_halves(inner) for inner in cast("list[Any]", value)]
    return _unicode(value) if isinstance(value, str) else value


def _unicode(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _is_parts(value: object) -> bool:
    if not isinstance(value, list) or not value:
        return False
    parts = cast("list[object]", value)
    return all(isinstance(part, dict) and cast("dict[str, Any]", part).get("type") in _PARTS for part in parts)
