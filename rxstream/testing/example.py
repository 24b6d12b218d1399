"""What a law is tried on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Example"]


@dataclass(frozen=True)
class Example:
    """What a law is tried on.

    Attributes:
        items: What the source emits.
        others: What another source emits.
        order: Which of two sources emits next.
        cut: A place in the items.
    """

    items: list[Any]
    others: list[Any]
    order: list[int]
    cut: int
