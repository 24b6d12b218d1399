"""What was expected and what came, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from rxstream.events.base import ResponseEvent

__all__ = ["difference", "indented", "listed", "shown", "unlike"]

_LONGEST = 300


def shown(item: Any) -> str:
    """Show an item on one line: an event as its JSON, anything else as Python would.

    Example:
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> print(shown(ResponseTextDeltaEvent(output_index=0, delta="Hel", logprobs=[])))
        ResponseTextDeltaEvent {"type":"response.output_text.delta","output_index":0,"delta":"Hel","logprobs":[]}
    """
    return f"{type(item).__name__} {item.to_json()}" if isinstance(item, ResponseEvent) else repr(item)


def listed(items: Iterable[Any]) -> str:
    """Show items on one line."""
    return f"[{', '.join(map(shown, items))}]"


def difference(expected: Sequence[Any], got: Sequence[Any]) -> str:
    """Set two lists side by side, an item a line: ``-`` was expected and did not come, ``+`` came instead.

    Example:
        >>> print(difference(["a", "b"], ["a", "c"]))
          'a'
        - 'b'
        + 'c'
    """
    lines = difflib.ndiff([*map(shown, expected)], [*map(shown, got)])
    return "\n".join(line for line in lines if not line.startswith("?"))


def unlike(expected: Sequence[Any], got: Sequence[Any], *, what: str, where: str = "") -> str:
    """Say that two lists differ: on one line where that can be read, else side by side.

    Example:
        >>> print(unlike(["a"], [], what="all of it", where=", at the end"))
        expected all of it, ['a'], but got [], at the end
    """
    line = f"expected {what}, {listed(expected)}, but got {listed(got)}{where}"
    if len(line) <= _LONGEST:
        return line
    told = difference(expected, got)
    return f"expected {what}, but got something else{where} (- did not come, + came instead):\n{told}"


def indented(items: Iterable[Any]) -> str:
    """Show items, one a line."""
    return "\n".join(f"  {shown(item)}" for item in items) or "  (none)"
