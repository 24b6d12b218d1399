"""``Clock``: whose time it is, and until when the consumer kept the source from being read."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest
from reactivex.scheduler import CurrentThreadScheduler, NewThreadScheduler, TimeoutScheduler
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.testing import TestScheduler

from rxstream.reactive import Clock, Scope, SyncScope
from tests.virtual_loop import now, run_virtually


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
