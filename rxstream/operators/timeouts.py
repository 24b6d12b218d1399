"""The operator that waits no longer than it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SerialDisposable, SingleAssignmentDisposable

from rxstream.accumulators.content import TERMINAL, is_content
from rxstream.accumulators.outcome import OutcomeAccumulator
from rxstream.accumulators.turns import BEGINNINGS, TURN_STARTED
from rxstream.errors import ResponseTimeoutError
from rxstream.events import ResponseEvent, ResponseStreamEvent
from rxstream.operators.limits import check_limits
from rxstream.reactive import Clock, IterableObservable, IterableOperator

__all__ = ["timeouts"]

_E = TypeVar("_E", bound=ResponseEvent)
_RESOLUTION = 1e-6  # schedulers of Rx count in microseconds
_PUNCTUAL = 1e-3  # a timer that is later than this found its thread busy


def timeouts(
    *,
    first_content_seconds: float | None = None,
    idle_seconds: float | None = None,
    total_seconds: float | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> IterableOperator[_E, _E]:
    """Emit the same events, or an error where the response does not come in time.

    ::

        --created--"Hel"--"lo"--keepalive------ …
        [      timeouts(idle_seconds=15)      ]
        --created--"Hel"--"lo"--keepalive------X    15 seconds after "lo"

    What counts is *content* (text, reasoning, arguments, a finished item and so on), not bytes: a server that sends
    ``keepalive`` and nothing else is too late all the same.

    The time in which the consumer keeps the source from being read is not counted against the model, by
    ``first_content_seconds`` and ``idle_seconds``: that of a synchronous subscriber's ``on_next``; of an iterator whose
    items wait for the loop's body; of a body that blocks the event loop, once for each wait. After such a time a limit
    may count from its end. ``total_seconds`` counts everything. At the exact deadline the one wins that the scheduler
    runs first. In a stream of several responses each is waited for anew, from its beginning. Those of one
    :func:`~rxstream.run_tools` have one total, which counts the tools too; no content is waited for while they run.

    A plain loop over a synchronous client is interrupted in time too: the client then reads in a thread. A scheduler of
    Rx with a single thread is not: where a synchronous client reads on it, its timers wait for the end.

    Keeps: the response, for the error.

    Args:
        first_content_seconds: From the subscription to the first content. Not limited by default.
        idle_seconds: From one content to the next, and from the last one to the terminal event. Not limited by default.
        total_seconds: From the subscription to the terminal event; to the end of the whole conversation, in a stream
            of ``run_tools``. Not limited by default.
        scheduler: The clock; by default the scheduler of the subscription, or else the event loop, or a thread.

    Returns:
        An operator that emits what the source emits.

    Raises:
        ValueError: No limit is given, or one is not above 0.
        TypeError: A limit is not a number.

    Errors:
        :class:`~rxstream.errors.ResponseTimeoutError`, after the source was disposed of, which closes the request. It
        says which limit it was, and has the outcome so far: ``truncated``, without an error of its own. Those of the
        source pass unchanged.

    Example:
        >>> import asyncio
        >>> from rxstream import ResponseTimeoutError, collect, from_events
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> async def stalled():
        ...     yield ResponseTextDeltaEvent(output_index=0, content_index=0, delta="Hel")
        ...     await asyncio.Event().wait()
        >>> async def main():
        ...     try:
        ...         await collect(from_events(stalled()).pipe(timeouts(idle_seconds=0.01)))
        ...     except ResponseTimeoutError as error:
        ...         print(error)
        ...         print(error.outcome.status, error.outcome.response.output_text)
        >>> asyncio.run(main())
        expected content within 0.01 s of the content before it (idle_seconds)
        truncated Hel
    """
    check_limits(first_content_seconds=first_content_seconds, idle_seconds=idle_seconds, total_seconds=total_seconds)
    limits = _Limits(first_content_seconds, idle_seconds, total_seconds)

    def operator(source: Observable[_E]) -> IterableObservable[_E]:
        def subscribe(
            observer: abc.ObserverBase[_E], subscribed: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            watch = _Watch(limits, Clock(scheduler, subscribed), observer)
            watch.begin()
            watch.source.disposable = source.subscribe(
                watch.on_next, watch.on_error, watch.on_completed, scheduler=subscribed
            )
            return Disposable(watch.stop)

        return IterableObservable(subscribe)

    return operator


class _Limits:
    def __init__(self, first_content: float | None, idle: float | None, total: float | None) -> None:
        self.first_content = first_content
        self.idle = idle
        self.total = total


class _Wait:
    """Waits for content: one timer, which is set anew when it goes off too early, and not at each content."""

    def __init__(self, clock: Clock, expire: Callable[[str, float], None]) -> None:
        self._clock = clock
        self._expire = expire
        self._timer = SerialDisposable()
        self._limit = ""
        self._seconds = 0.0
        self._since = 0.0
        self._due = 0.0
        self._excused = False

    def begin(self, limit: str, seconds: float | None) -> None:
        """Wait from now on, by another limit than before, or by none."""
        self._limit = limit
        self.again()
        if seconds is None:
            self._timer.disposable = Disposable()
        else:
            self._seconds = seconds
            self._set(seconds)

    def again(self) -> None:
        """Wait from now on, by the same limit."""
        self._since = self._clock.now()
        self._excused = False

    def pause(self, seconds: float) -> None:
        """Leave out some time."""
        self._since += seconds

    def stop(self) -> None:
        self._timer.dispose()

    def _set(self, seconds: float) -> None:
        self._due = self._clock.now() + seconds
        self._timer.disposable = self._clock.after(seconds, self._look)

    def _look(self) -> None:
        now = self._clock.now()
        rest = max(self._since, self._clock.held_until()) + self._seconds - now
        late = now - self._due
        if rest <= _RESOLUTION and late > _PUNCTUAL and not self._excused:
            self._excused = True  # once: a thread that is always a little late must not hinder it for ever
            rest = late
        if rest > _RESOLUTION:
            self._set(rest)
        else:
            self._expire(self._limit, self._seconds)


class _Watch(Generic[_E]):
    """One subscription."""

    def __init__(self, limits: _Limits, clock: Clock, observer: abc.ObserverBase[_E]) -> None:
        self.source = SingleAssignmentDisposable()
        self._limits = limits
        self._clock = clock
        self._observer = observer
        self._gathered = OutcomeAccumulator()
        self._last_number: int | None = None
        self._content = _Wait(clock, self._expire)
        self._total = SerialDisposable()
        self._has_begun = False  # content has come
        self._rests = False  # between two responses
        self._in_turns = False
        self._ended = False

    def begin(self) -> None:
        """Wait for a response."""
        self._has_begun = self._rests = False
        self._content.begin("first_content", self._limits.first_content)
        total = self._limits.total
        if total is not None and not self._in_turns:
            self._total.disposable = self._clock.after(total, lambda: self._expire("total", total))

    def on_next(self, event: _E) -> None:
        with self._clock.lock:
            if self._ended:
                return
            try:
                brings_content = self._take(event)
            except Exception as error:
                self.stop()
                self._observer.on_error(error)
                return
            before = 0.0 if brings_content else self._clock.now()
            self._observer.on_next(event)
            if self._ended or self._rests:
                return
            if not brings_content:
                self._content.pause(self._clock.now() - before)
            elif self._has_begun:
                self._content.again()
            else:
                self._has_begun = True
                self._content.begin("idle", self._limits.idle)

    def _take(self, event: _E) -> bool:
        self._gathered.feed(cast(ResponseStreamEvent, event))
        if event.sequence_number is not None:
            self._last_number = event.sequence_number
        if event.type in TERMINAL:
            self._rests = True
            self._content.begin("", None)
            if not self._in_turns:
                self._total.disposable = Disposable()
            return False
        self._in_turns = self._in_turns or event.type == TURN_STARTED
        if self._rests and event.type in BEGINNINGS:
            self.begin()
        return is_content(cast(ResponseStreamEvent, event))

    def on_error(self, error: Exception) -> None:
        if self._end():
            self._observer.on_error(error)

    def on_completed(self) -> None:
        if self._end():
            self._observer.on_completed()

    def _end(self) -> bool:
        with self._clock.lock:
            if self._ended:
                return False
            self.stop()
            return True

    def _expire(self, limit: str, seconds: float) -> None:
        if self._ended:
            return
        self.stop()
        outcome = self._gathered.outcome()
        self._observer.on_error(
            ResponseTimeoutError(
                limit=limit,
                seconds=seconds,
                outcome=outcome,
                response_id=outcome.response.id,
                last_sequence_number=self._last_number,
            )
        )

    def stop(self) -> None:
        """End, from whatever thread."""
        self._ended = True
        self._content.stop()
        self._total.dispose()
        self.source.dispose()
