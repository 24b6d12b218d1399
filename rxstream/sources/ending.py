"""How a response stream ends: pure, and the same for every source."""

from __future__ import annotations

from typing import cast

from rxstream.accumulators.turns import TURN_STARTED
from rxstream.errors import (
    ConnectionLostError,
    IdleTimeoutError,
    ResponseFailedError,
    ResponseStreamError,
    StreamError,
    TruncatedStreamError,
)
from rxstream.events import ResponseErrorEvent, ResponseFailedEvent, ResponseStreamEvent
from rxstream.models.base import JSONObject, json_of
from rxstream.sources.transport_errors import is_timeout, said

__all__ = ["DECISIVE", "TERMINAL", "StreamEnd"]


class StreamEnd:
    """Watches the events of one stream for its end.

    ``response.completed`` and ``response.incomplete`` end it well; ``response.failed`` and ``error`` end it with an
    error; and so does everything else, however cleanly the source closed. An ``error`` may be followed by
    ``response.failed``, which is to be delivered too. In a recording of a tool loop, another turn may follow what is
    complete.

    Attributes:
        is_over: No event is expected any more.
        awaits_failed: An ``error`` came; all that may follow is ``response.failed``.

    Example:
        >>> from rxstream.events import parse_event
        >>> end = StreamEnd()
        >>> end.feed(parse_event({"type": "response.in_progress", "sequence_number": 1}))
        >>> end.is_over, type(end.error()).__name__, end.error().last_sequence_number
        (False, 'TruncatedStreamError', 1)
    """

    def __init__(self, *, resumable: bool = False) -> None:
        self.is_over = False
        self.awaits_failed = False
        self.response_id: str | None = None
        self.last_sequence_number: int | None = None
        self._resumable = resumable
        self._in_turns = False
        self._may_end = False
        self._error: StreamError | None = None
        self._last_type: str | None = None

    def feed(self, event: ResponseStreamEvent) -> None:
        """Take an event that is delivered."""
        self.passed(event)
        if isinstance(event, ResponseErrorEvent):
            self._take_error(event)
        elif event.type == TURN_STARTED:
            self._in_turns = True
            self._may_end = False
        elif event.type in DECISIVE:
            self._take_lifecycle(event)

    def passed(self, event: ResponseStreamEvent) -> None:
        """Note the last of some events that are delivered and decide nothing (none of :data:`DECISIVE`)."""
        self._last_type = event.type
        number = event.sequence_number
        if number is not None:
            self.last_sequence_number = number

    def _take_error(self, event: ResponseErrorEvent) -> None:
        self.awaits_failed = True
        if self._error is None:
            self._error = ResponseStreamError(
                code=event.code,
                message=event.message or "no message was sent",
                param=event.param,
                event=event,
                response_id=self.response_id,
                last_sequence_number=self.last_sequence_number,
            )

    def _take_lifecycle(self, event: ResponseStreamEvent) -> None:
        response = json_of(cast(ResponseFailedEvent, event).response)
        response_id = response.get("id")
        if isinstance(response_id, str):
            self.response_id = response_id
        if event.type not in TERMINAL:
            return
        self._may_end = True
        self.is_over = not self._in_turns or event.type != "response.completed"
        if isinstance(event, ResponseFailedEvent) and self._error is None:
            error = response.get("error")
            details = cast(JSONObject, error) if isinstance(error, dict) else {}
            self._error = ResponseFailedError(
                code=_text(details.get("code")),
                message=_text(details.get("message")) or "no reason was sent",
                response=event.response,
                response_id=self.response_id,
                last_sequence_number=self.last_sequence_number,
            )

    def error(self) -> StreamError | None:
        """Return the error with which a stream ends that ends now; ``None`` where it is complete."""
        if self._may_end or self._error is not None:
            return self._error
        return TruncatedStreamError(
            "expected a terminal event (response.completed, response.incomplete or response.failed), "
            f"but the stream ended {self._where}",
            response_id=self.response_id,
            last_sequence_number=self.last_sequence_number,
            retryable=self._last_type is None,
            resumable=self._can_be_resumed,
        )

    def connection_lost(self, lost: Exception) -> StreamError | None:
        """Return the error with which a stream ends whose connection broke by another error."""
        if self._may_end or self._error is not None:
            return self._error
        kind, came = (
            (IdleTimeoutError, "nothing came in time")
            if is_timeout(lost)
            else (ConnectionLostError, "the connection broke")
        )
        return kind(
            f"expected a terminal event, but {came} {self._where}: {said(lost)}",
            response_id=self.response_id,
            last_sequence_number=self.last_sequence_number,
            retryable=self._last_type is None,
            resumable=self._can_be_resumed,
        )

    @property
    def _can_be_resumed(self) -> bool:
        return self._resumable and self.response_id is not None and self.last_sequence_number is not None

    @property
    def _where(self) -> str:
        return "before the first event" if self._last_type is None else f"after {self._last_type}"


TERMINAL = frozenset(("response.completed", "response.incomplete", "response.failed"))
"""The types of events after which a response has none."""

DECISIVE = TERMINAL | {TURN_STARTED, "error", "response.created", "response.queued", "response.in_progress"}
"""The types of events that say something of the stream as a whole; all others only pass."""


def _text(value: object) -> str | None:
    return None if value is None else str(value)
