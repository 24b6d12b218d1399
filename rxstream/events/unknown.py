"""What is not known is data as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rxstream.events.base import ResponseEvent, raw_of
from rxstream.models.base import JSONObject, copy_json

__all__ = ["UnknownEvent"]


@dataclass(slots=True, frozen=True, kw_only=True, eq=False, repr=False)
class UnknownEvent(ResponseEvent):
    """An event of a type that is not known, or one of which nothing fits its type.

    Attributes:
        type: The wire name; the ``event:`` field where the JSON has no ``type``.
        data: The JSON object as it was received.
        reason: Why it is here.
    """

    data: JSONObject = field(default_factory=dict[str, Any])
    reason: str = "the type is not known"

    def to_dict(self) -> JSONObject:
        """Return the event's JSON as it was received; of an event that the application made: ``data`` and its type."""
        # By name, because a dataclass with slots is another class than the one that super() looks for.
        return ResponseEvent.to_dict(self) if raw_of(self) is not None else {"type": self.type, **copy_json(self.data)}
