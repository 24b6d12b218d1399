"""Synchronous sources read from asyncio."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

from rxstream.errors import StreamError
from rxstream.reactive import collect, iterate, sync_source
from tests.reactive.counted import Counted
from tests.reactive.leaks import run, until
from tests.reactive.test_iterate_sync import Blocking


def test_a_blocking_source_does_not_block_the_loop() -> None:
    """Law: it is read in a thread, while the loop goes on."""

    async def main() -> None:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        source = Counted(5, sync=True, pause=lambda: time.sleep(0.005))
        before = turns
        assert await collect(source.items) == [0, 1, 2, 3, 4]
        assert turns - before > 50
        assert source.open == 0
        counting.cancel()

    run(main())


def test_demand_reaches_the_thread() -> None:
    """Law: a batch is read when the one before was taken in; no more."""

    async def main() -> None:
        source = Counted(sync=True)
        async with iterate(source.items, limit=3) as items:
            await asyncio.sleep(0.02)
            assert source.read == 4
            assert [await anext(items) for _ in range(5)] == [0, 1, 2, 3, 4]
        assert source.open == 0

    run(main())


@pytest.mark.serial
def test_leaving_interrupts_a_read_that_blocks() -> None:
    """Law: the block is left when the reader is closed, at once where it can be interrupted."""

    async def main() -> None:
        reader = Blocking()
        async with iterate(sync_source(lambda: reader)) as items:
            assert await anext(items) == 0
            await until(reader.reading.is_set, what="the read to block")
            begun = time.monotonic()
        assert reader.closed == 1
        assert time.monotonic() - begun < 0.5

    run(main())


def test_a_read_that_cannot_be_interrupted_is_left_behind() -> None:
    """Law: leaving waits a second for it, not for ever; the reader is closed when the read returns."""

    async def main() -> None:
        reader = Blocking()
        release, reader.interrupt = reader.interrupt, lambda: None  # type: ignore[method-assign]
        async with iterate(sync_source(lambda: reader)) as items:
            assert await anext(items) == 0
            await until(reader.reading.is_set, what="the read to block")
        assert reader.closed == 0
        release()
        await until(lambda: reader.closed == 1, what="the reader to be closed")

    run(main())


def test_the_reader_is_closed_before_the_end_is_told() -> None:
    """Law: terminal notifications come after the closing, an error's too."""

    async def main() -> None:
        for error in (None, ValueError("broke")):
            source = Counted(2, sync=True, error=error)
            open_at_end: list[int] = []
            loop = asyncio.get_running_loop()
            done = loop.create_future()

            def end(_error: Any = None, source: Any = source, seen: Any = open_at_end, done: Any = done) -> None:
                seen.append(source.open)
                done.set_result(None)

            async with iterate(source.items.pipe(ops.do_action(on_error=end, on_completed=end)), limit=9):
                await done
            assert open_at_end == [0]

    run(main())


def test_two_blocking_sources_are_read_at_once() -> None:
    """Law: each has a thread of its own."""

    async def main() -> None:
        blocking, source = Blocking(give=0), Counted(20, sync=True)
        async with iterate(reactivex.merge(sync_source(lambda: blocking), source.items)) as items:
            assert [await anext(items) for _ in range(20)] == list(range(20))
        assert blocking.closed == 1

    run(main())


def test_the_thread_has_the_context_of_the_subscriber() -> None:
    """Law: context variables, which tracing relies on, reach the reading."""
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="outside")
    seen: list[tuple[str, bool]] = []

    class Reader(Blocking):
        def __iter__(self) -> Any:
            seen.append((variable.get(), threading.current_thread().daemon))
            return iter(())

    async def main() -> None:
        variable.set("inside")
        assert await collect(sync_source(Reader)) == []

    run(main())
    assert seen == [("inside", True)]


def test_what_opening_raises_is_the_error() -> None:
    """Law: in the thread as anywhere."""

    def refuses() -> Any:
        raise OSError("refused")

    async def main() -> None:
        with pytest.raises(OSError, match="refused"):
            await collect(sync_source(refuses))

    run(main())


@pytest.mark.parametrize("error", [StopIteration(), GeneratorExit()], ids=lambda error: type(error).__name__)
def test_what_would_end_a_coroutine_is_an_error(error: BaseException) -> None:
    """Law: nobody waits for ever for a reader that cannot begin, whatever it raises."""

    class Reader(Blocking):
        def __iter__(self) -> Any:
            raise error

    async def main() -> None:
        async with asyncio.timeout(5):
            with pytest.raises(StreamError, match="was raised") as raised:
                await collect(sync_source(Reader))
        assert raised.value.__cause__ is error

    run(main())
