"""Errors that hold the response so far: they may say what no event was let through with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from rxstream.accumulators.outcome import Outcome
from rxstream.errors import StreamError
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.models import Response

__all__ = ["event_of_error", "retold"]


def event_of_error(error: Exception | None) -> ResponseStreamEvent | None:
    """Return an event that says what an error says of the response; ``None`` where it says nothing."""
    response = _response_of(error)
    if response is None:
        return None
    return parse_event({"type": "response.incomplete", "response": response.to_dict()})


def retold(error: Exception, event: Any) -> Exception:
    """Return an error that says of the response what ``event`` does, and is the same in all else.

    Example:
        >>> from rxstream.errors import ResponseFailedError
        >>> error = ResponseFailedError(code=None, message="No.", response=Response.lazily({"id": "resp_1"}))
        >>> retold(error, parse_event({"type": "response.incomplete", "response": {"id": "resp_2"}})).response.id
        'resp_2'
    """
    told: Any = type(error).__new__(type(error), *error.args)
    told.__dict__.update(error.__dict__)
    if isinstance(told.__dict__.get("response"), Response):
        told.response = event.response
    outcome = told.__dict__.get("outcome")
    if isinstance(outcome, Outcome):
        told.outcome = replace(outcome, response=event.response, error=told if outcome.error is error else None)
    told.args, told.__cause__ = error.args, error.__cause__
    return cast(Exception, told)


def _response_of(error: Exception | None) -> Response | None:
    if not isinstance(error, StreamError):
        return None
    outcome = getattr(error, "outcome", None)
    response = outcome.response if isinstance(outcome, Outcome) else getattr(error, "response", None)
    return response if isinstance(response, Response) else None
