"""Where a stream broke off: what whoever opens it again needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Cursor", "checked_starting_after"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a stream broke off, by each of the names that servers have for it.

    Attributes:
        last_event_id: The last ``id:`` of the event stream, which goes into the ``Last-Event-ID`` header; ``""`` if
            there was none: the header is left out then.
        sequence_number: The number of the last event that was delivered, which goes into ``starting_after``; ``None``
            if there was none, or not each event has one.
        response_id: The response, where it is known.

    Example:
        >>> cursor = Cursor("41", 41, "resp_1")
        >>> {"Last-Event-ID": cursor.last_event_id} if cursor.last_event_id else {}
        {'Last-Event-ID': '41'}
        >>> f"/responses/{cursor.response_id}?stream=true&starting_after={cursor.sequence_number}"
        '/responses/resp_1?stream=true&starting_after=41'
    """

    last_event_id: str
    sequence_number: int | None
    response_id: str | None


def checked_starting_after(starting_after: Any) -> int | None:
    """Return the number of an event, if it can be one, or ``None``.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is below 0.
    """
    if starting_after is None:
        return None
    if not isinstance(starting_after, int) or isinstance(starting_after, bool):
        raise TypeError(f"expected starting_after to be a sequence number or None, but got {starting_after!r}")
    if starting_after < 0:
        raise ValueError(f"expected starting_after to be 0 or more, or None, but got {starting_after}")
    return starting_after
