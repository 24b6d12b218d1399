"""Every shape of a pipeline: demand reaches the source, leaving closes it, errors and completion pass once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rxstream.reactive import iterate, iterate_sync
from tests.reactive.counted import Counted
from tests.reactive.leaks import run, until, until_sync
from tests.reactive.shapes import FREE, SHAPES, Shape

_LIMIT = 4


def _each(choose: Callable[[Shape], bool]) -> pytest.MarkDecorator:
    chosen = {name: shape for name, shape in SHAPES.items() if choose(shape)}
    return pytest.mark.parametrize("shape", chosen.values(), ids=chosen.keys())


shapes = _each(lambda shape: True)
bounded = _each(lambda shape: shape.ahead != FREE)
bounded_sync = _each(lambda shape: shape.ahead_sync != FREE)


def _sources(shape: Shape, **settings: Any) -> tuple[Any, list[Counted]]:
    sources = [Counted(**settings), Counted(**settings)]
    return shape.build(sources[0].items, sources[1].items), sources


def _read(sources: list[Counted]) -> int:
    return sum(source.read for source in sources)


async def _turns(count: int = 200) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def _rest(items: iterate[Any]) -> list[Any]:
    return [item async for item in items]


@bounded
def test_a_consumer_that_takes_nothing_stops_the_sources(shape: Shape) -> None:
    """Law: what is read ahead stays within the limit and what the shape itself holds."""

    async def main() -> None:
        pipeline, sources = _sources(shape)
        async with iterate(pipeline, limit=_LIMIT) as items:
            await _turns()
            assert 0 < _read(sources) <= _LIMIT * shape.ratio + shape.ahead
            for _ in range(10):
                await anext(items)
            await _turns()
            assert _read(sources) <= (_LIMIT + 10) * shape.ratio + shape.ahead

    run(main())


@bounded_sync
def test_a_synchronous_consumer_reads_what_it_wants(shape: Shape) -> None:
    """Law: without asyncio a source is read when an item is wanted, and no further than to the batch of it."""
    pipeline, sources = _sources(shape, sync=True)
    with iterate_sync(pipeline) as items:
        assert _read(sources) == 0
        next(items)
        waited = _read(sources) - shape.ratio if shape.waits_for_all else 0
        for taken in range(1, 11):
            assert _read(sources) <= waited + taken * shape.ratio + shape.ahead_sync
            next(items)


@shapes
def test_leaving_early_closes_every_source(shape: Shape) -> None:
    """Law: when the block is left, all that was opened is closed."""

    async def main() -> None:
        pipeline, sources = _sources(shape, length=3000)
        async with iterate(pipeline, limit=_LIMIT) as items:
            await anext(items)
        assert sum(source.opened for source in sources) >= shape.sources
        assert [source.open for source in sources] == [0, 0]
        read = _read(sources)
        await _turns(20)
        assert _read(sources) == read

    run(main())


@shapes
def test_leaving_early_closes_every_synchronous_source(shape: Shape) -> None:
    """Law: the same without asyncio; a source that reads in a thread is closed there, soon."""
    pipeline, sources = _sources(shape, length=3000, sync=True)
    with iterate_sync(pipeline) as items:
        next(items)
    until_sync(lambda: all(source.open == 0 for source in sources), what="all sources to be closed")


@shapes
def test_leaving_before_the_first_item_closes_every_source(shape: Shape) -> None:
    """Law: the same at once after entering, and in the middle of the opening."""

    async def main() -> None:
        for turns in range(6):
            pipeline, sources = _sources(shape)
            async with iterate(pipeline, limit=_LIMIT):
                await _turns(turns)
            assert [source.open for source in sources] == [0, 0]

    run(main())


@shapes
def test_an_error_passes_once_and_as_the_same_object(shape: Shape) -> None:
    """Law: the source's error reaches the consumer unchanged, after what came before it, and then nothing comes."""
    error = ValueError("the source broke")

    async def main() -> None:
        pipeline, sources = _sources(shape, length=7, error=error)
        async with iterate(pipeline, limit=_LIMIT) as items:
            with pytest.raises(ValueError, match="the source broke") as caught:
                await _rest(items)
            assert caught.value is error
            with pytest.raises(StopAsyncIteration):
                await anext(items)
        await until(lambda: all(source.open == 0 for source in sources), what="all sources to be closed")

    run(main())


@shapes
def test_an_error_passes_once_without_asyncio(shape: Shape) -> None:
    """Law: the same for synchronous sources."""
    error = ValueError("the source broke")
    pipeline, sources = _sources(shape, length=7, error=error, sync=True)
    with iterate_sync(pipeline) as items:
        with pytest.raises(ValueError, match="the source broke") as caught:
            list(items)
        assert caught.value is error
        assert list(items) == []
    until_sync(lambda: all(source.open == 0 for source in sources), what="all sources to be closed")


@shapes
def test_completion_passes_once_and_after_all_items(shape: Shape) -> None:
    """Law: a pipeline of sources that complete completes, the same in asyncio and without it."""

    async def main() -> list[Any]:
        pipeline, sources = _sources(shape, length=6)
        async with iterate(pipeline, limit=_LIMIT) as items:
            found = [item async for item in items]
            assert [item async for item in items] == []
        assert [source.open for source in sources] == [0, 0]
        return found

    found = run(main())
    pipeline, sources = _sources(shape, length=6, sync=True)
    found_sync = list(iterate_sync(pipeline))
    until_sync(lambda: all(source.open == 0 for source in sources), what="all sources to be closed")

    if not shape.lossy and shape.sources == 1:
        assert found == found_sync
