"""The faults in a body. Offsets count the bytes that the fault before it in the plan hands on, from 0."""

from __future__ import annotations

from functools import partial
from typing import Any

from rxstream.testing.faults.checks import at_least, seconds_of
from rxstream.testing.faults.fault import BodyFault
from rxstream.testing.faults.pieces import Ending, Piece
from rxstream.testing.faults.stages import ByteWindow, Drip, EventWindow, OneBuffer, Recut

__all__ = [
    "chunks_of",
    "cut_after",
    "delay_at",
    "double_bytes",
    "double_event",
    "drip",
    "drop_bytes",
    "drop_event",
    "incomplete_after",
    "insert",
    "one_buffer",
    "overwrite",
    "reset_after",
    "silence_after",
    "swap_bytes",
    "swap_events",
]


# Named functions and `partial`, where a lambda would do: faults go through pickle to other processes.


def _instead(piece: Piece, _window: bytes) -> list[Piece]:
    return [piece]


def _nothing(_window: object) -> list[Any]:
    return []


def _doubled(window: bytes) -> list[Piece]:
    return [Piece(0.0, window * 2)]


def _halves_swapped(window: bytes) -> list[Piece]:
    half = len(window) // 2
    return [Piece(0.0, window[half:] + window[:half])]


def _twice(held: list[bytes]) -> list[bytes]:
    return held * 2


def _backwards(held: list[bytes]) -> list[bytes]:
    return held[::-1]


def _end(name: str, n_bytes: int, ending: Ending) -> BodyFault:
    at_least(0, n_bytes=n_bytes)
    return BodyFault(name, (n_bytes,), partial(ByteWindow, n_bytes, 0, partial(_instead, Piece(0.0, ending))))


def cut_after(n_bytes: int) -> BodyFault:
    """The body ends after so many bytes, as cleanly as if that were all.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> FaultyBody([cut_after(2)]).feed(b"abcd")
        [Piece(seconds=0.0, content=b'ab'), Piece(seconds=0.0, content=Ending.COMPLETE)]
    """
    return _end("cut_after", n_bytes, Ending.COMPLETE)


def incomplete_after(n_bytes: int) -> BodyFault:
    """The connection is closed after so many bytes; HTTP tells that more should have come.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> FaultyBody([incomplete_after(2)]).feed(b"abcd")
        [Piece(seconds=0.0, content=b'ab'), Piece(seconds=0.0, content=Ending.INCOMPLETE)]
    """
    return _end("incomplete_after", n_bytes, Ending.INCOMPLETE)


def reset_after(n_bytes: int) -> BodyFault:
    """The connection is reset after so many bytes.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> FaultyBody([reset_after(2)]).feed(b"abcd")
        [Piece(seconds=0.0, content=b'ab'), Piece(seconds=0.0, content=Ending.RESET)]
    """
    return _end("reset_after", n_bytes, Ending.RESET)


def silence_after(n_bytes: int) -> BodyFault:
    """Nothing comes after so many bytes, and the connection stays: half open.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> FaultyBody([silence_after(2)]).feed(b"abcd")
        [Piece(seconds=0.0, content=b'ab'), Piece(seconds=0.0, content=Ending.SILENCE)]
    """
    return _end("silence_after", n_bytes, Ending.SILENCE)


def delay_at(n_bytes: int, seconds: float) -> BodyFault:
    """After so many bytes nothing comes for ``seconds``.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> FaultyBody([delay_at(2, 0.5)]).feed(b"abcd")
        [Piece(seconds=0.0, content=b'ab'), Piece(seconds=0.5, content=b'cd')]
    """
    at_least(0, n_bytes=n_bytes)
    seconds_of(seconds)
    silence = partial(_instead, Piece(float(seconds), b""))
    return BodyFault("delay_at", (n_bytes, seconds), partial(ByteWindow, n_bytes, 0, silence))


def drip(at: int = 0, size: int | None = None, seconds: float = 0.0) -> BodyFault:
    """The bytes come one by one, each after ``seconds``: ``size`` of them from ``at`` on, or all that follow.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> FaultyBody([drip(1, 2, 0.5)]).feed(b"abcd")
        [Piece(seconds=0.0, content=b'a'), Piece(seconds=0.5, content=b'b'), Piece(seconds=0.5, content=b'c'),
          Piece(seconds=0.0, content=b'd')]
    """
    at_least(0, at=at)
    if size is not None:
        at_least(0, size=size)
    seconds_of(seconds)
    return BodyFault("drip", (at, size, seconds), partial(Drip, at, size, float(seconds)))


