"""What the strategies draw: a stream as a list of events, with the JSON that it came from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.models import Response
from rxstream.models.base import JSONObject

__all__ = ["GeneratedStream"]

_TERMINAL = ("response.completed", "response.incomplete", "response.failed")
_SHOWN_CHARACTERS = 80


class GeneratedStream(list[ResponseStreamEvent]):
    """A drawn stream: a list of events that knows its JSON and what it tells of.

    It can be given to whatever takes events, such as :func:`~rxstream.from_events` or :func:`~rxstream.collect_now`.
    Its ``repr`` shows one event on a line, with long strings cut short.

    Args:
        wire: The events, as JSON objects.
        output: The items that the stream tells of; those of its ``output_item.done`` events where they are not given.
        oddities: The names of what is odd about it.

    Attributes:
        wire: The events, as JSON objects.
        output: The items whose ends the stream told of before anything was made odd, in the order of
            ``output_index``: what a consumer should have gathered in the end.
        oddities: The names of the sloppiness or of the faults that changed the stream, in the order of their work.

    Example:
        >>> stream = GeneratedStream([{"type": "response.output_text.delta", "delta": "Hi"}], oddities=["no_numbers"])
        >>> stream[0].delta
        'Hi'
        >>> stream
        GeneratedStream([
            {'type': 'response.output_text.delta', 'delta': 'Hi'},
        ], oddities=('no_numbers',))
    """

    def __init__(
        self, wire: Sequence[JSONObject], *, output: Sequence[JSONObject] | None = None, oddities: Iterable[str] = ()
    ) -> None:
        # Through text, so that an event's text has the order of keys that a server would send.
        super().__init__(parse_event(json.dumps(event)) for event in wire)
        self.wire = list(wire)
        self.output = _finished(wire) if output is None else list(output)
        self.oddities = tuple(oddities)

    @property
    def final_response(self) -> Response | None:
        """The response of the terminal event; ``None`` where there is no such event, or no response in it."""
        for event in reversed(self.wire):
            if event.get("type") in _TERMINAL and isinstance(event.get("response"), dict):
                return Response.lazily(event["response"])
        return None

    def __repr__(self) -> str:
        lines = [f"    {_shortened(event)!r}," for event in self.wire]
        named = f", oddities={self.oddities!r}" if self.oddities else ""
        return "\n".join(["GeneratedStream([", *lines, f"]{named})"])


def _finished(wire: Sequence[JSONObject]) -> list[JSONObject]:
    done = {event["output_index"]: event["item"] for event in wire if event["type"] == "response.output_item.done"}
    return [done[index] for index in sorted(done)]


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _SHOWN_CHARACTERS:
        return f"{value[:_SHOWN_CHARACTERS]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return {key: _shortened(child) for key, child in cast(JSONObject, value).items()}
    return [_shortened(child) for child in cast(list[Any], value)] if isinstance(value, list) else value
