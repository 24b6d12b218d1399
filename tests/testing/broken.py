"""Operators that break a law each, and the law."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from reactivex import Observable
from reactivex import operators as rx
from reactivex.disposable import CompositeDisposable, Disposable

import rxstream as rxs

Operator = Callable[[Observable[Any]], Observable[Any]]


def operator(subscribe: Callable[[Observable[Any], Any, Any], Any]) -> Callable[[], Operator]:
    """Make a factory of a function of the source, the observer and the scheduler."""

    def factory() -> Operator:
        return lambda source: Observable(lambda observer, scheduler=None: subscribe(source, observer, scheduler))

    factory.__name__ = subscribe.__name__
    return factory


def state_outside_subscribe() -> Operator:
    """The sum goes on where the last subscription left it."""
    total = 0

    def add(number: int) -> int:
        nonlocal total
        total += number
        return total

    return rx.map(add)


def state_in_a_seed() -> Operator:
    """A mutable seed of ``scan``: one list for all subscriptions."""
    seed: list[int] = []
    return rx.compose(rx.scan(lambda kept, item: kept.append(item) or kept, seed), rx.map(len))


@operator
def swallows_errors(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(observer.on_next, lambda _: None, observer.on_completed, scheduler=scheduler)


@operator
def takes_an_error_for_the_end(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(
        observer.on_next, lambda _: observer.on_completed(), observer.on_completed, scheduler=scheduler
    )


@operator
def wraps_errors(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(
        observer.on_next, lambda error: observer.on_error(ValueError(str(error))), observer.on_completed
    )


@operator
def tells_an_error_twice(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_error(error: Exception) -> None:
        observer.on_error(error)
        observer.on_error(error)

    return source.subscribe(observer.on_next, on_error, observer.on_completed, scheduler=scheduler)


@operator
def completes_twice(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_completed() -> None:
        observer.on_completed()
        observer.on_completed()

    return source.subscribe(observer.on_next, observer.on_error, on_completed, scheduler=scheduler)


@operator
def emits_after_the_end(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_completed() -> None:
        observer.on_completed()
        observer.on_next("and another thing")

    return source.subscribe(observer.on_next, observer.on_error, on_completed, scheduler=scheduler)


@operator
def never_completes(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(observer.on_next, observer.on_error, lambda: None, scheduler=scheduler)


@operator
def completes_too_early(source: Any, observer: Any, scheduler: Any) -> Any:
    seen: list[Any] = []

    def on_next(item: Any) -> None:
        observer.on_next(item)
        seen.append(item)
        if len(seen) == 3:
            observer.on_completed()

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def loses_the_last_item(source: Any, observer: Any, scheduler: Any) -> Any:
    held: list[Any] = []

    def on_next(item: Any) -> None:
        held.append(item)
        if len(held) == 2:
            observer.on_next(held.pop(0))

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def holds_everything_back(source: Any, observer: Any, scheduler: Any) -> Any:
    held: list[Any] = []

    def on_completed() -> None:
        for item in held:
            observer.on_next(item)
        observer.on_completed()

    return source.subscribe(held.append, observer.on_error, on_completed, scheduler=scheduler)


@operator
def never_disposes(source: Any, observer: Any, scheduler: Any) -> Any:
    source.subscribe(observer, scheduler=scheduler)
    return Disposable()


@operator
def disposes_late(source: Any, observer: Any, scheduler: Any) -> Any:
    subscription = source.subscribe(observer, scheduler=scheduler)
    return Disposable(lambda: scheduler.schedule_relative(1.0, lambda *_: subscription.dispose()))


@operator
def emits_after_dispose(source: Any, observer: Any, scheduler: Any) -> Any:
    """Its timer is forgotten at dispose."""

    def on_next(item: Any) -> None:
        observer.on_next(item)
        scheduler.schedule_relative(1.0, lambda *_: observer.on_next("still here"))

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def says_goodbye_at_dispose(source: Any, observer: Any, scheduler: Any) -> Any:
    subscription = source.subscribe(observer, scheduler=scheduler)
    return CompositeDisposable(subscription, Disposable(lambda: observer.on_next("goodbye")))


@operator
def raises_into_the_source(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(
        lambda item: observer.on_next(item + 1), observer.on_error, observer.on_completed, scheduler=scheduler
    )


@operator
def swallows_its_own_error(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_next(item: Any) -> None:
        try:
            made = item + 1
        except Exception:
            return
        observer.on_next(made)

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def keeps_the_source_after_its_own_error(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_next(item: Any) -> None:
        try:
            made = item + 1
        except Exception as error:
            observer.on_error(error)
            return
        observer.on_next(made)

    source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)
    return Disposable()


@operator
def takes_the_observers_error_for_its_own(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_next(item: Any) -> None:
        try:
            observer.on_next(item + 1)
        except Exception as error:
            observer.on_error(error)

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def subscribes_twice(source: Any, observer: Any, scheduler: Any) -> Any:
    """Once for the items, and once for the end: of a request, that is two."""
    return CompositeDisposable(
        source.subscribe(observer.on_next, lambda _: None, lambda: None, scheduler=scheduler),
        source.subscribe(lambda _: None, observer.on_error, observer.on_completed, scheduler=scheduler),
    )


def marks_its_items() -> Operator:
    """Others that are told of the same items see the mark."""
    return rx.map(lambda item: item.update(seen=True) or item)


def takes_from_its_items() -> Operator:
    return rx.map(lambda item: item.pop("text", ""))


@operator
def emits_what_it_goes_on_changing(source: Any, observer: Any, scheduler: Any) -> Any:
    kept: list[Any] = []

    def on_next(item: Any) -> None:
        kept.append(item)
        observer.on_next(kept)

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


def subscribes_at_once() -> Operator:
    """It reads before anybody has asked."""

    def apply(source: Observable[Any]) -> Observable[Any]:
        source.subscribe(lambda _: None, lambda _: None)
        return source

    return apply


def keeps_in_a_seed() -> Operator:
    """A mutable seed of ``reduce``: what it has emitted once, it goes on filling."""
    seed: list[int] = []
    return rx.reduce(lambda kept, item: kept.append(item) or kept, seed)


def counts_in_a_class() -> Operator:
    """A class attribute of the machine: one for all subscriptions, and the very object is emitted."""

    class Counting:
        total: ClassVar[dict[int, int]] = {}

        def feed(self, item: int) -> list[Any]:
            self.total[item] = self.total.get(item, 0) + 1
            return []

        def close(self) -> list[Any]:
            return [self.total]

    return rxs.lift(Counting)


@operator
def swallows_what_an_observer_raises(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_next(item: Any) -> None:
        with suppress(Exception):
            observer.on_next(item)

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def keeps_the_scheduler_to_itself(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(observer.on_next, observer.on_error, observer.on_completed)


@operator
def needs_its_subscription_too_soon(source: Any, observer: Any, scheduler: Any) -> Any:
    """Where the source emits within subscribe, there is none yet."""

    def on_completed() -> None:
        observer.on_completed()
        subscription.dispose()

    subscription = source.subscribe(observer.on_next, observer.on_error, on_completed, scheduler=scheduler)
    return subscription


BROKEN = [
    (state_outside_subscribe, 2),
    (state_in_a_seed, 2),
    (subscribes_at_once, 2),
    (holds_everything_back, 3),
    (loses_the_last_item, 3),
    (swallows_errors, 4),
    (takes_an_error_for_the_end, 4),
    (wraps_errors, 4),
    (tells_an_error_twice, 4),
    (raises_into_the_source, 5),
    (swallows_its_own_error, 5),
    (keeps_the_source_after_its_own_error, 5),
    (takes_the_observers_error_for_its_own, 5),
    (never_disposes, 6),
    (disposes_late, 6),
    (emits_after_dispose, 6),
    (says_goodbye_at_dispose, 6),
    (completes_twice, 7),
    (emits_after_the_end, 7),
    (never_completes, 7),
    (emits_what_it_goes_on_changing, 12),
    (subscribes_twice, 2),
    (swallows_what_an_observer_raises, 5),
    (keeps_the_scheduler_to_itself, 13),
    (needs_its_subscription_too_soon, 5),
]
"""Each with the number of its law."""
