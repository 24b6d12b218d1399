"""The course of an event stream that is opened again where it breaks off: what is delivered, and what is done. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NoReturn

from rxstream.accumulators.turns import TURN_STARTED
from rxstream.errors import (
    APIStatusError,
    ConnectionLostError,
    EventParseError,
    StreamError,
    TruncatedStreamError,
)
from rxstream.events import ResponseEvent, ResponseStreamEvent, UnknownEvent
from rxstream.sinks.chunks import OnChunk
from rxstream.sources.backoff import Attempts
from rxstream.sources.cursor import Cursor
from rxstream.sources.ending import DECISIVE, TERMINAL, StreamEnd
from rxstream.sources.identifying import Identified, IdentifyingDecoder
from rxstream.sources.identities import Identities
from rxstream.sources.limits import MAX_RETRY_AFTER_SECONDS
from rxstream.sources.malformed import counted
from rxstream.sources.notices import OnMalformed, OnReconnect, Reconnecting, Resumed
from rxstream.sources.splice import Splice, response_id_of
from rxstream.sources.tapped import size_of
from rxstream.sources.transport_errors import is_transport_error, said

__all__ = ["Rejoining", "is_drop"]


def is_drop(error: Exception) -> bool:
    """Tell whether an error says that a stream broke off, or cannot be opened now.

    Example:
        >>> is_drop(ConnectionResetError("reset")), is_drop(KeyError("key"))
        (True, False)
    """
    if isinstance(error, (ConnectionLostError, TruncatedStreamError)):
        return True
    return error.retryable if isinstance(error, StreamError) else is_transport_error(error)


class Rejoining:
    """Decides, for one subscription, which events are delivered, and how it goes on after each drop.

    Where each event has a number, the streams are joined by these; where not, by the ids of the event stream.

    Args:
        max_retries: How often it is opened again in a row without anything new.
        max_event_bytes: How large one event may be.
        on_reconnect: Told of each drop and each resumption.
        on_malformed: Told of each event whose data is no JSON object, which is left out then.
        on_chunk: Told of the size of each chunk.
    """

    def __init__(
        self,
        max_retries: int,
        max_event_bytes: int | None,
        on_reconnect: OnReconnect | None = None,
        on_malformed: OnMalformed | None = None,
        on_chunk: OnChunk | None = None,
    ) -> None:
        self._attempts = Attempts(max_retries)
        self._max_event_bytes = max_event_bytes
        self._on_reconnect = on_reconnect
        self._told = counted(on_malformed)
        self._on_chunk = on_chunk
        self._end = StreamEnd()
        self._splice = Splice()
        self._identities = Identities()
        self._responses: set[str] = set()
        self._in_turns = False
        self._has_begun = False
        self._is_joined = False  # this stream is not the first one
        self._joins_by_number = False
        self._is_event = False  # what came last was no chunk
        self._retry_seconds: float | None = None
        self._drop: Exception | None = None
        self._failure: StreamError | None = None
        self._decoder = self._new_decoder()

    @property
    def is_over(self) -> bool:
        """Nothing that may still come on this stream is wanted."""
        return self._failure is not None or self._decoder.is_over

    @property
    def cursor(self) -> Cursor:
        """Where the stream is to be opened again."""
        number = self._splice.cursor if self._has_numbers else None
        return Cursor(self._identities.last, number, self._splice.response_id)

    def feed(self, piece: Any) -> list[ResponseStreamEvent]:
        """Take a chunk, or an event; return what is to be delivered."""
        before = self.cursor
        self._is_event = isinstance(piece, ResponseEvent)
        fresh = list(self._fresh(self._decoder.identified(piece)))
        if self._on_chunk is not None and not self._is_event:
            self._on_chunk(size_of(piece))
        retry_seconds = self._decoder.retry_seconds
        self._retry_seconds = self._retry_seconds if retry_seconds is None else retry_seconds
        # What only keeps a connection alive has no number and is no progress: else it could go on for ever.
        if self.cursor != before or any(map(_is_content, fresh)):
            self._note_progress(before, "snapshot" if any(map(self._is_snapshot, fresh)) else "events")
        return fresh

    def seconds_before_next(self, lost: Exception | None) -> float | None:
        """Take how a stream ended; return how long to wait before it is opened again, ``None`` where it is complete.

        Raises:
            Exception: The error of the whole.
        """
        self._decoder.close()
        failure = self._failure or self._decoder.failure
        if failure is not None:
            raise failure
        end = self._decoder.error(lost)
        if end is None:
            return None
        if not isinstance(end, (ConnectionLostError, TruncatedStreamError)):
            raise end from lost
        drop = end if lost is None else lost
        self._drop = self._drop or drop
        seconds = self._seconds_after(drop)
        if self._on_reconnect is not None:
            cursor, attempt = self.cursor, self._attempts.failures
            place = cursor.response_id, cursor.sequence_number
            self._on_reconnect(Reconnecting(*place, attempt, seconds, drop, cursor.last_event_id))
        self._open_again()
        return seconds

    def _new_decoder(self) -> IdentifyingDecoder:
        skip = None if self._told is None else self._leave_out
        decoder = IdentifyingDecoder(max_event_bytes=self._max_event_bytes, skip=skip)
        decoder.end = self._end
        return decoder

    def _leave_out(self, error: EventParseError) -> None:
        self._splice.leave_out()
        if self._told is not None:
            self._told(error)

    @property
    def _has_numbers(self) -> bool:
        # In a conversation of several turns each of them counts anew.
        return self._splice.is_exact and not self._in_turns

    def _fresh(self, found: list[Identified]) -> Iterator[ResponseStreamEvent]:
        for event, event_id in found:
            if event is None:
                self._identities.checkpoint(event_id)
            elif self._is_fresh(event, event_id):
                yield event
            if self._failure is not None:
                break

    def _is_fresh(self, event: ResponseStreamEvent, event_id: str) -> bool:
        is_content = _is_content(event)
        if event.type in DECISIVE and self._is_of_another_response(event):
            return self._refuse(event, "of another response")
        if self._is_snapshot(event):
            return True
        if self._joins_by_number:
            if not self._splice.feed((event,)):
                self._failure = self._splice.failure
                return False
        elif self._identities.is_repeat(event_id, is_content=is_content):
            # The end cannot have come before: it shares its id with another event.
            is_another = event.type in TERMINAL or (is_content and self._identities.is_another(event.type))
            return is_another and self._refuse(event, "with an id that came before")
        elif event.type == "response.created" and self._is_joined and self._has_begun and not self._in_turns:
            return self._refuse(event, "again")
        else:
            self._splice.feed((event,))
        self._identities.take(event_id, event.type, is_content=is_content)
        self._has_begun = self._has_begun or is_content
        return True

    def _is_of_another_response(self, event: ResponseStreamEvent) -> bool:
        self._in_turns = self._in_turns or event.type == TURN_STARTED
        response_id = response_id_of(event)
        if response_id is None:
            return False
        is_known = response_id in self._responses or not self._responses
        if not is_known and self._is_joined and not self._in_turns:
            return True
        self._responses.add(response_id)
        return False

    def _refuse(self, event: ResponseStreamEvent, what: str) -> bool:
        cursor = self.cursor
        self._failure = StreamError(
            f"expected what comes after the event with id {cursor.last_event_id!r} and sequence_number "
            f"{cursor.sequence_number}, but got {event.type} {what}",
            response_id=cursor.response_id,
            last_sequence_number=cursor.sequence_number,
        )
        return False

    def _is_snapshot(self, event: ResponseStreamEvent) -> bool:
        """Tell whether an event is what a client makes of a response whose events cannot be had any more."""
        is_numbered = event.sequence_number is not None
        return self._is_event and self._joins_by_number and event.type in TERMINAL and not is_numbered

    def _note_progress(self, before: Cursor, source: Literal["events", "snapshot"]) -> None:
        self._attempts.succeeded()
        was_lost, self._drop = self._drop is not None, None
        if was_lost and self._on_reconnect is not None:
            place = self._splice.response_id, before.sequence_number
            self._on_reconnect(Resumed(*place, source, before.last_event_id))

    def _seconds_after(self, drop: Exception) -> float:
        if self._has_begun and not (self._has_numbers or self._identities.can_go_on):
            self._give_up("it is not opened again: its last event has neither a sequence number nor an id of its own")
        asked = drop.retry_after if isinstance(drop, APIStatusError) else None
        asked = self._retry_seconds if asked is None else asked
        seconds = self._attempts.seconds_after(asked)
        if seconds is not None:
            return seconds
        if asked is not None and asked > MAX_RETRY_AFTER_SECONDS:
            self._give_up(f"it is not opened again: the server asks to wait {asked:g} s before")
        times = self._attempts.failures - 1
        return self._give_up(f"it was opened again {times} times, but nothing new came: {said(drop)}" if times else "")

    def _give_up(self, why: str) -> NoReturn:
        """End with what went wrong first; it says what went wrong afterwards."""
        assert self._drop is not None
        if why:
            self._drop.add_note(why)
        raise self._drop

    def _open_again(self) -> None:
        self._is_joined = True
        self._joins_by_number = self._has_numbers
        if self._joins_by_number:
            self._splice.reopen()
        self._identities.reopen()
        self._decoder = self._new_decoder()


def _is_content(event: ResponseStreamEvent) -> bool:
    return not isinstance(event, UnknownEvent)
