"""Cutting text by what the character before which it is cut, and some after it, say."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final, Literal

__all__ = ["CONFIRMED", "CUT", "JOINED", "OPEN", "REFUTED", "Segmenter", "Verdict", "check_text"]

Verdict = Literal[0, 1, 2, 3, 4]

JOINED: Final = 0
"""The character belongs to the unit before it."""
CUT: Final = 1
"""A unit begins with the character."""
OPEN: Final = 2
"""A unit may begin with the character: a later one will say. No other place may be open meanwhile."""
CONFIRMED: Final = 3
"""A unit begins at the open place, and the character belongs to it."""
REFUTED: Final = 4
"""No unit begins at the open place; the character belongs to the one before it."""


class Segmenter(ABC):
    """Cuts text into units, and gives each as soon as it can no longer change.

    Joined, the units are the text. Time is linear in the length of the text, however it comes in pieces.

    Keeps: the unit that is not yet whole.
    """

    def __init__(self) -> None:
        self._sure: list[str] = []  # before the open place; empty while none is open
        self._rest: list[str] = []

    @abstractmethod
    def look(self, character: str) -> Verdict:
        """Say whether a unit begins with a character, or that it began before; called once for each, in order."""

    def feed(self, text: str) -> list[str]:
        """Take a piece; return the units that it made whole."""
        check_text(text)
        units: list[str] = []
        look = self.look
        start = 0
        for place, character in enumerate(text):
            verdict = look(character)
            if verdict == JOINED:
                continue
            if verdict == CUT:
                self._rest.append(text[start:place])
                start = place
                if unit := "".join(self._rest):
                    units.append(unit)
                self._rest = []
            elif verdict == OPEN:
                self._rest.append(text[start:place])
                start = place
                self._sure, self._rest = self._rest, []
            elif verdict == CONFIRMED:
                units.append("".join(self._sure))
                self._sure = []
            else:
                self._sure.extend(self._rest)
                self._sure, self._rest = [], self._sure
        self._rest.append(text[start:])
        return units

    def close(self) -> list[str]:
        """End; return what was held back, where a place is open as two units."""
        units = ["".join(parts) for parts in (self._sure, self._rest)]
        return [unit for unit in units if unit]

    def salvage(self) -> list[str]:
        """End, because nothing more can come: what was held back has arrived, and is shown before the error."""
        return self.close()


def check_text(text: object) -> None:
    """Refuse what is no text.

    Raises:
        TypeError: It is something else, such as an event.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected text, as text_deltas() emits it, but got {type(text).__name__}")
