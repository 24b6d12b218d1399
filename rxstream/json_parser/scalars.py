"""Numbers, ``true``, ``false`` and ``null``."""

from __future__ import annotations

import re

__all__ = ["LITERALS", "read_scalar"]

LITERALS = {"t": "true", "f": "false", "n": "null"}
"""By first letter."""

_VALUES = {"true": True, "false": False, "null": None}
_number = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?").match


def read_scalar(token: str) -> tuple[int | float | bool | None, int]:
    """Return the value that a token begins with, and how many of its characters that takes.

    Raises:
        ValueError: It begins with no value; the text says what was expected.
    """
    literal = LITERALS.get(token[0], "")
    if literal and token.startswith(literal):
        return _VALUES[literal], len(literal)
    number = _number(token)
    if number is None:
        raise ValueError("a value")
    digits = number.group()
    if number.lastindex:
        return float(digits), len(digits)
    try:
        return int(digits), len(digits)
    except ValueError:  # Python reads no integer of more than 4300 digits, in json.loads as here
        raise ValueError("an integer of fewer digits") from None
