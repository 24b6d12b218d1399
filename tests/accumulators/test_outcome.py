"""``OutcomeAccumulator``: how a stream ended, by its events and by the error that it ended with."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rxstream.accumulators import OutcomeAccumulator
from rxstream.errors import ConnectionLostError, ResponseFailedError, TruncatedStreamError
from rxstream.events import parse_event
from rxstream.models import Response
from tests.marbles import event, text

CREATED = event("created", response={"id": "r1"})
COMPLETED = event("completed", response={"id": "r1", "status": "completed"})
INCOMPLETE = event("incomplete", response={"id": "r1", "incomplete_details": {"reason": "max_output_tokens"}})
FAILED = event("failed", response={"id": "r1", "status": "failed"})
ERROR = event("error", message="overloaded")
TURN = parse_event({"type": "rxstream.turn.started", "turn": 1})
NO = ResponseFailedError(code=None, message="No.", response=Response.lazily({"id": "r1"}), response_id="r1")


def outcome(*events: Any, error: BaseException | None = None) -> Any:
    accumulator = OutcomeAccumulator()
    for one in events:
        accumulator.feed(one)
    return accumulator.outcome(error)


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], "truncated"),
        ([CREATED, text("Hel")], "truncated"),
        ([CREATED, COMPLETED], "completed"),
        ([CREATED, INCOMPLETE], "incomplete"),
        ([CREATED, FAILED], "failed"),
        ([CREATED, ERROR], "errored"),
        ([CREATED, COMPLETED, event("created", response={"id": "r2"})], "truncated"),
        ([TURN, CREATED, COMPLETED, parse_event({"type": "rxstream.turn.started", "turn": 2})], "truncated"),
        ([CREATED, event("completed", response={"id": "r1", "status": "cancelled"})], "cancelled"),
    ],
)
def test_the_newest_end_is_the_status(events: list[Any], status: str) -> None:
    """Where another response has begun since, it has none yet."""
    assert outcome(*events).status == status


class CancelledError(Exception):
    """As a library of tasks calls its own."""


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NO, "failed"),
        (OSError("broken"), "errored"),
        (TruncatedStreamError("cut"), "truncated"),
        (ConnectionLostError("cut"), "truncated"),
        (asyncio.CancelledError(), "cancelled"),
        (CancelledError(), "cancelled"),
        (caused(OSError(), asyncio.CancelledError()), "cancelled"),
        (KeyboardInterrupt(), "errored"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value,
)
def test_an_error_before_the_end_is_the_status(error: BaseException, status: str) -> None:
    """After the end only in a conversation, where more was to come; a cancellation always."""
    assert outcome(CREATED, error=error).status == status
    assert outcome(TURN, CREATED, COMPLETED, error=error).status == status
    for end, by_event in ((COMPLETED, "completed"), (INCOMPLETE, "incomplete"), (FAILED, "failed")):
        assert outcome(CREATED, end, error=error).status == ("cancelled" if status == "cancelled" else by_event)
    assert outcome(CREATED, ERROR, error=error).status == status


def test_the_error_is_told_where_it_is_one() -> None:
    """An interruption of the program is none; the reason is the one that the response has."""
    assert outcome(error=NO).error is NO
    assert outcome(error=KeyboardInterrupt()).error is None
    assert outcome(CREATED, INCOMPLETE).reason == "max_output_tokens"
    assert outcome(CREATED, COMPLETED).reason is None
    assert outcome(CREATED, COMPLETED).response.id == "r1"


def call(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "call_id": "c", **fields}


@pytest.mark.parametrize(
    ("output", "status"),
    [
        ([call("function_call")], "truncated"),
        ([call("custom_tool_call")], "truncated"),
        ([{"type": "message"}, call("function_call"), {"type": "message"}], "truncated"),
        ([call("function_call"), call("function_call_output"), {"type": "message"}], "completed"),
        ([call("custom_tool_call"), call("custom_tool_call_output")], "completed"),
        ([call("function_call"), call("function_call_output"), call("function_call")], "truncated"),
        ([call("web_search_call")], "completed"),
        ([], "completed"),
    ],
)
def test_a_conversation_whose_last_calls_were_not_answered_is_truncated(output: list[Any], status: str) -> None:
    """A single response with calls is complete."""
    end = event("completed", response={"id": "r1", "output": output})
    assert outcome(TURN, CREATED, end).status == status
    assert outcome(CREATED, end).status == "completed"
