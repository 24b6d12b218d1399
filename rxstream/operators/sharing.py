"""One request for many subscribers."""

from __future__ import annotations

import asyncio
import logging
import threading
from functools import partial
from typing import Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SerialDisposable
from reactivex.scheduler import CurrentThreadScheduler, NewThreadScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler

from rxstream.errors import ConfigurationError, StreamError
from rxstream.reactive import IterableObservable, SameOperator, Scope, SyncScope

__all__ = ["share_replay"]

_T = TypeVar("_T")
_log = logging.getLogger("rxstream")


def share_replay() -> SameOperator:
    """Emit the same to all subscribers, whenever they come, from one single subscription to the source.

    ::

        --a--b--c--|
        [ share_replay() ]
        --a--b--c--|
              (ab)--c--|        a late subscriber gets what it missed

    For a response stream this means: one request, ever. The first subscriber sends it. Later ones are given what has
    come, then what comes, and the completion or the error, which are kept too. When the last one leaves before the
    end, the source is disposed of; whoever comes after that gets what had come, and then an error. A subscriber that
    raises ends its own subscription alone, with that error; one that has no ``on_error``, or raises there too, is
    reported by the logger ``rxstream``.

    The source is read as fast as the server sends, whatever the subscribers do: everything is kept in any case. Where
    :func:`~rxstream.iterate_sync` subscribes first, a thread reads, so that no consumer waits for another one to go on.
    Who iterates is told in the thread or event loop in which it does.

    Keeps: everything that the source emits.

    Returns:
        An operator that emits what the source emits.

    Errors:
        :class:`~rxstream.errors.ConfigurationError`: a synchronous iterator in the event loop that reads the source.
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

    def operator(source: Observable[_T], /) -> IterableObservable[_T]:
        return IterableObservable(_Shared(source).subscribe)

    return operator


class _Subscriber(Generic[_T]):
    """One subscriber: how far it has got in what was emitted, and whether it is being told now."""

    __slots__ = ("busy", "ended", "left", "observer", "place", "scope", "thread")

    def __init__(self, observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None) -> None:
        self.observer = observer
        self.scope = scheduler if isinstance(scheduler, (Scope, SyncScope)) else None
        self.thread = threading.get_ident()
        self.place = 0
        self.busy = False
        self.left = False
        self.ended = False

    def takes(self, error: BaseException) -> bool:
        """Give what is no ``Exception`` to the consumer alone that raised it; say whether that is all."""
        return isinstance(self.scope, Scope) and self.scope.takes(error)

    def call(self, tell: partial[None]) -> None:
        """Tell it where it wants to be told: an iterator in its own thread, everyone else here."""
        if self.scope is None or self.thread == threading.get_ident():
            tell()
        elif isinstance(self.scope, SyncScope):
            self.scope.call(tell)
        elif not self.scope.loop.is_closed():
            self.scope.loop.call_soon_threadsafe(tell)


class _Shared(Generic[_T]):
    def __init__(self, source: Observable[_T]) -> None:
        self._source = source
        self._lock = threading.RLock()
        self._emitted: list[_T] = []
        self._subscribers: list[_Subscriber[_T]] = []
        self._connection = SerialDisposable()
        self._connected = False
        self._loop: asyncio.AbstractEventLoop | None = None  # in which the source is read
        self._ended = False
        self._error: Exception | None = None

    def subscribe(
        self, observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        if isinstance(scheduler, SyncScope) and self._is_read_here():
            raise ConfigurationError(
                "expected an asynchronous consumer (iterate, collect) of a shared stream that is read in this event "
                "loop: a synchronous one would wait for a loop that waits for it"
            )
        subscriber = _Subscriber(observer, scheduler)
        with self._lock:
            self._subscribers.append(subscriber)
            connect, self._connected = not self._connected, True
            if connect and isinstance(scheduler, Scope):
                self._loop = scheduler.loop
        if connect:
            self._connection.disposable = self._source.subscribe(
                self._on_next, self._on_error, self._on_completed, scheduler=_without_demand(scheduler)
            )
        else:  # behind the end of `subscribe`: before that, nobody who wants but the first two items could leave
            CurrentThreadScheduler.singleton().schedule(lambda _scheduler, _state=None: self._tell(subscriber))
        return Disposable(lambda: self._leave(subscriber))

    def _is_read_here(self) -> bool:
        try:
            return not self._ended and self._loop is asyncio.get_running_loop()
        except RuntimeError:  # no loop runs in this thread
            return False

    def _on_next(self, item: _T) -> None:
        with self._lock:
            if self._ended:
                return
            self._emitted.append(item)
        self._tell_all()

    def _on_error(self, error: Exception) -> None:
        self._end(error)

    def _on_completed(self) -> None:
        self._end(None)

    def _end(self, error: Exception | None) -> None:
        with self._lock:
            if self._ended:
                return
            self._error = error
            self._ended = True
        self._tell_all()
        self._connection.dispose()

    def _tell_all(self) -> None:
        for subscriber in tuple(self._subscribers):
            subscriber.call(partial(self._tell, subscriber))

    def _tell(self, subscriber: _Subscriber[_T]) -> None:
        """Push to one subscriber what it has not had yet. What it raises ends its own subscription."""
        while self._begin_to_tell(subscriber):
            try:
                self._push(subscriber)
            except Exception as error:
                self._refuse(subscriber, error)
            except BaseException as error:
                if not subscriber.takes(error):
                    raise
                self._leave(subscriber)
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
        while not subscriber.left:
            ended = self._ended  # looked at before the length: another thread may add the last item and end just now
            if subscriber.place < len(emitted):
                subscriber.place += 1
                push(emitted[subscriber.place - 1])
            elif ended:
                subscriber.ended = True
                self._leave(subscriber)
                if self._error is None:
                    subscriber.observer.on_completed()
                else:
                    subscriber.observer.on_error(self._error)
            else:
                return

    def _refuse(self, subscriber: _Subscriber[_T], error: Exception) -> None:
        self._leave(subscriber)
        if not subscriber.ended:
            subscriber.ended = True
            try:
                subscriber.observer.on_error(error)
            except Exception as raised:
                error = raised
            else:
                return
        # Raised at the end: nobody is left to be told, and raising it on would end the others' subscriptions.
        _log.error("a subscriber of a shared stream raised an error that nobody handles", exc_info=error)

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
    if isinstance(scheduler, Scope):
        return AsyncIOScheduler(scheduler.loop)
    return NewThreadScheduler() if isinstance(scheduler, SyncScope) else scheduler
