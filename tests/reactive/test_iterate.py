"""From an Observable to an asynchronous iterator."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncGenerator, Iterable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex import operators as ops
from reactivex.internal.exceptions import SequenceContainsNoElementsError

from rxstream.errors import BufferOverflowError, ConfigurationError, StreamError
from rxstream.reactive import async_source, collect, first, first_sync, iterate, last, last_sync
from tests.reactive.counted import Counted
from tests.reactive.leaks import run, until


async def _turns(count: int = 50) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_wrong_arguments_raise_at_the_call() -> None:
    """Law: what cannot work is said at once, and what was expected."""
    with pytest.raises(ValueError, match="limit of at least 1, but got 0"):
        iterate(reactivex.empty(), limit=0)
    with pytest.raises(ValueError, match="overflow to be 'suspend', 'latest' or 'error', but got 'drop'"):
        iterate(reactivex.empty(), overflow="drop")  # type: ignore[arg-type]


@pytest.mark.parametrize("limit", [1, 2, 64])
def test_a_suspended_source_reads_no_further_than_the_limit(limit: int) -> None:
    """Law: ``limit`` items wait, and one is in the hands of the source."""

    async def main() -> None:
        source = Counted()
        async with iterate(source.items, limit=limit) as items:
            for taken in range(5):
                await _turns(200)
                assert source.read == taken + limit + 1
                assert await anext(items) == taken

    run(main())


def test_the_limit_holds_within_a_batch() -> None:
    """Law: demand counts items, not reads of the network."""

    async def main() -> None:
        source = Counted(1000, batch=100)
        seen = []
        async with iterate(source.items.pipe(ops.do_action(seen.append)), limit=3):
            await _turns(200)
        assert seen == [0, 1, 2]
        assert source.open == 0

    run(main())


def test_latest_keeps_the_newest_item_only() -> None:
    """Law: with ``overflow="latest"`` the source is never held back, and one item waits."""

    async def main() -> None:
        source = Counted(100)
        async with iterate(source.items, overflow="latest") as items:
            await until(lambda: source.closed == 1, what="the source to be read to its end")
            assert [item async for item in items] == [99]

    run(main())


def test_error_raises_after_the_items_that_wait() -> None:
    """Law: with ``overflow="error"`` one item too many closes the source; what waited comes before the error."""

    async def main() -> None:
        source = Counted()
        taken = []
        async with iterate(source.items, limit=3, overflow="error") as items:
            await until(lambda: source.closed == 1, what="the source to be closed")
            with pytest.raises(BufferOverflowError) as caught:
                await _take_all(items, taken)
        assert taken == [0, 1, 2]
        assert caught.value.limit == 3

    run(main())


async def _take_all(items: iterate[Any], taken: list[Any]) -> None:
    async for item in items:
        taken.append(item)


def test_two_waiters_are_one_too_many() -> None:
    """Law: an iterator has one consumer; a second is told, and the first goes on."""

    async def main() -> None:
        subject = Subject[int]()
        async with iterate(subject) as items:
            waiter = asyncio.ensure_future(anext(items))
            await asyncio.sleep(0)
            with pytest.raises(RuntimeError, match="waited for twice at once"):
                await anext(items)
            subject.on_next(1)
            assert await waiter == 1

    run(main())


def test_closing_ends_the_waiting() -> None:
    """Law: who waits for an item when the iterator is closed sees its end."""

    async def main() -> None:
        items = iterate(reactivex.never())
        waiter = asyncio.ensure_future(anext(items))
        await asyncio.sleep(0)
        await items.aclose()
        with pytest.raises(StopAsyncIteration):
            await waiter
        await items.aclose()

    run(main())


def test_what_is_closed_before_it_began_subscribes_to_nothing() -> None:
    """Law: closing is final."""

    async def main() -> None:
        source = Counted()
        items = iterate(source.items)
        await items.aclose()
        assert [item async for item in items] == []
        assert source.opened == 0

    run(main())


def test_a_cancelled_wait_loses_no_item() -> None:
    """Law: cancelling the consumer's wait, as ``asyncio.timeout`` does, leaves the iterator as it was."""

    async def main() -> None:
        subject = Subject[int]()
        async with iterate(subject) as items:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(items), 0.001)
            subject.on_next(1)
            assert await anext(items) == 1

    run(main())


def test_an_abandoned_loop_closes_the_source() -> None:
    """Law: a bare ``async for`` that is left early closes when the iterator is dropped, though it is still read for."""

    async def main() -> None:
        for limit in (1, 1000):
            source = Counted()
            async for item in iterate(source.items, limit=limit):
                if item == 3:
                    break
            gc.collect()
            await until(lambda source=source: source.closed == 1, what="the source to be closed")

    run(main())


