"""Items that cannot be read: whoever looks at one gets an error."""

from __future__ import annotations

from typing import Any

from rxstream.events import ResponseTextDeltaEvent
from rxstream.events.base import ResponseEvent

__all__ = ["Unreadable", "poison_for"]


class Unreadable(Exception):
    """What reading a poisonous item raises.

    Attributes:
        was_raised: Whether somebody has looked at the item.
    """

    def __init__(self) -> None:
        super().__init__("an item that cannot be read")
        self.was_raised = False


def poison_for(items: list[Any], error: Unreadable) -> Any:
    """Make an item like the others that raises when it is read."""
    if items and all(isinstance(item, ResponseEvent) for item in items):
        return _PoisonousEvent(error)
    return _Poison(error)


def _raise(error: Unreadable) -> Any:
    error.was_raised = True
    raise error


class _PoisonousEvent(ResponseTextDeltaEvent):
    """An event whose type and place cannot be read."""

    def __init__(self, error: Unreadable) -> None:
        object.__setattr__(self, "_error", error)

    def __getattribute__(self, name: str) -> Any:
        if name in ("type", "output_index", "delta"):
            _raise(object.__getattribute__(self, "_error"))
        return super().__getattribute__(name)


class _Poison:
    """An object that can be passed on and nothing else."""

    def __init__(self, error: Unreadable) -> None:
        object.__setattr__(self, "_error", error)

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            return object.__getattribute__(self, name)
        return _raise(object.__getattribute__(self, "_error"))

    def __repr__(self) -> str:
        return "<an item that cannot be read>"


def _refuse(self: Any, *_: Any) -> Any:
    return _raise(object.__getattribute__(self, "_error"))


for _operation in (
    *("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "rfloordiv", "mod", "rmod"),
    *("pow", "rpow", "and", "rand", "or", "ror", "xor", "rxor", "neg", "pos", "abs", "invert", "iadd"),
    *("eq", "ne", "lt", "le", "gt", "ge", "hash", "bool", "len", "iter", "next", "contains", "getitem", "setitem"),
    *("int", "float", "index", "str", "format", "bytes", "call", "enter", "exit", "round"),
):
    setattr(_Poison, f"__{_operation}__", _refuse)
