"""Whether the last item counts."""

from __future__ import annotations

from typing import Any

from rxstream.testing.example import Example
from rxstream.testing.rig import Declared, LawBroken, alone
from rxstream.testing.view import view

__all__ = ["Influence"]

_OTHERS = 3
_ENOUGH = 3


class Influence:
    """Looks for an operator that loses the last item.

    One that holds back an item until the next one comes, and forgets it at the end, keeps all laws of one example: so
    does one that really is about earlier items. What gives it away is that the last item of a stream never makes a
    difference, in no example whatever, though the same item does as soon as another one follows. An operator that emits
    rarely may look like that in an example or two, which is not enough.

    Args:
        declared: The operator.
    """

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._last_counts = False
        self._lost: list[Any] | None = None
        self._times = 0

    def look(self, example: Example) -> None:
        """Compare, in one example, what is emitted with one item and with another in its place."""
        items, shows_it = example.items, False
        for place, item in enumerate(items):
            before = items[:place]
            for other in _unlike(item, [*example.others, *items]):
                if self._last_counts:
                    return
                if self._differ([*before, item], [*before, other]):
                    self._last_counts = True
                elif place + 1 < len(items) and not shows_it:
                    shows_it = self._is_lost(before, (item, other), items[place + 1], [*example.others, *items])
                    if shows_it:
                        self._found(items[: place + 2])

    def _is_lost(self, before: list[Any], pair: tuple[Any, Any], after: Any, others: list[Any]) -> bool:
        """Tell whether an item counts as soon as another one follows, which does not count itself."""
        first, second = ([*before, one] for one in pair)
        if not self._differ([*first, after], [*second, after]):
            return False
        for last in _unlike(after, others):
            if any(self._differ([*items, after], [*items, last]) for items in (first, second)):
                self._last_counts = True
                return False
        return True

    def _found(self, items: list[Any]) -> None:
        self._times += 1
        if self._lost is None or len(items) < len(self._lost):
            self._lost = items

    def _differ(self, items: list[Any], others: list[Any]) -> bool:
        return self._emitted(items) != self._emitted(others)

    def _emitted(self, items: list[Any]) -> list[Any]:
        try:
            return alone(self._declared, items, complete=True).views()
        except LawBroken:  # such items the strategy does not make: what it says of them is nobody's business
            return []

    def check(self) -> list[Any] | None:
        """Return items that show it; ``None`` where the last item counts, as it should."""
        return None if self._last_counts or self._times < _ENOUGH else self._lost


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
