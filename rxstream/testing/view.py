"""What an item is worth: a value that later changes of the item do not reach, and that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

from pydantic import BaseModel

from rxstream.accumulators.structured import PartialJSON

__all__ = ["view"]


def view(item: Any) -> Any:
    """Copy what an item says.

    Example:
        >>> numbers = [1, {"a": [2]}]
        >>> before = view(numbers)
        >>> numbers[1]["a"].append(3)
        >>> before == view(numbers)
        False
    """
    if item is None or isinstance(item, (str, bytes, bool, int)):
        return item
    if isinstance(item, float):
        return repr(item)  # a number that is not one equals itself here
    if isinstance(item, BaseException):
        return type(item).__name__, str(item)
    if isinstance(item, PartialJSON):
        return item.output_index, item.part_index, view(item.value), item.state
    if isinstance(item, BaseModel):
        return type(item).__name__, view(item.model_dump())
    return _of_parts(item)


def _of_parts(item: Any) -> Any:
    if isinstance(item, Mapping):
        return type(cast(object, item)).__name__, [
            (view(key), view(value)) for key, value in cast("Mapping[Any, Any]", item).items()
        ]
    if isinstance(item, (list, tuple)):
        return type(cast(object, item)).__name__, [view(part) for part in cast("list[Any]", item)]
    if isinstance(item, (set, frozenset)):
        return type(cast(object, item)).__name__, sorted(repr(part) for part in cast("set[Any]", item))
    if callable(getattr(item, "to_dict", None)):
        return type(item).__name__, view(item.to_dict())
    if is_dataclass(item):
        return type(item).__name__, [(one.name, view(getattr(item, one.name))) for one in fields(item) if one.compare]
    if type(item).__eq__ is object.__eq__ and hasattr(item, "__dict__"):
        return type(item).__name__, view(vars(item))
    return item
