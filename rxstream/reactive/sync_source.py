"""From a synchronous reader to an Observable."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any, Literal, Protocol, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable
from reactivex.scheduler import CurrentThreadScheduler

from rxstream.reactive.async_source import async_source
from rxstream.reactive.scope import Scope
from rxstream.reactive.sync_scope import ReaderThread, SyncScope

__all__ = ["BatchReader", "sync_source", "sync_subscription"]

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_END: Any = object()


class BatchReader(Protocol[_T_co]):
    """Something that reads, a batch of items at a time, and can be stopped."""

    def __iter__(self) -> Iterator[Iterable[_T_co]]:
        """Read; may block."""
        ...

    def close(self) -> None:
        """Give back what was opened. Called once, by the thread that reads, when it does not read."""
        ...

    def interrupt(self) -> None:
        """Make a read that blocks in another thread return, as far as that can be done. Raises nothing."""
        ...


def sync_source(open_reader: Callable[[], BatchReader[_T]]) -> Observable[_T]:
    """Make a cold Observable of a function that begins to read; see :func:`sync_subscription`."""
    return Observable(sync_subscription(open_reader))


def sync_subscription(open_reader: Callable[[], BatchReader[_T]]) -> abc.Subscription[_T]:
    """Make the subscribe function of a cold Observable, of a function that begins to read, and blocks while it reads.

    Who is subscribed on a scheduler of Rx is read to in an action on it; without a scheduler, on the current thread
    (``CurrentThreadScheduler``), so that ``subscribe`` returns at the end. A
    :class:`~rxstream.reactive.SyncScope` reads when its consumer wants an item, a
    :class:`~rxstream.reactive.Scope` in a thread beside its event loop.

    Args:
        open_reader: Called once for each subscription; what it raises becomes ``on_error``.
    """

    def subscribe(observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
        if isinstance(scheduler, Scope):
            return async_source(lambda: _in_thread(open_reader)).subscribe(observer, scheduler=scheduler)
        if isinstance(scheduler, SyncScope):
            return _Stepping(open_reader, observer, scheduler)
        return _run(open_reader, observer, scheduler or CurrentThreadScheduler.singleton())

    return subscribe


def _run(
    open_reader: Callable[[], BatchReader[_T]], observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase
) -> abc.DisposableBase:
    disposed = False
    reader: BatchReader[_T] | None = None
    thread: int | None = None

    def read() -> None:
        nonlocal reader
        push = observer.on_next
        reader = open_reader()
        try:
            for batch in reader:
                for item in batch:
                    if disposed:
                        return
                    push(item)
        finally:
            reader.close()

    def action(_scheduler: abc.SchedulerBase, _state: Any = None) -> None:
        nonlocal thread
        if disposed:
            return
        thread = threading.get_ident()
        try:
            read()
        except Exception as error:
            if not disposed:
                observer.on_error(error)
        else:
            if not disposed:
                observer.on_completed()

    def dispose() -> None:
        nonlocal disposed
        disposed = True
        if reader is not None and threading.get_ident() != thread:
            reader.interrupt()

    return CompositeDisposable(Disposable(dispose), scheduler.schedule(action))


class _Stepping(abc.DisposableBase):
    """Reads a batch at a time, when the consumer's scope says so."""

    def __init__(
        self, open_reader: Callable[[], BatchReader[Any]], observer: abc.ObserverBase[Any], scope: SyncScope
    ) -> None:
        self._open_reader = open_reader
        self._observer = observer
        self._scope = scope
        self._thread = ReaderThread()
        self._reader: BatchReader[Any] | None = None
        self._batches: Iterator[Iterable[Any]] = iter(())
        self._place: Literal["idle", "consumer", "thread"] = "idle"  # where this code runs just now
        self._ended = False
        scope.opened()
        scope.call(self._step)

    def _step(self) -> None:
        if self._ended:
            return
        if self._scope.may_block:
            self._place = "consumer"
            self._use(_called(self._read))
        else:
            self._place = "thread"
            reading = self._thread.submit(self._read)
            reading.add_done_callback(lambda read: self._scope.call(lambda: self._use(read)))

    def _read(self) -> Any:
        if self._reader is None:
            self._reader = self._open_reader()
            self._batches = iter(self._reader)
        return next(self._batches, _END)

    def _use(self, read: Future[Any]) -> None:
        if self._ended:  # by `dispose`, which leaves the closing to whoever reads
            if self._place == "consumer":
                self._close()
            return
        self._place = "consumer"
        try:
            batch = read.result()
            if batch is not _END:
                self._push(batch)
        except Exception as error:
            self._end(partial(self._observer.on_error, error))
            return
        if batch is _END:
            self._end(self._observer.on_completed)
        elif self._ended:
            self._close()
        else:
            self._place = "idle"
            self._scope.call(self._step)

    def _push(self, batch: Iterable[Any]) -> None:
        for item in batch:
            self._observer.on_next(item)
            if self._ended:
                return

    def _end(self, notify: Callable[[], None]) -> None:
        was_disposed = self._ended
        self._mark_ended()
        self._close()
        if not was_disposed:
            notify()

    def _mark_ended(self) -> None:
        if not self._ended:
            self._ended = True
            self._scope.closed()

    def _close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
        self._thread.close()

    def dispose(self) -> None:
        if self._ended:
            return
        self._mark_ended()
        if self._place == "idle":
            self._close()
        elif self._place == "thread":
            if self._reader is not None:
                self._reader.interrupt()
            self._thread.submit(self._close)


def _called(read: Callable[[], Any]) -> Future[Any]:
    future: Future[Any] = Future()
    try:
        future.set_result(read())
    except Exception as error:
        future.set_exception(error)
    return future


async def _in_thread(open_reader: Callable[[], BatchReader[_T]]) -> AsyncGenerator[Iterable[_T], None]:
    thread = ReaderThread()
    reader: BatchReader[_T] | None = None
    reading: Future[Any] | None = None

    def begin() -> tuple[BatchReader[_T], Iterator[Iterable[_T]]]:
        opened = open_reader()
        return opened, iter(opened)

    try:
        reading = thread.submit(begin)
        reader, batches = await asyncio.wrap_future(reading)
        while True:
            reading = thread.submit(lambda: next(batches, _END))
            batch = await asyncio.wrap_future(reading)
            if batch is _END:
                return
            yield batch
    finally:
        _close_in_thread(thread, reader, reading)


def _close_in_thread(thread: ReaderThread, reader: BatchReader[Any] | None, reading: Future[Any] | None) -> None:
    def close() -> None:
        opened = reader
        if opened is None and reading is not None and not reading.cancelled() and reading.exception() is None:
            opened = reading.result()[0]
        if opened is not None:
            opened.close()

    if reader is not None and reading is not None and not reading.done():
        reader.interrupt()
    thread.submit(close)
    thread.close()
