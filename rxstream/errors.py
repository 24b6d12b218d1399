"""Every error that rxstream raises or sends to ``on_error``.

::

    RxstreamError
    ├── SSELimitError              one event is larger than the decoder may hold
    ├── EventParseError            the data of an event is not a JSON object
    ├── ProtocolError              strict folding met an event that does not fit
    ├── ArgumentsError             a call's arguments are not the JSON they should be
    ├── BufferOverflowError        a consumer fell behind and asked to be told
    ├── MissingExtraError          an optional dependency is not installed
    ├── ConfigurationError         a client was made without what it needs
    └── StreamError                a response stream ended badly
        ├── APIConnectionError     no connection, or no answer on it
        ├── APIStatusError         the server answered 4xx, 5xx or a redirect
        ├── NotAnEventStreamError  the server answered 200 with something else
        ├── ConnectionLostError    the connection broke in mid-stream
        ├── TruncatedStreamError   the body ended without a terminal event
        ├── ResponseStreamError    the stream carried an ``error`` event
        └── ResponseFailedError    the stream ended with ``response.failed``
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "ArgumentsError",
    "BufferOverflowError",
    "ConfigurationError",
    "ConnectionLostError",
    "EventParseError",
    "MissingExtraError",
    "NotAnEventStreamError",
    "ProtocolError",
    "ResponseFailedError",
    "ResponseStreamError",
    "RxstreamError",
    "SSELimitError",
    "StreamError",
    "TruncatedStreamError",
]


class RxstreamError(Exception):
    """The base of every error of this package.

    Errors may be copied and pickled, as process pools do: text and attributes stay, causes and tracebacks do not.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args), vars(self)


def _restored(cls: type[RxstreamError], args: tuple[Any, ...]) -> RxstreamError:
    """Make an error of what it kept: our own constructors would make the text anew, out of other arguments."""
    error = cls.__new__(cls)
    super(RxstreamError, error).__init__(*args)  # that of the built-in class, as ImportError
    return error


class SSELimitError(RxstreamError):
    """One server-sent event outgrew ``max_event_bytes``.

    Attributes:
        limit: The limit in bytes that was in force.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"expected each server-sent event to stay within {limit} bytes (max_event_bytes), but one is larger"
        )
        self.limit = limit


class EventParseError(RxstreamError):
    """The data of an event is not a JSON object.

    Attributes:
        excerpt: The first 200 bytes of what came.
    """

    def __init__(self, expected: str, data: bytes | str) -> None:
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        self.excerpt = raw[:200]
        super().__init__(f"expected {expected}, but got {self.excerpt!r}")


class ProtocolError(RxstreamError):
    """An event does not fit what came before it; raised in strict mode only.

    Attributes:
        event_type: The wire name of the event.
        sequence_number: Its number, where it has one.
        expected: What would have fitted.
    """

    def __init__(self, event_type: str, sequence_number: int | None, expected: str) -> None:
        where = event_type if sequence_number is None else f"{event_type} (sequence_number {sequence_number})"
        super().__init__(f"{where}: expected {expected}")
        self.event_type = event_type
        self.sequence_number = sequence_number
        self.expected = expected


class ArgumentsError(RxstreamError):
    """A call's arguments are not JSON, or not of the shape that was asked for.

    Attributes:
        name: The name of the function or tool.
        arguments: The string as the model wrote it.
    """

    def __init__(self, name: str, arguments: str, expected: str) -> None:
        super().__init__(f"call of {name!r}: expected {expected}, but got {arguments[:200]!r}")
        self.name = name
        self.arguments = arguments


class BufferOverflowError(RxstreamError):
    """More than ``limit`` items waited for a consumer that asked for an error.

    Attributes:
        limit: The number of items that may wait.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"expected at most {limit} items to wait for the consumer (overflow='error'), but one more came"
        )
        self.limit = limit


class MissingExtraError(RxstreamError, ImportError):
    """An optional dependency is missing.

    Attributes:
        extra: The extra of rxstream that brings it.
    """

    def __init__(self, feature: str, extra: str, package: str) -> None:
        super().__init__(f"{feature} needs the package {package!r}: pip install 'rxstream[{extra}]'")
        self.extra = extra


class ConfigurationError(RxstreamError, ValueError):
    """A client or source was made without something that it needs, or cannot be used any more."""


class StreamError(RxstreamError):
    """A response stream ended badly. What had arrived was delivered before.

    Attributes:
        response_id: The id of the response, where one is known.
        last_sequence_number: The number of the last event that arrived, where events are numbered.
        retryable: The same request, sent anew, may succeed.
        resumable: The stream may go on by ``starting_after=last_sequence_number``.
    """

    def __init__(
        self,
        message: str,
        *,
        response_id: str | None = None,
        last_sequence_number: int | None = None,
        retryable: bool = False,
        resumable: bool = False,
    ) -> None:
        super().__init__(message)
        self.response_id = response_id
        self.last_sequence_number = last_sequence_number
        self.retryable = retryable
        self.resumable = resumable


class APIConnectionError(StreamError):
    """No connection to the server, or no answer on it, before the stream began."""


class APIStatusError(StreamError):
    """The server answered with a status that is not 200.

    Attributes:
        status_code: The HTTP status.
        code: The API's error code, where the body has one.
        param: The parameter that it complains of, where the body names one.
        body: Up to 1 MiB of the body.
        request_id: The ``x-request-id`` header.
        retry_after: Seconds to wait before a retry, where the server says so.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        code: str | None = None,
        param: str | None = None,
        body: bytes = b"",
        request_id: str | None = None,
        retry_after: float | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(message, retryable=retryable)
        self.status_code = status_code
        self.code = code
        self.param = param
        self.body = body
        self.request_id = request_id
        self.retry_after = retry_after


class NotAnEventStreamError(StreamError):
    """The server answered 200, but not with an event stream of the Responses API.

    Attributes:
        content_type: The content type that came.
        body: Up to 2 KiB of the body.
        code: The API's error code, where the body is an API error.
    """

    def __init__(
        self, message: str, *, content_type: str | None = None, body: bytes = b"", code: str | None = None
    ) -> None:
        super().__init__(message)
        self.content_type = content_type
        self.body = body
        self.code = code


class ConnectionLostError(StreamError):
    """The connection broke before the terminal event."""


class TruncatedStreamError(StreamError):
    """The stream ended without a terminal event, however cleanly."""


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
