"""What OpenAI's SDK says an event is: one class for each ``type``, and the union of all."""

from __future__ import annotations

import typing
from typing import Any

from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

_union = typing.get_args(typing.get_args(ResponseStreamEvent)[0])
_CLASSES: dict[str, TypeAdapter[Any]] = {
    typing.get_args(cls.model_fields["type"].annotation)[0]: TypeAdapter(cls) for cls in _union
}
_UNION: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


def validate_event(event: dict[str, Any]) -> None:
    """Raise unless the event satisfies the class of its ``type``, and the union, strictly."""
    _CLASSES[event["type"]].validate_python(event, strict=True)
    _UNION.validate_python(event, strict=True)


def nonconforming_types(events: list[dict[str, Any]]) -> set[str]:
    """Give the types of the events that the SDK does not know or does not accept."""
    refused: set[str] = set()
    for event in events:
        try:
            validate_event(event)
        except (KeyError, ValueError):
            refused.add(event["type"])
    return refused
