"""Escapes in strings."""

from __future__ import annotations

import re

__all__ = ["Escape", "read_escape"]

_SIMPLE = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_unit = re.compile(r"\\u([0-9a-fA-F]{4})").match
_begun = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?").fullmatch

Escape = tuple[str, int]
"""The character that is meant, and the place after the escape."""


def read_escape(text: str, at: int) -> Escape | None:
    """Read the escape that begins at ``at``; ``None`` where the text ends before it is sure what is meant.

    Raises:
        ValueError: It is no escape.
    """
    unit = _unit(text, at)
    if unit is None:
        if _begun(text, at):
            return None
        character = _SIMPLE.get(text[at + 1])
        if character is None:
            raise ValueError(r"one of \", \\, \/, \b, \f, \n, \r, \t and \u with four hexadecimal digits")
        return character, at + 2
    high, after = int(unit.group(1), 16), at + 6
    if not 0xD800 <= high < 0xDC00:
        return chr(high), after
    if after == len(text) or _begun(text, after):
        return None  # the other half may come
    low = _unit(text, after)
    if low is not None and 0xDC00 <= (second := int(low.group(1), 16)) < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + (second - 0xDC00)), after + 6
    return chr(high), after
