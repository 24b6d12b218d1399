"""Patches with the places that they are about."""

from __future__ import annotations

from collections.abc import Callable

from rxstream.json_parser.patches import JSONPath, JSONValue, Patch, PatchOp

__all__ = ["PatchTeller"]


class PatchTeller:
    """Tells of changes, and knows which containers are open.

    Args:
        on_patch: Called with each change.

    Example:
        >>> teller = PatchTeller(print)
        >>> teller.enter(0)
        >>> teller.tell("add", "a", 1, 6)
        Patch(op='add', path=('a',), value=1, start=6, end=-1)
    """

    __slots__ = ("_on_patch", "_paths")

    def __init__(self, on_patch: Callable[[Patch], None]) -> None:
        self._on_patch = on_patch
        self._paths: list[JSONPath] = []  # of the open containers

    def tell(self, op: PatchOp, last: str | int, value: JSONValue, start: int, end: int = -1) -> None:
        """Tell what has happened to the value at a place of the innermost container."""
        self._on_patch(Patch(op, self._path(last), value, start, end))

    def enter(self, last: str | int) -> None:
        """Note that the value there is a container, whose values come next."""
        self._paths.append(self._path(last))

    def leave(self) -> None:
        """Note that the innermost container is closed."""
        self._paths.pop()

    def _path(self, last: str | int) -> JSONPath:
        return (*self._paths[-1], last) if self._paths else ()
