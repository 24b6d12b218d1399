"""An event loop whose clock jumps to the next timer, instead of going there."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import selectors
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from rxstream.reactive.own_time import OwnTime

__all__ = ["JumpingLoop"]

_A_MOMENT = 0.05
_RESOLUTION = 1e-9


def _refuse() -> NoReturn:
    raise RuntimeError(
        "expected no sockets, pipes or processes in an event loop in virtual time, which cannot tell how long "
        "they take; use a transport in process, such as rxstream.simulated.SimulatedTransport"
    )


class _Selector(selectors.DefaultSelector):
    """Where nothing is ready, time jumps instead of being waited for.

    While threads work for the loop, time stands still and they are really waited for: how long they take is not known
    to the virtual clock.
    """

    def __init__(self, real_seconds: float, now: Callable[[], float], jump: Callable[[], None]) -> None:
        super().__init__()
        self._now = now
        self._jump = jump
        self._working: dict[object, float] = {}
        self._allowed = real_seconds
        self._deadline = time.monotonic() + real_seconds

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        if len(self.get_map()) > 0:  # the first one is the loop's own, through which threads wake it
            _refuse()
        return super().register(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        self._check("it goes on without end, or something in it blocks")
        if ready or timeout == 0:
            return ready
        while timeout is None or self._a_thread_works():
            if ready := super().select(_A_MOMENT):
                return ready
            self._check_that_somebody_wakes_it()
        self._jump()
        return []

    def _a_thread_works(self) -> bool:
        real = time.monotonic()
        return any(real < until for until in self._working.values())

    def _check_that_somebody_wakes_it(self) -> None:
        if threading.active_count() == 1:  # nobody is there who could
            self._deadline = 0.0
        elif self._a_thread_works():
            self._check("a thread works for it, and does not come to an end")
        self._check("nothing in it is due, and nobody wakes it: it waits for something that never comes")

    @contextmanager
    def waiting_for_a_thread(self, at_most_seconds: float) -> Generator[None, None, None]:
        """Stand still in the block, but for so many real seconds at most."""
        work = object()
        self._working[work] = time.monotonic() + at_most_seconds
        try:
            yield
        finally:
            del self._working[work]

    def allow_the_cleanup(self) -> None:
        """Give what is cancelled as much time as the program had."""
        self._deadline = time.monotonic() + self._allowed

    def _check(self, why: str) -> None:
        if time.monotonic() > self._deadline:
            self.allow_the_cleanup()
            raise AssertionError(
                f"expected the program to end, within {self._allowed:g} real seconds at most, but at "
                f"{self._now():g} virtual seconds {why}"
            )


class _Timer(asyncio.TimerHandle):
    """A timer with a number: of those that are due at once, the heap of asyncio has an order of its own."""

    __slots__ = ("_number",)

    if TYPE_CHECKING:  # of the base class, whose stubs do not show it
        _scheduled: bool

    def __init__(self, number: int, when: float, *rest: Any) -> None:
        super().__init__(when, *rest)
        self._number = number

    def __lt__(self, other: asyncio.TimerHandle) -> bool:
        if isinstance(other, _Timer):
            return (self.when(), self._number) < (other.when(), other._number)
        return super().__lt__(other)

    def enter(self, queue: list[asyncio.TimerHandle]) -> None:
        heapq.heappush(queue, self)
        self._scheduled = True


class JumpingLoop(OwnTime, asyncio.SelectorEventLoop):
    """See :func:`rxstream.testing.virtual_event_loop`.

    Args:
        real_seconds: How long it may really take.
    """

    if TYPE_CHECKING:  # of the base class, whose stubs do not show it
        _clock_resolution: float
        _scheduled: list[asyncio.TimerHandle]

        def _check_closed(self) -> None: ...

    def __init__(self, real_seconds: float) -> None:
        self._seconds = 0.0
        self._began = datetime.now(UTC)
        self._numbers = itertools.count()
        self._selected_by = _Selector(real_seconds, self.time, self._jump)
        super().__init__(self._selected_by)
        self.allow_the_cleanup = self._selected_by.allow_the_cleanup

    def time(self) -> float:
        return self._seconds

    def time_of_day(self) -> datetime:
        return self._began + timedelta(seconds=self._seconds)

    def jump_to(self, seconds: float) -> None:
        """Set the clock."""
        self._seconds = seconds
        # What is due less than this after now is due; where numbers are far apart, nothing would be.
        self._clock_resolution = max(_RESOLUTION, math.ulp(seconds))

    def _jump(self) -> None:
        self.jump_to(self._scheduled[0].when())  # the selector's timeout is a day at most, and a difference

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        self._check_closed()
        timer = _Timer(next(self._numbers), when, callback, args, self, context)
        if when < math.inf:  # what is never due does not let time go on
            timer.enter(self._scheduled)
        return timer

    def thread_works(self, at_most_seconds: float) -> AbstractContextManager[None]:
        return self._selected_by.waiting_for_a_thread(at_most_seconds)

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        with ExitStack() as stack:
            stack.enter_context(self.thread_works(math.inf))
            future = super().run_in_executor(executor, func, *args)
            working = stack.pop_all()
        future.add_done_callback(lambda _future: working.close())
        return future

    async def shutdown_default_executor(self, *timeout: float) -> None:  # its timeout came with Python 3.12
        with self.thread_works(math.inf):
            await super().shutdown_default_executor(*timeout)

    async def subprocess_exec(self, *_: Any, **__: Any) -> NoReturn:
        _refuse()

    async def subprocess_shell(self, *_: Any, **__: Any) -> NoReturn:
        _refuse()
