"""The course that a stream has to take: from what came of each request to the next request, the events and the end.

It is written from what the client promises (T8, T9, P5, P6), request by request, and asks of each request that was sent
that it was the one to be sent.
"""

from __future__ import annotations

from typing import Any

from rxstream import Reconnecting, Resumed
from tests.simulation.answers import DROPS, TERMINAL, Came, came_of
from tests.simulation.history import Asked, History

__all__ = ["Course", "Step"]

Step = tuple[str, int | None]
"""What is asked for next (``request``, ``events`` or ``snapshot``), and behind which number."""

_LIFECYCLE = ("response.created", "response.queued", "response.in_progress", *TERMINAL)
_MENDABLE = (*DROPS, "APIConnectionError", "APITimeoutError", "APIStatusError", "NotAnEventStreamError")
_PATIENCE_SECONDS = 120.0
_POLLING_SECONDS = 600.0


class Course:
    """Follows the requests of a history.

    Attributes:
        events: What is to be delivered, as JSON.
        least: How many of them have to come: what follows an ``error`` is waited for a second only.
        end: The name of the error with which it is to end; ``""`` for a completion, ``None`` where it goes on.
        end_otherwise: Another one, if what follows an ``error`` does not come in that second.
        notices: What those who look are to be told: the request before which, the number of events, and the notice's
            class, ``starting_after`` and attempt or source.
        is_certain: All this is known; bytes that were made up may say what leaves several courses open.
        came: What came of each request.
    """

    def __init__(self, history: History) -> None:
        self.events: list[dict[str, Any]] = []
        self.least = 0
        self.end: str | None = None
        self.end_otherwise: str | None = None
        self.notices: list[tuple[int, int, type, int | None, int | str]] = []
        self.is_certain = True
        self.came: list[Came | None] = []
        self._history = history
        self._goes_on = history.way != "request"
        self._next: Step = ("request", None)
        self._id: str | None = None
        self._cursor: int | None = None
        if history.way == "resumed":
            self._next = ("events", history.after)
            self._id = history.responses[0].id
            self._cursor = history.after
        self._joins = self._cursor is not None
        self._failures = 0
        self._drop: str | None = None
        self._refusal: str | None = None
        self._has_been_told = False
        self._polled_since: float | None = None

    def follow(self) -> None:
        """Take one request after the other.

        Raises:
            AssertionError: It is not the one that was to be sent.
        """
        for number, (asked, plan) in enumerate(zip(self._history.asked, self._history.plans, strict=True)):
            came = came_of(self._history, asked, plan)
            self.came.append(came)
            if self.is_certain:
                self._check(asked)
                if came is not None:
                    self._take(came, number, asked)

    def _check(self, asked: Asked) -> None:
        assert self.end is None, f"a request was sent after the end ({self.end or 'a completion'}): {asked}"
        kind = "request" if asked.method == "POST" else "events" if asked.is_stream else "snapshot"
        wanted, after = self._next
        assert kind == wanted, f"expected a request for {wanted}, but {kind} was asked for"
        assert asked.after == after, f"expected a request for what follows {after}, but not {asked.after}"
        assert kind == "request" or asked.response_id == self._id, f"not the response {self._id}: {asked}"
        count = len(self.events)
        assert asked.delivered == count, f"{count} events had come by then, but {asked.delivered} were delivered"

    def _take(self, came: Came, number: int, asked: Asked) -> None:
        if self._next[0] == "snapshot":
            self._take_snapshot(came, number, asked.seconds)
        elif self._goes_on:
            self._take_events(came, number)
        else:
            has_failed = False
            for event in came.events:
                self._deliver(event, is_awaited=not has_failed)
                has_failed = has_failed or event.get("type") == "error"
            self._try_again(came)

    def _deliver(self, event: dict[str, Any], *, is_awaited: bool) -> None:
        self.events.append(event)
        if is_awaited:
            self.least = len(self.events)

    def _try_again(self, came: Came) -> None:
        """Send the request again, or end; nothing has been delivered in the first case."""
        if self.events or not came.is_retryable or not self._has_another_try(came):
            self.end = came.end

    def _has_another_try(self, came: Came) -> bool:
        self._failures += 1
        return self._failures <= self._history.max_retries and (came.seconds or 0.0) <= _PATIENCE_SECONDS

    def _take_events(self, came: Came, number: int) -> None:
        before, count = self._cursor, len(self.events)
        joins = self._splice(came)
        if not self.is_certain:
            return
        if self._cursor != before:
            self._note_progress(number, count, before, "events")
        if not joins:
            self.end = "StreamError"
        elif came.end not in _MENDABLE:
            self.end = came.end
        elif self._next[0] == "request" and not self.events:
            self._try_again(came)
        elif self._next[0] == "request" and (self._id is None or self._cursor is None):
            self.end = came.end
        elif came.is_refusal:
            self._refusal = came.end
            self._ask_for_snapshot()
        else:
            self._reconnect(came, number)

    def _splice(self, came: Came) -> bool:
        """Take events; return whether they join those that were there."""
        has_failed = False
        for event in came.events:
            value: Any = event.get("sequence_number")
            kind = event.get("type")
            if isinstance(value, bool) or not isinstance(value, int) or not isinstance(kind, str):
                self.is_certain = False
                return True
            if kind in _LIFECYCLE and not self._joins:
                self._take_id(event)
            if self._joins and self._cursor is not None and value != self._cursor + 1:
                if value > self._cursor or kind in TERMINAL:
                    self.end_otherwise = came.end if has_failed else None
                    return False
            else:
                self._deliver(event, is_awaited=not has_failed)
                self._cursor = value if self._cursor is None else max(value, self._cursor)
            has_failed = has_failed or kind == "error"
        return True

    def _take_id(self, event: dict[str, Any]) -> None:
        response: Any = event.get("response")
        response_id = response.get("id") if isinstance(response, dict) else None
        if response_id not in {made.id for made in self._history.responses}:
            self.is_certain = False
        self._id = response_id

    def _note_progress(self, number: int, count: int, before: int | None, source: str) -> None:
        if self._has_been_told or source == "snapshot":
            self.notices.append((number + 1, count, Resumed, before, source))
        self._has_been_told = False
        self._failures = 0
        self._drop = None

    def _reconnect(self, came: Came, number: int) -> None:
        is_first = self._next[0] == "request"
        if came.end in DROPS:
            self._drop = self._drop or came.end
        if self._has_another_try(came):
            self._next = ("events", self._cursor)
            self._joins = self._cursor is not None
            self.notices.append((number + 1, len(self.events), Reconnecting, self._cursor, self._failures))
            self._has_been_told = True
        elif came.end == "TruncatedStreamError" and not is_first:
            self._ask_for_snapshot()
        else:
            self._give_up(came)

    def _ask_for_snapshot(self) -> None:
        self._next = ("snapshot", None)
        self._failures = 0

    def _take_snapshot(self, came: Came, number: int, seconds: float) -> None:
        if came.events:
            self._note_progress(number, len(self.events), self._cursor, "snapshot")
            self._deliver(came.events[0], is_awaited=True)
            self.end = came.end
        elif came.end == "ResponseFailedError":
            self.end = came.end
        elif came.is_running:
            self._failures = 0
            self._polled_since = seconds if self._polled_since is None else self._polled_since
            if number + 1 == len(self._history.asked) and seconds - self._polled_since > 0.8 * _POLLING_SECONDS:
                self._give_up(came)
        elif not came.is_retryable or not self._has_another_try(came):
            self._give_up(came)

    def _give_up(self, came: Came) -> None:
        """End with what went wrong first, since the last event."""
        self.end = self._drop or self._refusal or came.end
