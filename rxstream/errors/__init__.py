"""Every error that rxstream raises or sends to ``on_error``.

::

    RxstreamError
    ├── SSELimitError              one event is larger than the decoder may hold
    ├── EventParseError            the data of an event is not a JSON object
    ├── ProtocolError              strict folding met an event that does not fit
    ├── JSONParseError             a text that grows is not JSON
    ├── ArgumentsError             a call's arguments are not the JSON they should be
    ├── StructuredOutputError      the output is not what was asked for by a JSON schema
    │   ├── OutputRefusedError     the model refused
    │   ├── OutputIncompleteError  the output was cut short
    │   └── OutputValidationError  the output is whole, but does not fit
    ├── ToolError                  a tool loop cannot go on
    │   ├── UnknownToolError       the model called a tool that was not given
    │   ├── ToolFailedError        a tool raised
    │   ├── ToolTimeoutError       a tool took too long
    │   └── MaxTurnsError          the model still calls tools after ``max_turns``
    ├── RecordingError             a recording cannot be read on
    ├── BufferOverflowError        a consumer fell behind and asked to be told
    ├── MissingExtraError          an optional dependency is not installed
    ├── ConfigurationError         a client was made without what it needs
    └── StreamError                a response stream ended badly
        ├── APIConnectionError     no connection, or no answer on it
        │   └── APITimeoutError    not within the client's ``timeout``
        ├── APIStatusError         the server answered 4xx, 5xx or a redirect
        ├── NotAnEventStreamError  the server answered 200 with something else
        ├── ConnectionLostError    the connection broke in mid-stream
        │   └── IdleTimeoutError   no byte came within the client's ``timeout``
        ├── TruncatedStreamError   the body ended without a terminal event
        ├── ResponseTimeoutError   the response did not come in time
        ├── ModerationError        a check flagged what the model wrote
        ├── RecordedError          a recorded stream ended with a foreign error
        ├── ResponseStreamError    the stream carried an ``error`` event
        └── ResponseFailedError    the stream ended with ``response.failed``
"""

from rxstream.errors.base import BufferOverflowError, ConfigurationError, MissingExtraError, RxstreamError
from rxstream.errors.output import (
    OutputIncompleteError,
    OutputRefusedError,
    OutputValidationError,
    StructuredOutputError,
)
from rxstream.errors.reading import ArgumentsError, EventParseError, JSONParseError, ProtocolError, SSELimitError
from rxstream.errors.recordings import RecordedError, RecordingError, RecordingWarning
from rxstream.errors.stream import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ConnectionLostError,
    IdleTimeoutError,
    ModerationError,
    NotAnEventStreamError,
    ResponseFailedError,
    ResponseStreamError,
    ResponseTimeoutError,
    StreamError,
    TruncatedStreamError,
)
from rxstream.errors.tools import MaxTurnsError, ToolError, ToolFailedError, ToolTimeoutError, UnknownToolError

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "ArgumentsError",
    "BufferOverflowError",
    "ConfigurationError",
    "ConnectionLostError",
    "EventParseError",
    "IdleTimeoutError",
    "JSONParseError",
    "MaxTurnsError",
    "MissingExtraError",
    "ModerationError",
    "NotAnEventStreamError",
    "OutputIncompleteError",
    "OutputRefusedError",
    "OutputValidationError",
    "ProtocolError",
    "RecordedError",
    "RecordingError",
    "RecordingWarning",
    "ResponseFailedError",
    "ResponseStreamError",
    "ResponseTimeoutError",
    "RxstreamError",
    "SSELimitError",
    "StreamError",
    "StructuredOutputError",
    "ToolError",
    "ToolFailedError",
    "ToolTimeoutError",
    "TruncatedStreamError",
    "UnknownToolError",
]
