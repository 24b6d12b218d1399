"""Names that the caller chooses among."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

__all__ = ["chosen", "some_of"]


def chosen(argument: str, names: Collection[str], known: Collection[str]) -> list[str]:
    """Return the names that were chosen, in the order of ``known``.

    Raises:
        TypeError: A single string, which is a collection of letters.
        ValueError: A name that is not known, or none.

    Example:
        >>> chosen("endings", {"failed", "completed"}, ("completed", "incomplete", "failed"))
        ['completed', 'failed']
    """
    if isinstance(names, str):
        raise TypeError(f"expected {argument} to be a collection of names, but got the string {names!r}")
    if unknown := sorted(set(names) - set(known)):
        raise ValueError(f"expected {argument} to be among {', '.join(known)}, but got {', '.join(unknown)}")
    if not names:
        raise ValueError(f"expected {argument} to have one name at least, but got none")
    return [name for name in known if name in names]


def some_of(argument: str, names: Collection[str], known: Collection[str], most: int) -> SearchStrategy[list[str]]:
    """Draw one to ``most`` of the names that were chosen; a name may come twice.

    Raises:
        TypeError, ValueError: As :func:`chosen`; or ``most`` is below 1.
    """
    picked = chosen(argument, names, known)
    if most < 1:
        raise ValueError(f"expected at least 1 of {argument}, but got {most} at most")
    return st.lists(st.sampled_from(picked), min_size=1, max_size=most)
