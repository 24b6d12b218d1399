"""Operators for the response as a whole."""

from __future__ import annotations

from reactivex import Observable, abc

from rxstream.accumulators.outcome import Outcome, OutcomeAccumulator
from rxstream.accumulators.response import ResponseAccumulator
from rxstream.accumulators.turns import TURN_STARTED
from rxstream.events import ResponseStreamEvent
from rxstream.models.response import Response
from rxstream.reactive import NOTHING, IterableObservable, IterableOperator, Nothing, lift_step

__all__ = ["final_response", "outcome", "snapshots"]

_TERMINAL = frozenset(("response.completed", "response.incomplete", "response.failed"))


def snapshots() -> IterableOperator[ResponseStreamEvent, Response]:
    """Emit the response as it is known so far, after each event.

    ::

        --created--"Hel"-----"lo"-------completed--|
        [               snapshots()                ]
        --R()------R(Hel)----R(Hello)---R(Hello)---|

    A snapshot is a value: later events do not change it. It costs the same for each event; its text is joined and its
    fields are validated when they are read.

    Keeps: the response.

    Returns:
        An operator from events to :class:`~rxstream.models.Response`.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> events = [ResponseTextDeltaEvent(output_index=0, delta=delta) for delta in ("Hel", "lo")]
        >>> [response.output_text for response in collect_now(snapshots(), events)]
        ['Hel', 'Hello']
    """
    return lift_step(_Snapshots)


class _Snapshots:
    def __init__(self) -> None:
        self._accumulator = ResponseAccumulator()

    def step(self, event: ResponseStreamEvent) -> Response:
        self._accumulator.feed(event)
        return self._accumulator.snapshot()

    def close(self) -> tuple[()]:
        return ()


def final_response() -> IterableOperator[ResponseStreamEvent, Response]:
    """Emit the whole response, once, with the terminal event; that of a tool loop when it is over.

    ::

        --created--"Hel"--"lo"--completed--|
        [        final_response()          ]
        ------------------------R(Hello)---|

    Items that a server leaves out of its terminal event are there all the same. A failed response is emitted too; the
    error follows it. Where the source completes without a terminal event, the response is emitted as far as it is
    known.

    Keeps: the response.

    Returns:
        An operator from events to :class:`~rxstream.models.Response`.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseCompletedEvent, ResponseTextDeltaEvent
        >>> from rxstream.models import Response
        >>> events = [ResponseTextDeltaEvent(output_index=0, delta="Hello"),
        ...           ResponseCompletedEvent(response=Response(status="completed"))]
        >>> [response] = collect_now(final_response(), events)
        >>> response.status, response.output_text
        ('completed', 'Hello')
    """
    return lift_step(_FinalResponse)


class _FinalResponse:
    def __init__(self) -> None:
        self._accumulator = ResponseAccumulator()
        self._emitted = False
        self._in_turns = False

    def step(self, event: ResponseStreamEvent) -> Response | Nothing:
        self._accumulator.feed(event)
        if event.type == TURN_STARTED:
            self._in_turns = True
        # In a conversation another turn may follow what is complete, and nothing else.
        if event.type not in _TERMINAL or self._emitted or (self._in_turns and event.type == "response.completed"):
            return NOTHING
        self._emitted = True
        return self._accumulator.snapshot()

    def close(self) -> list[Response]:
        return [] if self._emitted or self._accumulator.is_empty else [self._accumulator.snapshot()]


def outcome() -> IterableOperator[ResponseStreamEvent, Outcome]:
    """Emit how the stream ended, as a value: exactly one, and never an error.

    ::

        --created--"Hel"--X(connection lost)
        [         outcome()           ]
        ------------------truncated(R(Hel))|

    Keeps: the response.

    Returns:
        An operator from events to :class:`~rxstream.Outcome`, which always holds the response as far as it is known.

    Errors:
        None: an error, of the source or of its own, is in the outcome, and the Observable completes.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> [end] = collect_now(outcome(), [ResponseTextDeltaEvent(output_index=0, delta="Hel")])
        >>> end.status, end.response.output_text
        ('truncated', 'Hel')
    """

    def operator(source: Observable[ResponseStreamEvent]) -> IterableObservable[Outcome]:
        def subscribe(
            observer: abc.ObserverBase[Outcome], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            accumulator = OutcomeAccumulator()

            def end(error: Exception | None = None) -> None:
                observer.on_next(accumulator.outcome(error))
                observer.on_completed()

            def on_next(event: ResponseStreamEvent) -> None:
                try:
                    accumulator.feed(event)
                except Exception as error:
                    end(error)

            return source.subscribe(on_next, end, end, scheduler=scheduler)

        return IterableObservable(subscribe)

    return operator
