"""What a check says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What a check says of a text; true where the text is flagged.

    Attributes:
        flagged: The text must not be shown.
        categories: Why.
        spans: Where in the text: places of the first character, and after the last. Only these are replaced then; where
            there are none, all that was checked is.
        scores: How sure the check is of each category, from 0 to 1, where it says so.

    Example:
        >>> bool(Verdict(flagged=True, categories=("violence",))), bool(Verdict(flagged=False))
        (True, False)
    """

    flagged: bool
    categories: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict[str, float])
    spans: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return self.flagged
