"""What a synchronous source reads with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

__all__ = ["BatchReader"]

_T_co = TypeVar("_T_co", covariant=True)


class BatchReader(Protocol[_T_co]):
    """Something that reads, a batch of items at a time, and can be stopped."""

    def __iter__(self) -> Iterator[Iterable[_T_co]]:
        """Read; may block."""
        ...

    def close(self) -> None:
        """Give back what was opened. Called once, by the thread that reads, when it does not read."""
        ...

    def interrupt(self) -> None:
        """Make a read that blocks in another thread return, as far as that can be done. Raises nothing."""
        ...
