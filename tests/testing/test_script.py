"""Scripted sources."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from reactivex import operators as rx

from rxstream import ResponseTimeoutError, collect, collect_sync, timeouts
from rxstream.testing import Subscription, VirtualScheduler, created, now, probe, run_virtually, script


def test_items_come_after_their_delays_and_the_end_after_its_own():
    """One delay more than there are items is the one before the end."""
    seen = probe(script("ab", delays=[1, 2, 0.5])).advance_by(1.5)
    seen.assert_timeline([(1.0, "a")]).assert_open()
    assert [(note.seconds, note.kind) for note in seen.run().notes] == [
        (1.0, "next"),
        (3.0, "next"),
        (3.5, "completed"),
    ]


def test_one_number_is_the_delay_of_each_item():
    """The end comes with the last item then."""
    seen = probe(script("ab", delays=10)).run()
    assert seen.assert_completed().times == [10.0, 20.0]
    assert seen.notes[-1].seconds == 20.0


def test_the_error_is_emitted_as_it_is():
    """The very object, after the items."""
    error = ValueError("no")
    probe(script("ab", error=error)).assert_items(["a", "b"]).assert_error(error)


def test_a_script_that_never_ends_stays_open():
    """Nothing waits any more, and nothing has ended."""
    source = script("a", never_ends=True)
    seen = probe(source).run().assert_items(["a"]).assert_open()
    assert (seen.scheduler.next_due, source.active) == (None, 1)


def test_each_subscription_begins_anew_and_is_logged():
    """The log has the times of the subscription's own clock, and what was emitted."""
    source, clock = script("abc", delays=1), VirtualScheduler()
    first = probe(source, scheduler=clock)
    clock.advance_by(1.5)
    second = probe(source, scheduler=clock).advance_by(1)
    first.dispose()
    second.run().assert_timeline([(2.5, "a"), (3.5, "b"), (4.5, "c")]).assert_completed()
    first.assert_items(["a", "b"])
    assert source.subscriptions == [
        Subscription(0.0, disposed=2.5, emitted=2),
        Subscription(1.5, disposed=4.5, emitted=3, has_ended=True),
    ]


def test_nothing_is_emitted_after_dispose_even_where_nothing_is_delayed():
    """``take`` in the middle of a burst ends the script there."""
    source = script(range(100))
    assert collect_sync(source.pipe(rx.take(2))) == [0, 1]
    assert [one.emitted for one in source.subscriptions] == [2]


def test_a_timeout_of_ten_minutes_over_a_script_takes_no_time():
    """In asyncio, the event loop is the clock."""
    source = script([created()], never_ends=True)

    async def main() -> float:
        with pytest.raises(ResponseTimeoutError):
            await collect(source.pipe(timeouts(total_seconds=600)))
        return now()

    assert run_virtually(main()) == 600
    assert source.subscriptions == [Subscription(0.0, disposed=600.0, emitted=1)]


def test_a_script_is_iterated_in_asyncio():
    """``async for`` reads it, with its delays."""

    async def main() -> list[Any]:
        times = []
        async for item in script("ab", delays=[5, 7]):
            times.append((now(), item))
            await asyncio.sleep(0)
        return times

    assert run_virtually(main()) == [(5.0, "a"), (12.0, "b")]


@pytest.mark.parametrize("delays", [[1], [1, 2, 3, 4], -1, [1, float("nan")], [0, float("inf")]])
def test_wrong_delays_are_told_at_the_call(delays: Any):
    """Too few, too many, or no times at all."""
    with pytest.raises(ValueError, match="expected"):
        script("ab", delays=delays)


def test_an_error_and_no_end_exclude_each_other():
    """Both are an end."""
    with pytest.raises(TypeError, match="expected an error or never_ends, but got both"):
        script("ab", error=ValueError(), never_ends=True)
