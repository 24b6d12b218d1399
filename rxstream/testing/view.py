"""What an item is worth: a value that later changes of the item do not reach, and that can be compared."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import ModuleType
from typing import Any, cast

from pydantic import BaseModel
from reactivex.abc import ObservableBase

from rxstream.accumulators.structured import PartialJSON

__all__ = ["view"]

_DEEPEST = 100
_Look = Callable[[Any], Any]


def view(item: Any) -> Any:
    """Copy what an item says.

    Two views are equal where the items say the same. What cannot be told of an item, such as what an iterator will give
    or an Observable will emit, is not compared: of that, the name of the type is all there is.

    Example:
        >>> numbers = [1, {"a": [2]}]
        >>> before = view(numbers)
        >>> numbers[1]["a"].append(3)
        >>> before == view(numbers)
        False
    """
    return _Viewing().view(item, 0)


class _Viewing:
    """Looks at one item and all that is in it, at each thing once, however often it is met."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[Any, Any]] = {}  # things are kept: another one may not get the same id

    def view(self, item: Any, depth: int) -> Any:
        if item is None or isinstance(item, (str, bytes, bool, int, Enum, type, ModuleType)):
            return item
        if isinstance(item, float):
            return repr(item)  # a number that is not one equals itself here
        if id(item) not in self._seen:
            name = type(item).__name__
            self._seen[id(item)] = item, (name, "inside itself")
            if depth < _DEEPEST:  # as deep as Python compares with ease
                self._seen[id(item)] = item, _of_parts(item, name, lambda part: self.view(part, depth + 1))
        return self._seen[id(item)][1]


def _of_parts(item: Any, name: str, look: _Look) -> Any:
    if isinstance(item, BaseException):
        return name, str(item)
    if isinstance(item, ObservableBase):
        return name
    if isinstance(item, PartialJSON):
        return item.output_index, item.part_index, look(item.value), item.state
    if isinstance(item, BaseModel):
        return name, look(item.model_dump())
    if isinstance(item, Mapping):
        return name, [(look(key), look(value)) for key, value in cast("Mapping[Any, Any]", item).items()]
    if isinstance(item, (list, tuple, deque)):
        return name, [look(part) for part in cast("list[Any]", item)]
    if isinstance(item, (bytearray, memoryview)):
        return name, bytes(cast("bytes", item))
    if isinstance(item, (set, frozenset)):
        return name, sorted(repr(look(part)) for part in cast("set[Any]", item))
    return _of_object(item, name, look)


def _of_object(item: Any, name: str, look: _Look) -> Any:
    if callable(getattr(item, "to_dict", None)):
        try:
            return name, look(item.to_dict())
        except Exception:  # one that wants arguments, or something else, is not meant
            pass
    if is_dataclass(item):
        return name, [(one.name, look(getattr(item, one.name))) for one in fields(item) if one.compare]
    is_one_of_its_kind = type(item).__eq__ is object.__eq__
    if not is_one_of_its_kind and _can_be_compared(item):
        return item
    state = _state(item)
    if state is not None:
        return name, look(state)
    return name if is_one_of_its_kind else (name, repr(item))


def _can_be_compared(item: Any) -> bool:
    """Tell whether it equals itself: an array, for instance, answers that with an array."""
    try:
        return bool(item == item)
    except Exception:
        return False


def _state(item: Any) -> dict[str, Any] | None:
    """Tell what an object holds; ``None`` where it does not let one look."""
    slots: list[str] = []
    for kind in type(item).__mro__:
        own: str | tuple[str, ...] = vars(kind).get("__slots__", ())
        slots += [own] if isinstance(own, str) else own
    if not slots and not hasattr(item, "__dict__"):
        return None
    held = {slot: getattr(item, slot) for slot in slots if not slot.startswith("__") and hasattr(item, slot)}
    return {**held, **getattr(item, "__dict__", {})}
