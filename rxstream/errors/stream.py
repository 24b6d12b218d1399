"""Errors with which a response stream ends."""

from __future__ import annotations

from typing import Any

from rxstream.errors.base import RxstreamError

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "ConnectionLostError",
    "IdleTimeoutError",
    "ModerationError",
    "NotAnEventStreamError",
    "ResponseFailedError",
    "ResponseStreamError",
    "ResponseTimeoutError",
    "StreamError",
    "TruncatedStreamError",
]


class StreamError(RxstreamError):
    """A response stream ended badly. What had arrived was delivered before.

    Attributes:
        response_id: The id of the response, where one is known.
        last_sequence_number: The number of the last event that arrived, where events are numbered.
        retryable: The same request, sent anew, may succeed.
        resumable: The stream may go on by ``starting_after=last_sequence_number``.
        request_id: The ``x-request-id`` header of the answer, where one came.
    """

    def __init__(
        self,
        message: str,
        *,
        response_id: str | None = None,
        last_sequence_number: int | None = None,
        retryable: bool = False,
        resumable: bool = False,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.response_id = response_id
        self.last_sequence_number = last_sequence_number
        self.retryable = retryable
        self.resumable = resumable
        self.request_id = request_id


class APIConnectionError(StreamError):
    """No connection to the server, or no answer on it, before the stream began."""


class APITimeoutError(APIConnectionError, TimeoutError):
    """No connection, or no answer on it, within the client's ``timeout``."""


class APIStatusError(StreamError):
    """The server answered with a status that is not 200.

    Attributes:
        status_code: The HTTP status.
        code: The API's error code, where the body has one.
        param: The parameter that it complains of, where the body names one.
        type: The API's type of error, as ``"invalid_request_error"``, where the body has one.
        body: Up to 1 MiB of the body.
        retry_after: Seconds to wait before a retry, where the server says so.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        code: str | None = None,
        param: str | None = None,
        type: str | None = None,
        body: bytes = b"",
        request_id: str | None = None,
        retry_after: float | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message, retryable=retryable, request_id=request_id)
        self.status_code = status_code
        self.code = code
        self.param = param
        self.type = type
        self.body = body
        self.retry_after = retry_after


class NotAnEventStreamError(StreamError):
    """The server answered 200, but not with an event stream of the Responses API.

    Attributes:
        content_type: The content type that came.
        body: Up to 2 KiB of the body.
        code: The API's error code, where the body is an API error.
    """

    def __init__(
        self,
        message: str,
        *,
        content_type: str | None = None,
        body: bytes = b"",
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, request_id=request_id)
        self.content_type = content_type
        self.body = body
        self.code = code


class ConnectionLostError(StreamError):
    """The connection broke before the terminal event."""


class IdleTimeoutError(ConnectionLostError, TimeoutError):
    """No byte came for longer than the client's ``timeout`` to read; any byte begins the time anew, also a comment's.

    :class:`ResponseTimeoutError` tells that no *content* came in time, where that is asked for by
    :func:`~rxstream.timeouts`.
    """


class TruncatedStreamError(StreamError):
    """The stream ended without a terminal event, however cleanly."""


class ResponseTimeoutError(StreamError, TimeoutError):
    """A response did not come in time; its request was closed.

    Attributes:
        limit: Which limit it was: ``first_content``, ``idle`` or ``total``.
        seconds: The limit in seconds.
        outcome: The :class:`~rxstream.Outcome` so far.
    """

    def __init__(
        self,
        *,
        limit: str,
        seconds: float,
        outcome: Any,
        response_id: str | None = None,
        last_sequence_number: int | None = None,
    ) -> None:
        expected = {
            "first_content": f"the first content within {seconds} s of the request",
            "idle": f"content within {seconds} s of the content before it",
            "total": f"the response to end within {seconds} s",
        }[limit]
        super().__init__(
            f"expected {expected} ({limit}_seconds)",
            response_id=response_id,
            last_sequence_number=last_sequence_number,
            retryable=limit == "first_content",
        )
        self.limit = limit
        self.seconds = seconds
        self.outcome = outcome


class ModerationError(StreamError):
    """A check flagged what the model wrote; nothing of it was shown, and its request was closed.

    Attributes:
        text: The text that the check was given.
        verdict: What the check said.
    """

    def __init__(
        self,
        message: str,
        *,
        text: str,
        verdict: Any = None,
        response_id: str | None = None,
        last_sequence_number: int | None = None,
    ) -> None:
        super().__init__(message, response_id=response_id, last_sequence_number=last_sequence_number)
        self.text = text
        self.verdict = verdict


class ResponseStreamError(StreamError):
    """The stream carried an ``error`` event, which was delivered before.

    Attributes:
        code: The API's error code.
        message: What the server says.
        param: The parameter that it complains of.
        event: The event.
    """

    def __init__(
        self,
        *,
        code: str | None,
        message: str,
        param: str | None,
        event: Any,
        response_id: str | None = None,
        last_sequence_number: int | None = None,
    ) -> None:
        said = f"{code}: {message}" if code else message
        super().__init__(
            f"expected a response, but the server sent an error: {said}",
            response_id=response_id,
            last_sequence_number=last_sequence_number,
        )
        self.code = code
        self.message = message
        self.param = param
        self.event = event


class ResponseFailedError(StreamError):
    """The stream ended with ``response.failed``, which was delivered before.

    Attributes:
        code: The API's error code.
        response: The failed :class:`~rxstream.models.Response`.
    """

    def __init__(
        self,
        *,
        code: str | None,
        message: str,
        response: Any,
        response_id: str | None = None,
        last_sequence_number: int | None = None,
    ) -> None:
        said = f"{code}: {message}" if code else message
        super().__init__(
            f"expected the response to complete, but it failed: {said}",
            response_id=response_id,
            last_sequence_number=last_sequence_number,
        )
        self.code = code
        self.message = message
        self.response = response
