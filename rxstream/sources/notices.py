"""What those are told who want to know how a stream goes on after something went wrong in it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rxstream.errors import EventParseError

__all__ = ["OnMalformed", "OnReconnect", "Reconnecting", "Resumed", "SkippedEvent", "check_listener"]


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """A stream broke off; after ``seconds``, the rest of it is asked for.

    Attributes:
        response_id: The response.
        starting_after: The number of the last event that was delivered; ``None`` if there was none.
        attempt: Which try it is since the last event, from 1.
        seconds: How long it is waited before.
        error: What went wrong.
        last_event_id: The last id of the event stream, where it has some; see :class:`~rxstream.Cursor`.

    Example:
        >>> from rxstream import TruncatedStreamError
        >>> notice = Reconnecting("resp_1", 7, attempt=1, seconds=0.5, error=TruncatedStreamError("it ended"))
        >>> f"{notice.response_id} goes on after event {notice.starting_after} in {notice.seconds} s"
        'resp_1 goes on after event 7 in 0.5 s'
    """

    response_id: str | None
    starting_after: int | None
    attempt: int
    seconds: float
    error: Exception
    last_event_id: str = ""


@dataclass(frozen=True, slots=True)
class Resumed:
    """A stream that had broken off goes on; its next event is about to be delivered.

    Attributes:
        response_id: The response.
        starting_after: The number of the last event before; ``None`` if there was none.
        source: ``events``: no event is missing, none comes twice. ``snapshot``: the events between are not to be had
            any more; what comes is one terminal event, made of the whole response.
        last_event_id: The last id of the event stream before, where it has some.

    Example:
        >>> Resumed("resp_1", 7, "events").source
        'events'
    """

    response_id: str | None
    starting_after: int | None
    source: Literal["events", "snapshot"]
    last_event_id: str = ""


@dataclass(frozen=True, slots=True)
class SkippedEvent:
    """An event was left out, because its data is no JSON object.

    Attributes:
        count: Which one it is of this stream, from 1.
        error: What is wrong with it, with the beginning of its data.

    Example:
        >>> import rxstream
        >>> skipped = []
        >>> chunks = [b"data: oops\\n\\n", b'data: {"type": "response.completed", "response": {}}\\n\\n']
        >>> events = rxstream.collect_sync(rxstream.from_sse(chunks, on_malformed=skipped.append))
        >>> [event.type for event in events], skipped[-1].count, skipped[-1].error.excerpt
        (['response.completed'], 1, b'oops')
    """

    count: int
    error: EventParseError


OnMalformed = Callable[[SkippedEvent], object]
OnReconnect = Callable[[Reconnecting | Resumed], object]


def check_listener(name: str, listener: object) -> None:
    """Check what a caller gave to be told of something.

    Raises:
        TypeError: It is no function, or one that would have to be awaited, which nobody does.
    """
    if not callable(listener):
        raise TypeError(f"expected {name} to be a function, but got {listener!r}")
    if inspect.iscoroutinefunction(listener) or inspect.iscoroutinefunction(type(listener).__call__):
        raise TypeError(f"expected {name} to be a function that is not asynchronous, but got {listener!r}")
