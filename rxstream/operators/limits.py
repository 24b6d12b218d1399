"""Checking the limits that operators are given."""

from __future__ import annotations

import sys
from typing import cast

__all__ = ["check_limits"]


def check_limits(**limits: float | None) -> None:
    """Refuse limits that cannot be kept.

    Raises:
        TypeError: One is not a number.
        ValueError: All are ``None``, or one is not above 0, or not finite.
    """
    if all(limit is None for limit in limits.values()):
        raise ValueError(f"expected at least one of {', '.join(limits)}, but got none")
    for name, limit in limits.items():
        if limit is None:
            continue
        if isinstance(limit, bool) or not isinstance(cast(object, limit), (int, float)):
            raise TypeError(f"expected {name} to be a number, but got {type(limit).__name__}")
        if not 0 < limit <= sys.float_info.max:
            raise ValueError(f"expected {name} to be above 0 and finite, but got {limit}")
