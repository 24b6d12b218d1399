"""The end of a response whose events are not to be had any more: its final state, as one event. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from rxstream.errors import ResponseFailedError, RxstreamError, StreamError
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.models.response import Response
from rxstream.sources.ending import StreamEnd
from rxstream.sources.http import request_id

__all__ = ["SnapshotDecoder", "StillRunningError"]

_MAX_BYTES = 64 * 1024 * 1024
_ENDED = ("completed", "incomplete", "failed")
_RUNNING = ("queued", "in_progress")


class StillRunningError(StreamError):
    """The response has not ended; it may be asked for later."""


class SnapshotDecoder:
    """Makes a terminal event of the JSON of a response; takes the place of a ``BodyDecoder``.

    The event has no ``sequence_number``: nobody knows the one that it would have had.
    """

    def __init__(self, *, max_event_bytes: int | None) -> None:
        self._limit = _MAX_BYTES if max_event_bytes is None else max_event_bytes
        self._body = bytearray()
        self._end = StreamEnd()
        self._request_id: str | None = None
        self.is_over = False
        self.failure: Exception | None = None

    @property
    def is_plain(self) -> bool:
        """There is more to be read."""
        return not self.is_over

    def wrong(self, status_code: int, headers: Mapping[str, str]) -> str | None:
        """Return what is wrong with the head of an answer, in a word; what the body is, is seen when it is read."""
        self._request_id = request_id(headers)
        return None if status_code == 200 else "status"

    def feed(self, chunk: bytes) -> list[ResponseStreamEvent]:
        """Take a chunk; nothing comes of it before the end."""
        self._body += chunk
        if len(self._body) > self._limit:
            self._fail(
                StreamError(f"expected a response within {self._limit} bytes (max_event_bytes), but it is larger")
            )
        return []

    def close(self) -> list[ResponseStreamEvent]:
        """End the body; return the terminal event."""
        if self.is_over:
            return []
        self.is_over = True
        try:
            value: Any = json.loads(self._body)
            if not isinstance(value, dict):
                raise ValueError
            return self._ended(cast("dict[str, Any]", value))
        except (ValueError, RecursionError):
            self._fail(StreamError(f"expected a response as JSON, but got {bytes(self._body[:200])!r}"))
        except RxstreamError as error:
            self._fail(error)
        return []

    def _ended(self, response: dict[str, Any]) -> list[ResponseStreamEvent]:
        status = response.get("status")
        if status in _ENDED:
            event = parse_event({"type": f"response.{status}", "response": response})
            self._end.feed(event)
            return [event]
        if status == "cancelled":
            raise ResponseFailedError(code=status, message="it was cancelled", response=Response.lazily(response))
        kind = StillRunningError if status in _RUNNING else StreamError
        raise kind(f"expected a response that has ended, but its status is {status!r}")

    def _fail(self, error: Exception) -> None:
        self.failure = error
        self.is_over = True

    def error(self, lost: Exception | None = None) -> Exception | None:
        """Return the error with which the answer ends; with ``lost``, the connection broke by it."""
        error = self.failure or (self._end.error() if lost is None else self._end.connection_lost(lost))
        if isinstance(error, StreamError):
            error.request_id = error.request_id or self._request_id
        return error
