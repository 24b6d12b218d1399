"""The body of a request as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

__all__ = ["as_json"]


def as_json(value: object, where: str) -> Any:
    """Return a value as JSON; whatever has a ``to_dict()``, as tools and output items do, becomes what that returns.

    Args:
        value: The value.
        where: What errors call its place.

    Raises:
        TypeError: There is no JSON for a part of it; the message names its place.

    Example:
        >>> from rxstream.models import ResponseFunctionToolCall
        >>> as_json({"input": [ResponseFunctionToolCall(name="add")]}, "the request")
        {'input': [{'type': 'function_call', 'name': 'add'}]}
    """
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping):
        return {
            _key(key, where): as_json(child, f"{where}[{key!r}]")
            for key, child in cast("Mapping[object, object]", value).items()
        }
    if isinstance(value, (list, tuple)):
        children = enumerate(cast("list[object]", value))
        return [as_json(child, f"{where}[{place}]") for place, child in children]
    to_dict = getattr(value, "to_dict", None)
    if to_dict is None or isinstance(value, type):
        kind = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
        raise TypeError(f"expected JSON, or what has a to_dict(), but got {kind} as {where}")
    return as_json(to_dict(), where)


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"expected the names in {where} to be strings, but got {type(key).__name__}")
    return key
