"""What a faulty body is made of: bytes, silence, and an end."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ["Ending", "Piece"]


class Ending(Enum):
    """How a body ends."""

    COMPLETE = "complete"
    """As HTTP has it; what is in the body is another matter."""

    INCOMPLETE = "incomplete"
    """The connection is closed in the middle of a chunked body."""

    RESET = "reset"
    """The connection is reset."""

    SILENCE = "silence"
    """The other side is gone, and nobody says so: the connection is half open."""

    def __repr__(self) -> str:
        return f"Ending.{self.name}"


class Piece(NamedTuple):
    """The next thing that happens to a body.

    Attributes:
        seconds: The silence before it.
        content: Bytes, or the end, after which nothing comes.
    """

    seconds: float
    content: bytes | Ending
