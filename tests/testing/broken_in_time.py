"""Operators that break a law with a timer, and the law."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reactivex import operators as rx
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable

from tests.testing.broken import Operator, operator, state_outside_subscribe


def later(seconds: float, call: Callable[[], Any], scheduler: Any) -> Any:
    """Call something in virtual time."""
    return scheduler.schedule_relative(seconds, lambda *_: call())


def state_outside_subscribe_later() -> Operator:
    """The same sum, of items that come a second late."""
    return rx.compose(rx.delay(1.0), state_outside_subscribe())


@operator
def swallows_errors_later(source: Any, observer: Any, scheduler: Any) -> Any:
    """The error is waited with, and the wait is forgotten."""
    return source.subscribe(
        observer.on_next, lambda _: later(1.0, lambda: None, scheduler), observer.on_completed, scheduler=scheduler
    )


@operator
def completes_twice_in_time(source: Any, observer: Any, scheduler: Any) -> Any:
    """Once at once, and once more by a timer."""

    def on_completed() -> None:
        observer.on_completed()
        later(1.0, observer.on_completed, scheduler)

    return source.subscribe(observer.on_next, observer.on_error, on_completed, scheduler=scheduler)


@operator
def loses_what_waits(source: Any, observer: Any, scheduler: Any) -> Any:
    """Each item waits for a second, and completion waits for none of them."""
    waiting = CompositeDisposable()

    def on_next(item: Any) -> None:
        waiting.add(later(1.0, lambda: observer.on_next(item), scheduler))

    def on_completed() -> None:
        waiting.dispose()
        observer.on_completed()

    return CompositeDisposable(source.subscribe(on_next, observer.on_error, on_completed, scheduler=scheduler), waiting)


@operator
def delivers_what_waits_after_dispose(source: Any, observer: Any, scheduler: Any) -> Any:
    """Each item waits for a second; dispose reaches the source, and not what waits."""

    def on_completed() -> None:
        later(1.0, observer.on_completed, scheduler)

    return source.subscribe(
        lambda item: later(1.0, lambda: observer.on_next(item), scheduler),
        observer.on_error,
        on_completed,
        scheduler=scheduler,
    )


def ticks_for_ever(seconds: float) -> Callable[[], Operator]:
    """A timer that sets itself out again, which nothing ends."""

    @operator
    def ticks(source: Any, observer: Any, scheduler: Any) -> Any:
        later(seconds, tick := lambda: later(seconds, tick, scheduler), scheduler)
        return source.subscribe(observer.on_next, observer.on_error, observer.on_completed, scheduler=scheduler)

    return ticks


@operator
def waits_at_its_end_for_ever(source: Any, observer: Any, scheduler: Any) -> Any:
    """It ticks until it is disposed of, and the end of the source is no reason to end."""
    ticking = SerialDisposable()

    def tick() -> None:
        ticking.disposable = later(0.01, tick, scheduler)

    tick()
    return CompositeDisposable(
        source.subscribe(observer.on_next, observer.on_error, lambda: None, scheduler=scheduler), ticking
    )


@operator
def keeps_its_timers(source: Any, observer: Any, scheduler: Any) -> Any:
    """After dispose nothing comes, and what would have made it stays where it is."""
    live, waiting = True, 0

    def on_next(item: Any) -> None:
        nonlocal waiting
        waiting += 1
        later(5.0, lambda: fire(item), scheduler)

    def fire(item: Any) -> None:
        nonlocal waiting
        waiting -= 1
        if live:
            observer.on_next(item)

    def on_completed() -> None:
        later(5.0, lambda: live and observer.on_completed(), scheduler)

    def leave() -> None:
        nonlocal live
        live = False

    return CompositeDisposable(
        source.subscribe(on_next, observer.on_error, on_completed, scheduler=scheduler), Disposable(leave)
    )


@operator
def keeps_its_last_timer(source: Any, observer: Any, scheduler: Any) -> Any:
    """Completion is told a second later, whoever has left since."""
    return source.subscribe(
        observer.on_next, observer.on_error, lambda: later(1.0, observer.on_completed, scheduler), scheduler=scheduler
    )


@operator
def keeps_a_timer_for_who_leaves_inside(source: Any, observer: Any, scheduler: Any) -> Any:
    """It disposes of what it knows, and sets out one timer more after the observer has returned."""
    timers = SerialDisposable()
    gone = False

    def on_next(item: Any) -> None:
        nonlocal gone
        observer.on_next(item)
        timer = later(1.0, lambda: observer.on_next("late"), scheduler)
        if not gone:
            timers.disposable = timer

    def leave() -> None:
        nonlocal gone
        gone = True
        timers.dispose()

    def on_completed() -> None:
        leave()
        observer.on_completed()

    def on_error(error: Exception) -> None:
        leave()
        observer.on_error(error)

    return CompositeDisposable(
        source.subscribe(on_next, on_error, on_completed, scheduler=scheduler), Disposable(leave)
    )


BROKEN_IN_TIME = [
    (swallows_errors_later, 4),
    (completes_twice_in_time, 7),
    (ticks_for_ever(60.0), 6),
    (ticks_for_ever(0.01), 6),
    (ticks_for_ever(0.0), 3),
    (waits_at_its_end_for_ever, 7),
    (keeps_its_last_timer, 6),
    (keeps_a_timer_for_who_leaves_inside, 6),
]
"""Each with the number of its law."""
