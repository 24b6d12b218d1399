"""From a body to what becomes of it: pure, and the same for every transport."""

from __future__ import annotations

from collections.abc import Iterable

from rxstream.testing.faults.fault import BodyFault, Fault
from rxstream.testing.faults.pieces import Ending, Piece
from rxstream.testing.faults.stages import Stage

__all__ = ["FaultyBody"]


class FaultyBody:
    """Does the harm of some faults to one body, each to what those before it have made of the body.

    Args:
        faults: Those of bodies; others are not looked at.

    Attributes:
        is_over: The end has been given; nothing comes after it.

    Example:
        >>> from rxstream.testing.faults import cut_after, delay_at
        >>> body = FaultyBody([delay_at(2, 0.5), cut_after(3)])
        >>> body.feed(b"abcd"), body.is_over
        ([Piece(seconds=0.0, content=b'ab'), Piece(seconds=0.5, content=b'c'),
          Piece(seconds=0.0, content=Ending.COMPLETE)], True)
        >>> body.injected
        [delay_at(2, 0.5), cut_after(3)]
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._stages: list[tuple[BodyFault, Stage]] = [
            (fault, fault.stage()) for fault in faults if isinstance(fault, BodyFault)
        ]
        self.is_over = False
        self._silent_seconds = 0.0

    def feed(self, chunk: bytes) -> list[Piece]:
        """Take a chunk; return what becomes of it."""
        return self._through([Piece(0.0, chunk)])

    def close(self) -> list[Piece]:
        """End the body; return what was kept back, and an end."""
        return self._through([Piece(0.0, Ending.COMPLETE)])

    @property
    def injected(self) -> list[Fault]:
        """The faults that did their harm; a body that is too short for one escapes it."""
        return [fault for fault, stage in self._stages if stage.struck]

    def _through(self, pieces: list[Piece]) -> list[Piece]:
        if self.is_over:
            return []
        for _, stage in self._stages:
            if stage.is_spent:
                continue
            made: list[Piece] = []
            for piece in pieces:
                _pass(stage, piece, made)
            ends = [place for place, (_, content) in enumerate(made) if isinstance(content, Ending)]
            if ends:
                del made[ends[0] + 1 :]
            pieces = made
        self.is_over = bool(pieces) and isinstance(pieces[-1].content, Ending)
        return self._joined(pieces)

    def _joined(self, pieces: list[Piece]) -> list[Piece]:
        """Put silence before what comes after it, be it of a later chunk: to a client it is one silence."""
        joined: list[Piece] = []
        for seconds, content in pieces:
            self._silent_seconds += seconds
            if content != b"":
                joined.append(Piece(self._silent_seconds, content))
                self._silent_seconds = 0.0
        return joined


def _pass(stage: Stage, piece: Piece, made: list[Piece]) -> None:
    seconds, content = piece
    if seconds:
        made.append(Piece(seconds, b""))
    if isinstance(content, Ending):
        made += stage.close()
        made.append(Piece(0.0, content))
    elif content:
        made += stage.feed(content)
