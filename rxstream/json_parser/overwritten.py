"""Values that a later one of the same key has taken the place of."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from rxstream.json_parser.patches import JSONValue

__all__ = ["Overwritten"]


class Overwritten:
    """Remembers them, so that a dict can be read as it was.

    Attributes:
        count: How many there are; the number that a moment has.

    Example:
        >>> overwritten, values = Overwritten(), {"a": 1}
        >>> before = overwritten.count
        >>> overwritten.append(values, "a", 1)
        >>> overwritten.restore(values, {"a": 2}, before)
        {'a': 1}
    """

    __slots__ = ("_by_owner", "count")

    def __init__(self) -> None:
        # By identity of the dict, which is kept so that no other gets the same: of each key the moments and the values.
        self._by_owner: dict[int, tuple[Any, dict[str, tuple[list[int], list[JSONValue]]]]] = {}
        self.count = 0

    def append(self, owner: dict[str, JSONValue], key: str, value: JSONValue) -> None:
        """Remember the value that a key of a dict had."""
        _, keys = self._by_owner.setdefault(id(owner), (owner, {}))
        moments, values = keys.setdefault(key, ([], []))
        moments.append(self.count)
        values.append(value)
        self.count += 1

    def restore(self, owner: dict[str, JSONValue], values: dict[str, JSONValue], moment: int) -> dict[str, JSONValue]:
        """Put into a copy of a dict the values that it had at a moment, and return the copy."""
        _, keys = self._by_owner.get(id(owner), (owner, {}))
        for key, (moments, olds) in keys.items():
            place = bisect_left(moments, moment)
            if place < len(moments) and key in values:
                values[key] = olds[place]
        return values
