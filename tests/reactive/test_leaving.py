"""Tasks that are cancelled while they are at something which must not be left half done."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from rxstream.reactive.leaving import Deadline, begin_moment, cancel, end_moment, left_safely, moment
from rxstream.testing import now, run_virtually


class Work:
    """Does something before, in and after such a moment, each for a second; notes what it has done."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def __call__(self) -> str:
        await asyncio.sleep(1)
        self.done.append("before")
        begin_moment()
        await asyncio.sleep(0.5)
        self.done.append("in it")
        end_moment()
        await asyncio.sleep(1)
        self.done.append("after")
        return "whole"


async def _cancelled(task: asyncio.Task[str]) -> float:
    with pytest.raises(asyncio.CancelledError):
        await task
    return now()


@pytest.mark.parametrize(
    ("at", "ends", "done"), [(0.5, 0.5, []), (1.2, 1.5, ["before", "in it"]), (2.0, 2.0, ["before", "in it"])]
)
def test_a_task_is_cancelled_at_the_end_of_its_moment(at: float, ends: float, done: list[str]) -> None:
    """Law: at once before it and after it."""

    async def main() -> None:
        work = Work()
        task = asyncio.create_task(work())
        await asyncio.sleep(at)
        cancel(task)
        assert await _cancelled(task) == pytest.approx(ends, abs=0.01)
        assert work.done == done
        await asyncio.sleep(5)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(main())


def test_a_moment_that_does_not_end_is_left_after_a_second() -> None:
    """Law: no task stays for ever because nobody said that its moment is over."""

    async def endless() -> str:
        begin_moment()
        await asyncio.Event().wait()
        return "never"

    async def main() -> None:
        task = asyncio.create_task(endless())
        await asyncio.sleep(3)
        cancel(task)
        assert await _cancelled(task) == pytest.approx(4, abs=0.01)

    run_virtually(main())


def test_a_block_can_be_a_moment() -> None:
    """Law: it ends where the block does, by an error too."""
    done: list[str] = []

    async def closing() -> str:
        with suppress(ZeroDivisionError), moment():
            await asyncio.sleep(0.5)
            done.append("closed")
            raise ZeroDivisionError
        await asyncio.sleep(5)
        return "whole"

    async def main() -> None:
        task = asyncio.create_task(closing())
        await asyncio.sleep(0.1)
        cancel(task)
        assert await _cancelled(task) == pytest.approx(0.5, abs=0.01)
        assert done == ["closed"]

    run_virtually(main())


def test_a_task_that_ends_in_its_moment_ends_as_it_would() -> None:
    """Law: who is asked to be cancelled and is done before has its result."""

    async def last() -> str:
        begin_moment()
        await asyncio.sleep(0.5)
        return "whole"

    async def main() -> None:
        task = asyncio.create_task(last())
        await asyncio.sleep(0.1)
        cancel(task)
        assert await task == "whole"
        await asyncio.sleep(5)

    run_virtually(main())


@pytest.mark.parametrize(("at", "ends", "done"), [(0.5, 0.5, []), (1.2, 1.5, ["before", "in it"])])
def test_who_waits_for_a_coroutine_is_cancelled_with_it_and_after_it(at: float, ends: float, done: list[str]) -> None:
    """Law: by ``Task.cancel`` too, of which nobody here is told before."""

    async def main() -> None:
        assert await left_safely(Work()()) == "whole"
        begun, work = now(), Work()
        task = asyncio.create_task(left_safely(work()))
        await asyncio.sleep(at)
        task.cancel()
        assert await _cancelled(task) - begun == pytest.approx(ends, abs=0.01)
        assert work.done == done
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(main())


def test_outside_of_a_task_nothing_happens() -> None:
    """Law: what a loop calls by itself is in no task, and cannot be cancelled."""

    async def main() -> None:
        called = asyncio.Event()
        asyncio.get_running_loop().call_soon(lambda: (begin_moment(), end_moment(), called.set()))
        await called.wait()

    run_virtually(main())


@pytest.mark.parametrize(("at", "ends", "done"), [(0.5, 0.5, []), (1.2, 1.5, ["before", "in it"])])
def test_a_deadline_waits_for_the_end_of_a_moment(at: float, ends: float, done: list[str]) -> None:
    """Law: what is in the block is given up, and the task goes on."""

    async def main() -> None:
        work = Work()
        with pytest.raises(TimeoutError):
            async with Deadline(at):
                await work()
        assert now() == pytest.approx(ends, abs=0.01)
        assert work.done == done
        await asyncio.sleep(5)
        async with Deadline(now() + 5):
            assert await work() == "whole"
        await asyncio.sleep(5)

    run_virtually(main())


def test_a_deadline_does_not_hide_that_the_task_is_cancelled() -> None:
    """Law: before it, and together with it; other errors pass too."""

    async def bounded(seconds: float) -> str:
        async with Deadline(now() + seconds):
            return await Work()()

    async def main() -> None:
        for seconds in (0.5, 5):
            task = asyncio.create_task(bounded(seconds))
            await asyncio.sleep(0.5)
            task.cancel()
            await _cancelled(task)
        with pytest.raises(ZeroDivisionError):
            async with Deadline(now() + 1):
                raise ZeroDivisionError

    run_virtually(main())
