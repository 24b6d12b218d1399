"""Operators that measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from reactivex import Observable, abc
from reactivex.disposable import SingleAssignmentDisposable

from rxstream.accumulators.content import is_content
from rxstream.accumulators.latency import Latency, LatencyAccumulator
from rxstream.events import ResponseEvent, ResponseStreamEvent
from rxstream.reactive import Clock, IterableObservable, IterableOperator

__all__ = ["first_content", "latency", "time_to_first_content"]

_B = TypeVar("_B")
_E = TypeVar("_E", bound=ResponseEvent)


def first_content() -> IterableOperator[_E, _E]:
    """Emit the first event that brings content, and complete.

    ::

        --created--added--"Hel"--"lo"--|
        [       first_content()        ]
        ------------------"Hel"|

    Content is text, reasoning, arguments, a finished item and so on, and nothing that is empty. The source is disposed
    of then, which closes the request. Where no content comes, nothing is emitted.

    Keeps: nothing.

    Returns:
        An operator that emits one event, or none.

    Errors:
        None of its own; those of the source before the first content pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseCreatedEvent, ResponseTextDeltaEvent
        >>> events = [ResponseCreatedEvent(), *(ResponseTextDeltaEvent(delta=delta) for delta in ("Hel", "lo"))]
        >>> [event.delta for event in collect_now(first_content(), events)]
        ['Hel']
    """

    def operator(source: Observable[_E]) -> IterableObservable[_E]:
        def subscribe(observer: abc.ObserverBase[_E], scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
            return _until_content(source, observer, lambda event: event, scheduler)

        return IterableObservable(subscribe)

    return operator


def time_to_first_content(
    *, scheduler: abc.SchedulerBase | None = None
) -> IterableOperator[ResponseStreamEvent, float]:
    """Emit the seconds from the subscription to the first content, and complete.

    ::

        --created--added--"Hel"--"lo"--|
        [   time_to_first_content()    ]
        ------------------0.42|

    The source is disposed of then, which closes the request: to measure a stream that is read on, use
    :func:`latency` behind :func:`~rxstream.share_replay`. Where no content comes, nothing is emitted. What content is,
    :func:`first_content` says. Others call this the time to the first token.

    Keeps: nothing.

    Args:
        scheduler: The clock; by default the scheduler of the subscription, or else that of the system.

    Returns:
        An operator that emits one number, or none.

    Errors:
        None of its own; those of the source before the first content pass unchanged.

    Example:
        >>> from reactivex.testing import TestScheduler
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> collect_now(time_to_first_content(scheduler=TestScheduler()), [ResponseTextDeltaEvent(delta="Hel")])
        [0.0]
    """

    def operator(source: Observable[ResponseStreamEvent]) -> IterableObservable[float]:
        def subscribe(
            observer: abc.ObserverBase[float], subscribed: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            now = Clock(scheduler, subscribed).now
            start = now()
            return _until_content(source, observer, lambda _event: now() - start, subscribed)

        return IterableObservable(subscribe)

    return operator


def _until_content(
    source: Observable[_E],
    observer: abc.ObserverBase[_B],
    make: Callable[[_E], _B],
    scheduler: abc.SchedulerBase | None,
) -> abc.DisposableBase:
    """Push what is made of the first content, after the source was disposed of."""
    subscription = SingleAssignmentDisposable()
    ended = False

    def on_next(event: _E) -> None:
        nonlocal ended
        if ended:
            return
        try:
            if not is_content(cast(ResponseStreamEvent, event)):
                return
            made = make(event)
        except Exception as error:
            ended = True
            observer.on_error(error)
            return
        ended = True
        subscription.dispose()
        observer.on_next(made)
        observer.on_completed()

    subscription.disposable = source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)
    return subscription


def latency(*, scheduler: abc.SchedulerBase | None = None) -> IterableOperator[ResponseStreamEvent, Latency]:
    """Emit what was measured, at the end of the stream: when it began to answer, how steadily, how fast.

    ::

        --created--"Hel"--"lo"--completed--|
        [            latency()             ]
        -----------------------------------Latency(…)|

    Measured is when events come to this operator. A consumer that keeps the source from being read is measured with;
    behind :func:`~rxstream.share_replay` there is none. :class:`~rxstream.Latency` names the metrics of OpenTelemetry
    that its values are good for.

    Keeps: 8 bytes for each content.

    Args:
        scheduler: The clock; by default the scheduler of the subscription, or else that of the system.

    Returns:
        An operator that emits one :class:`~rxstream.Latency`, when the source completes or fails.

    Errors:
        None of its own; those of the source pass unchanged, after what was measured until then.

    Example:
        >>> from reactivex.testing import TestScheduler
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> events = [ResponseTextDeltaEvent(output_index=0, delta=delta) for delta in ("Hel", "lo")]
        >>> [measured] = collect_now(latency(scheduler=TestScheduler()), events)
        >>> measured.contents, measured.first_content_seconds, measured.gap_max_seconds, measured.output_tokens
        (2, 0.0, 0.0, None)
    """

    def operator(source: Observable[ResponseStreamEvent]) -> IterableObservable[Latency]:
        def subscribe(
            observer: abc.ObserverBase[Latency], subscribed: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            now = Clock(scheduler, subscribed).now
            accumulator = LatencyAccumulator(start=now())
            ended = False

            def on_next(event: ResponseStreamEvent) -> None:
                nonlocal ended
                if ended:
                    return
                try:
                    accumulator.feed(event, at=now())
                except Exception as error:
                    ended = True
                    observer.on_error(error)

            def tell() -> bool:
                nonlocal ended
                tells, ended = not ended, True
                if tells:
                    observer.on_next(accumulator.latency(at=now()))
                return tells

            def on_error(error: Exception) -> None:
                if tell():
                    observer.on_error(error)

            def on_completed() -> None:
                if tell():
                    observer.on_completed()

            return source.subscribe(on_next, on_error, on_completed, scheduler=subscribed)

        return IterableObservable(subscribe)

    return operator
