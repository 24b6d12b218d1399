"""Events of reasoning: its text, its summary, and compaction."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from rxstream.events.base import Index, ResponseEvent, event_class
from rxstream.models.parts import ContentPart, UnknownPart

__all__ = [
    "ResponseCompactionCompactingEvent",
    "ResponseReasoningSummaryPartAddedEvent",
    "ResponseReasoningSummaryPartDoneEvent",
    "ResponseReasoningSummaryTextDeltaEvent",
    "ResponseReasoningSummaryTextDoneEvent",
    "ResponseReasoningTextDeltaEvent",
    "ResponseReasoningTextDoneEvent",
]


@event_class
class ResponseReasoningTextDeltaEvent(ResponseEvent):
    """``response.reasoning_text.delta``: a piece of the reasoning itself."""

    type: Literal["response.reasoning_text.delta"] = "response.reasoning_text.delta"
    output_index: Index | None = None
    item_id: str | None = None
    content_index: Index | None = None
    delta: str = ""


@event_class
class ResponseReasoningTextDoneEvent(ResponseEvent):
    """``response.reasoning_text.done``: the reasoning is finished."""

    type: Literal["response.reasoning_text.done"] = "response.reasoning_text.done"
    output_index: Index | None = None
    item_id: str | None = None
    content_index: Index | None = None
    text: str = ""


@event_class
class ResponseReasoningSummaryPartAddedEvent(ResponseEvent):
    """``response.reasoning_summary_part.added``: a paragraph of the summary begins."""

    type: Literal["response.reasoning_summary_part.added"] = "response.reasoning_summary_part.added"
    output_index: Index | None = None
    item_id: str | None = None
    summary_index: Index | None = None
    part: ContentPart = field(default_factory=UnknownPart)


@event_class
class ResponseReasoningSummaryPartDoneEvent(ResponseEvent):
    """``response.reasoning_summary_part.done``: a paragraph of the summary is finished."""

    type: Literal["response.reasoning_summary_part.done"] = "response.reasoning_summary_part.done"
    output_index: Index | None = None
    item_id: str | None = None
    summary_index: Index | None = None
    part: ContentPart = field(default_factory=UnknownPart)
    status: str | None = None


@event_class
class ResponseReasoningSummaryTextDeltaEvent(ResponseEvent):
    """``response.reasoning_summary_text.delta``: a piece of the summary."""

    type: Literal["response.reasoning_summary_text.delta"] = "response.reasoning_summary_text.delta"
    output_index: Index | None = None
    item_id: str | None = None
    summary_index: Index | None = None
    delta: str = ""


@event_class
class ResponseReasoningSummaryTextDoneEvent(ResponseEvent):
    """``response.reasoning_summary_text.done``: the text of a paragraph of the summary is finished."""

    type: Literal["response.reasoning_summary_text.done"] = "response.reasoning_summary_text.done"
    output_index: Index | None = None
    item_id: str | None = None
    summary_index: Index | None = None
    text: str = ""


@event_class
class ResponseCompactionCompactingEvent(ResponseEvent):
    """``response.compaction.compacting``: the server makes the conversation shorter."""

    type: Literal["response.compaction.compacting"] = "response.compaction.compacting"
    output_index: Index | None = None
    item_id: str | None = None
