"""An event loop in virtual time: what waits in it waits for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from rxstream.testing.jumping_loop import JumpingLoop

__all__ = ["block", "now", "run_virtually", "virtual_event_loop"]

_T = TypeVar("_T")
_REAL_SECONDS = 30.0


def run_virtually(main: Coroutine[Any, Any, _T], *, real_seconds: float = _REAL_SECONDS) -> _T:
    """Do what ``asyncio.run`` does, in virtual time: a test of a ten-minute timeout takes milliseconds.

    The clock of the loop begins at 0. Where nothing is ready, it jumps to the next timer, so ``asyncio.sleep``,
    ``asyncio.timeout``, ``loop.call_later`` and the time operators of a stream that is iterated in it wait for nothing.
    Timers that are due at the same moment go off in the order in which they were set.

    While threads work for it (``asyncio.to_thread``, a synchronous source or tool), it stands still, and they are
    really waited for.

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
        _check_that_no_loop_runs()
        _check_seconds(real_seconds)
    except (RuntimeError, ValueError):
        main.close()  # it would be warned of that it was never awaited
        raise
    loop: JumpingLoop | None = None

    def make_loop() -> JumpingLoop:
        nonlocal loop
        loop = JumpingLoop(real_seconds)
        return loop

    with asyncio.Runner(loop_factory=make_loop) as runner:
        try:
            return runner.run(main)
        finally:
            if loop is not None:
                loop.allow_the_cleanup()


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
    return JumpingLoop(real_seconds)


def _check_that_no_loop_runs() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        "expected no running event loop around run_virtually, which runs one of its own: make the test a plain "
        "function, `def` and not `async def`, that calls it; or run the asynchronous test in a virtual_event_loop"
    )


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
    if not isinstance(loop, JumpingLoop):
        raise RuntimeError(f"expected an event loop in virtual time, but {type(loop).__name__} runs here")
    loop.jump_to(loop.time() + seconds)
