"""Events in which a text is replaced."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rxstream.accumulators.moderation.speech import Path
from rxstream.events import ResponseStreamEvent, parse_event

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
    for path, text in texts:
        parent = json
        for name in path[:-1]:
            parent = parent[name]
        if path[-1] != _LOGPROBS:
            parent[path[-1]] = text
        for name in (_LOGPROBS,) if path[-1] == _LOGPROBS else _TOLD_OF_THE_TEXT:
            if isinstance(parent, dict) and name in parent:
                parent[name] = []
    return parse_event(json)
