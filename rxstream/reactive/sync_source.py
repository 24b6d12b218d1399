"""From a synchronous reader to an Observable."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable
from reactivex.scheduler import CurrentThreadScheduler, ImmediateScheduler, TrampolineScheduler

from rxstream.reactive.async_source import async_subscription
from rxstream.reactive.batch_reader import BatchReader
from rxstream.reactive.scope import Scope
from rxstream.reactive.stepping import Stepping
from rxstream.reactive.sync_scope import SyncScope
from rxstream.reactive.threaded import read_in_thread

__all__ = ["sync_source", "sync_subscription"]

_T = TypeVar("_T")


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
            return async_subscription(lambda: read_in_thread(open_reader))(observer, scheduler)
        if isinstance(scheduler, SyncScope):
            return Stepping(open_reader, observer, scheduler)
        if scheduler is None or isinstance(scheduler, (ImmediateScheduler, TrampolineScheduler)):
            # Of these only the singleton lets `subscribe` return before it reads: without that, take(2) would read on.
            scheduler = CurrentThreadScheduler.singleton()
        return _run(open_reader, observer, scheduler)

    return subscribe


def _run(
    open_reader: Callable[[], BatchReader[_T]], observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase
) -> abc.DisposableBase:
    disposed = False
    pushing = False
    reader: BatchReader[_T] | None = None
    thread: int | None = None

    def read() -> None:
        nonlocal reader, pushing
        push = observer.on_next
        reader = open_reader()
        try:
            if disposed:  # looked at after `reader` is set, which `dispose` looks at after `disposed` is set
                return
            for batch in reader:
                for item in batch:
                    pushing = True
                    push(item)
                    pushing = False
                    if disposed:
                        return
        finally:
            opened, reader = reader, None  # nobody interrupts it any more: its connection may be another's soon
            opened.close()

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
            elif pushing:  # raised by a subscriber that had disposed: nobody else would hear of it
                raise
        else:
            if not disposed:
                observer.on_completed()

    def dispose() -> None:
        nonlocal disposed
        disposed = True
        read_now = reader
        # Out of a push, it is seen as soon as that returns; out of a function that the reader calls, it is not.
        if read_now is not None and not (pushing and threading.get_ident() == thread):
            read_now.interrupt()

    return CompositeDisposable(Disposable(dispose), scheduler.schedule(action))
