"""Target: the data of an event."""

from __future__ import annotations

import copy
import pickle
from typing import Any

from rxstream.errors import EventParseError
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.sse import ServerSentEvent
from tests.fuzzing.cutting import depth_of, strict_json, text_of

_DEEPEST = 201  # the object itself, and 200 in it


def event_parser(data: bytes) -> None:
    """Parse data, with its first line as the ``event:`` line where there are two; compare with the standard library."""
    first, _, rest = data.partition(b"\n")
    name, content = (text_of(first), rest) if rest else ("message", data)
    text = text_of(content)
    expected = _object(text)
    named = _parse(ServerSentEvent(name, text, "", None), expected)
    plain = _parse(text, expected)
    _parse(content, expected if _is_utf8(content) else None)
    if expected is None:
        return
    of_object = _parse(copy.deepcopy(expected), expected)
    assert plain is not None
    assert of_object is not None
    for event in filter(None, (named, plain, of_object)):
        _check(event)
    # The fast way and the slow one see the same fields.
    assert (repr(plain), plain.mismatches) == (repr(of_object), of_object.mismatches), f"{plain!r} {of_object!r}"


def _parse(data: Any, expected: Any) -> ResponseStreamEvent | None:
    try:
        event = parse_event(data)
    except EventParseError as error:
        if expected is not None:
            raise AssertionError(f"{data!r} was refused") from error
        return None
    assert expected is not None, f"{data!r} was taken"
    assert repr(event.to_dict()) == repr(expected)
    return event


def _check(event: ResponseStreamEvent) -> None:
    line = event.to_json()
    assert "\n" not in line
    assert "\r" not in line
    again = parse_event(ServerSentEvent(event.type, line, "", None))
    for other in (again, parse_event(line.encode()), copy.copy(event), pickle.loads(pickle.dumps(event))):
        assert other.to_dict() == event.to_dict()
    assert again == event
    assert hash(again) == hash(event)
    assert all(isinstance(mismatch, str) for mismatch in event.mismatches)


def _object(text: str) -> Any:
    try:
        value = strict_json(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) and depth_of(value) <= _DEEPEST else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
