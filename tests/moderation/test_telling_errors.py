"""What errors say of a response, and errors that say something else of it."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators import Outcome
from rxstream.accumulators.moderation.telling_errors import event_of_error, retold
from rxstream.errors import ResponseFailedError, ResponseTimeoutError, StreamError, TruncatedStreamError
from rxstream.models import Response
from tests.marbles import event, message

OLD = Response.lazily({"id": "old", "output": [message("evil")]})
NEW = event("incomplete", response={"id": "new", "output": []})


def failed(**fields: Any) -> ResponseFailedError:
    return ResponseFailedError(code="c", message="No.", **{"response": OLD, "response_id": "old", **fields})


@pytest.mark.parametrize("error", [None, OSError("broken"), StreamError("cut"), TruncatedStreamError("cut")])
def test_an_error_without_a_response_says_nothing(error: Exception | None):
    """Nor does the lack of an error."""
    assert event_of_error(error) is None


def test_the_response_of_an_error_is_told_as_an_event():
    """Whether the error has it or its outcome."""
    told = event_of_error(failed())
    assert told is not None
    assert told.to_dict() == {"type": "response.incomplete", "response": OLD.to_dict()}
    error = StreamError("cut")
    error.outcome = Outcome("truncated", OLD)  # type: ignore[attr-defined]
    assert event_of_error(error) == told


@pytest.mark.parametrize("own", [True, False])
def test_a_retold_error_differs_in_the_response_alone(own: bool):
    """Its outcome's too; an error in that is the new one or none, for another may hold the old response."""
    error: Any = ResponseTimeoutError.__new__(ResponseTimeoutError, "late")
    error.args, error.seconds, error.__cause__ = ("late",), 3, OSError("why")
    error.outcome = Outcome("truncated", OLD, error=error if own else failed())
    told: Any = retold(error, NEW)
    assert type(told) is ResponseTimeoutError
    assert told is not error
    assert (told.args, told.seconds, told.__cause__) == (("late",), 3, error.__cause__)
    assert (told.outcome.status, told.outcome.response.id) == ("truncated", "new")
    assert told.outcome.error is (told if own else None)
    assert error.outcome.response is OLD


def test_a_failure_retold_has_the_new_response():
    """All else is the old one's."""
    told: Any = retold(failed(), NEW)
    assert (told.response.id, told.code, str(told)) == ("new", "c", str(failed()))
