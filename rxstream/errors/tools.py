"""Errors of tool loops."""

from __future__ import annotations

from rxstream.errors.base import RxstreamError

__all__ = ["MaxTurnsError", "ToolError", "ToolFailedError", "ToolTimeoutError", "UnknownToolError"]


class ToolError(RxstreamError):
    """A tool loop cannot go on.

    Attributes:
        name: The name of the tool, where it is about one.
        call_id: The id of the call, where it is about one.
    """

    def __init__(self, message: str, *, name: str | None = None, call_id: str | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.call_id = call_id


class UnknownToolError(ToolError):
    """The model called a tool that was not given."""


class ToolFailedError(ToolError):
    """A tool raised; the exception is the cause."""


class ToolTimeoutError(ToolError, TimeoutError):
    """A tool took longer than its ``timeout_seconds``."""


class MaxTurnsError(ToolError):
    """The model still calls tools after ``max_turns`` turns.

    Attributes:
        max_turns: The limit.
    """

    def __init__(self, max_turns: int) -> None:
        super().__init__(f"expected the model to answer within {max_turns} turns (max_turns), but it calls tools still")
        self.max_turns = max_turns
