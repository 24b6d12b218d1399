"""How inputs are cut, and read as text and as JSON."""

from __future__ import annotations

import json
from itertools import pairwise
from random import Random
from typing import Any, TypeVar
from zlib import crc32

_Whole = TypeVar("_Whole", bytes, str)


def chance(data: bytes) -> Random:
    """Return the random numbers of an input: the same for the same bytes."""
    return Random(crc32(data))


def cut(whole: _Whole, random: Random) -> list[_Whole]:
    """Cut at a few places, or everywhere; some of the pieces may be empty."""
    if random.random() < 0.2:
        return [whole[at : at + 1] for at in range(len(whole))]
    places = [0, *sorted(random.choices(range(len(whole) + 1), k=random.randrange(8))), len(whole)]
    return [whole[start:end] for start, end in pairwise(places)]


def text_of(data: bytes) -> str:
    """Read bytes as UTF-8 with halves of surrogate pairs; anything else becomes U+FFFD."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def strict_json(text: str) -> Any:
    """Read JSON as the standard library does, but for NaN and Infinity; raise a ``ValueError`` where it is none."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("too deep for the standard library") from error


def depth_of(value: Any) -> int:
    """Return how many lists and objects are one in the other."""
    depth, level = 0, [value]
    while level := [child for child in level if isinstance(child, (dict, list))]:
        depth += 1
        level = [child for parent in level for child in (parent.values() if isinstance(parent, dict) else parent)]
    return depth


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
