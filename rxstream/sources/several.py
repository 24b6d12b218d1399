"""What streams of several requests have in common."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar, cast

from reactivex import Observable

from rxstream.events import ResponseStreamEvent

__all__ = ["check_streams", "noted", "release"]

_T = TypeVar("_T")


def check_streams(streams: tuple[Observable[ResponseStreamEvent], ...]) -> None:
    """Refuse what cannot be subscribed to.

    Raises:
        ValueError: There is none.
        TypeError: One is not an Observable.
    """
    if not streams:
        raise ValueError("expected at least one stream, but got none")
    for stream in streams:
        if not isinstance(cast(object, stream), Observable):
            raise TypeError(f"expected streams, as client.stream() returns them, but got {type(stream).__name__}")


def noted(error: Exception, others: list[Exception]) -> Exception:
    """Return an error that says of the others too."""
    before: list[str] = getattr(error, "__notes__", [])  # of another subscription, to a source that keeps its error
    for other in others:
        note = f"another stream had failed before: {type(other).__name__}: {other}"
        if note not in before:
            error.add_note(note)
    return error


def release(held: deque[_T], push: Callable[[_T], None]) -> None:
    """Push what was held; what is added meanwhile, by a subscriber that makes the stream emit, comes after it."""
    try:
        while held:
            push(held.popleft())
    finally:
        held.clear()  # of a subscriber that raised: it gets no more of what came before
