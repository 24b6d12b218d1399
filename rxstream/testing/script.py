"""A source that does what it is told, and keeps a log."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from numbers import Real
from typing import Any, Generic, TypeVar, cast

from reactivex import abc
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable
from reactivex.scheduler import CurrentThreadScheduler

from rxstream.reactive import Clock, IterableObservable

__all__ = ["Script", "Subscription", "check_error", "script"]

_T = TypeVar("_T")
_DIGITS = 6  # clocks count microseconds


@dataclass(slots=True)
class Subscription:
    """One subscription to a :class:`Script`.

    Attributes:
        subscribed: When it began, in seconds of the subscription's scheduler.
        disposed: When it was disposed of; ``None`` where that has not happened.
        emitted: How many items were emitted.
        has_ended: Whether the script came to its end.
    """

    subscribed: float
    disposed: float | None = None
    emitted: int = 0
    has_ended: bool = False


def script(
    events: Iterable[_T],
    *,
    delays: float | Sequence[float] | None = None,
    error: Exception | None = None,
    never_ends: bool = False,
) -> Script[_T]:
    """Emit what is scripted, when it is scripted, to each subscriber anew.

    ::

        script(["a", "b"], delays=[1, 2, 0.5])
        -a--b(0.5)|

    It runs on the scheduler of the subscription: a :func:`~rxstream.testing.probe` gives it a virtual one, and in
    asyncio the event loop is the clock, be it a virtual one too (:func:`~rxstream.testing.run_virtually`). Where
    nothing is delayed, everything is emitted at once; a subscriber that disposes gets nothing more.

    Unlike ``rxstream.from_events`` it emits any items, and ends as it is told, whether or not the last event is a
    terminal one.

    Keeps: the items, and a log of its subscriptions.

    Args:
        events: The items.
        delays: Seconds before each item: one number for all, or one for each item and, where there is one more, one
            before the end. No delay by default. They are rounded to microseconds, so that each item comes within half
            of one of when it was meant: thirds of a second do not add up to less.
        error: The error with which it ends; by default it completes.
        never_ends: It stays open after the last item.

    Returns:
        A cold source, with a log: :attr:`Script.subscriptions`.

    Raises:
        TypeError: Both ``error`` and ``never_ends`` are given; ``events`` is a single one, ``error`` a class, or
            ``delays`` something else than numbers.
        ValueError: A delay is negative or not finite, or there are too few or too many of them.

    Errors:
        ``error``.

    Example:
        >>> from reactivex import operators as rx
        >>> from rxstream.testing import probe
        >>> source = script(["a", "b", "c"], delays=10)
        >>> probe(source.pipe(rx.take(2))).run().assert_timeline([(10, "a"), (20, "b")]).assert_completed().items
        ['a', 'b']
        >>> source.subscriptions
        [Subscription(subscribed=0.0, disposed=20.0, emitted=2, has_ended=False)]
    """
    if not isinstance(cast(object, events), Iterable):
        raise TypeError(f"expected items, as in a list, but got {type(events).__name__}")
    items = tuple(events)
    if error is not None and never_ends:
        raise TypeError("expected an error or never_ends, but got both")
    check_error(error)
    return Script(items, _rounded(_checked(delays, len(items))), error, never_ends=never_ends)


def check_error(error: object) -> None:
    """Refuse what cannot be emitted as an error.

    Raises:
        TypeError: It is no instance of an error.
    """
    if error is not None and not isinstance(error, BaseException):
        raise TypeError(f"expected an error, as ValueError('no'), but got {error!r}")


def _checked(delays: float | Sequence[float] | None, count: int) -> tuple[float, ...]:
    if delays is None:
        return (0.0,) * (count + 1)
    found = (*([float(delays)] * count), 0.0) if isinstance(delays, (int, float, Real)) else _sequence(delays)
    if len(found) not in (count, count + 1):
        raise ValueError(f"expected {count} delays, or one more for the end, but got {len(found)}")
    for delay in found:
        if not 0 <= delay < math.inf:
            raise ValueError(f"expected delays of at least 0 seconds, but got {delay!r}")
    return found if len(found) > count else (*found, 0.0)


def _sequence(delays: Any) -> tuple[float, ...]:
    if isinstance(delays, Iterable) and not isinstance(delays, (str, bytes, Mapping)):
        found = tuple(cast("Iterable[Any]", delays))
        if all(isinstance(delay, Real) for delay in found):
            return found
        delays = found
    raise TypeError(f"expected delays to be seconds, one number or a sequence of them, but got {delays!r}")


def _rounded(delays: tuple[float, ...]) -> tuple[float, ...]:
    """Round the delays to what clocks count, each up or down, so that their sums are right too."""
    times = [round(float(time), _DIGITS) for time in accumulate(delays, initial=0.0)]
    return tuple(round(time - before, _DIGITS) for before, time in pairwise(times))


class Script(IterableObservable[_T]):
    """What :func:`script` returns.

    Attributes:
        subscriptions: A log: what became of each subscription, in the order in which they began.
    """

    def __init__(
        self, items: tuple[_T, ...], delays: tuple[float, ...], error: Exception | None, *, never_ends: bool
    ) -> None:
        self.subscriptions: list[Subscription] = []
        self._items = items
        self._delays = delays
        self._error = error
        self._never_ends = never_ends
        super().__init__(self._begin)

    def __repr__(self) -> str:
        items, subscriptions = len(self._items), len(self.subscriptions)
        return f"<Script: items={items}, subscriptions={subscriptions}, active={self.active}>"

    @property
    def active(self) -> int:
        """How many subscriptions were neither disposed of nor have come to the end."""
        return sum(one.disposed is None and not one.has_ended for one in self.subscriptions)

    def _begin(self, observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
        clock = Clock(None, scheduler)
        log = Subscription(clock.now())
        self.subscriptions.append(log)
        play = _Play(self._items, self._delays, clock, observer, log, None if self._never_ends else self._end)
        begun = (scheduler or CurrentThreadScheduler.singleton()).schedule(play.begin)
        return CompositeDisposable(Disposable(play.stop), begun)

    def _end(self, observer: abc.ObserverBase[_T]) -> None:
        if self._error is not None:
            observer.on_error(self._error)
        else:
            observer.on_completed()


class _Play(Generic[_T]):
    """One subscription: how far it has got."""

    def __init__(
        self,
        items: tuple[_T, ...],
        delays: tuple[float, ...],
        clock: Clock,
        observer: abc.ObserverBase[_T],
        log: Subscription,
        end: Callable[[abc.ObserverBase[_T]], None] | None,
    ) -> None:
        self._items = items
        self._delays = delays
        self._clock = clock
        self._observer = observer
        self._log = log
        self._end = end
        self._timer = SerialDisposable()

    def begin(self, _scheduler: abc.SchedulerBase, _state: Any = None) -> None:
        self.go_on()

    def go_on(self) -> None:
        """Wait for the next item, or, where there is nothing to wait for, emit it."""
        while not self._is_over():
            delay = self._delays[self._log.emitted]
            if delay:
                self._timer.disposable = self._clock.after(delay, self._waited)
                return
            if not self._emit():
                return

    def _waited(self) -> None:
        if not self._is_over() and self._emit():
            self.go_on()

    def _emit(self) -> bool:
        place = self._log.emitted
        if place == len(self._items):
            if self._end is not None:
                self._log.has_ended = True
                self._end(self._observer)
            return False
        self._log.emitted += 1
        self._observer.on_next(self._items[place])
        return True

    def _is_over(self) -> bool:
        return self._log.disposed is not None or self._log.has_ended

    def stop(self) -> None:
        if self._log.disposed is None:
            self._log.disposed = self._clock.now()
            self._timer.dispose()
