"""The machines that do harm to a body: pure, each one kind of harm, each for one body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rxstream.testing.faults.pieces import Piece

__all__ = ["ByteWindow", "Drip", "EventWindow", "OneBuffer", "Recut", "Stage"]


class Stage(Protocol):
    """A machine from a body to another.

    Attributes:
        struck: It has done its harm.
        is_spent: It keeps nothing back, and will leave everything as it is: nobody needs to ask it any more.
    """

    struck: bool
    is_spent: bool

    def feed(self, chunk: bytes) -> list[Piece]:
        """Take a chunk that is not empty; return what becomes of it. After an :class:`Ending` it is not called."""
        ...

    def close(self) -> list[Piece]:
        """Return what was kept back: the body ends here, and the end itself is not the stage's."""
        ...


class ByteWindow:
    """Hands ``size`` bytes from ``at`` on to ``change``, together, and leaves the others as they are.

    A body that ends within the window is not changed.
    """

    def __init__(self, at: int, size: int, change: Callable[[bytes], list[Piece]]) -> None:
        self.struck = self.is_spent = False
        self._until = at
        self._size = size
        self._change = change
        self._held = bytearray()

    def feed(self, chunk: bytes) -> list[Piece]:
        """Take a chunk; return what becomes of it."""
        if self.struck or len(chunk) < self._until:
            self._until -= len(chunk)
            return [Piece(0.0, chunk)]
        before, rest = chunk[: self._until], chunk[self._until :]
        self._until -= len(before)
        pieces = [Piece(0.0, before)] if before else []
        if self._until:
            return pieces
        wanted = self._size - len(self._held)
        self._held += rest[:wanted]
        if len(self._held) == self._size:
            self.struck = self.is_spent = True
            pieces += self._change(bytes(self._held))
            if rest[wanted:]:
                pieces.append(Piece(0.0, rest[wanted:]))
        return pieces

    def close(self) -> list[Piece]:
        """Return what was kept back."""
        return [Piece(0.0, bytes(self._held))] if self._held and not self.struck else []


class EventWindow:
    """Hands ``count`` events from number ``index`` on (0 is the first) to ``change``; an event ends at a blank line."""

    def __init__(self, index: int, count: int, change: Callable[[list[bytes]], list[bytes]]) -> None:
        self.struck = self.is_spent = False
        self._before = index
        self._count = count
        self._change = change
        self._rest = bytearray()
        self._held: list[bytes] = []

    def feed(self, chunk: bytes) -> list[Piece]:
        """Take a chunk; return what becomes of it."""
        if self.struck:
            return [Piece(0.0, chunk)]
        searched = max(0, len(self._rest) - 1)
        self._rest += chunk
        frames: list[bytes] = []
        while not self.struck and (end := self._rest.find(b"\n\n", searched)) >= 0:
            frame, self._rest = bytes(self._rest[: end + 2]), self._rest[end + 2 :]
            searched = 0
            frames += self._passed(frame)
        if self.struck:
            frames.append(bytes(self._rest))
            self._rest.clear()
        return [Piece(0.0, frame) for frame in frames if frame]

    def _passed(self, frame: bytes) -> list[bytes]:
        if self._before:
            self._before -= 1
            return [frame]
        self._held.append(frame)
        if len(self._held) < self._count:
            return []
        self.struck = self.is_spent = True
        return self._change(self._held)

    def close(self) -> list[Piece]:
        """Return what was kept back."""
        kept = b"" if self.struck else b"".join((*self._held, self._rest))
        return [Piece(0.0, kept)] if kept else []


class Drip:
    """Gives the bytes from ``at`` on, ``size`` of them or all, one by one with a silence before each."""

    def __init__(self, at: int, size: int | None, seconds: float) -> None:
        self.struck = self.is_spent = False
        self._at = at
        self._end = None if size is None else at + size
        self._seconds = seconds
        self._passed = 0

    def feed(self, chunk: bytes) -> list[Piece]:
        """Take a chunk; return what becomes of it."""
        start = max(0, self._at - self._passed)
        stop = len(chunk) if self._end is None else max(start, self._end - self._passed)
        self._passed += len(chunk)
        self.is_spent = self._end is not None and self._passed >= self._end
        if start >= len(chunk):
            return [Piece(0.0, chunk)]
        single = chunk[start:stop]
        self.struck = self.struck or bool(single)
        pieces = [Piece(self._seconds, single[n : n + 1]) for n in range(len(single))]
        return [
            *([Piece(0.0, chunk[:start])] if chunk[:start] else []),
            *pieces,
            *([Piece(0.0, chunk[stop:])] if chunk[stop:] else []),
        ]

    def close(self) -> list[Piece]:
        """Nothing is kept back."""
        return []


class Recut:
    """Gives pieces of ``size`` bytes, whatever the chunks were; the last one is smaller."""

    def __init__(self, size: int) -> None:
        self.struck = self.is_spent = False
        self._size = size
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[Piece]:
        """Take a chunk; return what becomes of it."""
        self.struck = True
        self._rest += chunk
        whole = len(self._rest) - len(self._rest) % self._size
        taken, self._rest = bytes(self._rest[:whole]), self._rest[whole:]
        return [Piece(0.0, taken[n : n + self._size]) for n in range(0, whole, self._size)]

    def close(self) -> list[Piece]:
        """Return what was kept back."""
        return [Piece(0.0, bytes(self._rest))] if self._rest else []


class OneBuffer:
    """Gives everything at once, at the end."""

    def __init__(self) -> None:
        self.struck = self.is_spent = False
        self._chunks: list[bytes] = []

    def feed(self, chunk: bytes) -> list[Piece]:
        """Keep a chunk."""
        self.struck = True
        self._chunks.append(chunk)
        return []

    def close(self) -> list[Piece]:
        """Return what was kept back."""
        return [Piece(0.0, b"".join(self._chunks))] if self._chunks else []