def test_an_iterator_that_outlives_its_loop_is_silent() -> None:
    """Law: collecting an iterator whose event loop is closed raises nothing."""
    kept: list[Any] = []

    async def main() -> None:
        kept.append(iterate(reactivex.never()))
        await kept[0].__aenter__()

    asyncio.run(main())
    kept.clear()
    gc.collect()


def test_items_of_other_threads_arrive_in_order() -> None:
    """Law: what an operator with a scheduler of its own pushes comes over to the loop, the end last."""

    async def main() -> list[int]:
        subject = Subject[int]()

        def push() -> None:
            for number in range(100):
                subject.on_next(number)
            subject.on_completed()

        async with iterate(subject) as items:
            thread = threading.Thread(target=push)
            thread.start()
            found = [item async for item in items]
        thread.join()
        return found

    assert run(main()) == list(range(100))


def test_an_error_of_another_thread_arrives() -> None:
    """Law: and so does an error."""

    async def main() -> None:
        subject = Subject[int]()
        async with iterate(subject) as items:
            thread = threading.Thread(target=subject.on_error, args=(ValueError("far away"),))
            thread.start()
            with pytest.raises(ValueError, match="far away"):
                await anext(items)
        thread.join()

    run(main())


def test_disposing_in_another_thread_closes_the_source() -> None:
    """Law: ``dispose`` may be called from anywhere; nothing is delivered afterwards."""

    async def main() -> None:
        for turns in range(8):
            source = Counted()
            seen: list[int] = []
            subscription = source.items.subscribe(seen.append)
            await _turns(turns)
            await asyncio.to_thread(subscription.dispose)
            count = len(seen)
            await until(lambda source=source: source.open == 0, what="the source to be closed")
            assert len(seen) == count

    run(main())


def test_disposing_after_the_loop_has_closed_raises_nothing() -> None:
    """Law: a subscription that outlives its loop can be disposed of."""

    async def main() -> Any:
        return Counted().items.subscribe(lambda item: None)

    subscription = asyncio.run(main())
    thread = threading.Thread(target=subscription.dispose)
    thread.start()
    thread.join()
    subscription.dispose()


@pytest.mark.parametrize("times", [1, 2])
def test_disposing_inside_on_next_closes_the_source(times: int) -> None:
    """Law: the source is closed, in full, when its own push disposes; twice is once."""

    async def main() -> None:
        source = Counted()
        seen: list[int] = []

        def on_next(item: int) -> None:
            seen.append(item)
            if item == 2:
                for _ in range(times):
                    subscription.dispose()

        subscription = source.items.subscribe(on_next)
        await until(lambda: source.closed == 1, what="the source to be closed")
        assert seen == [0, 1, 2]

    run(main())


def test_closing_is_not_cancelled_by_a_second_dispose() -> None:
    """Law: a source that closes because its push disposed is left to close in peace, whoever disposes then."""

    async def main() -> None:
        steps: list[str] = []

        async def batches() -> AsyncGenerator[Iterable[int], None]:
            try:
                while True:
                    yield [1]
                    await asyncio.sleep(0)
            finally:
                steps.append("closing")
                await asyncio.sleep(0.01)
                steps.append("closed")

        async with iterate(async_source(batches).pipe(ops.take(1))) as items:
            assert [item async for item in items] == [1]
            assert steps == ["closing", "closed"]
        seen: list[int] = []

        def dispose_elsewhere(item: int) -> None:
            seen.append(item)
            thread = threading.Thread(target=subscription.dispose)
            thread.start()
            thread.join()

        subscription = async_source(batches).subscribe(dispose_elsewhere)
        await until(lambda: steps[2:] == ["closing", "closed"], what="the source to close in full")
        assert seen == [1]

    run(main())


def test_what_opening_raises_is_the_error() -> None:
    """Law: a source that cannot be opened ends with the error of its opening."""

    async def refuses() -> AsyncGenerator[Iterable[int], None]:
        raise OSError("refused")
        yield []

    def raises() -> AsyncGenerator[Iterable[int], None]:
        raise OSError("refused")

    async def main() -> None:
        for opens in (refuses, raises):
            with pytest.raises(OSError, match="refused"):
                await collect(async_source(opens))

    run(main())


def test_a_subscriber_that_raises_ends_its_own_subscription() -> None:
    """Law: it gets its error, and the source is closed."""

    async def main() -> None:
        source = Counted()
        errors: list[Exception] = []
        raised = KeyError("a mistake of the subscriber")

        def on_next(item: int) -> None:
            if item == 2:
                raise raised

        source.items.subscribe(on_next, errors.append)
        await until(lambda: source.closed == 1 and bool(errors), what="the source to be closed")
        assert errors == [raised]
        assert errors[0] is raised

    run(main())


