"""Telling events that bring content of the answer from those that only tell of its progress."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from rxstream.accumulators.families import FAMILIES
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import JSONObject, json_of
from rxstream.models.response import objects

__all__ = ["TERMINAL", "is_content", "is_piece"]

TERMINAL = frozenset(("response.completed", "response.incomplete", "response.failed", "error"))
"""The types of the events with which a response ends."""


def is_content(event: ResponseStreamEvent) -> bool:
    """Say whether an event brings content of the answer.

    Content is what the model made: a piece of text, refusal, reasoning, arguments, input, code, diff, command, audio or
    transcript; what a command printed; a partial image; an annotation; and what brings such a thing as a whole, from
    servers that send no deltas (``.done`` events). Everything that is empty is none, nor is what tells of progress: the
    life of the response, ``added``, the status of a search, ``keepalive`` and all other events that are not known.

    Example:
        >>> from rxstream.events import ResponseInProgressEvent, ResponseTextDeltaEvent
        >>> [is_content(event) for event in (ResponseInProgressEvent(), ResponseTextDeltaEvent(delta="Hel"))]
        [False, True]
    """
    brought = _CONTENT.get(event.type)
    return brought is not None and bool(brought(event))


def is_piece(event: ResponseStreamEvent) -> bool:
    """Say whether content is a piece of something, that no other event has brought before."""
    return event.type in _PIECES


def _printed(event: Any) -> bool:
    return any(isinstance(text, str) and text for text in event.delta.values())


def _part(event: Any) -> bool:
    return _has_text(json_of(event.part))


def _item(event: Any) -> bool:
    item = json_of(event.item)
    kind = item.get("type")
    if kind == "message" or kind == "reasoning":  # one without text, as where reasoning is secret
        return any(_has_text(part) for name in ("content", "summary") for part in objects(item.get(name)))
    return bool(item)


def _has_text(part: JSONObject) -> bool:
    return any(part.get(name) for name in ("text", "refusal"))


_PIECES: dict[str, Callable[[Any], Any]] = {
    **{family.delta: attrgetter("delta") for family in FAMILIES},
    "response.shell_call_command.delta": attrgetter("delta"),
    "response.shell_call_output_content.delta": _printed,
    "response.audio.delta": attrgetter("delta"),
    "response.audio.transcript.delta": attrgetter("delta"),
    "response.image_generation_call.partial_image": attrgetter("partial_image_b64"),
}
_WHOLES: dict[str, Callable[[Any], Any]] = {
    **{family.done: attrgetter(family.done_field) for family in FAMILIES},
    "response.shell_call_command.done": attrgetter("command"),
    "response.shell_call_output_content.done": attrgetter("output"),
    "response.output_text.annotation.added": lambda event: json_of(event.annotation),
    "response.content_part.done": _part,
    "response.reasoning_summary_part.done": _part,
    "response.output_item.done": _item,
}
_CONTENT = {**_PIECES, **_WHOLES}
