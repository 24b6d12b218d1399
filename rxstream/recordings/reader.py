"""A recording, line by line."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, cast

from rxstream.errors import EventParseError, RecordingError
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.models.base import JSONObject

__all__ = ["MAX_LINE_BYTES", "Chunk", "Ending", "LineReader", "Recorded"]

MAX_LINE_BYTES = 64 * 1024 * 1024 + 1024  # what the decoder lets pass as one event, and its time
_BLANK = b" \t\r\n\xef\xbb\xbf"  # a byte order mark too
_EVENT = re.compile(r'\{"at":(\d{1,9}(?:\.\d{1,9})?),"event":')
_VERSION = 1
_LONGEST_SECONDS = 10**9  # thirty years; no clock goes on for as long as JSON can say


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event, and when it came.

    Attributes:
        at: Seconds after the subscription; 0 where no times were recorded.
        event: The event.
    """

    at: float
    event: ResponseStreamEvent


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk, and when it came.

    Attributes:
        at: Seconds after the subscription.
        size: How many bytes it had.
    """

    at: float
    size: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How a stream ended, and when.

    Attributes:
        at: Seconds after the subscription.
        error: The error as it was recorded; ``None`` for a completion.
    """

    at: float
    error: JSONObject | None


class LineReader:
    """Reads the lines of a recording, with times or without.

    Args:
        path: The file, as messages name it.

    Attributes:
        has_times: There was a header: the lines hold times, and the last one how the stream ended.

    Example:
        >>> reader = LineReader("recording.jsonl")
        >>> reader.feed(b'{"format":"rxstream-recording","version":1}\\n')
        >>> reader.feed(b'{"at":1.500000,"completed":true}\\n')
        Ending(at=1.5, error=None)
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._line = 0
        self._begun = False
        self.has_times = False
        self._has_ended = False

    def feed(self, line: bytes) -> Recorded | Chunk | Ending | None:
        """Take a line; return what it tells, if it tells something.

        Raises:
            RecordingError: It is none of a recording.
        """
        self._line += 1
        if len(line) > MAX_LINE_BYTES:
            raise RecordingError(self._path, self._line, f"a line of at most {MAX_LINE_BYTES} bytes", "a longer one")
        is_whole = line.endswith(b"\n")
        line = line.strip(_BLANK)
        if not line:
            return None
        try:
            text = line.decode()
            if not self._begun:
                self._begun = True
                if self._is_header(text):
                    return None
            if not self.has_times:
                # People write such files, and leave the last line feed out: what is not whole does not parse.
                return Recorded(0.0, parse_event(text))
            return self._timed(text) if is_whole else None
        except (UnicodeDecodeError, EventParseError, ValueError, RecursionError) as error:
            if not is_whole:  # the program died while it wrote this
                return None
            raise self._error("an event, or the end of the stream, in JSON", line) from error

    def _is_header(self, text: str) -> bool:
        header = _object(text)
        if "format" not in header or "type" in header:
            return False
        if header.get("format") != "rxstream-recording" or header.get("version") != _VERSION:
            raise self._error(f"a recording of rxstream, format version {_VERSION}", text.encode())
        self.has_times = True
        return True

    def _timed(self, text: str) -> Recorded | Chunk | Ending | None:
        if self._has_ended:
            raise self._error("nothing after the end of the stream", text.encode())
        found = _EVENT.match(text)
        if found is not None and text.endswith("}"):
            try:
                return Recorded(float(found[1]), parse_event(text[found.end() : -1]))
            except EventParseError:  # a line that has been edited, perhaps
                pass
        return self._edited(_object(text), text)

    def _edited(self, line: JSONObject, text: str) -> Recorded | Chunk | Ending | None:
        at = line.get("at")
        if isinstance(at, bool) or not isinstance(at, (int, float)) or not 0 <= at <= _LONGEST_SECONDS:
            raise self._error(f'a time, "at", of 0 to {_LONGEST_SECONDS} seconds', text.encode())
        event, failure = line.get("event"), line.get("error")
        if isinstance(event, dict):
            return Recorded(float(at), parse_event(cast(JSONObject, event)))
        if isinstance(failure, dict) or line.get("completed") is True:
            self._has_ended = True
            return Ending(float(at), cast(JSONObject, failure) if isinstance(failure, dict) else None)
        size = line.get("chunk")
        if isinstance(size, int) and not isinstance(size, bool) and size >= 0:
            return Chunk(float(at), size)
        raise self._error("an event, an error, the completion or a chunk", text.encode())

    def _error(self, expected: str, line: bytes) -> RecordingError:
        return RecordingError(self._path, self._line, expected, repr(line[:200]))


def _object(text: str) -> JSONObject:
    value: Any = json.loads(text, parse_constant=_refuse)
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return cast(JSONObject, value)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
