"""Events of the response as a whole: its life, its end, and errors of the stream."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from rxstream.events.base import ResponseEvent, event_class
from rxstream.models.base import Lazily, object_of
from rxstream.models.response import Response

__all__ = [
    "ResponseCompletedEvent",
    "ResponseCreatedEvent",
    "ResponseErrorEvent",
    "ResponseFailedEvent",
    "ResponseInProgressEvent",
    "ResponseIncompleteEvent",
    "ResponseQueuedEvent",
]


@event_class
class ResponseCreatedEvent(ResponseEvent):
    """``response.created``: the response was created."""

    type: Literal["response.created"] = "response.created"
    response: Annotated[Response, Lazily(object_of(Response))] = field(default_factory=Response)


@event_class
class ResponseQueuedEvent(ResponseEvent):
    """``response.queued``: the response waits for a place."""

    type: Literal["response.queued"] = "response.queued"
    response: Annotated[Response, Lazily(object_of(Response))] = field(default_factory=Response)


@event_class
class ResponseInProgressEvent(ResponseEvent):
    """``response.in_progress``: the model is at work."""

    type: Literal["response.in_progress"] = "response.in_progress"
    response: Annotated[Response, Lazily(object_of(Response))] = field(default_factory=Response)


@event_class
class ResponseCompletedEvent(ResponseEvent):
    """``response.completed``: the response is complete (terminal)."""

    type: Literal["response.completed"] = "response.completed"
    response: Annotated[Response, Lazily(object_of(Response))] = field(default_factory=Response)


@event_class
class ResponseIncompleteEvent(ResponseEvent):
    """``response.incomplete``: the response was cut short (terminal); ``response.incomplete_details`` says why."""

    type: Literal["response.incomplete"] = "response.incomplete"
    response: Annotated[Response, Lazily(object_of(Response))] = field(default_factory=Response)


@event_class
class ResponseFailedEvent(ResponseEvent):
    """``response.failed``: the response failed (terminal); ``response.error`` says why."""

    type: Literal["response.failed"] = "response.failed"
    response: Annotated[Response, Lazily(object_of(Response))] = field(default_factory=Response)


@event_class
class ResponseErrorEvent(ResponseEvent):
    """``error``

    The stream broke with an error (terminal; ``response.failed`` may follow).

    ``code``, ``message`` and ``param`` are found in all four shapes in which servers send them.
    """

    type: Literal["error"] = "error"
    code: str | None = None
    message: str = ""
    param: str | None = None
