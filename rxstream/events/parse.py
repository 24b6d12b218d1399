"""From the data of one server-sent event to its class.

The ``event:`` line names the type before the JSON is read, so that the JSON is parsed and validated in one step by the
validator of that very type. Whatever does not pass there takes the slow way, which refuses nothing but what is no JSON
object.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import partial
from typing import Any, NoReturn, cast

from pydantic import TypeAdapter, ValidationError

from rxstream.errors import EventParseError
from rxstream.events.base import EVENT_CLASSES, ResponseEvent, set_mismatches, set_raw
from rxstream.events.union import ResponseStreamEvent
from rxstream.events.unknown import UnknownEvent
from rxstream.models.base import JSONObject, fit
from rxstream.sse import ServerSentEvent

__all__ = ["parse_event"]

_TYPE_FIRST = '{"type":"'

# Of the values in the object: as deep as pydantic's JSON parser goes, and far from Python's own limit.
_MAX_DEPTH = 200


class _JSONValidators(dict[str, Callable[[str], ResponseEvent] | None]):
    """The ``validate_json`` of each type, made when the first event of the type comes; ``None`` for unknown types."""

    def __missing__(self, name: str) -> Callable[[str], ResponseEvent] | None:
        cls = EVENT_CLASSES.get(name)
        if cls is None or name == "error":  # errors come in four shapes, which the slow way tells apart
            return None  # not stored: the names come from the server
        validate = self[name] = _adapter(cls).validator.validate_json
        return validate


class _Adapters(dict[type[ResponseEvent], TypeAdapter[ResponseEvent]]):
    def __missing__(self, cls: type[ResponseEvent]) -> TypeAdapter[ResponseEvent]:
        adapter = self[cls] = TypeAdapter(cls)
        return adapter


class _FieldNames(dict[type[ResponseEvent], tuple[str, ...]]):
    def __missing__(self, cls: type[ResponseEvent]) -> tuple[str, ...]:
        names = self[cls] = tuple(field.name for field in fields(cls))
        return names


_adapter = _Adapters().__getitem__
_field_names = _FieldNames().__getitem__
_json_validator = _JSONValidators().__getitem__


def parse_event(data: bytes | bytearray | memoryview | str | JSONObject | ServerSentEvent) -> ResponseStreamEvent:
    """Turn the data of one event into an event of its class.

    Args:
        data: A :class:`~rxstream.sse.ServerSentEvent`, its data as text or UTF-8 bytes, or the JSON object (which must
            not be changed afterwards).

    Returns:
        An event of the class that ``type`` names. Fields of the wrong shape have their default value and are named by
        ``mismatches``; an :class:`~rxstream.events.UnknownEvent` where the type is not known. The JSON is kept in
        any case, see ``to_dict()``.

    Raises:
        EventParseError: The data is not a JSON object, or is nested more than 200 deep.
        TypeError: The data is none of the above.

    Example:
        >>> parse_event('{"type": "response.output_text.delta", "delta": "Hel", "sequence_number": 4}').delta
        'Hel'
        >>> parse_event({"type": "response.telepathy", "strength": 2})
        UnknownEvent(data={'type': 'response.telepathy', 'strength': 2}, reason='the type is not known')
    """
    if isinstance(data, ServerSentEvent):
        return parse_text(data.data, data.event)
    if isinstance(data, dict):
        return _from_object(data, data, "")
    text = data if isinstance(data, str) else _decoded(data)
    return parse_text(text, _type_at_start(text))


def parse_text(text: str, hint: str) -> ResponseStreamEvent:
    """Parse an event from its text; ``hint`` is the type that its ``event:`` line names."""
    validate = _json_validator(hint)
    if validate is None and (first := _type_at_start(text)):
        validate = _json_validator(first)
    # pydantic takes NaN and Infinity, which are no JSON. One letter is looked for first: that is ten times as fast.
    if validate is not None and not (("N" in text and "NaN" in text) or ("I" in text and "Infinity" in text)):
        try:
            event = validate(text)
        except ValidationError:
            return _slowly(text, hint)
        set_raw(event, text)
        return cast(ResponseStreamEvent, event)
    return _slowly(text, hint)


def _type_at_start(text: str) -> str:
    return text[len(_TYPE_FIRST) : text.find('"', len(_TYPE_FIRST))] if text.startswith(_TYPE_FIRST) else ""


def _slowly(text: str, hint: str) -> ResponseStreamEvent:
    # `json` takes what pydantic refuses: halves of surrogate pairs, as "\ud83d" alone.
    try:
        value = json.loads(text, parse_constant=partial(_refuse, text))
    except (ValueError, RecursionError) as error:
        raise EventParseError("the data of an event to be JSON", text) from error
    if not isinstance(value, dict):
        raise EventParseError("the data of an event to be a JSON object", text)
    return _from_object(cast(JSONObject, value), text, hint)


def _refuse(text: str, constant: str) -> NoReturn:
    raise EventParseError(f"the data of an event to be JSON, which has no {constant}", text)


def _from_object(value: JSONObject, raw: str | JSONObject, hint: str) -> ResponseStreamEvent:
    if _is_too_deep(value):
        received = raw if isinstance(raw, str) else reprlib.repr(raw)
        raise EventParseError(f"the data of an event to be nested at most {_MAX_DEPTH} deep", received)
    given: Any = value.get("type")
    name = given if isinstance(given, str) else hint
    if "error" in value and not isinstance(given, str) and name not in EVENT_CLASSES:
        name = "error"
    cls = EVENT_CLASSES.get(name)
    if cls is None:
        number = value.get("sequence_number")
        unknown = UnknownEvent(type=name, sequence_number=number if type(number) is int else None, data=value)
        set_raw(unknown, raw)
        return unknown
    found = _flat_error(value) if name == "error" else value
    known = {field: found[field] for field in _field_names(cls) if field in found}
    event, verbatim, mismatches = fit(_adapter(cls).validator.validate_python, {**known, "type": name})
    for field, kept in verbatim.items():
        object.__setattr__(event, field, kept)
    set_raw(event, raw)
    set_mismatches(event, mismatches if given is None or given == name else ("type: it is no string", *mismatches))
    return cast(ResponseStreamEvent, event)


def _is_too_deep(value: JSONObject) -> bool:
    level: list[Any] = [value]
    for _ in range(_MAX_DEPTH + 1):
        level = [child for parent in level for child in _children(parent) if isinstance(child, (dict, list))]
        if not level:
            return False
    return True


def _children(parent: Any) -> Iterable[Any]:
    return cast(JSONObject, parent).values() if isinstance(parent, dict) else parent


def _flat_error(value: JSONObject) -> JSONObject:
    """Find code, message and param: flat as documented, in a nested ``error`` object, or in an ``error`` string."""
    nested: Any = value.get("error")
    if isinstance(nested, str):
        nested = {"message": nested}
    if not isinstance(nested, dict):
        nested = {}
    merged: JSONObject = {**cast(JSONObject, nested), **{key: kept for key, kept in value.items() if kept is not None}}
    code = merged.get("code")
    if isinstance(code, int):
        merged["code"] = str(code)
    return merged


def _decoded(data: object) -> str:
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(
            "expected the data of an event as text, as UTF-8 bytes, as a JSON object (a dict) or as a ServerSentEvent, "
            f"but got {type(data).__name__}"
        )
    encoded = bytes(cast("bytes | bytearray | memoryview[int]", data))
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EventParseError("the data of an event to be UTF-8", encoded) from error
