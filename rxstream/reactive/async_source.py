"""From an asynchronous reader to an Observable."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing, suppress
from typing import TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rxstream.errors import ConfigurationError, StreamError
from rxstream.reactive import leaving
from rxstream.reactive.raising import as_exception
from rxstream.reactive.scope import ENDS_THE_PROGRAM, Scope
from rxstream.reactive.sync_scope import SyncScope

__all__ = ["async_source", "async_subscription"]

_T = TypeVar("_T")

# asyncio keeps weak references alone.
_running: set[asyncio.Task[None]] = set()


def _end(task: asyncio.Task[None]) -> None:
    _running.discard(task)
    error = None if task.cancelled() else task.exception()
    # A subscriber raised it, or had no on_error: said now, not when the task is collected.
    if error is not None and not isinstance(error, ENDS_THE_PROGRAM):
        task.get_loop().call_exception_handler(
            {"message": "expected a subscriber to take the error of its stream", "exception": error, "task": task}
        )


def async_source(open_batches: Callable[[], AsyncGenerator[Iterable[_T], None]]) -> Observable[_T]:
    """Make a cold Observable of a function that begins to read; see :func:`async_subscription`."""
    return Observable(async_subscription(open_batches))


def async_subscription(open_batches: Callable[[], AsyncGenerator[Iterable[_T], None]]) -> abc.Subscription[_T]:
    """Make the subscribe function of a cold Observable, of a function that begins to read.

    Reading runs in a task of the running loop. Items come in batches, one for each read of the network, so that the
    hop between tasks is paid once a read. Before each item the consumer's demand is asked, where a
    :class:`~rxstream.reactive.Scope` is the scheduler. The reader is closed before the terminal notification, and by
    ``dispose``.

    What is raised and is no ``Exception`` passes all operators: who iterates gets it as it is, at once.

    Args:
        open_batches: Called once for each subscription; what it raises becomes ``on_error``.

    Errors:
        :class:`~rxstream.errors.ConfigurationError`: no event loop runs where it is subscribed to, or the consumer is a
            synchronous one.
        :class:`~rxstream.errors.StreamError`: reading was cancelled; or what was raised is no ``Exception``, and who
            subscribed does not iterate.
    """

    def subscribe(observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise ConfigurationError(
                "expected a running event loop to read an asynchronous source: subscribe inside a coroutine, "
                "or use the synchronous rxstream.Client"
            ) from None
        if isinstance(scheduler, SyncScope):
            raise ConfigurationError(
                "expected an asynchronous consumer of an asynchronous source, `async for` or iterate: "
                "a plain `for`, iterate_sync and the functions *_sync would block the event loop that it is read in"
            )
        scope = scheduler if isinstance(scheduler, Scope) else None
        thread = threading.get_ident()
        disposed = False
        # Inside a push, or after one that disposed: a task that is cancelled there would skip its own closing.
        busy = False

        async def read() -> None:
            nonlocal busy
            push = observer.on_next
            async with aclosing(open_batches()) as batches:
                async for batch in batches:
                    if disposed:  # by a function that the reader called
                        busy = True
                        return
                    for item in batch:
                        if scope is not None and scope.is_full:
                            await scope.room()
                        busy = True
                        push(item)
                        if disposed:
                            return
                        busy = False

        async def deliver() -> None:
            nonlocal busy
            failure: Exception | None = None
            try:
                await read()
            except Exception as error:
                if disposed and busy:  # raised by a subscriber that had disposed: nobody else would hear of it
                    raise
                failure = error
            except asyncio.CancelledError as error:
                if disposed:
                    raise
                failure = StreamError("expected the source to be read to its end, but reading it was cancelled")
                failure.__cause__ = error
                if task.cancelling():  # by the end of the event loop: who subscribed hears of it all the same
                    busy = True
                    observer.on_error(failure)
                    raise
            if disposed:
                return
            busy = True  # the terminal notification disposes, from in here
            if failure is None:
                observer.on_completed()
            else:
                observer.on_error(failure)

        async def pump() -> None:
            nonlocal busy
            if not is_subscribed:  # an eager task: nobody could dispose yet
                await asyncio.sleep(0)
            try:
                await deliver()
            except (Exception, asyncio.CancelledError):
                raise
            except BaseException as error:
                if asyncio.current_task(loop) is not task:  # closed from outside, with the event loop
                    raise
                busy = True
                is_taken = scope is not None and scope.takes(error)
                try:
                    if not disposed:  # there is no such consumer, or it is not the only one
                        observer.on_error(as_exception(error))
                finally:
                    if not is_taken:
                        raise error

        is_subscribed = False
        task = loop.create_task(pump())
        is_subscribed = True
        _running.add(task)
        task.add_done_callback(_end)

        def cancel() -> None:
            if scope is not None and not task.done():
                scope.closes(task)
            if asyncio.current_task(loop) is task:
                # By a function that the reader called: it may close next, and is cancelled where it waits otherwise.
                loop.call_soon(cancel_unless_busy)
            else:
                cancel_unless_busy()

        def cancel_unless_busy() -> None:
            if not busy:
                leaving.cancel(task)

        def dispose() -> None:
            nonlocal disposed
            if disposed:
                return
            disposed = True
            if threading.get_ident() == thread:
                cancel()
            else:
                with suppress(RuntimeError):  # the loop is closed, and its tasks with it
                    loop.call_soon_threadsafe(cancel)

        return Disposable(dispose)

    return subscribe
