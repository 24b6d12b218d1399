"""Names of formats and tools: 1 to 64 of ``a-z A-Z 0-9 _ -``."""

from __future__ import annotations

import re

__all__ = ["check_name", "name_from"]

_LONGEST = 64
_OTHER = re.compile(r"[^a-zA-Z0-9_-]+")


def name_from(text: str) -> str:
    """Make a name that the API takes out of one that Python has.

    Example:
        >>> name_from("Box[int]"), name_from("grüßen"), name_from("<lambda>")
        ('Box_int', 'gr_en', 'lambda')
    """
    name = _OTHER.sub("_", text)
    if name != text:
        name = name.strip("_")
    return name[:_LONGEST]


def check_name(name: str) -> str:
    """Return ``name`` if the API takes it.

    Raises:
        TypeError: It is no text.
        ValueError: It does not.
    """
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"name: expected text, but got {name!r}")
    if not 0 < len(name) <= _LONGEST or _OTHER.search(name):
        raise ValueError(f"name: expected 1 to {_LONGEST} of a-z, A-Z, 0-9, _ and -, but got {name!r}")
    return name
