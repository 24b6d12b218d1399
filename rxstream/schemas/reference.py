"""References inside of a JSON schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

__all__ = ["resolve"]


def resolve(root: Mapping[str, Any], reference: str) -> dict[str, Any]:
    """Look up a reference such as ``#/$defs/City``.

    Raises:
        TypeError: Nothing is there, or it is a reference to elsewhere.

    Example:
        >>> resolve({"$defs": {"City": {"type": "object"}}}, "#/$defs/City")
        {'type': 'object'}
    """
    found: Any = root
    try:
        for key in reference.removeprefix("#/").split("/"):
            found = found[key.replace("~1", "/").replace("~0", "~")]
    except (KeyError, TypeError):
        found = None
    if not isinstance(found, dict):
        raise TypeError(f"expected a reference to a part of the schema, but got {reference!r}")
    return cast("dict[str, Any]", found)
