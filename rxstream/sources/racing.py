"""Several requests at once."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from functools import partial

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SingleAssignmentDisposable
from reactivex.scheduler import ImmediateScheduler, TrampolineScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxstream.accumulators.content import is_content
from rxstream.events import ResponseStreamEvent
from rxstream.reactive import Scope, iterate_sync, sync_subscription
from rxstream.sources.several import check_streams, noted, release
from rxstream.sources.stream import ResponseStream

__all__ = ["race"]

# On these, synchronous clients would be read one after the other.
_ONE_AFTER_THE_OTHER = (ImmediateScheduler, TrampolineScheduler, AsyncIOScheduler)

_Events = Observable[ResponseStreamEvent]
_Observer = abc.ObserverBase[ResponseStreamEvent]


def race(*streams: Observable[ResponseStreamEvent]) -> ResponseStream:
    """Make a stream of several: the first with content wins, and is all that is emitted.

    ::

        --created----------------"Hello"----completed--|
        ----created--"Hi"--"!"--completed--|
        [                    race()                    ]
        -------------created"Hi"--"!"--completed--|

    All requests are sent at once. When the first content comes, of any of them, the others are disposed of, which
    closes their requests; then what the winner had emitted before is emitted, and all that it emits. Content is text,
    reasoning, arguments, a finished item and so on. A stream that fails before has lost. One that completes without
    content wins if no other brings any. The last one that has not lost has won.

    Streams of synchronous clients are read at the same time too, in threads, wherever the result is subscribed to; but
    for a scheduler of Rx with a single thread, which reads one after the other. Without a scheduler and event loop,
    ``subscribe`` returns at the end.

    Args:
        streams: Cold streams, of any clients and sources.

    Returns:
        A cold stream.

    Raises:
        ValueError: There is none.
        TypeError: One is not an Observable.

    Errors:
        Where all fail, that of the last one, with a note of each of the others; otherwise those of the winner.

    Example:
        >>> from rxstream import collect_sync, from_events
        >>> from rxstream.events import ResponseCompletedEvent, ResponseTextDeltaEvent
        >>> broken = from_events([])
        >>> stream = from_events([ResponseTextDeltaEvent(output_index=0, delta="Hi"), ResponseCompletedEvent()])
        >>> collect_sync(race(broken, stream).text_deltas())
        ['Hi']
    """
    check_streams(streams)

    def subscribe(observer: _Observer, scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
        return _Race(observer, len(streams)).begin(streams, scheduler)

    def anywhere(observer: _Observer, scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
        if scheduler is not None and (isinstance(scheduler, Scope) or not isinstance(scheduler, _ONE_AFTER_THE_OTHER)):
            return subscribe(observer, scheduler)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return sync_subscription(lambda: _Pulled(Observable(subscribe)))(observer, scheduler)
        return subscribe(observer, Scope(loop, float("inf")))

    return ResponseStream(anywhere)


class _Runner:
    """One stream of a race."""

    def __init__(self) -> None:
        self.subscription = SingleAssignmentDisposable()
        self.held: deque[ResponseStreamEvent] = deque()
        self.ended = False


class _Race:
    """One subscription to a race. Streams may emit in threads of their own; the lock is held until one is chosen."""

    def __init__(self, observer: _Observer, streams: int) -> None:
        self._observer = observer
        self._lock = threading.RLock()
        self._runners = [_Runner() for _ in range(streams)]
        self._empty: list[_Runner] = []
        self._errors: list[Exception] = []
        self._chosen: _Runner | None = None
        self._winner: _Runner | None = None  # the chosen one, as soon as what it held is emitted
        self._disposed = False

    def begin(self, streams: tuple[_Events, ...], scheduler: abc.SchedulerBase | None) -> abc.DisposableBase:
        if len(self._runners) == 1:
            self._choose(self._runners[0])
        for runner, stream in zip(self._runners, streams, strict=True):
            if self._chosen in (None, runner) and not self._disposed:
                runner.subscription.disposable = stream.subscribe(
                    partial(self._on_next, runner),
                    partial(self._on_end, runner),
                    partial(self._on_end, runner, None),
                    scheduler=scheduler,
                )
        return Disposable(self._dispose)

    def _on_next(self, runner: _Runner, event: ResponseStreamEvent) -> None:
        if self._winner is not runner:
            with self._lock:
                if self._winner is not runner:
                    self._hold(runner, event)
                    return
        self._observer.on_next(event)

    def _hold(self, runner: _Runner, event: ResponseStreamEvent) -> None:
        if self._disposed or self._chosen not in (None, runner):
            return
        try:
            wins = self._chosen is None and is_content(event)
        except Exception as error:
            runner.subscription.dispose()
            self._on_end(runner, error)
            return
        runner.held.append(event)
        if wins:
            self._choose(runner)
        elif self._chosen is runner:
            self._release(runner)

    def _choose(self, chosen: _Runner) -> None:
        self._chosen = chosen
        for runner in self._runners:
            if runner is not chosen:
                runner.subscription.dispose()
        self._release(chosen)

    def _release(self, chosen: _Runner) -> None:
        release(chosen.held, self._observer.on_next)
        self._winner = chosen

    def _on_end(self, runner: _Runner, error: Exception | None) -> None:
        with self._lock:
            if self._disposed or runner.ended or self._chosen not in (None, runner):
                return
            runner.ended = True
            if self._chosen is None:
                if not self._is_decided_without(runner, error):
                    return
                error = None if self._empty else error
            else:
                self._release(runner)  # where a subscriber ended it, when told of what was held
        if error is None:
            self._observer.on_completed()
        else:
            self._observer.on_error(noted(error, self._errors))

    def _is_decided_without(self, runner: _Runner, error: Exception | None) -> bool:
        """Choose another stream, or this one if there is no other; say whether the race has ended with it."""
        left = [one for one in self._runners if not one.ended]
        if error is None:
            self._empty.append(runner)
        elif left or self._empty:
            self._errors.append(error)
        if not left:
            self._choose(self._empty[0] if self._empty else runner)
        elif len(left) == 1 and not self._empty:
            self._choose(left[0])
        return not left

    def _dispose(self) -> None:
        self._disposed = True
        for runner in self._runners:
            runner.subscription.dispose()


class _Pulled:
    """Reads an Observable in one thread, in which everything else of it happens too."""

    def __init__(self, source: _Events) -> None:
        self._events = iterate_sync(source)

    def __iter__(self) -> Iterator[list[ResponseStreamEvent]]:
        return ([event] for event in self._events)

    def close(self) -> None:
        self._events.close()

    def interrupt(self) -> None:
        self._events.close()
