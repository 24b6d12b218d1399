"""What a tool's result looks like to the model."""

from __future__ import annotations

from typing import Any, cast

from pydantic_core import PydanticSerializationError, to_json

__all__ = ["output_of"]

_PARTS = ("input_text", "input_image", "input_file")


def output_of(value: object) -> str | list[dict[str, Any]]:
    """Make the ``output`` of a ``function_call_output`` out of what a tool returned.

    Text stays as it is, except that half a character becomes ``?``. A list of content parts (``input_text``,
    ``input_image``, ``input_file``) stays a list. All else becomes JSON: models, dataclasses, collections, dates,
    ``None`` (``null``). Numbers that JSON does not have are written as ``"NaN"`` and ``"Infinity"``.

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
        return str.__str__(value) if _is_unicode(value) else value.encode("utf-8", "replace").decode()
    if isinstance(value, bytes | bytearray | memoryview):
        raise TypeError(
            "expected a result that the model can read, but got bytes: give text, or an input_file or input_image part"
        )
    if _is_parts(value):
        return [dict(part) for part in cast("list[dict[str, Any]]", value)]
    try:
        return to_json(value, inf_nan_mode="strings").decode()
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise TypeError(f"expected a result that JSON can express, but got {type(value).__name__}: {error}") from error


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_parts(value: object) -> bool:
    if not isinstance(value, list) or not value:
        return False
    parts = cast("list[object]", value)
    return all(isinstance(part, dict) and cast("dict[str, Any]", part).get("type") in _PARTS for part in parts)