def chunks_of(n_bytes: int) -> BodyFault:
    """The body comes in chunks of so many bytes.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> FaultyBody([chunks_of(2)]).feed(b"abcd")
        [Piece(seconds=0.0, content=b'ab'), Piece(seconds=0.0, content=b'cd')]
    """
    at_least(1, n_bytes=n_bytes)
    return BodyFault("chunks_of", (n_bytes,), partial(Recut, n_bytes))


def one_buffer() -> BodyFault:
    """The body comes in one chunk, when it has ended.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> body = FaultyBody([one_buffer()])
        >>> body.feed(b"ab"), body.feed(b"cd"), body.close()
        ([], [], [Piece(seconds=0.0, content=b'abcd'), Piece(seconds=0.0, content=Ending.COMPLETE)])
    """
    return BodyFault("one_buffer", (), OneBuffer)


def insert(at: int, garbage: bytes) -> BodyFault:
    """Bytes come at ``at`` that were never sent.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> [piece.content for piece in FaultyBody([insert(1, b"XY")]).feed(b"abcd")]
        [b'a', b'XY', b'bcd']
    """
    at_least(0, at=at)
    change = partial(_instead, Piece(0.0, garbage))
    return BodyFault("insert", (at, garbage), partial(ByteWindow, at, 0, change), corrupts=True)


def overwrite(at: int, garbage: bytes) -> BodyFault:
    """Other bytes come at ``at`` than were sent.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> [piece.content for piece in FaultyBody([overwrite(1, b"XY")]).feed(b"abcd")]
        [b'a', b'XY', b'd']
    """
    at_least(0, at=at)
    change = partial(_instead, Piece(0.0, garbage))
    return BodyFault("overwrite", (at, garbage), partial(ByteWindow, at, len(garbage), change), corrupts=True)


def drop_bytes(at: int, size: int) -> BodyFault:
    """``size`` bytes from ``at`` on never come.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> [piece.content for piece in FaultyBody([drop_bytes(1, 2)]).feed(b"abcd")]
        [b'a', b'd']
    """
    at_least(0, at=at, size=size)
    return BodyFault("drop_bytes", (at, size), partial(ByteWindow, at, size, _nothing), corrupts=True)


def double_bytes(at: int, size: int) -> BodyFault:
    """``size`` bytes from ``at`` on come twice.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> [piece.content for piece in FaultyBody([double_bytes(1, 2)]).feed(b"abcd")]
        [b'a', b'bcbc', b'd']
    """
    at_least(0, at=at, size=size)
    return BodyFault("double_bytes", (at, size), partial(ByteWindow, at, size, _doubled), corrupts=True)


def swap_bytes(at: int, size: int) -> BodyFault:
    """``size`` bytes from ``at`` on come after the ``size`` bytes that follow them.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> [piece.content for piece in FaultyBody([swap_bytes(0, 2)]).feed(b"abcd")]
        [b'cdab']
    """
    at_least(0, at=at, size=size)
    return BodyFault("swap_bytes", (at, size), partial(ByteWindow, at, 2 * size, _halves_swapped), corrupts=True)


def drop_event(index: int) -> BodyFault:
    r"""An event never comes; 0 is the first.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> [piece.content for piece in FaultyBody([drop_event(0)]).feed(b"data: 1\n\ndata: 2\n\n")]
        [b'data: 2\n\n']
    """
    at_least(0, index=index)
    return BodyFault("drop_event", (index,), partial(EventWindow, index, 1, _nothing), corrupts=True)


def double_event(index: int) -> BodyFault:
    r"""An event comes twice.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> [piece.content for piece in FaultyBody([double_event(0)]).feed(b"data: 1\n\n")]
        [b'data: 1\n\n', b'data: 1\n\n']
    """
    at_least(0, index=index)
    return BodyFault("double_event", (index,), partial(EventWindow, index, 1, _twice), corrupts=True)


def swap_events(index: int) -> BodyFault:
    r"""An event comes after the one that follows it.

    Example:
        >>> from rxstream.testing.faults import FaultyBody
        >>> [piece.content for piece in FaultyBody([swap_events(0)]).feed(b"data: 1\n\ndata: 2\n\n")]
        [b'data: 2\n\n', b'data: 1\n\n']
    """
    at_least(0, index=index)
    return BodyFault("swap_events", (index,), partial(EventWindow, index, 2, _backwards), corrupts=True)
