"""An event loop in virtual time: what waits in it waits for nothing."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class _Selector(selectors.DefaultSelector):
    """Where nothing is ready, time goes on instead of being waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout is not None:
            self.seconds += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.virtual = _Selector()
        super().__init__(self.virtual)

    def time(self) -> float:
        return self.virtual.seconds


def run_virtually(main: Coroutine[Any, Any, _T]) -> _T:
    """``asyncio.run`` in virtual time, for programs without threads and sockets."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)


def now() -> float:
    """The virtual time."""
    return asyncio.get_running_loop().time()


def block(seconds: float) -> None:
    """Keep the loop from doing anything else for so long, as ``time.sleep`` would."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, _Loop)
    loop.virtual.seconds += seconds
