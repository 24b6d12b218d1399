"""Text at an even pace."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Generic, Literal, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable

from rxstream.operators.limits import check_limits
from rxstream.operators.recutting import Recutter
from rxstream.reactive import Clock, IterableObservable, SameOperator
from rxstream.segmentation import CharacterSegmenter, Segmenter, SentenceSegmenter, WordSegmenter

__all__ = ["smooth"]

_T = TypeVar("_T")

_SEGMENTERS: dict[str, Callable[[], Segmenter]] = {
    "char": CharacterSegmenter,
    "word": WordSegmenter,
    "sentence": SentenceSegmenter,
}


def smooth(
    *,
    unit: Literal["char", "word", "sentence"] = "word",
    per_second: float,
    max_delay_seconds: float | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> SameOperator:
    """Emit text unit by unit at an even pace, and everything else in its place between.

    ::

        --"Hel"--"lo my friend"----------------------------|
        [          smooth(unit="word", per_second=…)       ]
        ---------"Hello "---"my "----------------"friend"--|

    Items are strings, or events: then the text of deltas (output text, refusals, reasoning, arguments) is cut anew, and
    snapshots come out the same. Order never changes: an event waits for all text before it, and goes right after it. A
    unit ends there too. Deltas that repeat one before, as after a resume, are left out.

    A unit goes at once where none went for ``1 / per_second`` seconds. What has come when the source completes or
    fails is emitted at the same pace, and then the end. Without ``max_delay_seconds`` a model that writes faster than
    this pace gets further and further ahead of the reader.

    Keeps: the text that waits, and a hash for each event of the response.

    Args:
        unit: ``"char"`` (as readers see them: UAX #29's grapheme clusters), ``"word"`` as in :func:`words`, or
            ``"sentence"`` as in :func:`sentences`.
        per_second: How many units go in a second.
        max_delay_seconds: How long a unit may wait behind others: the pace rises with what waits. ``None``: any time.
        scheduler: The clock; that of the subscription by default.

    Returns:
        An operator from strings to strings, or from events to events.

    Raises:
        MissingExtraError: The extra ``text`` is not installed.
        TypeError: ``per_second`` or ``max_delay_seconds`` is not a number.
        ValueError: ``unit`` is none of the three, or one of the numbers is not above 0, or not finite.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> collect_now(smooth(unit="word", per_second=1000), ["Hel", "lo my friend"])
        ['Hello ', 'my ', 'friend']
    """
    if unit not in _SEGMENTERS:
        raise ValueError(f"expected the unit 'char', 'word' or 'sentence', but got {unit!r}")
    check_limits(per_second=per_second)
    if max_delay_seconds is not None:
        check_limits(max_delay_seconds=max_delay_seconds)
    make_segmenter = _SEGMENTERS[unit]
    make_segmenter()  # here, so that a missing extra is told at the call

    def operator(source: Observable[_T], /) -> IterableObservable[_T]:
        def subscribe(
            observer: abc.ObserverBase[_T], subscribed: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            paced = _Paced(
                observer, Clock(scheduler, subscribed), Recutter[_T](make_segmenter), 1 / per_second, max_delay_seconds
            )
            return paced.follow(source, subscribed)

        return IterableObservable(subscribe)

    return operator


class _Paced(Generic[_T]):
    """One subscription of :func:`smooth`: what waits, and when the next unit may go."""

    def __init__(
        self,
        observer: abc.ObserverBase[_T],
        clock: Clock,
        cutter: Recutter[_T],
        interval: float,
        max_delay: float | None,
    ) -> None:
        self._observer = observer
        self._clock = clock
        self._cutter = cutter
        self._interval = interval
        self._max_delay = float("inf") if max_delay is None else max_delay
        self._waiting: deque[tuple[_T, bool, float]] = deque()  # the item, whether it is a unit, when it came
        self._units = 0
        self._due = float("-inf")
        self._reached = float("-inf")
        self._timer = SerialDisposable()
        self._is_timed = False
        self._has_waited = False
        self._is_emitting = False
        self._stopped = False
        self._ended = False
        self._error: Exception | None = None

    def follow(self, source: Observable[_T], scheduler: abc.SchedulerBase | None) -> abc.DisposableBase:
        """Subscribe to the source."""
        subscription = source.subscribe(self._on_next, self._on_error, lambda: self._end(None), scheduler=scheduler)
        return CompositeDisposable(Disposable(self._stop), self._timer, subscription)

    def _stop(self) -> None:
        self._stopped = True

    def _on_next(self, item: _T) -> None:
        with self._clock.lock:
            if self._ended or self._stopped:
                return
            try:
                ready = self._cutter.feed(item)
            except Exception as error:
                self._stopped = True
                self._observer.on_error(error)
                return
            self._add(ready)

    def _on_error(self, error: Exception) -> None:
        self._end(error)

    def _end(self, error: Exception | None) -> None:
        with self._clock.lock:
            if not self._ended and not self._stopped:
                self._ended = True
                self._error = error
                self._add(self._cutter.close())

    def _add(self, ready: list[tuple[_T, bool]]) -> None:
        now = self._clock.now()
        self._waiting.extend((item, is_unit, now) for item, is_unit in ready)
        self._units += sum(is_unit for _, is_unit in ready)
        if not self._is_emitting:  # a subscriber may have made the source emit: then it goes on where it was
            self._is_emitting = True
            try:
                self._emit()
            finally:
                self._is_emitting = False

    def _emit(self) -> None:
        waiting = self._waiting
        while waiting and not self._stopped:
            item, is_unit, came = waiting[0]
            if is_unit and not self._may_go(came):
                return
            waiting.popleft()
            self._observer.on_next(item)
        if self._ended and not self._stopped:
            self._stopped = True
            if self._error is None:
                self._observer.on_completed()
            else:
                self._observer.on_error(self._error)

    def _may_go(self, came: float) -> bool:
        """Say whether the next unit may go now; if not, set the timer."""
        now = max(self._clock.now(), self._reached)
        due = min(self._due, came + self._max_delay)
        if now < due:
            if not self._is_timed:
                self._is_timed = self._has_waited = True
                self._timer.disposable = self._clock.after(due - now, partial(self._on_timer, due))
            return False
        if self._is_timed:
            self._is_timed = False
            self._timer.disposable = Disposable()
        # After a timer that was late, the next unit makes up for it; after a silence there is nothing to make up for.
        began = min(self._due, now) if self._has_waited else now
        self._due = began + min(self._interval, self._max_delay / self._units)
        self._units -= 1
        self._has_waited = self._has_waited and self._units > 0
        return True

    def _on_timer(self, due: float) -> None:
        self._is_timed = False
        self._reached = max(self._reached, due)  # a timer may be early by what its clock cannot tell
        if self._stopped:
            return
        try:
            self._add([])
        except Exception as error:  # the subscriber's, and no source above takes it: all that waits would wait for ever
            if self._stopped:
                raise
            self._stopped = True
            self._observer.on_error(error)
