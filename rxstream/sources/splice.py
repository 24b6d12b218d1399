"""Joining the streams of one response, of which each begins where another broke off: pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rxstream.errors import StreamError
from rxstream.events import ResponseErrorEvent, ResponseStreamEvent, UnknownEvent
from rxstream.models.base import json_of
from rxstream.sources.ending import DECISIVE, TERMINAL
from rxstream.sources.retrieval import is_response_id

__all__ = ["Splice", "response_id_of"]


def response_id_of(event: ResponseStreamEvent) -> str | None:
    """Return the id of the response that an event carries as a whole."""
    response: Any = getattr(event, "response", None)
    response_id = None if response is None else json_of(response).get("id")
    return response_id if isinstance(response_id, str) else None


class Splice:
    """Says which events of one stream after the other are to be delivered, without gap or repeat.

    Within the first stream the order of arrival rules, whatever the numbers are. In those that follow, numbers up to
    the cursor are repeats, and each that is delivered must be the next one. Events without a number that only keep the
    connection alive may come anywhere; others make the cursor useless, since nobody can tell whether they come again.

    Args:
        response_id: The response, where it is known before its first event.
        after: The number of the last event that was delivered before; ``None`` for a stream from the beginning.

    Attributes:
        response_id: The response, once it is known.
        cursor: The highest number that was delivered.
        failure: The events do not join; nothing after that is to be delivered.

    Example:
        >>> from rxstream.events import parse_event
        >>> numbered = lambda *numbers: [parse_event({"type": "ping", "sequence_number": number}) for number in numbers]
        >>> splice = Splice("resp_1", after=3)
        >>> [event.sequence_number for event in splice.feed(numbered(2, 3, 4, 5, 7))], str(splice.failure)
        ([4, 5], 'expected the event with sequence_number 6 next, but got 7 (ping)')
    """

    def __init__(self, response_id: str | None = None, after: int | None = None) -> None:
        self.response_id = response_id
        self.cursor = after
        self.failure: StreamError | None = None
        self._is_named = response_id is not None
        self._joins = after is not None
        self._is_exact = True
        self._left_out = 0
        self._first: tuple[int, str] | None = None  # the number and the type of the first one of a known type

    @property
    def can_go_on(self) -> bool:
        """It is known what to ask for, and that no event would come twice."""
        return is_response_id(self.response_id or "") and self.is_exact

    @property
    def is_exact(self) -> bool:
        """There is a cursor, and no event that it says nothing of."""
        return self.cursor is not None and self._is_exact

    def reopen(self) -> None:
        """Say that what is fed from now on is another stream of the same response."""
        self._joins = self.cursor is not None
        self._left_out = 0

    def leave_out(self) -> None:
        """Say that an event cannot be read and is left out: one more number may be missing in this stream."""
        self._left_out += 1

    def feed(self, events: Iterable[ResponseStreamEvent]) -> list[ResponseStreamEvent]:
        """Take events; return those that are to be delivered."""
        fresh: list[ResponseStreamEvent] = []
        for event in events:
            if self._is_fresh(event):
                fresh.append(event)
            elif self.failure is not None:
                break
        return fresh

    def _is_fresh(self, event: ResponseStreamEvent) -> bool:
        number = event.sequence_number
        if event.type in DECISIVE and not (self._is_named or self._joins):
            self._note_response(event)
        if number is None:
            self._is_exact = self._is_exact and isinstance(event, UnknownEvent)
            if self._joins and not isinstance(event, (UnknownEvent, ResponseErrorEvent)):
                self._refuse(event)
            return self.failure is None
        if self._joins and self.cursor is not None and not self._is_next(number, self.cursor):
            if number > self.cursor or self._is_numbered_anew(number, event):
                self._refuse(event)
            return False
        if self._first is None and not isinstance(event, UnknownEvent):
            self._first = number, event.type
        self.cursor = number if self.cursor is None else max(self.cursor, number)
        return True

    def _is_numbered_anew(self, number: int, event: ResponseStreamEvent) -> bool:
        """Tell whether an event cannot be the one that came with its number before."""
        if self._first is not None and number == self._first[0]:
            return event.type != self._first[1] and not isinstance(event, UnknownEvent)
        return event.type in TERMINAL

    def _is_next(self, number: int, cursor: int) -> bool:
        missing = number - cursor - 1
        if not 0 <= missing <= self._left_out:
            return False
        self._left_out -= missing
        return True

    def _note_response(self, event: ResponseStreamEvent) -> None:
        response_id = response_id_of(event)
        if response_id is not None:
            if response_id != self.response_id:
                self.cursor = self._first = None
            self.response_id = response_id

    def _refuse(self, event: ResponseStreamEvent) -> None:
        expected = 0 if self.cursor is None else self.cursor + 1
        came = event.type if event.sequence_number is None else f"{event.sequence_number} ({event.type})"
        self.failure = StreamError(
            f"expected the event with sequence_number {expected} next, but got {came}",
            response_id=self.response_id,
            last_sequence_number=self.cursor,
        )
