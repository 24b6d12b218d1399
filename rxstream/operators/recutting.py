"""Pieces of a stream, cut anew: pure machines for the operators that set its pace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

from rxstream.accumulators.pieces import PieceKey, join_pieces, piece_of, split_piece
from rxstream.accumulators.places import ResponseChange
from rxstream.accumulators.sequence import SequenceGuard
from rxstream.accumulators.turns import BEGINNINGS
from rxstream.events import ResponseEvent, ResponseStreamEvent
from rxstream.segmentation import Segmenter

__all__ = ["PieceReader", "Recutter"]

_T = TypeVar("_T")


class PieceReader:
    """Reads the pieces of a stream, and knows those that came before.

    Such a repetition has to be left out where pieces are cut anew: what has come under its number is no longer the
    same, and whoever looks at numbers would take it for new text.

    Keeps: a hash for each event of the response.
    """

    def __init__(self) -> None:
        self._guard = SequenceGuard()
        self._change = ResponseChange()

    def read(self, item: object) -> tuple[PieceKey, str] | None:
        """Return what a piece makes longer, and its text.

        That is ``""`` for a repetition, and ``None`` is returned for all else: deltas without text, or of a wrong
        shape, are events like others.
        """
        found = piece_of(item)
        if not isinstance(item, ResponseEvent):
            return found if found is not None and found[1] else None
        event = cast(ResponseStreamEvent, item)
        if event.type in BEGINNINGS and self._change.note(event):
            self._guard = SequenceGuard()
        is_replay = self._guard.is_replay(event)
        if found is None or not found[1] or event.mismatches:
            return None
        return (found[0], "") if is_replay else found


class Recutter(Generic[_T]):
    """Cuts pieces into units; gives items in the order in which they came, and says of each whether it is a unit.

    A unit ends where text of another kind, or another event, comes between. What ends in half a character waits for
    the other half.

    Args:
        make_segmenter: Makes what cuts the text.

    Keeps: the unit that is not yet whole.
    """

    def __init__(self, make_segmenter: Callable[[], Segmenter]) -> None:
        self._make_segmenter = make_segmenter
        self._segmenter = make_segmenter()
        self._reader = PieceReader()
        self._key: PieceKey | None = None
        self._held: list[_T] = []
        self._text: list[str] = []  # theirs, but for a half of a character at the end
        self._half = ""

    def feed(self, item: _T) -> list[tuple[_T, bool]]:
        """Take an item; return those that are ready."""
        piece = self._reader.read(item)
        if piece is None:
            return [*self.close(), (item, False)]
        key, text = piece
        if not text:
            return []
        ready = [] if key == self._key else self.close()
        self._key = key
        self._held.append(item)
        text = join_pieces([self._half, text])
        self._half = text[-1] if "\ud800" <= text[-1] <= "\udbff" else ""
        return ready + self._cut(text[: len(text) - len(self._half)])

    def close(self) -> list[tuple[_T, bool]]:
        """End the text; return what was held back."""
        half, self._half = self._half, ""
        ready = self._cut(half, is_last=True)
        self._segmenter = self._make_segmenter()
        self._key = None
        return ready

    def _cut(self, text: str, *, is_last: bool = False) -> list[tuple[_T, bool]]:
        self._text.append(text)
        units = self._segmenter.feed(text)
        if is_last:
            units += self._segmenter.close()
        if not units:
            return []
        self._text = ["".join(self._text)[sum(map(len, units)) :]]
        rest = self._text[0] + self._half
        items = split_piece(join_pieces(self._held), [*units, rest] if rest else units)
        self._held = [items.pop()] if rest else []
        return [(item, True) for item in items]
