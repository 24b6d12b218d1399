"""Which faults struck: those without which the client would have been given something else while it read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from rxstream.simulated.frames import event_frame
from rxstream.testing.faults import BodyFault, CloseFault, Fault, HeadFault, Piece
from tests.simulation.answers import Came, pieces_of
from tests.simulation.course import Course
from tests.simulation.history import Asked, History, Served
from tests.simulation.messages import messages

__all__ = ["struck"]

_ENDS = ("cut_after", "incomplete_after", "reset_after", "silence_after")
_SHAPES = ("chunks_of", "one_buffer")


def struck(history: History) -> list[Fault]:
    """Return the faults of a history that did their harm. What is not certain is not counted.

    A fault in a body counts if the bytes, the silences or the end that were read would have been others without it.
    What is behind the event that ends a stream was not read. Of a client that left, the last request does not count.
    """
    course = Course(history)
    course.follow()
    pairs = list(zip(history.asked, history.plans, course.came, strict=True))
    if history.leaves_after is not None:
        pairs = pairs[:-1]
    found: list[Fault] = []
    for place, (asked, plan, came) in enumerate(pairs, start=1):
        heads = [fault for fault in plan if isinstance(fault, HeadFault) and (fault.instead or fault.seconds)]
        found += heads
        if came is None or asked.served is None or any(fault.instead for fault in heads):
            continue
        if sum(fault.seconds for fault in heads) > history.read_seconds:
            continue
        found += [fault for fault in plan if isinstance(fault, CloseFault) and (fault.fails or fault.seconds)]
        # Where events do not join, who knows how many of them were read.
        is_read = course.is_certain and not (place == len(pairs) and course.end == "StreamError")
        body = list(_in_body(history, asked, plan, came)) if is_read else []
        found += body
        manner = asked.served.manner
        if manner is not None and (manner.name != "overlap" or (is_read and came.events)):
            found.append(manner)
    return found


def _in_body(history: History, asked: Asked, plan: tuple[Fault, ...], came: Came) -> Iterator[Fault]:
    served = asked.served
    if served is None or served.status_code != 200 or (served.events is None and asked.is_stream):
        return  # of an answer that is refused, the body is hardly read
    faults = [fault for fault in plan if isinstance(fault, BodyFault)]
    if came.is_true:
        yield from _by_place(faults, came)
    else:
        yield from _by_trial(faults, came, served, history.read_seconds)


def _by_trial(faults: list[BodyFault], came: Came, served: Served, read_seconds: float) -> Iterator[Fault]:
    chunks = [served.body] if served.events is None else [event_frame(event) for event in served.events]
    size: int | None = None
    if came.stop is not None:
        size = bisect_left(range(len(came.received)), came.stop, key=lambda n: len(messages(came.received[:n])))
        # What was left out or swapped was further on, by less than a kilobyte each.
        needed = size + 1024 * sum(fault.corrupts for fault in faults)
        chunks = [
            chunk for chunk, end in zip(chunks, accumulate(map(len, chunks)), strict=True) if end - len(chunk) < needed
        ]
    taken = _taken(pieces_of(chunks, faults, read_seconds), size)
    for place, fault in enumerate(faults):
        without = pieces_of(chunks, (*faults[:place], *faults[place + 1 :]), read_seconds)
        if _taken(without, size) != taken:
            yield fault


def _by_place(faults: list[BodyFault], came: Came) -> Iterator[Fault]:
    """Count faults in true bytes, where each is at its place; that takes much less time."""
    size = len(came.received) if came.stop is None else _size_of(came.received, came.stop)
    for fault in faults:
        if fault.name in _ENDS:
            # The first of them is the end, unless the client stopped waiting before.
            if came.stop is None and fault.arguments[0] == size:
                yield fault
        elif fault.name in _SHAPES:
            if came.received.count(b"\n\n", 0, size) > 1:
                yield fault
        elif fault.arguments[0] < size and fault.arguments[-1] > 0:
            yield fault


def _size_of(received: bytes, events: int) -> int:
    end = 0
    for _ in range(events):
        end = received.index(b"\n\n", end) + 2
    return end


def _taken(pieces: list[Piece], size: int | None) -> list[Piece]:
    """Return the pieces of so many bytes; all of them with ``None``."""
    if size is None:
        return pieces
    taken: list[Piece] = []
    for seconds, content in pieces:
        if size <= 0:
            break
        if isinstance(content, bytes):
            content = content[:size]
            size -= len(content)
        taken.append(Piece(seconds, content))
    return taken
