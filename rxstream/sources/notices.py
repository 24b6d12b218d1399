"""What those are told who want to know how a stream goes on after it broke off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

__all__ = ["OnReconnect", "Reconnecting", "Resumed"]


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """A stream broke off; after ``seconds``, the rest of it is asked for.

    Attributes:
        response_id: The response.
        starting_after: The number of the last event that was delivered; ``None`` if there was none.
        attempt: Which try it is since the last event, from 1.
        seconds: How long it is waited before.
        error: What went wrong.

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


@dataclass(frozen=True, slots=True)
class Resumed:
    """A stream that had broken off goes on; its next event is about to be delivered.

    Attributes:
        response_id: The response.
        starting_after: The number of the last event before; ``None`` if there was none.
        source: ``events``: no event is missing, none comes twice. ``snapshot``: the events between are not to be had
            any more; what comes is one terminal event, made of the whole response.

    Example:
        >>> Resumed("resp_1", 7, "events").source
        'events'
    """

    response_id: str | None
    starting_after: int | None
    source: Literal["events", "snapshot"]


OnReconnect = Callable[[Reconnecting | Resumed], object]
