"""Fewer and larger pieces of text."""

from __future__ import annotations

from typing import Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable

from rxstream.accumulators.pieces import PieceKey, join_pieces
from rxstream.operators.limits import check_limits
from rxstream.operators.recutting import PieceReader
from rxstream.reactive import Clock, IterableObservable, SameOperator

__all__ = ["coalesce"]

_T = TypeVar("_T")


def coalesce(*, within_seconds: float, scheduler: abc.SchedulerBase | None = None) -> SameOperator:
    """Emit tiny pieces of the same text as one.

    ::

        --"Hel"-"lo"------"!"---------|
        [ coalesce(within_seconds=…)  ]
        ------------"Hello"------"!"--|

    Items are strings, or events: then deltas of the same text (output text, refusals, reasoning, arguments) become one,
    with the number of the last and the log probabilities of all; snapshots come out the same. Whatever else comes, and
    the end or an error, sends what is held before it and goes at once: order never changes. Deltas that repeat one
    before, as after a resume, are left out.

    Keeps: the pieces of the last ``within_seconds``, and a hash for each event of the response.

    Args:
        within_seconds: How long a piece may wait for others: the time begins with the first that is held.
        scheduler: The clock; that of the subscription by default.

    Returns:
        An operator from strings to strings, or from events to events.

    Raises:
        TypeError: ``within_seconds`` is not a number.
        ValueError: It is not above 0, or not finite.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> collect_now(coalesce(within_seconds=0.05), ["Hel", "lo", "!"])
        ['Hello!']
    """
    check_limits(within_seconds=within_seconds)

    def operator(source: Observable[_T], /) -> IterableObservable[_T]:
        def subscribe(
            observer: abc.ObserverBase[_T], subscribed: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            return _Coalesced(observer, Clock(scheduler, subscribed), within_seconds).follow(source, subscribed)

        return IterableObservable(subscribe)

    return operator


class _Coalesced(Generic[_T]):
    """One subscription of :func:`coalesce`: the pieces that are held, and what they make longer."""

    def __init__(self, observer: abc.ObserverBase[_T], clock: Clock, seconds: float) -> None:
        self._observer = observer
        self._clock = clock
        self._seconds = seconds
        self._reader = PieceReader()
        self._held: list[_T] = []
        self._key: PieceKey | None = None
        self._timer = SerialDisposable()
        self._stopped = False

    def follow(self, source: Observable[_T], scheduler: abc.SchedulerBase | None) -> abc.DisposableBase:
        """Subscribe to the source."""
        subscription = source.subscribe(self._on_next, self._on_error, self._on_completed, scheduler=scheduler)
        return CompositeDisposable(Disposable(self._stop), self._timer, subscription)

    def _stop(self) -> None:
        self._stopped = True

    def _on_next(self, item: _T) -> None:
        with self._clock.lock:
            if self._stopped:
                return
            try:
                piece = self._reader.read(item)
            except Exception as error:
                self._stopped = True
                self._observer.on_error(error)
                return
            if piece is None:
                self._flush()
                if not self._stopped:
                    self._observer.on_next(item)
            elif piece[1]:
                self._hold(item, piece[0])

    def _hold(self, item: _T, key: PieceKey) -> None:
        if key != self._key:
            self._flush()
        if self._stopped:
            return
        if not self._held:
            self._timer.disposable = self._clock.after(self._seconds, self._on_timer)
        self._key = key
        self._held.append(item)

    def _on_timer(self) -> None:
        try:
            self._flush()
        except Exception as error:  # the subscriber's, and no source above takes it
            if self._stopped:
                raise
            self._stopped = True
            self._observer.on_error(error)

    def _flush(self) -> None:
        """Emit what is held."""
        if self._held and not self._stopped:
            joined = join_pieces(self._held)
            self._held = []
            self._timer.disposable = Disposable()
            self._observer.on_next(joined)

    def _on_error(self, error: Exception) -> None:
        with self._clock.lock:
            self._flush()
            if not self._stopped:
                self._stopped = True
                self._observer.on_error(error)

    def _on_completed(self) -> None:
        with self._clock.lock:
            self._flush()
            if not self._stopped:
                self._stopped = True
                self._observer.on_completed()
