"""A text that is read each time it has grown."""

from __future__ import annotations

__all__ = ["GrowingText"]


class GrowingText:
    """A text in pieces, joined when it is read.

    Example:
        >>> text = GrowingText()
        >>> text.append("Hel")
        >>> text.append("lo")
        >>> text.read()
        'Hello'
    """

    __slots__ = ("_pieces", "_text")

    def __init__(self, text: str = "") -> None:
        self._text = text
        self._pieces: list[str] = []

    def append(self, piece: str) -> None:
        """Make the text longer."""
        self._pieces.append(piece)

    def read(self) -> str:
        """Return the text so far."""
        # CPython appends in place to a string that a local variable alone refers to: without this, each piece would
        # copy all text before it. The call keeps Python 3.13 from fusing two instructions, which would undo that.
        text = self._text
        self._text = ""
        text += "".join(self._pieces)
        self._pieces.clear()
        self._text = text
        return text
