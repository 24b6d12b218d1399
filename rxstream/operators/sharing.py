"""One request for many subscribers."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SerialDisposable
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxstream.errors import StreamError
from rxstream.reactive import Operator, Scope

__all__ = ["share_replay"]

_T = TypeVar("_T")


def share_replay() -> Operator[_T, _T]:
    """Emit the same to all subscribers, whenever they come, from one single subscription to the source.

    ::

        --a--b--c--|
        [ share_replay() ]
        --a--b--c--|
              (ab)--c--|        a late subscriber gets what it missed

    For a response stream this means: one request, ever. The first subscriber sends it. Later ones are given what has
    come, then what comes, and the completion or the error, which are kept too. When the last one leaves before the
    end, the source is disposed of; whoever comes after that gets what had come, and then an error. A subscriber that
    raises ends its own subscription alone.

    The source is read as fast as the server sends, whatever the subscribers do: everything is kept in any case.

    Keeps: everything that the source emits.

    Returns:
        An operator that emits what the source emits.

    Errors:
        :class:`~rxstream.errors.StreamError`: all earlier subscribers had left before the end. Errors of the source
        pass unchanged, to each subscriber once.

    Example:
        >>> import reactivex
        >>> from rxstream import collect_sync
        >>> requests = []
        >>> source = reactivex.defer(lambda scheduler: requests.append("sent") or reactivex.of("a", "b"))
        >>> shared = source.pipe(share_replay())
        >>> collect_sync(shared), collect_sync(shared), requests
        (['a', 'b'], ['a', 'b'], ['sent'])
    """

    def operator(source: Observable[_T]) -> Observable[_T]:
        return Observable(_Shared(source).subscribe)

    return operator


class _Subscriber(Generic[_T]):
    """One subscriber: how far it has got in what was emitted, and whether it is being told now."""

    __slots__ = ("busy", "left", "observer", "place")

    def __init__(self, observer: abc.ObserverBase[_T]) -> None:
        self.observer = observer
        self.place = 0
        self.busy = False
        self.left = False


class _Shared(Generic[_T]):
    def __init__(self, source: Observable[_T]) -> None:
        self._source = source
        self._lock = threading.RLock()
        self._emitted: list[_T] = []
        self._subscribers: list[_Subscriber[_T]] = []
        self._connection = SerialDisposable()
        self._connected = False
        self._ended = False
        self._error: Exception | None = None

    def subscribe(
        self, observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        subscriber = _Subscriber(observer)
        with self._lock:
            self._subscribers.append(subscriber)
            connect, self._connected = not self._connected, True
        self._tell(subscriber)
        if connect:
            self._connection.disposable = self._source.subscribe(
                self._on_next, self._on_error, self._on_completed, scheduler=_without_demand(scheduler)
            )
        return Disposable(lambda: self._leave(subscriber))

    def _on_next(self, item: _T) -> None:
        self._emitted.append(item)
        for subscriber in tuple(self._subscribers):
            self._tell(subscriber)

    def _on_error(self, error: Exception) -> None:
        self._error = error
        self._on_completed()

    def _on_completed(self) -> None:
        self._ended = True
        for subscriber in tuple(self._subscribers):
            self._tell(subscriber)

    def _tell(self, subscriber: _Subscriber[_T]) -> None:
        """Push to one subscriber what it has not had yet. What it raises ends its own subscription."""
        while self._begin_to_tell(subscriber):
            try:
                self._push(subscriber)
            except Exception as error:
                self._leave(subscriber)
                subscriber.observer.on_error(error)
            finally:
                subscriber.busy = False

    def _begin_to_tell(self, subscriber: _Subscriber[_T]) -> bool:
        with self._lock:
            up_to_date = subscriber.place == len(self._emitted) and not self._ended
            if subscriber.busy or subscriber.left or up_to_date:
                return False
            subscriber.busy = True
            return True

    def _push(self, subscriber: _Subscriber[_T]) -> None:
        emitted, push = self._emitted, subscriber.observer.on_next
        while not subscriber.left and subscriber.place < len(emitted):
            subscriber.place += 1
            push(emitted[subscriber.place - 1])
        if self._ended and not subscriber.left:
            self._leave(subscriber)
            if self._error is None:
                subscriber.observer.on_completed()
            else:
                subscriber.observer.on_error(self._error)

    def _leave(self, subscriber: _Subscriber[_T]) -> None:
        with self._lock:
            if subscriber.left:
                return
            subscriber.left = True
            self._subscribers.remove(subscriber)
            abandoned = self._connected and not self._subscribers and not self._ended
            if abandoned:
                self._ended = True
                self._error = StreamError(
                    "expected the shared stream to be read to its end, but all its subscribers had left it before"
                )
        if abandoned:
            self._connection.dispose()


def _without_demand(scheduler: abc.SchedulerBase | None) -> abc.SchedulerBase | None:
    # The first subscriber's demand and lifetime are not those of the others.
    return AsyncIOScheduler(scheduler.loop) if isinstance(scheduler, Scope) else scheduler
