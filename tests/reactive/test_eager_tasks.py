"""Tasks that begin to run while they are made, as ``asyncio.eager_task_factory`` has it from Python 3.12 on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Any

import pytest
from reactivex import operators as ops

from rxstream.errors import StreamError
from rxstream.reactive import async_source, collect, iterate
from tests.reactive.leaks import run, until

eager_task_factory: Any = getattr(asyncio, "eager_task_factory", None)
pytestmark = pytest.mark.skipif(eager_task_factory is None, reason="this Python has no eager tasks")

MOST = 1000  # of what is read of an endless source, so that a failure is no hang


class Endless:
    """A source that never lets the event loop go on."""

    def __init__(self) -> None:
        self.read = 0

    async def batches(self) -> AsyncGenerator[Iterable[int], None]:
        while self.read < MOST:
            self.read += 1
            yield [self.read]


async def _cancelled() -> AsyncGenerator[Iterable[int], None]:
    yield [1]
    raise asyncio.CancelledError


def test_an_endless_source_is_read_as_far_as_it_is_wanted() -> None:
    """Law: nothing is read before whoever subscribes can dispose."""

    async def main() -> None:
        asyncio.get_running_loop().set_task_factory(eager_task_factory)
        source = Endless()
        assert await collect(async_source(source.batches).pipe(ops.take(3))) == [1, 2, 3]
        assert source.read == 3

    run(main())


def test_a_subscription_that_is_disposed_at_once_reads_nothing() -> None:
    """Law: as where tasks begin later."""

    async def main() -> None:
        asyncio.get_running_loop().set_task_factory(eager_task_factory)
        source, taken = Endless(), list[int]()
        async_source(source.batches).subscribe(taken.append).dispose()
        await until(lambda: len(asyncio.all_tasks()) == 1, what="the reading to end")
        assert (source.read, taken) == (0, [])

    run(main())


def test_a_source_that_was_cancelled_by_others_has_failed() -> None:
    """Law: the consumer is told; it does not wait for ever."""

    async def main() -> None:
        asyncio.get_running_loop().set_task_factory(eager_task_factory)
        async with asyncio.timeout(5):
            with pytest.raises(StreamError, match="reading it was cancelled"):
                await collect(async_source(_cancelled))

    run(main())


def test_the_tasks_are_those_of_the_loop() -> None:
    """Law: who traces tasks by a factory of their own sees the one that reads."""
    made: list[str] = []

    async def main() -> None:
        def factory(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
            made.append(coroutine.__qualname__)
            return eager_task_factory(loop, coroutine, **options)

        asyncio.get_running_loop().set_task_factory(factory)
        async with iterate(async_source(Endless().batches)) as items:
            assert await anext(items) == 1

    run(main())
    assert sum("async_subscription" in name for name in made) == 1
