"""What the strategies draw: a stream as a list of events, with the JSON that it came from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

from hypothesis.strategies import SearchStrategy, just

from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.models import Response
from rxstream.models.base import JSONObject

__all__ = ["GeneratedStream", "streams_of"]

_TERMINAL = ("response.completed", "response.incomplete", "response.failed")
_LONG_RUN = re.compile(r"(.)\1{79,}", re.DOTALL)


class GeneratedStream(list[ResponseStreamEvent]):
    """A drawn stream: a list of events that knows its JSON and what it tells of.

    It can be given to whatever takes events, such as :func:`~rxstream.from_events` or :func:`~rxstream.collect_now`.
    Its ``repr`` shows one event on a line and makes the same stream again, so that a failing one can be pasted into an
    ``@example``.

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
        shown = f"GeneratedStream({_on_lines(self.wire)}"
        if self.output != _finished(self.wire):
            shown += f", output={_on_lines(self.output)}"
        return f"{shown}, oddities={self.oddities!r})" if self.oddities else f"{shown})"


def streams_of(streams: SearchStrategy[GeneratedStream] | GeneratedStream) -> SearchStrategy[GeneratedStream]:
    """Return a strategy of streams, for an argument that is one or is a stream.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(streams, GeneratedStream):
        return just(streams)
    if not isinstance(streams, SearchStrategy):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"expected a GeneratedStream or a strategy of them, but got {type(streams).__name__}")
    return streams


def _finished(wire: Sequence[JSONObject]) -> list[JSONObject]:
    # Faults remove fields and give them other types.
    done = {
        event["output_index"]: event["item"]
        for event in wire
        if event.get("type") == "response.output_item.done"
        and isinstance(event.get("output_index"), int)
        and isinstance(event.get("item"), dict)
    }
    return [done[index] for index in sorted(done)]


def _on_lines(objects: Sequence[JSONObject]) -> str:
    return "\n".join(["[", *(f"    {_shown(each)}," for each in objects), "]"])


def _shown(value: Any) -> str:
    """Show a JSON value as ``repr`` does, but for characters that come many times in a row."""
    if isinstance(value, dict):
        members = cast(JSONObject, value).items()
        return f"{{{', '.join(f'{key!r}: {_shown(child)}' for key, child in members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, cast(list[Any], value)))}]"
    return _shown_text(value) if isinstance(value, str) else repr(value)


def _shown_text(text: str) -> str:
    pieces, at = list[str](), 0
    for run in _LONG_RUN.finditer(text):
        if at < run.start():
            pieces.append(repr(text[at : run.start()]))
        pieces.append(f"{run[1]!r} * {len(run[0])}")
        at = run.end()
    if at < len(text) or not text:
        pieces.append(repr(text[at:]))
    return " + ".join(pieces)
