"""A synchronous source that is read in a thread beside an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from rxstream.reactive.batch_reader import BatchReader
from rxstream.reactive.own_time import thread_works
from rxstream.reactive.raising import as_exception
from rxstream.reactive.sync_scope import ReaderThread

__all__ = ["read_in_thread"]

_T = TypeVar("_T")
_END: Any = object()
_CLOSING_SECONDS = 1.0  # a read that nothing can interrupt is left behind in its thread, which closes the reader later


async def read_in_thread(open_reader: Callable[[], BatchReader[_T]]) -> AsyncGenerator[Iterable[_T], None]:
    """Read batches in a thread; close the reader there too, before the generator ends."""
    thread = ReaderThread()
    reader: BatchReader[_T] | None = None
    batches: Iterator[Iterable[_T]] = iter(())
    reading: Future[Any] | None = None
    closing = False

    def read() -> Any:
        nonlocal reader, batches
        if closing:
            return _END
        if reader is None:
            reader = open_reader()
            if closing:  # begun while it was opened, and nobody could interrupt it
                return _END
            batches = iter(reader)
        return next(batches, _END)

    def read_or_fail() -> Any:
        try:
            return read()
        except (StopIteration, GeneratorExit) as error:  # a future hands on neither: a coroutine would end by them
            raise as_exception(error) from error

    def close() -> None:
        if reader is not None:
            reader.close()

    try:
        while True:
            reading = thread.submit(read_or_fail)
            with thread_works():
                batch = await asyncio.wrap_future(reading)
            if batch is _END:
                return
            yield batch
    finally:
        closing = True
        if reader is not None and reading is not None and not reading.done():
            reader.interrupt()
        closed = thread.submit(close)
        thread.close()
        await _wait_for(closed)


async def _wait_for(closed: Future[Any]) -> None:
    # Not `wrap_future`: its cancellation would take the closing out of the thread's queue.
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def tell(_closed: Future[Any]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(done.set)

    closed.add_done_callback(tell)
    with suppress(TimeoutError), thread_works(at_most_seconds=_CLOSING_SECONDS):
        async with asyncio.timeout(_CLOSING_SECONDS):
            await done.wait()
    if closed.done():
        closed.result()
