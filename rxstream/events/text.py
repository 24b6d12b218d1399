"""Events of text and refusals."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from rxstream.events.base import Index, ResponseEvent, event_class
from rxstream.models.base import Lazily, object_of
from rxstream.models.parts import Logprob

__all__ = [
    "ResponseRefusalDeltaEvent",
    "ResponseRefusalDoneEvent",
    "ResponseTextDeltaEvent",
    "ResponseTextDoneEvent",
]


@event_class
class ResponseTextDeltaEvent(ResponseEvent):
    """``response.output_text.delta``: a piece of text."""

    type: Literal["response.output_text.delta"] = "response.output_text.delta"
    output_index: Index | None = None
    item_id: str | None = None
    content_index: Index | None = None
    delta: str = ""
    logprobs: list[Annotated[Logprob, Lazily(object_of(Logprob))]] = field(default_factory=list[Logprob])


@event_class
class ResponseTextDoneEvent(ResponseEvent):
    """``response.output_text.done``: the text of a part is finished."""

    type: Literal["response.output_text.done"] = "response.output_text.done"
    output_index: Index | None = None
    item_id: str | None = None
    content_index: Index | None = None
    text: str = ""
    logprobs: list[Annotated[Logprob, Lazily(object_of(Logprob))]] = field(default_factory=list[Logprob])


@event_class
class ResponseRefusalDeltaEvent(ResponseEvent):
    """``response.refusal.delta``: a piece of a refusal."""

    type: Literal["response.refusal.delta"] = "response.refusal.delta"
    output_index: Index | None = None
    item_id: str | None = None
    content_index: Index | None = None
    delta: str = ""


@event_class
class ResponseRefusalDoneEvent(ResponseEvent):
    """``response.refusal.done``: a refusal is finished."""

    type: Literal["response.refusal.done"] = "response.refusal.done"
    output_index: Index | None = None
    item_id: str | None = None
    content_index: Index | None = None
    refusal: str = ""
