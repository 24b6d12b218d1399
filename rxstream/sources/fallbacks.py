"""Requests of which the next one is sent when one fails."""

from __future__ import annotations

from collections import deque

from reactivex import Observable, abc
from reactivex.disposable import SerialDisposable, SingleAssignmentDisposable

from rxstream.accumulators.content import is_content
from rxstream.events import ResponseStreamEvent
from rxstream.sources.several import check_streams, noted, release
from rxstream.sources.stream import ResponseStream

__all__ = ["fallback"]

_Observer = abc.ObserverBase[ResponseStreamEvent]


def fallback(*streams: Observable[ResponseStreamEvent]) -> ResponseStream:
    """Make a stream of several: the next one is subscribed to when one fails before content.

    ::

        --created--X
                   --created--"Hi"--completed--|
        [                fallback()            ]
        ----------------------created"Hi"--completed--|

    What a stream emits before its content waits for that content; of one that fails, it is not emitted. The last stream
    has nothing to wait for. After content an error passes, so that no text comes twice. A stream that completes has
    answered, with content or without.

    Args:
        streams: Cold streams, of any clients and sources, in the order in which they are tried.

    Returns:
        A cold stream.

    Raises:
        ValueError: There is none.
        TypeError: One is not an Observable.

    Errors:
        That of the last stream, with a note of each error before; that of any stream, after content.

    Example:
        >>> from rxstream import collect_sync, from_events
        >>> from rxstream.events import ResponseCompletedEvent, ResponseTextDeltaEvent
        >>> broken = from_events([])
        >>> stream = from_events([ResponseTextDeltaEvent(output_index=0, delta="Hi"), ResponseCompletedEvent()])
        >>> collect_sync(fallback(broken, stream).text_deltas())
        ['Hi']
    """
    check_streams(streams)

    def subscribe(observer: _Observer, scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
        return _Attempts(streams, observer, scheduler).begin()

    return ResponseStream(subscribe)


class _Attempts:
    """One subscription to streams that are tried one after the other."""

    def __init__(
        self,
        streams: tuple[Observable[ResponseStreamEvent], ...],
        observer: _Observer,
        scheduler: abc.SchedulerBase | None,
    ) -> None:
        self._streams = streams
        self._observer = observer
        self._scheduler = scheduler
        self._errors: list[Exception] = []
        self._current = SerialDisposable()

    def begin(self) -> abc.DisposableBase:
        self._try(0)
        return self._current

    def _try(self, place: int) -> None:
        held: deque[ResponseStreamEvent] = deque()
        is_last = place == len(self._streams) - 1
        is_decided = is_last
        has_ended = False

        def on_next(event: ResponseStreamEvent) -> None:
            nonlocal is_decided
            if has_ended:
                return
            if is_decided and not held:
                self._observer.on_next(event)
                return
            try:
                is_decided = is_decided or is_content(event)
            except Exception as error:
                on_error(error)
                return
            held.append(event)
            if is_decided:
                release(held, self._observer.on_next)

        def on_error(error: Exception) -> None:
            nonlocal has_ended
            if has_ended:
                return
            has_ended = True
            if is_decided:
                release(held, self._observer.on_next)
                self._observer.on_error(noted(error, self._errors))
            else:
                self._errors.append(error)
                self._try(place + 1)

        def on_completed() -> None:
            nonlocal has_ended
            if has_ended:
                return
            has_ended = True
            release(held, self._observer.on_next)
            self._observer.on_completed()

        # Put there first: a stream may fail while it is subscribed to, and the next one must not be disposed of then.
        subscription = SingleAssignmentDisposable()
        self._current.disposable = subscription
        if subscription.is_disposed:  # by another thread, while the stream before failed
            return
        subscription.disposable = self._streams[place].subscribe(
            on_next, on_error, on_completed, scheduler=self._scheduler
        )
