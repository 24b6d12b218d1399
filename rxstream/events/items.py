"""Events of output items and content parts."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from rxstream.events.base import Index, ResponseEvent, event_class
from rxstream.models.items import ResponseOutputItem, UnknownItem
from rxstream.models.parts import Annotation, ContentPart, UnknownAnnotation, UnknownPart

__all__ = [
    "ResponseContentPartAddedEvent",
    "ResponseContentPartDoneEvent",
    "ResponseOutputItemAddedEvent",
    "ResponseOutputItemDoneEvent",
    "ResponseOutputTextAnnotationAddedEvent",
]


@event_class
class ResponseOutputItemAddedEvent(ResponseEvent):
    """``response.output_item.added``: an output item begins."""

    type: Literal["response.output_item.added"] = "response.output_item.added"
    output_index: Index | None = None
    item: ResponseOutputItem = field(default_factory=UnknownItem)


@event_class
class ResponseOutputItemDoneEvent(ResponseEvent):
    """``response.output_item.done``: an output item is finished; ``item`` is the whole item, authoritative."""

    type: Literal["response.output_item.done"] = "response.output_item.done"
    output_index: Index | None = None
    item: ResponseOutputItem = field(default_factory=UnknownItem)


@event_class
class ResponseContentPartAddedEvent(ResponseEvent):
    """``response.content_part.added``: a content part begins."""

    type: Literal["response.content_part.added"] = "response.content_part.added"
    output_index: Index | None = None
    item_id: str | None = None
    content_index: Index | None = None
    part: ContentPart = field(default_factory=UnknownPart)


@event_class
class ResponseContentPartDoneEvent(ResponseEvent):
    """``response.content_part.done``: a content part is finished."""

    type: Literal["response.content_part.done"] = "response.content_part.done"
    output_index: Index | None = None
    item_id: str | None = None
    content_index: Index | None = None
    part: ContentPart = field(default_factory=UnknownPart)


@event_class
class ResponseOutputTextAnnotationAddedEvent(ResponseEvent):
    """``response.output_text.annotation.added``: an annotation was put on the text."""

    type: Literal["response.output_text.annotation.added"] = "response.output_text.annotation.added"
    output_index: Index | None = None
    item_id: str | None = None
    content_index: Index | None = None
    annotation_index: Index | None = None
    annotation: Annotation = field(default_factory=UnknownAnnotation)
