"""What changes while a JSON text arrives."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

__all__ = ["JSONPath", "JSONValue", "Patch", "PatchOp"]

JSONValue: TypeAlias = Any
"""``None``, ``bool``, ``int``, ``float``, ``str``, ``list`` or ``dict``, as :func:`json.loads` gives them."""

JSONPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands: the keys and indexes that lead to it; ``()`` for the whole."""


PatchOp: TypeAlias = Literal["add", "append", "close"]
"""What happens to a value."""


class Patch(NamedTuple):
    """One change of the value.

    Applied in order, to nothing at first, patches give the value at each moment.

    Attributes:
        op: ``add``: a value begins at ``path``, and takes the place of one that is there under the same key.
            ``append``: the string at ``path`` grows. ``close``: the value at ``path`` is finished.
        path: Where.
        value: ``add``: what is known of the value: a whole number, ``true``, ``false`` or ``null``; the beginning of a
            string; an empty list or dict. ``append``: the piece. ``close``: the whole value, not to be changed.
        start: The offset of the value's first character in the text.
        end: The offset after its last character; ``close`` alone knows it, ``-1`` elsewhere.

    Example:
        >>> from rxstream import PartialJSONParser
        >>> PartialJSONParser(on_patch=lambda patch: print(patch.op, patch.path, patch.value)).feed('{"city": "Pa')
        add () {}
        add ('city',) Pa
    """

    op: PatchOp
    path: JSONPath
    value: JSONValue
    start: int
    end: int = -1
