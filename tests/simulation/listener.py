"""Whoever listens to a stream of the simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Listener"]


class Listener:
    """Takes what an Observable emits, and what is against the grammar.

    Args:
        on_end: Called at the first end.

    Attributes:
        items: What came.
        ends: How it ended: ``None`` for a completion, or the error; one of them, if all is well.
        after: What came after the end, or after the subscription was disposed of.
    """

    def __init__(self, on_end: Callable[[], object] = bool) -> None:
        self.items: list[Any] = []
        self.ends: list[Exception | None] = []
        self.after: list[Any] = []
        self._on_end = on_end
        self._disposed = False
        self._subscription: Any = None

    def listen(self, observable: Any) -> Listener:
        """Subscribe."""
        self._subscription = observable.subscribe(self._next, self._end, lambda: self._end(None))
        return self

    def _next(self, item: Any) -> None:
        (self.after if self.ends or self._disposed else self.items).append(item)

    def _end(self, error: Exception | None) -> None:
        if self.ends or self._disposed:
            self.after.append(error)
        self.ends.append(error)
        if len(self.ends) == 1:
            self._on_end()

    def dispose(self) -> None:
        """Leave."""
        self._subscription.dispose()
        self._disposed = True
