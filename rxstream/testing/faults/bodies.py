"""The faults in a body. Offsets count the bytes that the fault before it in the plan hands on, from 0."""

from __future__ import annotations

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


def _end(name: str, n_bytes: int, ending: Ending) -> BodyFault:
    at_least(0, n_bytes=n_bytes)
    return BodyFault(name, (n_bytes,), lambda: ByteWindow(n_bytes, 0, lambda _: [Piece(0.0, ending)]))


def cut_after(n_bytes: int) -> BodyFault:
    """The body ends after so many bytes, as cleanly as if that were all."""
    return _end("cut_after", n_bytes, Ending.COMPLETE)


def incomplete_after(n_bytes: int) -> BodyFault:
    """The connection is closed after so many bytes; HTTP tells that more should have come."""
    return _end("incomplete_after", n_bytes, Ending.INCOMPLETE)


def reset_after(n_bytes: int) -> BodyFault:
    """The connection is reset after so many bytes."""
    return _end("reset_after", n_bytes, Ending.RESET)


def silence_after(n_bytes: int) -> BodyFault:
    """Nothing comes after so many bytes, and the connection stays: half open."""
    return _end("silence_after", n_bytes, Ending.SILENCE)


def delay_at(n_bytes: int, seconds: float) -> BodyFault:
    """After so many bytes nothing comes for ``seconds``."""
    at_least(0, n_bytes=n_bytes)
    seconds_of(seconds)
    return BodyFault(
        "delay_at", (n_bytes, seconds), lambda: ByteWindow(n_bytes, 0, lambda _: [Piece(float(seconds), b"")])
    )


def drip(at: int = 0, size: int | None = None, seconds: float = 0.0) -> BodyFault:
    """The bytes come one by one, each after ``seconds``: ``size`` of them from ``at`` on, or all that follow."""
    at_least(0, at=at)
    if size is not None:
        at_least(0, size=size)
    seconds_of(seconds)
    return BodyFault("drip", (at, size, seconds), lambda: Drip(at, size, float(seconds)))


def chunks_of(n_bytes: int) -> BodyFault:
    """The body comes in chunks of so many bytes."""
    at_least(1, n_bytes=n_bytes)
    return BodyFault("chunks_of", (n_bytes,), lambda: Recut(n_bytes))


def one_buffer() -> BodyFault:
    """The body comes in one chunk, when it has ended."""
    return BodyFault("one_buffer", (), OneBuffer)


def insert(at: int, garbage: bytes) -> BodyFault:
    """Bytes come at ``at`` that were never sent."""
    at_least(0, at=at)
    return BodyFault("insert", (at, garbage), lambda: ByteWindow(at, 0, lambda _: [Piece(0.0, garbage)]), corrupts=True)


def overwrite(at: int, garbage: bytes) -> BodyFault:
    """Other bytes come at ``at`` than were sent."""
    at_least(0, at=at)
    return BodyFault(
        "overwrite", (at, garbage), lambda: ByteWindow(at, len(garbage), lambda _: [Piece(0.0, garbage)]), corrupts=True
    )


def drop_bytes(at: int, size: int) -> BodyFault:
    """``size`` bytes from ``at`` on never come."""
    at_least(0, at=at, size=size)
    return BodyFault("drop_bytes", (at, size), lambda: ByteWindow(at, size, lambda _: []), corrupts=True)


def double_bytes(at: int, size: int) -> BodyFault:
    """``size`` bytes from ``at`` on come twice."""
    at_least(0, at=at, size=size)
    return BodyFault(
        "double_bytes",
        (at, size),
        lambda: ByteWindow(at, size, lambda window: [Piece(0.0, window + window)]),
        corrupts=True,
    )


def swap_bytes(at: int, size: int) -> BodyFault:
    """``size`` bytes from ``at`` on come after the ``size`` bytes that follow them."""
    at_least(0, at=at, size=size)
    return BodyFault(
        "swap_bytes",
        (at, size),
        lambda: ByteWindow(at, 2 * size, lambda window: [Piece(0.0, window[size:] + window[:size])]),
        corrupts=True,
    )


def drop_event(index: int) -> BodyFault:
    """An event never comes; 0 is the first."""
    at_least(0, index=index)
    return BodyFault("drop_event", (index,), lambda: EventWindow(index, 1, lambda _: []), corrupts=True)


def double_event(index: int) -> BodyFault:
    """An event comes twice."""
    at_least(0, index=index)
    return BodyFault("double_event", (index,), lambda: EventWindow(index, 1, lambda held: held * 2), corrupts=True)


def swap_events(index: int) -> BodyFault:
    """An event comes after the one that follows it."""
    at_least(0, index=index)
    return BodyFault("swap_events", (index,), lambda: EventWindow(index, 2, lambda held: held[::-1]), corrupts=True)
