"""A text in fragments, of which slices are wanted."""

from __future__ import annotations

from bisect import bisect_right

__all__ = ["RawText"]


class RawText:
    """Keeps the fragments of a text; a slice costs what it is long.

    Example:
        >>> text = RawText()
        >>> for fragment in ("[1, ", "23", "]"):
        ...     text.append(fragment)
        >>> text.slice(3, 6), str(text), len(text)
        (' 23', '[1, 23]', 7)
    """

    __slots__ = ("_fragments", "_length", "_starts")

    def __init__(self) -> None:
        self._fragments: list[str] = []
        self._starts: list[int] = []
        self._length = 0

    def append(self, fragment: str) -> None:
        """Add a fragment to the end."""
        self._fragments.append(fragment)
        self._starts.append(self._length)
        self._length += len(fragment)

    def slice(self, start: int, end: int) -> str:
        """Return the characters from ``start`` to before ``end``."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_right(self._starts, end)
        before = self._starts[first] if self._starts else 0
        return "".join(self._fragments[first:last])[start - before : end - before]

    def __str__(self) -> str:
        return "".join(self._fragments)

    def __len__(self) -> int:
        return self._length
