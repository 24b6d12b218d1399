"""From bytes to events with the ids of their event stream: pure."""

from __future__ import annotations

from typing import Any, cast

from rxstream.events import ResponseEvent, ResponseStreamEvent
from rxstream.sources.decoding import NO_EVENT, BodyDecoder
from rxstream.sources.ending import DECISIVE
from rxstream.sources.malformed import Skip
from rxstream.sse import ServerSentEvent, SSEDecoder

__all__ = ["Identified", "IdentifyingDecoder"]

Identified = tuple[ResponseStreamEvent | None, str]
"""An event, if there is one, and the last id of the event stream then."""


class IdentifyingDecoder(BodyDecoder):
    """Decodes as a :class:`~rxstream.sources.decoding.BodyDecoder`; says the ids, too, and takes events as they are.

    Example:
        >>> decoder = IdentifyingDecoder()
        >>> [(event.type, event_id) for event, event_id in decoder.identified(b'id: 7\\ndata: {"type": "ping"}\\n\\n')]
        [('ping', '7')]
    """

    _found: list[Identified]
    _last_id = ""
    _is_behind_left_out = False  # by which no event is known to have come

    def __init__(self, *, max_event_bytes: int | None = None, skip: Skip | None = None) -> None:
        super().__init__(max_event_bytes=max_event_bytes, skip=skip)
        self._decoder = _PlaceDecoder() if max_event_bytes is None else _PlaceDecoder(max_event_bytes=max_event_bytes)

    @property
    def retry_seconds(self) -> float | None:
        """The reconnection time that the server asked for last."""
        retry = self._decoder.retry
        return None if retry is None else retry / 1000

    def identified(self, piece: object) -> list[Identified]:
        """Take a chunk, or an event; return the events that it completes, each with the last id then.

        An id that came without one, in a block of its own or with data that is none, is told in its place.
        """
        if isinstance(piece, ResponseEvent):
            return self._taken(cast(ResponseStreamEvent, piece))
        found: list[Identified] = []
        self._found = found
        self.feed(cast(Any, piece))
        return found

    def _taken(self, event: ResponseStreamEvent) -> list[Identified]:
        if event.type in DECISIVE:
            self.end.feed(event)
            self.is_over = self.end.is_over
        else:
            self.end.passed(event)
        return [(event, "")]

    def _parsed(self, messages: list[ServerSentEvent]) -> list[ResponseStreamEvent]:
        events: list[ResponseStreamEvent] = []
        for message in messages:
            if self.is_over:
                break
            parsed = super()._parsed([message])
            self._note_place(message, is_event=bool(parsed))
            self._found += [(event, message.id) for event in parsed]
            events += parsed
        return events

    def _note_place(self, message: ServerSentEvent, *, is_event: bool) -> None:
        is_new, self._last_id = message.id != self._last_id, message.id
        if is_event:  # one that inherits the id of what was left out has none of its own
            is_place = self._is_behind_left_out and not is_new
            self._is_behind_left_out = False
        else:
            is_place = is_new and message.data in NO_EVENT
            self._is_behind_left_out = (is_new and not is_place) or (self._is_behind_left_out and not is_new)
        if is_place:
            self._found.append((None, message.id))


class _PlaceDecoder(SSEDecoder):
    """Makes a message without data of an id that comes alone: what is behind it may have none, and inherits it."""

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        count, before = len(events), self._last_event_id
        super()._dispatch(events)
        if len(events) == count and self._last_event_id != before:
            events.append(ServerSentEvent("", "", self._last_event_id, None))
