"""Marble diagrams of events, in and out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from rxstream.events import ResponseTextDeltaEvent
from rxstream.events.base import ResponseEvent
from rxstream.testing.builders import completed, created, event, failed, incomplete, stream_error, text_delta
from rxstream.testing.probe import Probe
from rxstream.testing.script import Script, check_error, script
from rxstream.testing.watching import Note

__all__ = ["from_marbles", "to_marbles"]

_TOKEN = re.compile(r'\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<sign>[-|#(),])|(?P<name>[\w.]+))\s*')
_NAME = re.compile(r"[\w.]+")
_HALF_MICROSECOND = 0.6e-6  # what clocks round by, and a little for the division
_KNOWN: dict[str, Callable[[], Any]] = {
    "created": created,
    "queued": lambda: event("queued", response={"status": "queued"}),
    "in_progress": lambda: event("in_progress", response={"status": "in_progress"}),
    "keepalive": lambda: event("keepalive"),
    "completed": completed,
    "incomplete": incomplete,
    "failed": failed,
    "error": stream_error,
}


def from_marbles(
    diagram: str,
    values: Mapping[str, Any] | None = None,
    *,
    tick_seconds: float = 1.0,
    error: Exception | None = None,
    text: Callable[[str], Any] = text_delta,
) -> Script[Any]:
    r"""Emit what a marble diagram shows.

    ::

        -               a tick passes
        a               an item: its value in values, or the event of that name, or else the name itself
        "Hel"           a text delta; escapes as in JSON
        (a,"Hel",b)     items of one moment; a group takes one tick
        |  #            the completion, an error

    Each marble takes a tick, however wide it is written. A diagram without an end never ends.

    Args:
        diagram: The diagram; blanks mean nothing, but that two names which follow each other need one between them.
        values: What the names stand for. The names of the events of a response's life (``created``, ``in_progress``,
            ``queued``, ``keepalive``, ``completed``, ``incomplete``, ``failed``, ``error``) are known.
        tick_seconds: How long a tick is.
        error: What ``#`` stands for; by default a ``RuntimeError``.
        text: Makes an item of a string; ``str`` for a source of strings.

    Returns:
        A cold source, as of :func:`~rxstream.testing.script`.

    Raises:
        ValueError: It is no diagram, or a tick is not above 0.
        TypeError: ``error`` is a class.

    Errors:
        ``error``, where the diagram has a ``#``.

    Example:
        >>> from rxstream import accumulate_text
        >>> from rxstream.testing import probe
        >>> source = from_marbles('-created-"Hel"-keepalive-"lo"-|')
        >>> to_marbles(probe(source.pipe(accumulate_text())).run())
        '---"Hel"---"Hello"-|'
        >>> [(note.seconds, note.value) for note in probe(from_marbles("-a-(b,c)-|", {"a": 5})).run().notes]
        [(1.0, 5), (3.0, 'b'), (3.0, 'c'), (5.0, None)]
    """
    _check_tick(tick_seconds)
    check_error(error)
    known = {**{name: make() for name, make in _KNOWN.items()}, **(values or {})}
    moments: list[tuple[int, Any]] = []
    end: tuple[int, str] | None = None
    for tick, token in _timed(diagram):
        if end is not None:
            raise ValueError(f"expected nothing after the end, but got {token!r} in the diagram {diagram!r}")
        if token in ("|", "#"):
            end = tick, token
        else:
            moments.append((tick, text(_unquoted(token, diagram)) if token[0] == '"' else known.get(token, token)))
    ticks = [tick for tick, _ in moments]
    if end is not None:
        ticks.append(end[0])
    return script(
        [value for _, value in moments],
        delays=[(tick - before) * tick_seconds for before, tick in zip([0, *ticks], ticks, strict=False)],
        error=None if end is None or end[1] == "|" else error or RuntimeError("the error of a marble diagram"),
        never_ends=end is None,
    )


def _timed(diagram: str) -> Iterable[tuple[int, str]]:
    """The marbles of a diagram, each with its tick."""
    tick, place, group = 0, 0, False
    may_end = separated = True  # within a group: whether `)` or a marble may come
    while place < len(diagram):
        found = _TOKEN.match(diagram, place)
        if found is None:
            raise ValueError(f"expected a marble at column {place + 1}, but got {diagram[place:]!r} in {diagram!r}")
        place, token = found.end(), found.group().strip()
        if token == "(" and not group:
            group, separated, may_end = True, True, False
        elif token == ")" and group and may_end:
            group = False
            tick += 1
        elif token == "," and group and not separated:
            separated, may_end = True, False
        elif token == "-" and not group:
            tick += 1
        elif token not in ("(", ")", ",", "-") and (separated or not group):
            yield tick, token
            separated, may_end = not group, True
            tick += not group
        else:
            raise ValueError(f"expected no {token!r} there, but got it at column {place} of the diagram {diagram!r}")
    if group:
        raise ValueError(f"expected a ')' after '(', but got the diagram {diagram!r}")


def _unquoted(token: str, diagram: str) -> str:
    try:
        return json.loads(token, strict=False)
    except ValueError as error:
        raise ValueError(f"expected a string as in JSON, but got {token} in the diagram {diagram!r}") from error


def to_marbles(
    notes: Probe[Any] | Iterable[Note], values: Mapping[str, Any] | None = None, *, tick_seconds: float = 1.0
) -> str:
    """Draw what came, as :func:`from_marbles` reads it.

    An item is drawn by its name in ``values``; without one, strings and text deltas are drawn as quoted strings, events
    by their type, anything else by its ``repr``. What comes in one moment, or less than a tick after it, is drawn as a
    group. What could be read as a piece of a diagram, or is no name, is put in angle brackets, as ``<(1, 2)>``, which
    :func:`from_marbles` refuses.

    Args:
        notes: A probe, or its notes.
        values: The names of items.
        tick_seconds: How long a tick is; what comes between two ticks is drawn at the one before.

    Raises:
        ValueError: A tick is not above 0.

    Example:
        >>> from rxstream.testing import probe
        >>> to_marbles(probe(from_marbles('--a(b,"Hi")-#', {"a": 5})).run(), {"a": 5})
        '--a("b","Hi")-#'
    """
    _check_tick(tick_seconds)
    drawn, tick = "", 0
    found = notes.notes if isinstance(notes, Probe) else notes
    for moment, group in groupby(found, lambda note: math.floor((note.seconds + _HALF_MICROSECOND) / tick_seconds)):
        marbles = [_marble(note, values or {}) for note in group]
        marble = marbles[0] if len(marbles) == 1 else f"({','.join(marbles)})"
        if moment == tick and _NAME.match(drawn[-1:]) and _NAME.match(marble):
            drawn += " "  # or they would be one name
        drawn += "-" * (moment - tick) + marble
        tick = moment + 1
    return drawn


def _marble(note: Note, values: Mapping[str, Any]) -> str:
    if note.kind != "next":
        return "|" if note.kind == "completed" else "#"
    item = note.value
    for name, value in values.items():
        if type(value) is type(item) and value == item:
            return _bracketed(name)
    if isinstance(item, (str, ResponseTextDeltaEvent)):
        return json.dumps(item if isinstance(item, str) else item.delta, ensure_ascii=False)
    return _bracketed(item.type.removeprefix("response.") if isinstance(item, ResponseEvent) else repr(item))


def _bracketed(name: str) -> str:
    return name if _NAME.fullmatch(name) else f"<{name}>"


def _check_tick(tick_seconds: float) -> None:
    if not 0 < tick_seconds < math.inf:
        raise ValueError(f"expected a tick above 0 seconds, but got {tick_seconds!r}")
