"""Cutting text off where it exceeds a budget."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from rxstream.accumulators.families import Family
from rxstream.accumulators.pieces import PieceKey, piece_of
from rxstream.accumulators.text import TextAccumulator
from rxstream.accumulators.turns import BEGINNINGS
from rxstream.events import ResponseStreamEvent

__all__ = ["TextBudget"]


class TextBudget:
    """Says which event exceeds a budget, and how much of its text does not.

    Whatever makes the text longer counts, deltas and events that bring it as a whole; what comes again does not. A
    character that is cut into the halves of a surrogate pair counts when its first half comes.

    Args:
        limit: How much may come.
        families: The texts that count.
        cost: What a piece of text costs; the number of its characters by default.

    Example:
        >>> from rxstream.accumulators.text import OUTPUT_TEXT
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> budget = TextBudget(4, OUTPUT_TEXT)
        >>> [budget.take(ResponseTextDeltaEvent(output_index=0, delta=delta)) for delta in ("Hel", "lo")]
        [None, 'l']
    """

    def __init__(self, limit: float, families: tuple[Family, ...], cost: Callable[[str], float] = len) -> None:
        self._limit = limit
        self._cost = cost
        self._deltas = frozenset(family.delta for family in families)
        self._text = TextAccumulator(families)
        self._spent = 0.0
        self._spent_before = 0.0  # on earlier responses of the stream
        self._halves: set[PieceKey] = set()

    def take(self, event: ResponseStreamEvent) -> str | None:
        """Take an event.

        Returns:
            ``None`` where it is within the budget. Otherwise the part of its delta that is, ``""`` for none: then the
            budget is not to be used any more.
        """
        grown = self._text.feed(event)
        if event.type in BEGINNINGS and not self._text.text:
            self._spent_before = self._spent
        if self._text.corrected:
            self._spent = self._spent_before + self._cost(self._text.text)
            return "" if self._spent > self._limit else None
        piece = piece_of(event) if event.type in self._deltas else None
        if piece is not None and (self._halves or not piece[1].isascii()):
            self._note_half(*piece)
        elif piece is None and grown:  # a whole text, halves and all
            self._halves.clear()
        if not grown and not self._halves:
            return None
        cost = self._cost(grown) if grown else 0
        if self._spent + cost + len(self._halves) <= self._limit:
            self._spent += cost
            return None
        return "" if piece is None else self._affordable(grown, *piece)

    def _note_half(self, key: PieceKey, delta: str) -> None:
        if _ends_in_half(delta):
            self._halves.add(key)
        elif delta:
            self._halves.discard(key)

    def _affordable(self, grown: str, key: PieceKey, delta: str) -> str:
        # Character by character the delta is what the text grows by: the second half of one stands for the whole.
        rest = self._limit - self._spent - len(self._halves - {key})
        length = bisect_right(range(1, len(grown) + 1), rest, key=lambda length: self._cost(grown[:length]))
        part = delta[:length]
        return part[:-1] if _ends_in_half(part) else part


def _ends_in_half(text: str) -> bool:
    return "\ud800" <= text[-1:] <= "\udbff"
