"""Events in which a text is replaced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rxstream.accumulators.moderation.strays import Path
from rxstream.events import ResponseStreamEvent, UnknownEvent, parse_event

__all__ = ["rewritten"]

_LOGPROBS = "logprobs"
_TOLD_OF_THE_TEXT = (_LOGPROBS, "annotations")


def rewritten(event: ResponseStreamEvent, texts: Iterable[tuple[Path, str]]) -> ResponseStreamEvent:
    """Return an event with other texts. What it says of such a text, word by word or by places in it, is left out.

    Example:
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> rewritten(ResponseTextDeltaEvent(delta="Hello", sequence_number=4), [(("delta",), "H")])
        ResponseTextDeltaEvent(sequence_number=4, delta='H', logprobs=[])
    """
    json: Any = {"type": event.type, **event.to_dict()}
    json.pop("obfuscation", None)  # as long as the text is not
    told: list[tuple[Any, str]] = []
    for path, text in texts:
        if _LOGPROBS in path:
            told.append((_at(json, path[: path.index(_LOGPROBS)]), _LOGPROBS))
        else:
            parent = _at(json, path[:-1])
            parent[path[-1]] = text
            told += ((parent, name) for name in _TOLD_OF_THE_TEXT)
    for parent, name in told:
        if isinstance(parent, dict) and name in parent:
            parent[name] = []
    if isinstance(event, UnknownEvent) and type(event) is not UnknownEvent:  # of a tool loop
        return replace(event, data={name: value for name, value in json.items() if name != "type"})
    return parse_event(json)


def _at(json: Any, path: Path) -> Any:
    for name in path:
        json = json[name]
    return json
