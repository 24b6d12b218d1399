"""The base of all stream events: a frozen record with slots that keeps the JSON it was read from.

Events are plain dataclasses, not pydantic models: a retained text delta takes a fifth of the memory, and pydantic
validates them as fast. Each class gets its validator when the first event of its type arrives.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Any, ClassVar, TypeVar, cast, dataclass_transform

from pydantic import Strict

from rxstream.models.base import JSONObject, copy_json
from rxstream.models.json_text import json_text

__all__ = ["EVENT_CLASSES", "Index", "ResponseEvent", "event_class"]

Index = Annotated[int, Strict()]
"""A whole number that JSON holds as one: ``"5"``, ``5.0`` and ``true`` do not fit."""

EVENT_CLASSES: dict[str, type[ResponseEvent]] = {}
"""The class of each known event type, by wire name."""


class _Received:
    """What an event was read from; both slots stay empty in an event that the application made."""

    __slots__ = ("_mismatches", "_raw")


@dataclass(slots=True, frozen=True, kw_only=True, eq=False, repr=False)
class ResponseEvent(_Received):
    """What all events of a response stream have in common.

    Attributes:
        sequence_number: The event's place in its stream, from 0; ``None`` where the server does not number.
    """

    type: str = ""
    sequence_number: Index | None = None

    # Events of the same JSON are equal; hashing by the number is enough to tell them apart.
    __hash__: ClassVar[Callable[[Any], int]]  # type: ignore[assignment]

    def to_dict(self) -> JSONObject:
        """Return the event's JSON as it was received: unknown fields included, absent fields absent.

        Of an event that the application made: all fields that are not ``None``.
        """
        raw = raw_of(self)
        if raw is None:
            return {name: copy_json(value) for name, value in self._items() if value is not None}
        return copy_json(raw) if isinstance(raw, dict) else json.loads(raw)

    def to_json(self) -> str:
        """Return the event as one line of JSON: the characters that were received, where it came as text.

        UTF-8 can hold what it returns; halves of surrogate pairs are escaped.
        """
        raw = raw_of(self)
        if isinstance(raw, str) and "\n" not in raw and "\r" not in raw and _is_unicode(raw):
            return raw
        text = json_text(self.to_dict(), ensure_ascii=False)
        return text if _is_unicode(text) else json_text(self.to_dict(), ensure_ascii=True)

    @property
    def mismatches(self) -> tuple[str, ...]:
        """A line for each field whose shape was wrong; such a field has its default value."""
        try:
            return _get_mismatches(self)
        except AttributeError:
            return ()

    def _items(self) -> list[tuple[str, Any]]:
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or self.to_dict() == cast(ResponseEvent, other).to_dict()

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._items() if value is not None and name != "type")
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[Any, ...]:
        raw = raw_of(self)
        if raw is None:
            return _made, (type(self), dict(self._items()))
        return _received, (type(self), dict(self._items()), raw, self.mismatches)


def _hash(event: ResponseEvent) -> int:
    return hash((event.type, event.sequence_number))


ResponseEvent.__hash__ = _hash  # type: ignore[method-assign, assignment]

_get_raw: Callable[[Any], str | JSONObject] = _Received.__dict__["_raw"].__get__
set_raw: Callable[[Any, str | JSONObject], None] = _Received.__dict__["_raw"].__set__
_get_mismatches: Callable[[Any], tuple[str, ...]] = _Received.__dict__["_mismatches"].__get__
set_mismatches: Callable[[Any, tuple[str, ...]], None] = _Received.__dict__["_mismatches"].__set__


def raw_of(event: ResponseEvent) -> str | JSONObject | None:
    """Return what an event was read from: its text, its JSON object, or ``None`` for one that the application made."""
    try:
        return _get_raw(event)
    except AttributeError:
        return None


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _made(cls: type[ResponseEvent], values: JSONObject) -> ResponseEvent:
    return cls(**values)


def _received(
    cls: type[ResponseEvent], values: JSONObject, raw: str | JSONObject, mismatches: tuple[str, ...]
) -> ResponseEvent:
    event = object.__new__(cls)
    for name, value in values.items():
        object.__setattr__(event, name, value)
    set_raw(event, raw)
    set_mismatches(event, mismatches)
    return event


_E = TypeVar("_E", bound=ResponseEvent)


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False)
def event_class(cls: type[_E]) -> type[_E]:
    """Make a class a frozen dataclass with slots and register it under its wire name."""
    made = dataclass(slots=True, frozen=True, kw_only=True, eq=False, repr=False)(cls)
    EVENT_CLASSES[str(next(field.default for field in fields(made) if field.name == "type"))] = made
    return made
