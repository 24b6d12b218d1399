"""``Clock``: whose time it is, and until when the consumer kept the source from being read."""

from __future__ import annotations

import asyncio
import datetime
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from reactivex.scheduler import (
    CurrentThreadScheduler,
    ImmediateScheduler,
    NewThreadScheduler,
    ThreadPoolScheduler,
    TimeoutScheduler,
)
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.testing import TestScheduler

from rxstream.reactive import Clock, Scope, SyncScope
from rxstream.testing import now, run_virtually
from tests.operators.paced import Hasty
from tests.reactive.leaks import nothing_left


@pytest.mark.parametrize(
    "make", [lambda: None, CurrentThreadScheduler, NewThreadScheduler, TimeoutScheduler, SyncScope]
)
def test_setting_the_time_of_the_day_changes_nothing(make: Any, monkeypatch: pytest.MonkeyPatch):
    """Schedulers of Rx tell the time of the day, which an administrator or NTP may set; a limit must not notice."""
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    clock = Clock(None, make())
    before = clock.now()
    monkeypatch.setattr("reactivex.scheduler.scheduler.default_now", lambda: tomorrow)
    assert clock.now() - before < 3600


def test_virtual_time_is_told_as_it_is():
    """The scheduler that an operator is given goes before that of the subscription."""
    given, subscribed = TestScheduler(), TestScheduler()
    given.advance_to(5)
    assert (Clock(given, subscribed).now(), Clock(None, subscribed).now()) == (5, 0)


def test_an_event_loop_has_a_time_of_its_own():
    """That of the loop, for every scheduler of one."""

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(7)
        return [Clock(None, one).now() for one in (None, AsyncIOScheduler(loop), Scope(loop, 1))]

    assert run_virtually(main()) == [7, 7, 7]


def test_a_full_queue_holds_the_reader_until_there_is_room():
    """While a source waits for room it is held until now; afterwards, until the consumer took an item."""

    async def main() -> list[float]:
        scope = Scope(asyncio.get_running_loop(), 1)
        clock = Clock(None, scope)
        seen = [clock.held_until()]
        scope.waiting = 1
        waiting = asyncio.create_task(scope.room())
        await asyncio.sleep(3)
        seen.append(clock.held_until())
        scope.took()
        await asyncio.sleep(4)
        assert waiting.done()
        assert now() == 7
        return [*seen, clock.held_until(), Clock(TestScheduler(), scope).held_until()]

    assert run_virtually(main()) == [float("-inf"), 3, 3, float("-inf")]


def test_a_plain_loop_holds_the_reader_until_it_wants_an_item(monkeypatch: pytest.MonkeyPatch):
    """What a loop's body does before is its own time."""
    scope = SyncScope()
    assert Clock(None, scope).held_until() == float("-inf")
    monkeypatch.setattr("time.monotonic", lambda: 60.0)
    scope.wants()
    monkeypatch.setattr("time.monotonic", lambda: 90.0)
    assert Clock(None, scope).held_until() == 60


@pytest.mark.parametrize("make", [lambda _loop: None, AsyncIOScheduler, lambda loop: Scope(loop, 1)])
def test_a_timer_that_another_thread_sets_wakes_a_loop_that_sleeps(make: Callable[[Any], Any]):
    """Items may come in any thread; the loop has nothing else to do, and would sleep on."""

    async def main() -> None:
        loop, fired = asyncio.get_running_loop(), asyncio.Event()
        clock = Clock(None, make(loop))
        threading.Timer(0.01, lambda: clock.after(0.001, fired.set)).start()
        await asyncio.wait_for(fired.wait(), 5)

    asyncio.run(main(), debug=True)  # which refuses timers that another thread sets by itself


@pytest.mark.parametrize("seconds", [sys.maxsize, 1e300])
def test_a_timer_may_be_set_for_longer_than_a_thread_can_wait(seconds: float):
    """Whoever writes "for ever" as a number gets it."""
    ran, scope = list[int](), SyncScope()
    timers = [Clock(None, scheduler).after(seconds, lambda: ran.append(1)) for scheduler in (None, scope)]
    threading.Timer(0.01, lambda: scope.call(lambda: ran.append(2))).start()
    scope.run_one()
    assert ran == [2]
    for timer in timers:
        timer.dispose()


def test_a_timer_that_another_thread_disposes_of_does_not_go_off():
    """Nor need the loop still be there, or have come to set it."""

    async def main() -> tuple[Clock, Any]:
        clock, fired = Clock(None, None), list[int]()
        early, late = clock.after(0.001, lambda: fired.append(1)), clock.after(60, lambda: fired.append(2))
        thread = threading.Thread(target=early.dispose)
        thread.start()
        thread.join()
        thread = threading.Thread(target=lambda: clock.after(0.001, lambda: fired.append(3)).dispose())
        thread.start()
        thread.join()
        done = asyncio.Event()
        clock.after(0.01, done.set)
        await done.wait()
        assert fired == []
        return clock, late

    clock, late = asyncio.run(main())
    late.dispose()
    clock.after(1, late.dispose).dispose()


def test_a_timer_that_is_disposed_of_while_it_waits_for_the_lock_does_not_go_off():
    """Whoever held the lock may have disposed of it."""
    scheduler, fired = Hasty(), list[int]()
    clock = Clock(scheduler, None)
    clock.after(5, lambda: fired.append(1)).dispose()
    clock.after(6, lambda: fired.append(2))
    scheduler.start()
    assert fired == [2]


@pytest.mark.parametrize("make", [ImmediateScheduler, CurrentThreadScheduler, CurrentThreadScheduler.singleton])
def test_a_scheduler_that_would_block_its_thread_waits_in_another_one(make: Callable[[], Any]):
    """Also where an operator was given it."""
    fired, threads = threading.Event(), list[int]()
    Clock(make(), None).after(0.001, lambda: (threads.append(threading.get_ident()), fired.set()))
    assert fired.wait(5)
    assert threads != [threading.get_ident()]


def test_timers_do_not_occupy_the_threads_of_a_pool():
    """What the pool is there for would wait for them: the request itself, with its timeouts."""
    pool, ran = ThreadPoolScheduler(1), threading.Event()
    timer = Clock(None, pool).after(600, lambda: None)
    pool.schedule(lambda *_: ran.set())
    assert ran.wait(5)
    timer.dispose()
    pool.executor.shutdown()


def test_the_thread_of_a_timer_ends_when_it_is_disposed_of():
    """A limit of ten minutes leaves none behind for ten minutes."""
    with nothing_left():
        Clock(None, NewThreadScheduler()).after(600, lambda: None).dispose()