def test_what_a_subscriber_raises_after_it_disposed_is_not_lost() -> None:
    """Law: where no observer is left to be told, the event loop is."""

    async def main() -> list[Any]:
        source = Counted()
        told: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context.get("exception")))

        def on_next(_item: int) -> None:
            subscription.dispose()
            raise KeyError("a mistake")

        subscription = source.items.subscribe(on_next)
        await until(lambda: source.closed == 1, what="the source to be closed")
        await _turns()
        gc.collect()
        return told

    told = asyncio.run(main())
    assert [type(error) for error in told] == [KeyError]


def test_a_cancelled_awaitable_of_the_source_is_an_error() -> None:
    """Law: cancellation that nobody asked of the source does not end the stream in silence."""

    async def batches() -> AsyncGenerator[Iterable[int], None]:
        yield [1]
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    async def main() -> None:
        with pytest.raises(StreamError, match="reading it was cancelled") as caught:
            await asyncio.wait_for(collect(async_source(batches)), 1)
        assert isinstance(caught.value.__cause__, asyncio.CancelledError)

    run(main())


def test_cancelling_the_consumer_closes_the_source() -> None:
    """Law: a cancelled task leaves its block, and the source is closed before it ends."""

    async def main() -> None:
        source = Counted()

        async def consume() -> None:
            async with iterate(source.items, limit=2) as items:
                async for _ in items:
                    await asyncio.sleep(0)

        for turns in range(12):
            task = asyncio.create_task(consume())
            await _turns(turns)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert source.open == 0

    run(main())


def test_a_base_exception_reaches_the_loop() -> None:
    """Law: what is no ``Exception`` is nobody's stream error; the source is closed all the same."""
    source = Counted()

    async def main() -> None:
        def on_next(_item: int) -> None:
            raise KeyboardInterrupt

        source.items.subscribe(on_next)
        await asyncio.sleep(1)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    assert source.open == 0


def test_an_asynchronous_source_without_a_loop_says_so() -> None:
    """Law: and so it does where a synchronous consumer would block the loop."""
    source = Counted()
    with pytest.raises(ConfigurationError, match="a running event loop"):
        source.items.run()

    async def main() -> None:
        from rxstream.reactive import collect_sync

        with pytest.raises(ConfigurationError, match="would block the event loop"):
            collect_sync(source.items)

    run(main())
    assert source.opened == 0


def test_two_subscriptions_are_independent() -> None:
    """Law: the source is cold."""

    async def main() -> None:
        source = Counted(5)
        async with iterate(source.items) as left, iterate(source.items) as right:
            assert [await anext(left), await anext(left), await anext(right)] == [0, 1, 0]
        assert source.opened == source.closed == 2

    run(main())


def test_first_last_and_collect_close_the_source() -> None:
    """Law: one value, or all; none is an error of its own kind."""

    async def main() -> None:
        source = Counted(5)
        assert await first(source.items) == 0
        assert await last(source.items) == 4
        assert await collect(source.items) == [0, 1, 2, 3, 4]
        assert source.opened == source.closed == 3
        empty: Observable[int] = Counted(0).items
        for settle in (first, last):
            with pytest.raises(Exception, match="no elements"):
                await settle(empty)
        assert await collect(empty) == []

    run(main())


def test_a_hot_source_that_is_shared_is_released_by_who_leaves() -> None:
    """Law: when the connecting consumer leaves, the others still get what comes; when the last leaves, it is closed."""

    async def main() -> None:
        source = Counted()
        shared = source.items.pipe(ops.share())
        async with iterate(shared, limit=2) as second_to_last, iterate(shared, limit=2) as last_one:
            await second_to_last.aclose()
            taken = [await anext(last_one) for _ in range(20)]
        assert taken == list(range(taken[0], taken[0] + 20))
        await until(lambda: source.open == 0, what="the source to be closed")

    run(main())


def test_where_nothing_comes_the_default_is_returned() -> None:
    """``first`` and ``last``, with asyncio and without: a default for an empty source, but not for one that fails."""
    empty: Any = reactivex.empty()
    failing: Any = reactivex.throw(ValueError("boom"))
    assert asyncio.run(first(empty, default=None)) is None
    assert asyncio.run(last(empty, default=7)) == 7
    assert first_sync(empty, default="x") == "x"
    assert last_sync(empty, default=0) == 0
    for get in (first_sync, last_sync):
        with pytest.raises(SequenceContainsNoElementsError):
            get(empty)
        with pytest.raises(ValueError, match="boom"):
            get(failing, default=0)
