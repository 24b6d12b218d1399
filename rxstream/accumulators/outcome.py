"""How a response stream ended."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from rxstream.accumulators.response import ResponseAccumulator
from rxstream.accumulators.turns import BEGINNINGS, TURN_STARTED
from rxstream.errors import ConnectionLostError, ResponseFailedError, TruncatedStreamError
from rxstream.events import ResponseStreamEvent
from rxstream.models.response import Response

__all__ = ["Outcome", "OutcomeAccumulator", "OutcomeStatus"]

OutcomeStatus = Literal["completed", "incomplete", "failed", "errored", "truncated", "cancelled"]

_CALLS = ("function_call", "custom_tool_call")
_OUTPUTS = tuple(f"{kind}_output" for kind in _CALLS)
_ENDS: dict[str, OutcomeStatus] = {
    "response.completed": "completed",
    "response.incomplete": "incomplete",
    "response.failed": "failed",
    "error": "errored",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a response stream ended, and what had come by then.

    Attributes:
        status: ``completed``, ``incomplete`` and ``failed``: the terminal event of that name came. ``errored``: an
            ``error`` event came, or reading failed in another way. ``truncated``: the stream stopped, or the connection
            broke, before the terminal event. ``cancelled``: somebody cancelled it.
        response: The response as far as it is known, whatever happened.
        error: The error, where there is one.
        reason: Why a response is incomplete, for example ``max_output_tokens``.
    """

    status: OutcomeStatus
    response: Response
    error: Exception | None = None
    reason: str | None = None


class OutcomeAccumulator:
    """Gathers what an :class:`Outcome` tells.

    Example:
        >>> accumulator = OutcomeAccumulator()
        >>> accumulator.outcome().status
        'truncated'
    """

    def __init__(self) -> None:
        self._response = ResponseAccumulator()
        self._end: OutcomeStatus | None = None
        self._in_turns = False

    def feed(self, event: ResponseStreamEvent) -> None:
        """Take an event."""
        self._response.feed(event)
        if event.type in BEGINNINGS:
            self._end = None
            self._in_turns = self._in_turns or event.type == TURN_STARTED
        end: OutcomeStatus | None = _ENDS.get(event.type)
        if end is not None:
            self._end = end

    def outcome(self, error: BaseException | None = None) -> Outcome:
        """Return the outcome of a stream that ends now, with ``error`` or without."""
        response = _cancelled_response(error) or self._response.snapshot()
        status: OutcomeStatus = self._end or "truncated"
        if self._in_turns and status == "completed" and self._is_waited_for(response):
            status = "truncated"
        if response.status == "cancelled" or _was_cancelled(error):
            status = "cancelled"
        elif error is not None and (self._in_turns or status not in ("completed", "incomplete", "failed")):
            status = _status_of(error)
        details = response.incomplete_details
        return Outcome(
            status=status,
            response=response,
            error=error if isinstance(error, Exception) else None,
            reason=None if details is None else details.reason,
        )

    def _is_waited_for(self, response: Response) -> bool:
        """Say whether the newest turn of a conversation ends with calls, whose outputs would have begun another."""
        newest = takewhile(lambda item: item.type not in _OUTPUTS, reversed(response.output))
        return any(item.type in _CALLS for item in newest)


def _cancelled_response(error: BaseException | None) -> Response | None:
    """Find what a server said of a response that somebody cancelled; no event says it."""
    response = error.response if isinstance(error, ResponseFailedError) else None
    return response if isinstance(response, Response) and response.status == "cancelled" else None


def _was_cancelled(error: BaseException | None) -> bool:
    # By name: asyncio has no place in a pure machine.
    return error is not None and "CancelledError" in (type(error).__name__, type(error.__cause__).__name__)


def _status_of(error: BaseException) -> OutcomeStatus:
    if isinstance(error, ResponseFailedError):
        return "failed"
    if isinstance(error, (TruncatedStreamError, ConnectionLostError)):
        return "truncated"
    return "errored"
