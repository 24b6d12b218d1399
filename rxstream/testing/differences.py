"""What was expected and what came, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from rxstream.events.base import ResponseEvent

__all__ = ["difference", "indented", "listed", "shown"]


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


def indented(items: Iterable[Any]) -> str:
    """Show items, one a line."""
    return "\n".join(f"  {shown(item)}" for item in items) or "  (none)"
