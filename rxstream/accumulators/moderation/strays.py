"""Text where none is expected: in fields, objects and shapes that are not known."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from dataclasses import fields
from functools import cache
from typing import Any, cast

from rxstream.events import ResponseEvent
from rxstream.events.base import raw_of
from rxstream.models.base import JSONObject

__all__ = ["Path", "strays", "strays_of"]

Path = tuple[str | int, ...]
"""Where something stands in the JSON of an event."""

_NO_SPEECH = frozenset(
    ("type", "id", "object", "status", "role", "model", "encrypted_content", "obfuscation", "sequence_number")
)


def strays(value: Any, path: Path, known: Container[str] = ()) -> Iterator[tuple[Path, str]]:
    """Give each string in a JSON value, and where it stands; none of the ``known`` fields, ids, and what is encrypted.

    Example:
        >>> list(strays({"id": "poem_1", "verses": ["Roses"]}, ("item",)))
        [(('item', 'verses', 0), 'Roses')]
    """
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, child in cast(JSONObject, value).items():
            is_no_speech = isinstance(child, str) and (name in _NO_SPEECH or str(name).endswith("_id"))
            if name not in known and not is_no_speech:
                yield from strays(child, (*path, name))
    elif isinstance(value, list):
        for place, child in enumerate(cast("list[Any]", value)):
            yield from strays(child, (*path, place))


def strays_of(event: ResponseEvent) -> Iterator[tuple[Path, str]]:
    """Give each string in the fields of an event that its class does not know, or whose shape is wrong."""
    raw = raw_of(event)
    if raw is None:
        return iter(())
    whole: JSONObject = raw if isinstance(raw, dict) else json.loads(raw)
    known = _names(type(event))
    if event.mismatches:
        known -= {line.partition(":")[0].partition(".")[0] for line in event.mismatches}
    return iter(()) if whole.keys() <= known else strays(whole, (), known)


@cache
def _names(cls: type[ResponseEvent]) -> frozenset[str]:
    return frozenset(field.name for field in fields(cls)) | _NO_SPEECH
