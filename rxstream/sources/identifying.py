"""From bytes to events with the ids of their event stream: pure."""

from __future__ import annotations

from typing import Any, cast

from rxstream.events import ResponseEvent, ResponseStreamEvent
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.ending import DECISIVE
from rxstream.sse import ServerSentEvent

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

    @property
    def retry_seconds(self) -> float | None:
        """The reconnection time that the server asked for last."""
        retry = self._decoder.retry
        return None if retry is None else retry / 1000

    def identified(self, piece: object) -> list[Identified]:
        """Take a chunk, or an event; return the events that it completes, each with the last id then.

        Where an id came in a block of its own behind the last of them, it is the last of what is returned.
        """
        if isinstance(piece, ResponseEvent):
            return self._taken(cast(ResponseStreamEvent, piece))
        found: list[Identified] = []
        self._found = found
        self.feed(cast(Any, piece))
        if self._decoder.last_event_id != self._last_id:
            self._last_id = self._decoder.last_event_id
            found.append((None, self._last_id))
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
            self._last_id = message.id
            parsed = super()._parsed([message])
            self._found += [(event, message.id) for event in parsed]
            events += parsed
        return events
