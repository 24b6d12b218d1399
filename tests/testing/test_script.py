"""Scripted sources."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Any

import pytest
from reactivex import operators as rx

from rxstream import ResponseTimeoutError, collect, collect_sync, timeouts
from rxstream.testing import (
    Subscription,
    VirtualScheduler,
    created,
    from_marbles,
    now,
    probe,
    run_virtually,
    script,
)


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


def test_rounding_does_not_add_up() -> None:
    """Clocks count microseconds: the hundredth item comes when it was meant, in asyncio too."""
    third = probe(script(range(3000), delays=1 / 3)).run()
    assert third.times[2999] == 1000.0
    assert [round(seconds, 6) for seconds in probe(script("abc", delays=0.1)).run().times] == [0.1, 0.2, 0.3]

    async def main() -> float:
        await collect(script(range(3000), delays=1 / 3))
        return now()

    assert run_virtually(main()) == pytest.approx(1000.0, abs=1e-6)


@pytest.mark.parametrize("delays", ["1", b"1", ["1"], [None], 1j, {0: 1}, object()])
def test_delays_are_numbers(delays: Any) -> None:
    """A string is a sequence, but none of seconds."""
    with pytest.raises(TypeError, match="expected delays to be seconds, one number or a sequence of them, but got"):
        script("a", delays=delays)


@pytest.mark.parametrize("delays", [Fraction(1, 2), [Fraction(1, 2)], iter([0.5]), (0.5, 0), range(1, 2)])
def test_numbers_of_any_kind_are_delays(delays: Any) -> None:
    """And so are sequences of any kind."""
    assert probe(script("a", delays=delays)).run().assert_completed().times in ([0.5], [1.0])


@pytest.mark.parametrize("error", [ValueError, "no"])
def test_an_error_is_an_instance(error: Any) -> None:
    """A class would reach an observer that expects an error."""
    with pytest.raises(TypeError, match="expected an error, as ValueError"):
        script("a", error=error)
    with pytest.raises(TypeError, match="expected an error, as ValueError"):
        from_marbles("a|", error=error)


def test_a_single_event_is_no_script() -> None:
    """The message says what was expected."""
    with pytest.raises(TypeError, match="expected items, as in a list, but got ResponseCreatedEvent"):
        script(created())  # type: ignore[arg-type]


def test_a_script_says_what_it_holds() -> None:
    """Its items, and who subscribed."""
    source = script("ab", delays=1)
    assert repr(source) == "<Script: items=2, subscriptions=0, active=0>"
    seen = probe(source)
    assert repr(source) == "<Script: items=2, subscriptions=1, active=1>"
    seen.run()
    assert repr(source) == "<Script: items=2, subscriptions=1, active=0>"
