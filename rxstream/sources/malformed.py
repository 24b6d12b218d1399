"""What becomes of events whose data is no JSON object: pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from rxstream.errors import EventParseError
from rxstream.sources.notices import OnMalformed, SkippedEvent, check_listener

__all__ = ["Skip", "checked_on_malformed", "counted"]

Skip = Callable[[EventParseError], object]


def checked_on_malformed(on_malformed: object) -> OnMalformed | None:
    """Return what a caller gave to be told of such events; ``None`` makes the first of them the stream's error.

    Raises:
        TypeError: It is no function, or an asynchronous one.
    """
    if on_malformed is not None:
        check_listener("on_malformed", on_malformed)
    return cast("OnMalformed | None", on_malformed)


def counted(on_malformed: OnMalformed | None) -> Skip | None:
    """Return what is told of the errors of one stream, and counts them."""
    if on_malformed is None:
        return None
    count = 0

    def skip(error: EventParseError) -> None:
        nonlocal count
        count += 1
        on_malformed(SkippedEvent(count, error))

    return skip
