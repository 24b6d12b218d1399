"""Whether the last item counts."""

from __future__ import annotations

from typing import Any

from rxstream.testing.checks import Example
from rxstream.testing.rig import Declared, LawBroken, alone
from rxstream.testing.view import view

__all__ = ["Influence"]

_OTHERS = 3


class Influence:
    """Looks for an operator that loses the last item.

    One that holds back an item until the next one comes, and forgets it at the end, keeps all laws of one example: so
    does one that really is about earlier items. What gives it away is that the last item of a stream never makes a
    difference, in no example whatever, though the same item does as soon as another one follows.

    Args:
        declared: The operator.
    """

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._last_counts = False
        self._lost: list[Any] | None = None

    def look(self, example: Example) -> None:
        """Compare, in one example, what is emitted with one item and with another in its place."""
        items = example.items
        for place, item in enumerate(items):
            if self._last_counts:
                return
            before = items[:place]
            for other in _unlike(item, [*example.others, *items]):
                if self._emitted([*before, item]) != self._emitted([*before, other]):
                    self._last_counts = True
                elif place + 1 < len(items) and self._is_shorter(place + 2):
                    after = items[place + 1]
                    if self._emitted([*before, item, after]) != self._emitted([*before, other, after]):
                        self._lost = items[: place + 2]

    def _is_shorter(self, length: int) -> bool:
        return self._lost is None or length < len(self._lost)

    def _emitted(self, items: list[Any]) -> list[Any]:
        try:
            return alone(self._declared, items, complete=True).views()
        except LawBroken:  # such items the strategy does not make: what it says of them is nobody's business
            return []

    def check(self) -> list[Any] | None:
        """Return items that show it; ``None`` where the last item counts, as it should."""
        return None if self._last_counts else self._lost


def _unlike(item: Any, others: list[Any]) -> list[Any]:
    found: list[Any] = []
    for other in others:
        if view(other) != view(item) and all(view(other) != view(one) for one in found):
            found.append(other)
            if len(found) == _OTHERS:
                break
    return found


def lost_last() -> LawBroken:
    """What is said of it."""
    return LawBroken(
        3,
        "expected the last item to count, but in no example does it make a difference, and it does when another one "
        "follows: it is lost at the end; drops_last declares that",
    )
