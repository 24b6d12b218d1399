"""From the bytes of a response body to events: pure, and the same for every source."""

from __future__ import annotations

from collections.abc import Mapping

from rxstream.errors import EventParseError, NotAnEventStreamError, RxstreamError, StreamError
from rxstream.events import ResponseStreamEvent, UnknownEvent
from rxstream.events.parse import parse_text
from rxstream.sources.ending import DECISIVE, StreamEnd
from rxstream.sources.http import check_answer, request_id
from rxstream.sources.malformed import Skip
from rxstream.sse import ServerSentEvent, SSEDecoder

__all__ = ["NO_EVENT", "BodyDecoder"]

NO_EVENT = ("", "[DONE]")
"""Data that is no event."""


class BodyDecoder:
    """Decodes a body, chunk by chunk, and knows when it is over.

    An error never comes before the events that were there before it: :meth:`feed` returns these, and the error is in
    ``failure``.

    Args:
        max_event_bytes: How large one event may be; ``None`` for the default of the decoder.
        resumable: The server keeps the events, so that a stream that breaks may go on later.
        skip: Is told of each event whose data is no JSON object, which is left out then; what it raises ends the
            decoding. ``None`` makes the first of them the error.

    Attributes:
        is_over: Nothing that may still come is wanted.
        failure: The error that ended the decoding.
    """

    def __init__(
        self, *, max_event_bytes: int | None = None, resumable: bool = False, skip: Skip | None = None
    ) -> None:
        self._decoder = SSEDecoder() if max_event_bytes is None else SSEDecoder(max_event_bytes=max_event_bytes)
        self.end = StreamEnd(resumable=resumable)
        self._skip = skip
        self._request_id: str | None = None
        self.is_over = False
        self.failure: Exception | None = None

    def wrong(self, status_code: int, headers: Mapping[str, str]) -> str | None:
        """Return what is wrong with the head of an answer, in a word; ``None`` where an event stream follows."""
        self._request_id = request_id(headers)
        return check_answer(status_code, headers)

    def feed(self, chunk: bytes) -> list[ResponseStreamEvent]:
        """Take a chunk; return the events that it completes."""
        try:
            return self._parsed(self._decoder.feed(chunk))
        except RxstreamError as error:
            self._fail(error)
            return []

    @property
    def is_plain(self) -> bool:
        """Nothing has come that ends the stream or will end it soon."""
        return not (self.is_over or self.end.awaits_failed)

    def close(self) -> list[ResponseStreamEvent]:
        """End the body; return what its end completes."""
        try:
            return [] if self.is_over else self._parsed(self._decoder.close())
        except RxstreamError as error:
            self._fail(error)
            return []

    def _parsed(self, messages: list[ServerSentEvent]) -> list[ResponseStreamEvent]:
        events: list[ResponseStreamEvent] = []
        end = self.end
        for name, text, _, _ in messages:
            # A lone `data:` is an empty message to WHATWG; [DONE] is what some gateways add, as in Chat Completions.
            if text in NO_EVENT:
                continue
            try:
                event = parse_text(text, name)
                if isinstance(event, UnknownEvent):
                    _refuse_chat_completions(event)
            except RxstreamError as error:
                if self._skips(error):
                    continue
                break
            events.append(event)
            if event.type in DECISIVE:
                end.feed(event)
                if end.is_over:
                    self.is_over = True
                    return events
        if events:
            end.passed(events[-1])
        return events

    def _skips(self, error: RxstreamError) -> bool:
        """Tell whether the stream goes on after an error."""
        if self._skip is None or not isinstance(error, EventParseError):
            self._fail(error)
            return False
        try:
            self._skip(error)
        except Exception as raised:
            self._fail(raised)
            return False
        return True

    def _fail(self, error: Exception) -> None:
        self.failure = error
        self.is_over = True

    def error(self, lost: Exception | None = None) -> Exception | None:
        """Return the error with which the stream ends, if it ends now; with ``lost``, the connection broke by it."""
        # What cannot be read after an `error` event does not hide what that said.
        if self.failure is not None and not (self.end.awaits_failed and isinstance(self.failure, RxstreamError)):
            error = self.failure
        else:
            error = self.end.error() if lost is None else self.end.connection_lost(lost)
        if isinstance(error, StreamError):
            error.request_id = error.request_id or self._request_id
        return error


def _refuse_chat_completions(event: UnknownEvent) -> None:
    if event.data.get("object") == "chat.completion.chunk":
        raise NotAnEventStreamError(
            "expected events of the Responses API, but got chunks of the Chat Completions API: "
            "send the request to /responses, not to /chat/completions",
            content_type="text/event-stream",
            body=event.to_json().encode()[:2048],
        )
