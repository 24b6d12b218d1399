"""What a function of the application returns: a value, or something that will be one."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SingleAssignmentDisposable

from rxstream.errors import ConfigurationError
from rxstream.reactive.in_loop import call_in_loop
from rxstream.reactive.scope import Scope

__all__ = ["when_done"]

_T = TypeVar("_T")


def when_done(
    result: _T | Awaitable[_T] | Observable[_T],
    on_value: Callable[[_T], None],
    on_error: Callable[[Exception], None],
    scheduler: abc.SchedulerBase | None = None,
) -> abc.DisposableBase:
    """Call ``on_value`` with a result: at once, or when it is there.

    Args:
        result: A value; an awaitable, for which an event loop must run here; or an Observable, whose first item counts.
        on_value: Called once, unless it is disposed of before.
        on_error: Called instead, where the awaitable or Observable fails, is cancelled by others, or is empty.
        scheduler: That of the subscription. A consumer's :class:`~rxstream.reactive.Scope` waits for what is cancelled.

    Returns:
        What cancels the wait, and the task that it waits for.

    Errors:
        :class:`~rxstream.errors.ConfigurationError`: an awaitable, and no event loop.

    Example:
        >>> nothing = when_done(3, print, print)
        3
    """
    if isinstance(result, Observable):
        return _first(cast("Observable[_T]", result), on_value, on_error, scheduler)
    if inspect.isawaitable(result):
        return _awaited(cast("Awaitable[_T]", result), on_value, on_error, scheduler)
    on_value(result)
    return Disposable()


def _first(
    source: Observable[_T],
    on_value: Callable[[_T], None],
    on_error: Callable[[Exception], None],
    scheduler: abc.SchedulerBase | None,
) -> abc.DisposableBase:
    subscription = SingleAssignmentDisposable()
    found = False

    def on_next(value: _T) -> None:
        nonlocal found
        if not found:
            found = True
            subscription.dispose()  # nobody waits for what else it emits
            on_value(value)

    def failed(error: Exception) -> None:
        if not found:
            on_error(error)

    def on_completed() -> None:
        if not found:
            on_error(ConfigurationError("expected the Observable to emit one item, but it completed without any"))

    subscription.disposable = source.subscribe(on_next, failed, on_completed, scheduler=scheduler)
    return subscription


def _awaited(
    result: Awaitable[_T],
    on_value: Callable[[_T], None],
    on_error: Callable[[Exception], None],
    scheduler: abc.SchedulerBase | None,
) -> abc.DisposableBase:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        if inspect.iscoroutine(result):
            result.close()
        on_error(
            ConfigurationError(
                "expected a running event loop for a function that is asynchronous: read the stream by `async for` or "
                "iterate, or give a synchronous function"
            )
        )
        return Disposable()
    task: asyncio.Future[_T] = asyncio.ensure_future(result, loop=loop)
    disposed = False

    def done(task: asyncio.Future[_T]) -> None:
        if disposed:
            if not task.cancelled():
                task.exception()  # looked at: it is nobody's any more
            return
        if task.cancelled():
            on_error(ConfigurationError("expected a result, but the task that was awaited was cancelled"))
        elif (error := task.exception()) is not None:
            on_error(error if isinstance(error, Exception) else _wrapped(error))
        else:
            on_value(task.result())

    def dispose() -> None:
        nonlocal disposed
        if disposed:
            return
        disposed = True
        if isinstance(scheduler, Scope) and not task.done():
            scheduler.closes(cast("asyncio.Task[Any]", task))
        call_in_loop(loop, task.cancel)

    task.add_done_callback(done)
    return Disposable(dispose)


def _wrapped(error: BaseException) -> Exception:
    failure = ConfigurationError(f"expected a result, but the function raised {type(error).__name__}")
    failure.__cause__ = error
    return failure
