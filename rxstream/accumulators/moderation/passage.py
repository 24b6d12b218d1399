"""One text while it grows: cut into overlapping windows, and released as far as they have passed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable
from typing import TypeAlias

from rxstream.accumulators.versioned import join_text, mend

__all__ = ["Excerpt", "Passage", "Span", "Window"]

Span: TypeAlias = tuple[int, int]
"""A part of a text: where it begins, and where it ends."""


class Excerpt(str):
    """What a check is given: a part of a text, and what stands beside it.

    Attributes:
        before: The character before it; ``""`` at the beginning of the text.
        after: The character after it; ``""`` at the end of the text.

    Example:
        >>> excerpt = Excerpt("ass", before="l")
        >>> excerpt, excerpt.before, excerpt.after
        ('ass', 'l', '')
    """

    __slots__ = ("after", "before")

    def __new__(cls, text: str, *, before: str = "", after: str = "") -> Excerpt:
        made = super().__new__(cls, text)
        made.before, made.after = before, after
        return made


class Window:
    """A part of a text that is to be checked.

    Attributes:
        passage: The text.
        start: Where it begins in the text.
        end: Where it ends.
        excerpt: What the check is given.
        flagged: What the check said; ``None`` before.
        runs: Which places of the text are to be replaced because of that.
        bars: Nothing that it covers is ever released.
    """

    __slots__ = ("bars", "end", "excerpt", "flagged", "passage", "runs", "start")

    def __init__(self, passage: Passage, start: int, end: int, excerpt: Excerpt) -> None:
        self.passage = passage
        self.start = start
        self.end = end
        self.excerpt = excerpt
        self.flagged: bool | None = None
        self.runs: list[Span] = []
        self.bars = False


class Passage:
    """One text while it grows.

    A window begins at each half of a window's length, and is cut as soon as the character after it is there too, which
    a check may need to see; at the end of the text a last, shorter one. So each run of characters of up to half of a
    window is wholly inside a window. Neither end of a window parts the halves of a surrogate pair.

    Args:
        window: The length of a window in characters.

    Attributes:
        length: How many characters came.
        decided: All windows that cover a character before this place have been decided.
        finished: The text has ended.
        replaced: The places that are flagged, joined where they touch, as far as they are decided.
        bar: The first window that bars the text, where there is one.
    """

    __slots__ = (
        "_covered", "_next", "_pending", "_pieces", "_size", "_stride", "_tail", "_tail_start", "_waits_from",
        "bar", "decided", "finished", "length", "replaced",
    )  # fmt: skip

    def __init__(self, window: int) -> None:
        self._size = window
        self._stride = max(1, window // 2)
        self._pieces: list[str] = []
        self._tail = [""]  # what the next windows are cut from, and two characters before it
        self._tail_start = 0
        self._next = 0  # where the next window begins
        self._waits_from = 0  # the same, or half a character before it
        self._covered = 0
        self._pending: deque[Window] = deque()
        self.length = 0
        self.decided = 0
        self.finished = False
        self.replaced: list[tuple[int, int]] = []
        self.bar: Window | None = None

    @property
    def text(self) -> str:
        """The text so far; halves of a character that came one after the other are that character."""
        return join_text(self._pieces)

    @property
    def unmended(self) -> str:
        """The text so far, in which each half of a character that came in halves has a place of its own."""
        return "".join(self._pieces)

    def append(self, piece: str) -> list[Window]:
        """Make the text longer; return the windows that can be checked now."""
        self._pieces.append(piece)
        self._tail.append(piece)
        self.length += len(piece)
        self.finished = False
        return self._cut() if self.length > self._next + self._size else []

    def finish(self) -> list[Window]:
        """End the text; return the windows that can be checked now. It may go on all the same."""
        if self.finished:
            return []
        self.finished = True
        windows = self._cut()
        if self.length > self._covered:
            windows.append(self._window(self._next, self.length))
        self._advance()
        return windows

    def decide(self, window: Window, *, flagged: bool, spans: Iterable[Span] = ()) -> None:
        """Take what a check said of a window, and where in its excerpt; all of it is flagged where it does not say."""
        window.flagged = flagged
        if flagged:
            # Where halves of characters were joined, places in the excerpt are not those in the text.
            is_mended = len(window.excerpt) != window.end - window.start
            runs = [] if is_mended else [(window.start + start, window.start + end) for start, end in spans]
            window.runs = runs or [(window.start, window.end)]
        self._advance()

    def stop_at(self, window: Window) -> None:
        """Never release what a window covers."""
        window.bars = True
        if self.bar is None or window.start < self.bar.start:
            self.bar = window

    def needs(self, window: Window) -> bool:
        """Say whether it matters what a check says of a window."""
        return self.bar is None or window.start < self.bar.start

    @property
    def is_waiting(self) -> bool:
        """A check is to say something of a window."""
        return bool(self._pending) and not self._pending[0].bars

    def replaced_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the flagged runs in a part of the text, as places in it; one may begin before it."""
        runs: list[tuple[int, int]] = []
        for place in range(bisect_right(self.replaced, start, key=lambda run: run[1]), len(self.replaced)):
            begins, ends = self.replaced[place]
            if begins >= end:
                break
            runs.append((begins - start, min(ends, end) - start))
        return runs

    def _cut(self) -> list[Window]:
        windows: list[Window] = []
        self._tail = ["".join(self._tail)]
        while (end := self._whole(self._next + self._size)) < self.length:
            windows.append(self._window(self._next, end))
            self._next += self._stride
            self._waits_from = self._next - self._parts_a_pair(self._next)
        self._tail = [self._tail[0][max(0, self._next - 2 - self._tail_start) :]]
        self._tail_start = max(0, self._next - 2)
        return windows

    def _window(self, start: int, end: int) -> Window:
        tail = self._tail[0]
        start -= self._parts_a_pair(start)
        first, last = start - self._tail_start, end - self._tail_start
        excerpt = Excerpt(
            _mended(tail[first:last]),
            before=_mended(tail[max(0, first - 2) : first])[-1:],
            after=_mended(tail[last : last + 2])[:1],
        )
        window = Window(self, start, end, excerpt)
        self._pending.append(window)
        self._covered = end
        return window

    def _whole(self, place: int) -> int:
        return place + self._parts_a_pair(place)

    def _parts_a_pair(self, place: int) -> bool:
        at, tail = place - self._tail_start, self._tail[0]
        return 0 < at < len(tail) and "\ud800" <= tail[at - 1] <= "\udbff" and "\udc00" <= tail[at] <= "\udfff"

    def _advance(self) -> None:
        pending = self._pending
        while pending and pending[0].flagged is not None:
            window = pending.popleft()
            for start, end in window.runs:
                self._replace(start, end)
        uncut = self.length if self.finished else self._waits_from
        self.decided = pending[0].start if pending else uncut

    def _replace(self, start: int, end: int) -> None:
        first = last = bisect_left(self.replaced, start, key=lambda run: run[1])
        while last < len(self.replaced) and self.replaced[last][0] <= end:
            last += 1
        if last > first:
            start, end = min(start, self.replaced[first][0]), max(end, self.replaced[last - 1][1])
        self.replaced[first:last] = [(start, end)]


def _mended(text: str) -> str:
    return text if text.isascii() else mend(text)
