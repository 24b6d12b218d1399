"""One text, and the ways in which it is read."""

from __future__ import annotations

from collections.abc import Iterable

from rxstream.accumulators.moderation.passage import Passage, Window

__all__ = ["Readings", "shown"]


class Readings:
    """One text, as it is read by those who leave out repeated deltas and believe ``.done``, and by those who do not.

    The second are readers that join all deltas that they get. The two read the same until a delta comes twice, or after
    a ``.done`` that says another text; from then on each piece is checked among both neighbours.

    Args:
        window: The length of a window in characters.

    Attributes:
        passage: What the first read.
    """

    __slots__ = ("_joined", "_parted", "_window", "passage")

    def __init__(self, window: int) -> None:
        self._window = window
        self.passage = Passage(window)
        self._joined: Passage | None = None  # what the second read, if it is something else
        self._parted: tuple[Passage, int] | None = None  # how much of a passage they will have read, if more comes

    @property
    def is_replaced(self) -> bool:
        """Something of it was flagged, as far as that is decided."""
        return bool(self.passage.replaced or (self._joined is not None and self._joined.replaced))

    def append(self, piece: str, *, is_again: bool) -> tuple[list[Window], list[tuple[Passage, int]]]:
        """Make the text longer, or say a piece again; return what can be checked now, and the places of the piece."""
        windows: list[Window] = []
        if self._joined is None and (is_again or self._parted is not None):
            passage, length = self._parted or (self.passage, self.passage.length)
            self._joined = Passage(self._window)
            windows += self._joined.append(passage.unmended[:length])
        places: list[tuple[Passage, int]] = []
        for passage in (None if is_again else self.passage, self._joined):
            if passage is not None:
                places.append((passage, passage.length))
                windows += passage.append(piece)
        return windows, places

    def settle(self, text: str) -> list[Window]:
        """Say what the text is, now that it has ended; return the windows that can be checked now."""
        windows: list[Window] = []
        seen = self.passage.text
        if text != seen and self._parted is None:
            self._parted = self.passage, self.passage.length
        if not text.startswith(seen):  # what came of it waits still
            windows += self.passage.finish()
            self.passage, seen = Passage(self._window), ""
        if len(text) > len(seen):
            windows += self.passage.append(text[len(seen) :])
        return windows + self.finish()

    def finish(self) -> list[Window]:
        """End the text; return the windows that can be checked now. It may go on all the same."""
        return self.passage.finish() + ([] if self._joined is None else self._joined.finish())


def shown(places: Iterable[tuple[Passage, int, str]], replacement: str) -> str | None:
    """Return what is shown for a piece that stands in several passages; ``None`` where that is the piece.

    What is flagged in one of them is replaced.
    """
    piece, runs = "", list[tuple[int, int]]()
    for passage, start, piece in places:  # the same in each
        runs += passage.replaced_in(start, start + len(piece))
    if not runs:
        return None
    merged: list[tuple[int, int]] = []
    for begins, ends in sorted(runs):
        if merged and begins <= merged[-1][1]:
            begins, ends = merged[-1][0], max(ends, merged.pop()[1])
        merged.append((begins, ends))
    at, parts = 0, list[str]()
    for begins, ends in merged:
        if begins >= 0:
            parts += (piece[at:begins], replacement)
        at = ends
    return "".join((*parts, piece[at:]))
