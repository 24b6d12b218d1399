"""Errors of what is read: server-sent events, JSON, the order of events."""

from __future__ import annotations

from rxstream.errors.base import RxstreamError

__all__ = ["ArgumentsError", "EventParseError", "JSONParseError", "ProtocolError", "SSELimitError"]


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


class JSONParseError(RxstreamError, ValueError):
    """A text that should be JSON is not.

    Attributes:
        offset: Where it goes wrong, in characters from the beginning of the text.
        expected: What would have been right there.
        found: What is there instead, up to 20 characters; ``""`` at the end of the text.
    """

    def __init__(self, offset: int, expected: str, found: str) -> None:
        came = repr(found) if found else "the end of the text"
        super().__init__(f"offset {offset}: expected {expected}, but got {came}")
        self.offset = offset
        self.expected = expected
        self.found = found


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
