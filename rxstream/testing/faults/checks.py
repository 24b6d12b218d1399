"""What the arguments of faults must be."""

from __future__ import annotations

import math
from typing import cast

__all__ = ["at_least", "seconds_of"]


def at_least(least: int, **numbers: int) -> None:
    """Refuse what is no whole number, or too small.

    Raises:
        TypeError: One is no ``int``.
        ValueError: One is below ``least``.
    """
    for name, number in numbers.items():
        if not isinstance(cast(object, number), int) or isinstance(number, bool):
            raise TypeError(f"expected {name} to be an int, but got {number!r}")
        if number < least:
            raise ValueError(f"expected {name} to be at least {least}, but got {number}")


def seconds_of(seconds: float) -> None:
    """Refuse what cannot be waited for.

    Raises:
        TypeError: It is no number.
        ValueError: It is negative, or no finite number.
    """
    if not isinstance(cast(object, seconds), int | float) or isinstance(seconds, bool):
        raise TypeError(f"expected seconds to be a number, but got {seconds!r}")
    if not 0 <= seconds < math.inf:
        raise ValueError(f"expected seconds to be 0 or more, but got {seconds}")
