"""What must not be left when a test ends: tasks, threads, file descriptors."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

_T = TypeVar("_T")

_SECONDS = 2.0


def run(main: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine as ``asyncio.run`` does; fail if it leaves a task behind, or an error that nobody was told."""
    unhandled: list[dict[str, Any]] = []

    async def watched() -> _T:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unhandled.append(context))
        result = await main
        await until(lambda: len(asyncio.all_tasks()) == 1, what=lambda: f"no task but this one: {asyncio.all_tasks()}")
        gc.collect(1)  # what is young: a full collection takes longer than most tests
        return result

    result = asyncio.run(watched())
    assert not unhandled, unhandled
    return result


async def until(condition: Callable[[], bool], *, what: Callable[[], str] | str, seconds: float = _SECONDS) -> None:
    """Let the loop run until a condition holds."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, f"expected {what if isinstance(what, str) else what()}"
        await asyncio.sleep(0.001)


def until_sync(condition: Callable[[], bool], *, what: Callable[[], str] | str, seconds: float = _SECONDS) -> None:
    """Wait until a condition holds."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, f"expected {what if isinstance(what, str) else what()}"
        time.sleep(0.001)


def _open_files() -> dict[str, str]:
    """Return the open file descriptors and what they are of; none where the system does not tell."""
    found: dict[str, str] = {}
    if not os.path.isdir("/proc/self/fd"):
        return found
    for number in os.listdir("/proc/self/fd"):
        try:
            found[number] = os.readlink(f"/proc/self/fd/{number}")
        except OSError:  # the descriptor of the listing itself
            continue
    return found


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail if a thread or a file descriptor is left at the end that was not there at the beginning."""
    threads, files = set(threading.enumerate()), _open_files()
    yield
    gc.collect(1)
    if set(threading.enumerate()) - threads or len(_open_files()) > len(files):
        gc.collect()
    until_sync(
        lambda: not set(threading.enumerate()) - threads,
        what=lambda: f"no thread to be left, but there is {set(threading.enumerate()) - threads}",
    )
    until_sync(
        lambda: len(_open_files()) <= len(files),
        what=lambda: f"no file to be left open, but there is {_open_files().items() - files.items()}",
    )
