"""Lines, by universal newlines."""

from __future__ import annotations

import re

from rxstream.segmentation.segmenter import check_text

__all__ = ["LineSegmenter"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)")


class LineSegmenter:
    """Cuts text into lines, each with its end: ``\\n``, ``\\r\\n`` or ``\\r``.

    Keeps: the line that is not yet whole.

    Example:
        >>> lines = LineSegmenter()
        >>> lines.feed("To be,\\r") + lines.feed("\\nor not") + lines.close()
        ['To be,\\r\\n', 'or not']
    """

    def __init__(self) -> None:
        self._held: list[str] = []
        self._carriage_return = ""  # the last character: a line feed may belong to it

    def feed(self, text: str) -> list[str]:
        """Take a piece; return the lines that it made whole."""
        check_text(text)
        if not text:
            return []
        text = self._carriage_return + text
        self._carriage_return = "\r" if text.endswith("\r") else ""
        end = len(text) - len(self._carriage_return)
        lines: list[str] = _LINE.findall(text, 0, end)
        start = sum(map(len, lines))
        if lines:
            lines[0] = "".join(self._held) + lines[0]
            self._held.clear()
        self._held.append(text[start:end])
        return lines

    def close(self) -> list[str]:
        """End; return the last line, where it has no end."""
        line = "".join(self._held) + self._carriage_return
        return [line] if line else []

    def salvage(self) -> list[str]:
        """End, because nothing more can come: what was held back has arrived, and is shown before the error."""
        return self.close()
