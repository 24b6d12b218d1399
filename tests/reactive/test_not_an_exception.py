"""What is raised and is no ``Exception``: no operator handles it, and everyone who waits hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import reactivex
from reactivex import Observable
from reactivex import operators as ops

from rxstream import fallback, share_replay
from rxstream.errors import StreamError
from rxstream.reactive import Scope, async_source, collect, collect_sync, iterate, sync_source
from tests.reactive.counted import Counted
from tests.reactive.leaks import until

SECONDS = 5.0  # after which it hangs


class Outcome(BaseException):
    """As ``pytest.fail`` and Rust's panics are."""


def _raises(*_: Any) -> Any:
    raise Outcome


class _Reader:
    def __iter__(self) -> Iterator[list[int]]:
        yield [1]
        raise Outcome

    def close(self) -> None:
        pass

    def interrupt(self) -> None:
        pass


async def _batches() -> AsyncGenerator[Iterable[int], None]:
    yield [1]
    raise Outcome


def run(main: Callable[[], Any]) -> tuple[Any, list[Any]]:
    """Return what a coroutine returned, and the errors that the loop was told of."""
    told: list[Any] = []

    async def watched() -> Any:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context["exception"]))
        async with asyncio.timeout(SECONDS):
            result = await main()
            await until(lambda: len(asyncio.all_tasks()) == 1, what="no task to be left")
        return result

    return asyncio.run(watched()), told


SHAPES: dict[str, Callable[[], Observable[Any]]] = {
    "the source": lambda: async_source(_batches),
    "a source in a thread": lambda: sync_source(_Reader),
    "opening it": lambda: async_source(_raises),
    "an operator": lambda: Counted(3).items.pipe(ops.map(_raises)),
    "an operator behind a thread": lambda: Counted(3, sync=True).items.pipe(ops.map(_raises)),
    "an operator at the end": lambda: Counted(3).items.pipe(ops.do_action(on_completed=_raises)),
    "a timer": lambda: Counted(3).items.pipe(ops.delay(0.001), ops.map(_raises)),
    "Rx's own source": lambda: reactivex.of(1).pipe(ops.delay(0.001), ops.map(_raises)),
    "an operator that handles errors": lambda: Counted(3).items.pipe(ops.map(_raises), ops.catch(reactivex.of(0))),
    "an operator that tries again": lambda: async_source(_batches).pipe(ops.retry(2)),
    "another request": lambda: fallback(async_source(_raises), reactivex.of(0)),
}


@pytest.mark.parametrize("make", SHAPES.values(), ids=SHAPES)
def test_the_consumer_gets_the_very_thing(make: Callable[[], Observable[Any]]) -> None:
    """Law: it is raised where the stream is iterated, as where nothing is asynchronous; no operator swallows it."""

    async def main() -> None:
        with pytest.raises(Outcome):
            await collect(make())

    assert run(main) == (None, [])


def test_a_synchronous_consumer_gets_it_too() -> None:
    """Law: both kinds of consumer agree."""
    with pytest.raises(Outcome):
        collect_sync(Counted(3, sync=True).items.pipe(ops.map(_raises), ops.catch(reactivex.of(0))))


def test_what_came_before_it_is_given_before_it() -> None:
    """Law: as with errors; and the source is closed when it is raised."""

    async def main() -> None:
        source, taken = Counted(9), list[int]()
        piped = source.items.pipe(ops.map(lambda number: number if number < 3 else _raises()))
        async with iterate(piped) as items:
            with pytest.raises(Outcome):
                await _take_all(items, taken)
        assert taken == [0, 1, 2]
        assert (source.opened, source.open) == (1, 0)

    assert run(main) == (None, [])


async def _take_all(items: iterate[int], taken: list[int]) -> None:
    async for item in items:
        taken.append(item)


def test_a_generator_exit_of_a_callback_is_no_end() -> None:
    """Law: what looks as if the reading were closed from outside does not end it in silence."""

    def leave(_number: int) -> int:
        raise GeneratorExit

    async def main() -> None:
        with pytest.raises(GeneratorExit):
            await collect(Counted(3).items.pipe(ops.map(leave)))

    assert run(main) == (None, [])


def test_who_subscribed_without_iterating_gets_an_error() -> None:
    """Law: ``on_error`` takes an Exception; the loop is told what it was, in case an operator handles that."""

    async def main() -> list[Exception]:
        errors: list[Exception] = []
        async_source(_batches).subscribe(on_error=errors.append)
        await until(lambda: bool(errors), what="the subscriber to be told")
        return errors

    errors, told = run(main)
    assert [type(error) for error in errors] == [StreamError]
    assert "but Outcome was raised" in str(errors[0])
    assert errors[0].__cause__ is told[0]
    assert [type(error) for error in told] == [Outcome]


