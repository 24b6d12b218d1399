"""Errors of recordings: of files that cannot be read, and errors that were recorded."""

from __future__ import annotations

from rxstream.errors.base import RxstreamError
from rxstream.errors.stream import StreamError

__all__ = ["RecordedError", "RecordingError", "RecordingWarning"]


class RecordingError(RxstreamError):
    """A recording cannot be read on. The events before that line were delivered.

    Attributes:
        path: The file.
        line: The number of the line, from 1.
    """

    def __init__(self, path: str, line: int, expected: str, found: str) -> None:
        super().__init__(f"{path}, line {line}: expected {expected}, but got {found}")
        self.path = path
        self.line = line


class RecordedError(StreamError):
    """A recorded stream ended with an error whose class is not one that a replay can make again.

    Attributes:
        class_name: The name of that class, with its module.
    """

    def __init__(self, class_name: str, message: str) -> None:
        super().__init__(message)
        self.class_name = class_name


class RecordingWarning(UserWarning):
    """A recording ended before its stream did: the file could not be written on."""
