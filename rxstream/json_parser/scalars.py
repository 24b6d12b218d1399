"""Numbers, ``true``, ``false`` and ``null``."""

from __future__ import annotations

import re

__all__ = ["is_wrong_literal", "read_scalar"]

_LITERALS = {"t": "true", "f": "false", "n": "null"}
_VALUES = {"true": True, "false": False, "null": None}
_number = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?").match


def is_wrong_literal(parts: list[str]) -> bool:
    """Say whether a token that began as a literal has gone on as none; its parts become one.

    Example:
        >>> is_wrong_literal(["t", "r"]), is_wrong_literal(["t", "a"]), is_wrong_literal(["1"])
        (False, True, False)
    """
    if parts[0][0] not in _LITERALS:
        return False
    parts[:] = ["".join(parts)]
    return not _LITERALS[parts[0][0]].startswith(parts[0])


def read_scalar(token: str) -> tuple[int | float | bool | None, int]:
    """Return the value that a token begins with, and how many of its characters that takes.

    Raises:
        ValueError: It begins with no value; the text says what was expected.
    """
    literal = _LITERALS.get(token[0], "")
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
