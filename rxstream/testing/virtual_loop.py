"""An event loop in virtual time: what waits in it waits for nothing."""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

__all__ = ["block", "now", "run_virtually", "virtual_event_loop"]

_T = TypeVar("_T")
_REAL_SECONDS = 30.0
_A_MOMENT = 0.05


class _Selector(selectors.DefaultSelector):
    """Where nothing is ready, time goes on instead of being waited for.

    While threads work for the loop, time stands still and they are really waited for: how long they take is not known
    to the virtual clock.
    """

    def __init__(self, real_seconds: float) -> None:
        super().__init__()
        self.seconds = 0.0
        self.threads = 0
        self._allowed = real_seconds
        self._deadline = time.monotonic() + real_seconds

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        if len(self.get_map()) > 0:  # the first one is the loop's own, through which threads wake it
            raise RuntimeError(
                "expected no sockets, pipes or processes in an event loop in virtual time, which cannot tell how long "
                "they take; use a transport in process, such as rxstream.simulated.SimulatedTransport"
            )
        return super().register(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        self._check("it goes on without end, or something in it blocks")
        if ready or timeout == 0:
            return ready
        if timeout is None or self.threads:
            return self._wait_for_a_thread()
        self.seconds += timeout
        return []

    def _wait_for_a_thread(self) -> list[Any]:
        while not (ready := super().select(_A_MOMENT)):
            if threading.active_count() == 1:  # nobody is there who could wake it
                self._deadline = 0.0
            self._check("nothing in it is due, and nobody wakes it: it waits for something that never comes")
        return ready

    def allow_the_cleanup(self) -> None:
        """Give what is cancelled as much time as the program had."""
        self._deadline = time.monotonic() + self._allowed

    def _check(self, why: str) -> None:
        if time.monotonic() > self._deadline:
            self.allow_the_cleanup()
            raise AssertionError(
                f"expected the program to end, within {self._allowed:g} real seconds at most, but at "
                f"{self.seconds:g} virtual seconds {why}"
            )


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, real_seconds: float) -> None:
        self.virtual = _Selector(real_seconds)
        super().__init__(self.virtual)

    def time(self) -> float:
        return self.virtual.seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        self.virtual.threads += 1
        try:
            future = super().run_in_executor(executor, func, *args)
        except BaseException:
            self._a_thread_is_done()
            raise
        future.add_done_callback(self._a_thread_is_done)
        return future

    async def shutdown_default_executor(self, *timeout: float) -> None:  # its timeout came with Python 3.12
        self.virtual.threads += 1
        try:
            await super().shutdown_default_executor(*timeout)
        finally:
            self._a_thread_is_done()

    def _a_thread_is_done(self, _future: object = None) -> None:
        self.virtual.threads -= 1


def run_virtually(main: Coroutine[Any, Any, _T], *, real_seconds: float = _REAL_SECONDS) -> _T:
    """Do what ``asyncio.run`` does, in virtual time: a test of a ten-minute timeout takes milliseconds.

    The clock of the loop begins at 0. Where nothing is ready, it jumps to the next timer, so ``asyncio.sleep``,
    ``asyncio.timeout``, ``loop.call_later`` and the time operators of a stream that is iterated in it wait for nothing.
    While functions run in threads (``asyncio.to_thread``), it stands still, and they are really waited for.

    A program that waits for what never comes is found out, and ended, instead of hanging.

    Args:
        main: The program.
        real_seconds: How long it may really take; more is taken for a hang. One that no other thread can end is found
            at once.

    Returns:
        What the program returns.

    Raises:
        AssertionError: The program hangs: nothing is due and nobody wakes it, or it goes on for ever.
        RuntimeError: It opens a socket, a pipe or a process, or another event loop runs in this thread. Where a task
            group opens it, as HTTP clients do to connect, the error is in an ``ExceptionGroup``.
        ValueError: ``real_seconds`` is not above 0.

    Example:
        >>> import asyncio
        >>> from rxstream import ResponseTimeoutError, collect, from_events, timeouts
        >>> from rxstream.testing import created
        >>> async def stalled():
        ...     yield created()
        ...     await asyncio.Event().wait()
        >>> async def main():
        ...     try:
        ...         await collect(from_events(stalled()).pipe(timeouts(total_seconds=600)))
        ...     except ResponseTimeoutError as error:
        ...         print(error, "-", now())
        >>> run_virtually(main())
        expected the response to end within 600 s (total_seconds) - 600.0
    """
    try:
        _check_seconds(real_seconds)
    except ValueError:
        main.close()  # it would be warned of that it was never awaited
        raise
    loop: _Loop | None = None

    def make_loop() -> _Loop:
        nonlocal loop
        loop = _Loop(real_seconds)
        return loop

    with asyncio.Runner(loop_factory=make_loop) as runner:
        try:
            return runner.run(main)
        finally:
            if loop is not None:
                loop.virtual.allow_the_cleanup()


def virtual_event_loop(*, real_seconds: float = _REAL_SECONDS) -> asyncio.AbstractEventLoop:
    """Return a new event loop in virtual time, for those who run a loop themselves: step by step, or in a fixture.

    Args:
        real_seconds: How long it may really take, from now on; more is taken for a hang, which is an AssertionError.

    Returns:
        A loop as of :func:`run_virtually`; close it in the end, as ``asyncio.Runner`` does.

    Raises:
        ValueError: ``real_seconds`` is not above 0.

    Example:
        >>> import asyncio
        >>> async def step():
        ...     await asyncio.sleep(600)
        ...     return now()
        >>> with asyncio.Runner(loop_factory=virtual_event_loop) as runner:
        ...     print(runner.run(step()), runner.run(step()))
        600.0 1200.0
    """
    _check_seconds(real_seconds)
    return _Loop(real_seconds)


def _check_seconds(real_seconds: float) -> None:
    if not real_seconds > 0:
        raise ValueError(f"expected real_seconds above 0, but got {real_seconds!r}")


def now() -> float:
    """Return the time of the event loop that runs here, in seconds.

    Example:
        >>> async def main():
        ...     await asyncio.sleep(600)
        ...     return now()
        >>> run_virtually(main())
        600.0
    """
    return asyncio.get_running_loop().time()


def block(seconds: float) -> None:
    """Keep the virtual loop that runs here from doing anything else for so long, as ``time.sleep`` would.

    Raises:
        RuntimeError: The loop that runs here is not one of :func:`run_virtually`.

    Example:
        >>> async def main():
        ...     asyncio.get_running_loop().call_later(1, lambda: print("due at 1, done at", now()))
        ...     block(5)
        ...     await asyncio.sleep(1)
        >>> run_virtually(main())
        due at 1, done at 5.0
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, _Loop):
        raise RuntimeError(f"expected an event loop in virtual time, but {type(loop).__name__} runs here")
    loop.virtual.seconds += seconds
