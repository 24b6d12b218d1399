"""A source by hand, a subscriber that remembers, and values that can be compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reactivex import Observable
from reactivex.disposable import Disposable

from rxstream.accumulators import Call, Outcome
from rxstream.accumulators.structured import PartialJSON
from rxstream.events import ResponseTextDeltaEvent
from rxstream.models.base import Model

COMPLETED = "completed"


class Boom(Exception):
    """An error that nothing else raises. Compare it by ``is``: it equals nothing but itself anyway."""


class Source(Observable[Any]):
    """Emits what the test says, even what the grammar of Rx forbids: nothing stands between it and the operator.

    An ordinary Observable drops what comes after its end; this one calls the operator's callbacks all the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self.subscriptions = 0
        self.disposals = 0
        self._callbacks: tuple[Any, Any, Any] | None = None

    def subscribe(self, on_next: Any = None, on_error: Any = None, on_completed: Any = None, *, scheduler: Any = None):
        if hasattr(on_next, "on_next"):
            on_next, on_error, on_completed = on_next.on_next, on_next.on_error, on_next.on_completed
        self.subscriptions += 1
        self._callbacks = on_next, on_error, on_completed
        return Disposable(self._count)

    def _count(self) -> None:
        self.disposals += 1

    @property
    def _live(self) -> tuple[Any, Any, Any]:
        assert self._callbacks is not None, "nobody has subscribed yet"
        return self._callbacks

    def next(self, item: Any) -> None:
        """Emit an item."""
        self._live[0](item)

    def error(self, error: Exception) -> None:
        """Emit an error."""
        self._live[1](error)

    def complete(self) -> None:
        """Complete."""
        self._live[2]()


class Subscriber:
    """Remembers what it is told: the items, then each terminal notification, and whatever comes after it."""

    def __init__(self, during: Callable[[], None] | None = None) -> None:
        self.items: list[Any] = []
        self.ends: list[Any] = []
        self.late: list[Any] = []
        self._during = during

    def on_next(self, item: Any) -> None:
        """Take an item."""
        (self.late if self.ends else self.items).append(item)
        if self._during is not None:
            self._during()

    def on_error(self, error: Exception) -> None:
        """Take an error."""
        self.ends.append(error)

    def on_completed(self) -> None:
        """Take the completion."""
        self.ends.append(COMPLETED)

    @property
    def told(self) -> int:
        """How many notifications came."""
        return len(self.items) + len(self.ends) + len(self.late)

    def shown(self) -> list[Any]:
        """The items, as values that can be compared."""
        return [shown(item) for item in self.items]


class Poison(ResponseTextDeltaEvent):
    """An event that cannot be read: looking at its type, or at its place, raises."""

    def __init__(self, error: Exception) -> None:
        object.__setattr__(self, "_error", error)

    def __getattribute__(self, name: str) -> Any:
        if name in ("type", "output_index"):
            raise object.__getattribute__(self, "_error")
        return super().__getattribute__(name)


def shown(value: Any) -> Any:
    """Turn what an operator emits into a value that can be compared."""
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, PartialJSON):
        return value.output_index, value.part_index, value.value, value.state
    if isinstance(value, Call):
        return type(value).__name__, value.output_index, value.item.to_dict()
    if isinstance(value, Outcome):
        return value.status, value.response.to_dict(), value.reason, type(value.error).__name__
    return value


def run(make: Callable[[], Any], items: list[Any], *, complete: bool = False) -> Subscriber:
    """Give items to an operator; complete only where that is asked for."""
    source, subscriber = Source(), Subscriber()
    make()(source).subscribe(subscriber)
    for item in items:
        source.next(item)
    if complete:
        source.complete()
    return subscriber
