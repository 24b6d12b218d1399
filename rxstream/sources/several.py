"""What streams of several requests have in common."""

from __future__ import annotations

from typing import cast

from reactivex import Observable

from rxstream.events import ResponseStreamEvent

__all__ = ["check_streams", "noted"]


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
    for other in others:
        error.add_note(f"another stream had failed before: {type(other).__name__}: {other}")
    return error
