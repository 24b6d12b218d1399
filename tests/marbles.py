"""Marble diagrams in virtual time: what an operator emits, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reactivex import Observable
from reactivex.testing import ReactiveTest, TestScheduler

from rxstream.events import ResponseStreamEvent, parse_event

END = "|"
"""Stands for the completion, in what goes in and in what comes out."""


@dataclass(frozen=True)
class Timeline:
    """What happened.

    Attributes:
        marbles: What was emitted: pairs of the virtual time and the item, the error itself, or :data:`END`.
        subscriptions: Pairs of times: when the source was subscribed to, and when it was released.
    """

    marbles: list[tuple[float, Any]]
    subscriptions: list[tuple[float, float]]

    def map(self, look: Callable[[Any], Any]) -> list[tuple[float, Any]]:
        """The marbles, with items as ``look`` sees them."""
        return [
            (time, item if item is END or isinstance(item, Exception) else look(item)) for time, item in self.marbles
        ]


def event(kind: str, **fields: Any) -> ResponseStreamEvent:
    """An event as the server sends it; the ``response.`` of its type may be left out."""
    known = kind if kind in ("error", "keepalive") else f"response.{kind}"
    return parse_event({"type": known, **fields})


def text(delta: str, index: int = 0, **fields: Any) -> ResponseStreamEvent:
    """A text delta of the item at ``index``."""
    return event("output_text.delta", output_index=index, content_index=0, delta=delta, **fields)


def message(*texts: str, **fields: Any) -> dict[str, Any]:
    """A message item of these texts."""
    content = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    return {"type": "message", "role": "assistant", "content": content, **fields}


def emit(
    operator: Callable[[Observable[Any]], Observable[Any]],
    *notes: tuple[float, Any],
    cold: bool = False,
    disposed: float = 1000,
) -> Timeline:
    """Apply an operator to a hot source, or a cold one, in virtual time.

    Args:
        operator: The operator.
        notes: When the source emits what: an item, an exception, or :data:`END`. Subscription is at 200; the times of a
            cold source count from there.
        cold: The source is cold.
        disposed: When the subscription is disposed of.
    """
    scheduler = TestScheduler()
    recorded = [_recorded(time, item) for time, item in notes]
    source = (scheduler.create_cold_observable if cold else scheduler.create_hot_observable)(*recorded)
    results = scheduler.start(lambda: source.pipe(operator), disposed=disposed)
    marbles = [(message.time, _item(message.value)) for message in results.messages]
    return Timeline(marbles, [(one.subscribe, one.unsubscribe) for one in source.subscriptions])


def _recorded(time: float, item: Any) -> Any:
    if item is END:
        return ReactiveTest.on_completed(time)
    return ReactiveTest.on_error(time, item) if isinstance(item, Exception) else ReactiveTest.on_next(time, item)


def _item(notification: Any) -> Any:
    if notification.kind == "N":
        return notification.value
    return END if notification.kind == "C" else notification.exception
