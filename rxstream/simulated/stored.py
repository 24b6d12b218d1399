"""A response that was made: its events, when each of them is due, and what it looks like at any time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from copy import deepcopy
from itertools import accumulate
from math import inf
from typing import Any

__all__ = ["EventStream", "SimulatedResponse"]

Event = dict[str, Any]


class SimulatedResponse:
    """One response with all its events, and the times at which they happen.

    Attributes:
        id: The response's id.
        events: All events, in order, as JSON objects.
        delays: For each event, the seconds between the event before it and this one.
        final: The response object as it is in the end.
        background: It was made in the background, so it may be resumed and cancelled.
        items: The conversation up to and including this response, as input items.
        started_at: When it began, on the clock of whoever made it.

    Example:
        >>> from rxstream.simulated import SimulatedModel
        >>> made = SimulatedModel(tokens_per_second=10).create({"model": "gpt-5", "input": "Say 'a b' once"}, now=0.0)
        >>> [made.snapshot(now)["status"] for now in (0.0, 0.1, 0.2)]
        ['in_progress', 'in_progress', 'completed']
    """

    def __init__(
        self,
        events: list[Event],
        delays: list[float],
        final: dict[str, Any],
        items: Sequence[dict[str, Any]],
        started_at: float,
    ) -> None:
        self.id: str = final["id"]
        self.events = events
        self.delays = delays
        self.final: dict[str, Any] = final
        self.background = bool(final["background"])
        self.items = list(items)
        self.started_at = started_at
        self._due = [started_at + offset for offset in accumulate(delays)]

    def due(self, position: int) -> float | None:
        """When the event at ``position`` happens, or ``None`` if there is no such event."""
        return self._due[position] if position < len(self.events) else None

    @property
    def ends_at(self) -> float:
        """When the last event happens."""
        return self._due[-1]

    def snapshot(self, now: float = inf) -> dict[str, Any]:
        """Give the response object as it stands at ``now``."""
        passed = self._passed(now)
        if passed == len(self.events):
            return deepcopy(self.final)
        newest = next((event for event in reversed(self.events[:passed]) if "response" in event), self.events[0])
        done = [event["item"] for event in self.events[:passed] if event["type"] == "response.output_item.done"]
        return deepcopy({**newest["response"], "output": done})

    def cancel(self, now: float) -> dict[str, Any]:
        """Stop at ``now``: later events never happen. A response that has ended stays as it is."""
        passed = self._passed(now)
        if passed < len(self.events):
            self.final = {**self.snapshot(now), "status": "cancelled"}
            del self.events[max(1, passed) :]
        return deepcopy(self.final)

    def _passed(self, now: float) -> int:
        return min(bisect_right(self._due, now), len(self.events))


class EventStream:
    """One reader of a response's events; ask :meth:`next_due`, wait until then, then :meth:`take`.

    Args:
        response: The response that is read.
        position: The position of the first event to give.
        on_close: Called once with this stream when it is closed.

    Example:
        >>> from rxstream.simulated import SimulatedModel
        >>> model = SimulatedModel()
        >>> stream = model.stream(model.create({"model": "gpt-5", "input": "Hello"}))
        >>> stream.take()["type"], model.open_streams
        ('response.created', 1)
        >>> stream.close()
        >>> stream.next_due() is None, model.open_streams
        (True, 0)
    """

    def __init__(self, response: SimulatedResponse, position: int, on_close: Callable[[EventStream], None]) -> None:
        self.response = response
        self.position = position
        self.closed = False
        self._on_close = on_close

    @property
    def ended(self) -> bool:
        """Every event has been taken."""
        return self.position >= len(self.response.events)

    def next_due(self) -> float | None:
        """When the next event happens, or ``None`` if none will."""
        return None if self.closed else self.response.due(self.position)

    def take(self) -> Event:
        """Give the next event."""
        event = self.response.events[self.position]
        self.position += 1
        return event

    def close(self) -> None:
        """Stop reading; again is no harm."""
        if not self.closed:
            self.closed = True
            self._on_close(self)
