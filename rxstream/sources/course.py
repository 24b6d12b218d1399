"""The course of one stream over all its requests: what is asked for next, and what is delivered. Pure."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Literal, NoReturn

from rxstream.errors import (
    APIStatusError,
    ConnectionLostError,
    EventParseError,
    NotAnEventStreamError,
    ResponseFailedError,
    StreamError,
    TruncatedStreamError,
)
from rxstream.events import ResponseStreamEvent
from rxstream.sources.backoff import Attempts
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.exchange import Decoder, Sendable
from rxstream.sources.limits import MAX_POLLING_SECONDS
from rxstream.sources.malformed import counted
from rxstream.sources.notices import OnMalformed, Reconnecting, Resumed
from rxstream.sources.persistence import Persistence
from rxstream.sources.request import Request
from rxstream.sources.retrieval import Retrieval
from rxstream.sources.snapshot import SnapshotDecoder, StillRunningError
from rxstream.sources.splice import Splice

__all__ = ["Course"]

_Stage = Literal["request", "events", "snapshot"]


class Course:
    """Decides, for one subscription, how it goes on after each error.

    The request that makes the response (``request``) is sent again until its first event has come; never afterwards,
    since the text would come twice. What broke off then is asked for by its number (``events``), if the caller wants
    that. Where the server refuses, or has no more to say, the response as a whole is asked for (``snapshot``).

    Args:
        request: What makes the response; ``None`` where it was made before.
        retrieval: Makes the requests for the rest of it.
        persistence: What the caller asked for.
        splice: Joins the streams.
        max_event_bytes: How large one event may be.
        on_malformed: Told of each event whose data is no JSON object, which is left out then.

    Attributes:
        failure: The streams do not join.
    """

    def __init__(
        self,
        request: Request | None,
        retrieval: Retrieval,
        persistence: Persistence,
        splice: Splice,
        max_event_bytes: int | None,
        on_malformed: OnMalformed | None = None,
    ) -> None:
        self._request = request
        self._retrieval = retrieval
        self._persistence = persistence
        self._splice = splice
        self._max_event_bytes = max_event_bytes
        self._told = counted(on_malformed)
        self._skip = None if self._told is None else self._leave_out
        self._stage: _Stage = "events" if request is None else "request"
        self._attempts = Attempts(persistence.max_retries)
        self._polls = Attempts(sys.maxsize)
        self._polling_seconds = 0.0
        self._requests = 0  # sent since the last event, or since another kind of request is sent
        self._has_begun = False
        self._is_reopened = False  # and nothing has come since
        self._drop: ConnectionLostError | TruncatedStreamError | None = None
        self._refusal: StreamError | None = None

    @property
    def failure(self) -> StreamError | None:
        """What is wrong with the events that came last."""
        return self._splice.failure

    def exchange(self) -> tuple[Sendable, Decoder]:
        """Return what is to be sent now, and what makes events of the answer."""
        self._requests += 1
        limit = self._max_event_bytes
        if self._stage == "request" and self._request is not None:
            resumable = self._request.resumable
            return self._request, BodyDecoder(max_event_bytes=limit, resumable=resumable, skip=self._skip)
        response_id = self._splice.response_id or ""
        if self._stage == "snapshot":
            return self._retrieval.snapshot(response_id), SnapshotDecoder(max_event_bytes=limit)
        get = self._retrieval.events(response_id, self._splice.cursor)
        return get, BodyDecoder(max_event_bytes=limit, resumable=True, skip=self._skip)

    def _leave_out(self, error: EventParseError) -> None:
        self._splice.leave_out()
        if self._told is not None:
            self._told(error)

    def feed(self, events: Iterable[ResponseStreamEvent]) -> Iterable[ResponseStreamEvent]:
        """Take events as they came; return those that are to be delivered."""
        if not self._persistence.resume:
            self._has_begun = self._has_begun or bool(events)
            return events
        before = self._splice.cursor
        fresh = events if self._stage == "snapshot" else self._splice.feed(events)
        if fresh:
            self._has_begun = True
            # What only keeps a connection alive has no number and is no progress: else it could go on for ever.
            if self._stage == "snapshot" or self._splice.cursor != before:
                self._note_progress(before)
        return fresh

    def _note_progress(self, before: int | None) -> None:
        self._attempts.succeeded()
        self._requests = 0
        self._drop = None
        was_reopened, self._is_reopened = self._is_reopened, False
        if self._persistence.on_reconnect is not None and (was_reopened or self._stage == "snapshot"):
            source = "snapshot" if self._stage == "snapshot" else "events"
            self._persistence.on_reconnect(Resumed(self._splice.response_id, before, source))

    def seconds_before_next(self, error: StreamError) -> float:
        """Take the error that ended an answer; return how long to wait before the next exchange.

        Raises:
            StreamError: There is to be none.
        """
        if self._persistence.resume:
            self._say_where(error)
        if self._stage == "snapshot":
            return self._poll(error)
        if self._stage == "request" and not self._has_begun:
            return self._try_again(error)
        return self._reconnect(error)

    def _say_where(self, error: StreamError) -> None:
        """Tell what one answer does not: where in the response it began, and which response it is of."""
        error.response_id = error.response_id or self._splice.response_id
        if self._splice.cursor is not None:
            error.last_sequence_number = self._splice.cursor
        if isinstance(error, (ConnectionLostError, TruncatedStreamError)):
            error.resumable = self._splice.can_go_on

    def _try_again(self, error: StreamError) -> float:
        seconds = self._attempts.seconds_after_error(error) if error.retryable else None
        return self._give_up(error) if seconds is None else seconds

    def _reconnect(self, error: StreamError) -> float:
        is_first = self._stage == "request"
        if not self._can_reconnect or (is_first and not isinstance(error, (ConnectionLostError, TruncatedStreamError))):
            raise error
        if isinstance(error, NotAnEventStreamError) or (isinstance(error, APIStatusError) and not error.retryable):
            self._refusal = error
            return self._ask_for_snapshot()
        if isinstance(error, (ConnectionLostError, TruncatedStreamError)):
            self._drop = self._drop or error
        elif not error.retryable:
            raise error
        seconds = self._attempts.seconds_after_error(error)
        if seconds is None and not is_first and isinstance(error, TruncatedStreamError):
            return self._ask_for_snapshot()  # the server answers, but has no more to say
        if seconds is None:
            return self._give_up(error)
        self._stage = "events"
        self._is_reopened = True
        self._splice.reopen()
        if self._persistence.on_reconnect is not None:
            splice, attempt = self._splice, self._attempts.failures
            self._persistence.on_reconnect(Reconnecting(splice.response_id, splice.cursor, attempt, seconds, error))
        return seconds

    @property
    def _can_reconnect(self) -> bool:
        is_at_start = self._stage == "events" and not self._has_begun
        return self._persistence.resume and (is_at_start or self._splice.can_go_on)

    def _ask_for_snapshot(self) -> float:
        self._stage = "snapshot"
        self._attempts.succeeded()
        self._requests = 0
        return 0.0

    def _poll(self, error: StreamError) -> float:
        if isinstance(error, ResponseFailedError):
            raise error
        seconds = None
        if isinstance(error, StillRunningError):
            self._attempts.succeeded()
            seconds = self._polls.seconds_after(None) or 0.0
            self._polling_seconds += seconds
            seconds = seconds if self._polling_seconds <= MAX_POLLING_SECONDS else None
        elif error.retryable:
            seconds = self._attempts.seconds_after_error(error)
        return self._give_up(error) if seconds is None else seconds

    def _give_up(self, error: StreamError) -> NoReturn:
        """End with what went wrong first, where that was a drop or a refusal; it says what went wrong afterwards."""
        if self._requests > 1:
            error.add_note(f"the request was sent {self._requests} times")
        drop, refusal = self._drop, self._refusal
        if drop is None and refusal is not None:
            refusal.add_note(f"the final response cannot be had either: {error}")
            raise refusal from error
        if drop is None or drop is error:
            raise error
        refused = [] if refusal is None else [f"the server refuses to resume it: {refusal}"]
        what = "the final response cannot be had" if self._stage == "snapshot" else "it cannot be resumed"
        why = "; and ".join([*refused, f"{what}: {error}"])
        raise type(drop)(
            f"{drop}; {why}",
            response_id=self._splice.response_id,
            last_sequence_number=self._splice.cursor,
            resumable=refusal is None and self._splice.can_go_on,
            request_id=drop.request_id,
        ) from error
