"""A clock for operators that look at the time, which runs on by itself: the laws wait for nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reactivex import Observable
from reactivex.testing import TestScheduler

from rxstream.reactive import Operator


def timed(make: Callable[[TestScheduler], Operator[Any, Any]], *, seconds: float) -> Callable[[], Operator[Any, Any]]:
    """Return what makes the operator with a virtual clock, which goes on by ``seconds`` after each notification.

    With ``seconds`` above what an operator waits, whatever it has set out to do later is done before the next item
    comes; with 0, time stands still, and nothing is ever too late.
    """

    def made() -> Operator[Any, Any]:
        clock = TestScheduler()
        operator = make(clock)
        return lambda source: operator(_Ticking(source, clock, seconds))

    return made


class _Ticking(Observable[Any]):
    """A source after whose notifications the clock goes on. As ``Source``, it hides no breach of the grammar."""

    def __init__(self, source: Observable[Any], clock: TestScheduler, seconds: float) -> None:
        super().__init__()
        self._source = source
        self._clock = clock
        self._seconds = seconds

    def subscribe(self, on_next: Any = None, on_error: Any = None, on_completed: Any = None, *, scheduler: Any = None):
        if hasattr(on_next, "on_next"):
            on_next, on_error, on_completed = on_next.on_next, on_next.on_error, on_next.on_completed
        return self._source.subscribe(
            self._then_tick(on_next), self._then_tick(on_error), self._then_tick(on_completed), scheduler=scheduler
        )

    def _then_tick(self, call: Callable[..., None]) -> Callable[..., None]:
        def tell(*arguments: Any) -> None:
            call(*arguments)
            try:
                self._clock.advance_by(self._seconds)
            finally:
                self._clock.stop()  # one that a raising subscriber has interrupted would not go on again

        return tell