def test_every_subscriber_of_a_shared_stream_hears_of_it() -> None:
    """Law: nobody waits for ever for a source that is read for several."""

    async def main() -> list[Any]:
        shared = async_source(_batches).pipe(share_replay())
        return await asyncio.gather(collect(shared), collect(shared), return_exceptions=True)

    errors, _ = run(main)
    assert [isinstance(error.__cause__, Outcome) for error in errors] == [True, True]


@pytest.mark.parametrize("sync", [False, True])
def test_a_subscriber_of_a_shared_stream_that_raises_it_raises_it_alone(sync: bool) -> None:
    """Law: the others go on."""

    async def main() -> list[Any]:
        shared = Counted(3, sync=sync).items.pipe(share_replay())
        raising = shared.pipe(ops.map(_raises), ops.catch(reactivex.of(0)))
        return await asyncio.gather(collect(shared), collect(raising), collect(shared), return_exceptions=True)

    (before, raised, after), told = run(main)
    assert before == after == [0, 1, 2]
    assert isinstance(raised, Outcome)
    assert told == []


def test_a_cancellation_out_of_a_timer_is_an_error() -> None:
    """Law: it does not look as if somebody had cancelled the consumer, and it is no end."""

    def cancelled(_number: int) -> None:
        raise asyncio.CancelledError

    async def main() -> None:
        with pytest.raises(StreamError, match="but CancelledError was raised"):
            await collect(reactivex.of(1).pipe(ops.delay(0.001), ops.map(cancelled)))

    assert run(main) == (None, [])


@pytest.mark.parametrize("make", [SHAPES["the source"], SHAPES["an operator"], SHAPES["a timer"]])
@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_ends_it(
    make: Callable[[], Observable[Any]], kind: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law: it leaves the event loop at once, as it does out of any task of asyncio, and is no error of the stream."""
    monkeypatch.setattr(f"{__name__}.Outcome", kind)

    async def main() -> None:
        await collect(make())
        raise AssertionError("not reached")

    with pytest.raises(kind):
        run(main)


def test_a_loop_that_goes_on_after_it_lets_the_consumer_go_on_too() -> None:
    """Law: who runs the loop again finds a consumer that was told, and does not wait."""

    def interrupt(_number: int) -> None:
        raise KeyboardInterrupt

    loop = asyncio.new_event_loop()
    try:
        consuming = loop.create_task(collect(Counted(3).items.pipe(ops.map(interrupt))))
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(consuming)
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(asyncio.wait([consuming], timeout=SECONDS))
        assert isinstance(consuming.exception(), KeyboardInterrupt)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def test_a_subscriber_that_had_left_is_not_called_again() -> None:
    """Law: what a callback raises after it disposed is told to the loop alone."""

    async def main() -> list[Exception]:
        errors: list[Exception] = []

        def leave(_number: int) -> None:
            subscription.dispose()
            raise Outcome

        subscription = Counted(3).items.subscribe(leave, errors.append)
        await until(lambda: len(asyncio.all_tasks()) == 1, what="the reading to end")
        return errors

    errors, told = run(main)
    assert errors == []
    assert [type(error) for error in told] == [Outcome]


def test_a_reading_that_is_closed_with_its_loop_calls_nobody() -> None:
    """Law: a task that is thrown away with a loop is no error of the stream."""
    errors: list[BaseException] = []

    async def numbers() -> AsyncGenerator[Iterable[int], None]:
        yield [1, 2]

    async def main() -> asyncio.Task[Any]:
        scope = Scope(asyncio.get_running_loop(), 0)
        scope.break_off = lambda error: not errors.append(error)
        async_source(numbers).subscribe(on_error=errors.append, scheduler=scope)
        await asyncio.sleep(0)
        (reading,) = asyncio.all_tasks() - {asyncio.current_task()}
        return reading

    loop = asyncio.new_event_loop()
    try:
        reading = loop.run_until_complete(main())
        coroutine: Any = reading.get_coro()
        coroutine.close()  # as the garbage collector does, where nobody ended the tasks of the loop
        assert errors == []
        reading.cancel()
        with suppress(asyncio.CancelledError, RuntimeError):
            loop.run_until_complete(reading)
    finally:
        loop.close()
