"""Adversarial streams: what no server should send, and what no reader may be harmed by."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from rxstream.models.base import JSONObject
from rxstream.testing.strategies.alphabet import load_unicode
from rxstream.testing.strategies.chosen import some_of
from rxstream.testing.strategies.generated import GeneratedStream, streams_of
from rxstream.testing.strategies.json_documents import json_values

__all__ = ["FAULTS", "faulty"]

_Wire = list[JSONObject]

_OTHER_TYPES = st.sampled_from(
    ["response.output_text.delta", "response.output_item.done", "response.completed", "error", "", "\ud800"]
)
_SMALL_JSON: SearchStrategy[Any] = st.deferred(lambda: json_values(max_leaves=3))


def _drop(draw: DrawFn, wire: _Wire, at: int) -> _Wire:
    return wire[:at] + wire[at + 1 :]


def _double(draw: DrawFn, wire: _Wire, at: int) -> _Wire:
    return [*wire[: at + 1], *wire[at:]]


def _swap(draw: DrawFn, wire: _Wire, at: int) -> _Wire:
    return [*wire[:at], *reversed(wire[at : at + 2]), *wire[at + 2 :]]


def _cut(draw: DrawFn, wire: _Wire, at: int) -> _Wire:
    return wire[:at]


def _repeat(draw: DrawFn, wire: _Wire, at: int) -> _Wire:
    start = draw(st.integers(0, at))
    return [*wire[: at + 1], *wire[start:]]


def _changed(wire: _Wire, at: int, event: JSONObject) -> _Wire:
    return [*wire[:at], event, *wire[at + 1 :]]


def _rename(draw: DrawFn, wire: _Wire, at: int) -> _Wire:
    return _changed(wire, at, {**wire[at], "type": draw(_OTHER_TYPES)})


def _lose_field(draw: DrawFn, wire: _Wire, at: int) -> _Wire:
    path = draw(st.sampled_from(_paths(wire[at]) or [()]))
    return _changed(wire, at, _replaced(wire[at], path, lambda _: _LOST)) if path else wire


def _wrong_type(draw: DrawFn, wire: _Wire, at: int) -> _Wire:
    path = draw(st.sampled_from(_paths(wire[at]) or [()]))
    wrong = draw(_SMALL_JSON)
    return _changed(wire, at, _replaced(wire[at], path, lambda _: wrong)) if path else wire


def _garble(draw: DrawFn, wire: _Wire, at: int) -> _Wire:
    path = draw(st.sampled_from([path for path in _paths(wire[at]) if path != ("type",)] or [()]))
    other = draw(st.text(st.characters(), max_size=5) | st.just("\udc00"))
    other_number = draw(st.integers(-(2**70), 2**70))

    def garbled(value: Any) -> Any:
        if isinstance(value, str):
            return value[: len(value) // 2] + other
        return other_number if isinstance(value, int) else value

    return _changed(wire, at, _replaced(wire[at], path, garbled)) if path else wire


_LOST = object()


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List where there is something inside a JSON value."""
    children: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()  # pyright: ignore
    return [found for key, child in children for found in [(*path, key), *_paths(child, (*path, key))]]


def _replaced(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    """Copy a JSON value with a change at ``path``."""
    if not path:
        return change(value)
    copy: Any = value.copy()
    new = _replaced(copy[path[0]], path[1:], change)
    if new is _LOST:
        del copy[path[0]]
    else:
        copy[path[0]] = new
    return copy


_CHANGES: dict[str, Callable[[DrawFn, _Wire, int], _Wire]] = {
    "drop": _drop,
    "double": _double,
    "swap": _swap,
    "cut": _cut,
    "repeat": _repeat,
    "rename": _rename,
    "lose_field": _lose_field,
    "wrong_type": _wrong_type,
    "garble": _garble,
}

FAULTS = tuple(_CHANGES)
"""The names of the faults of a stream."""


def faulty(
    streams: SearchStrategy[GeneratedStream] | GeneratedStream,
    *,
    faults: Collection[str] = FAULTS,
    max_faults: int = 3,
) -> SearchStrategy[GeneratedStream]:
    """Draw streams that something went wrong with: what a pipeline must survive, not what it can understand.

    The names: ``drop``, ``double`` an event; ``swap`` it with the next; ``cut`` the stream before it; ``repeat``: go
    back a few events and send them again; ``rename``: give it another ``type``; ``lose_field``, ``wrong_type``,
    ``garble``: remove, replace or scramble a value, however deep inside the event. What is left are JSON objects, so
    that each can be parsed as an event; for broken JSON, make bytes and give them to :func:`faulty_bytes`.

    Args:
        streams: The streams, a strategy or one of them.
        faults: The names of what may go wrong, of :data:`FAULTS`.
        max_faults: How many faults one stream has at most; it has one at least, if it has events.

    Returns:
        A strategy of :class:`GeneratedStream`; its ``oddities`` are the names of the faults, its ``output`` is what
        was meant.

    Raises:
        TypeError: ``streams`` is neither, or ``faults`` is a string.
        ValueError: A name that is not known, none at all, or ``max_faults`` below 1.

    Example:
        >>> from hypothesis import find
        >>> whole = GeneratedStream([{"type": "ping"}, {"type": "keepalive"}])
        >>> [event.type for event in find(faulty(whole, faults=["swap"]), lambda stream: stream.wire != whole.wire)]
        ['keepalive', 'ping']
    """
    drawn, applied = streams_of(streams), some_of("faults", faults, FAULTS, max_faults)
    load_unicode()
    return _faulty(drawn, applied)


@st.composite
def _faulty(
    draw: DrawFn, streams: SearchStrategy[GeneratedStream], faults: SearchStrategy[list[str]]
) -> GeneratedStream:
    stream = draw(streams)
    wire, oddities = stream.wire, list(stream.oddities)
    for name in draw(faults):
        if wire:
            wire = _CHANGES[name](draw, wire, draw(st.integers(0, len(wire) - 1)))
            oddities.append(name)
    return GeneratedStream(wire, output=stream.output, oddities=oddities)
