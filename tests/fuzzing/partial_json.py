"""Target: JSON that comes in fragments."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from random import Random
from typing import Any

from rxstream.errors import JSONParseError
from rxstream.json_parser import PartialJSONParser, Patch
from tests.fuzzing.cutting import chance, cut, depth_of, strict_json, text_of

_DEEPEST = 200


def partial_json(data: bytes) -> None:
    """Feed a text whole and cut, read the value and patches all the while; compare with the standard library."""
    text = text_of(data)
    random = chance(data)
    try:
        expected = strict_json(text)
        is_right = depth_of(expected) <= _DEEPEST
    except ValueError:
        expected, is_right = None, False
    fragments = cut(text, random)
    whole, parts = _read([text], random), _read(fragments, random)
    for value, error in (whole, parts):
        assert (error is None) is is_right, f"{text!r} in {fragments}: {error}"
        assert error is not None or repr(value) == repr(expected), f"expected {expected!r}, but got {value!r}"
    if whole[1] is not None and parts[1] is not None:
        assert (whole[1].offset, whole[1].expected) == (parts[1].offset, parts[1].expected), f"{whole[1]}; {parts[1]}"


def _read(fragments: Sequence[str], random: Random) -> tuple[Any, JSONParseError | None]:
    mirror: list[Any] = []
    told, silent = PartialJSONParser(on_patch=lambda patch: _apply(mirror, patch)), PartialJSONParser()
    kept: list[tuple[Any, Any]] = []
    error: JSONParseError | None = None
    for fragment in fragments:
        for parser in (told, silent):
            try:
                parser.feed(fragment)
            except JSONParseError as raised:
                error = raised
        assert repr(told.value) == repr(silent.value)
        assert (told.has_value, told.complete) == (silent.has_value, silent.complete)
        # What came before an error is told, but not by how much an open string has grown.
        assert error is not None or (not mirror and not told.has_value) or repr(mirror[0]) == repr(told.value)
        if len(kept) < 8 and random.random() < 0.5:
            kept.append((silent.snapshot(), copy.deepcopy(silent.value)))
        if error is not None:
            break
    value, closing = None, error
    for parser in (told, silent):
        try:
            value = parser.close()
            assert closing is None, f"close() forgets {closing}"
        except JSONParseError as raised:
            if error is not None and str(raised) != str(error):
                raise AssertionError(f"expected {error} once more") from raised
            closing = raised
    for snapshot, value_then in kept:
        assert repr(snapshot.value) == repr(value_then), f"expected {value_then!r}, but got {snapshot.value!r}"
    return value, closing


def _apply(mirror: list[Any], patch: Patch) -> None:
    container: Any = mirror
    *path, key = (0, *patch.path)
    for place in path:
        container = container[place]
    if patch.op == "append":
        container[key] += patch.value
    elif patch.op == "close":
        assert repr(container[key]) == repr(patch.value)
    elif isinstance(container, list):
        assert key == len(container)
        container.append(copy.deepcopy(patch.value))
    else:
        container[key] = copy.deepcopy(patch.value)
