"""Virtual time for Rx."""

from __future__ import annotations

from datetime import timedelta

import pytest
import reactivex
from reactivex import operators as rx

from rxstream.testing import VirtualScheduler


def test_actions_run_at_their_times_and_in_their_order():
    """The earlier first; of one time, the one that was scheduled first."""
    clock, done = VirtualScheduler(), []
    for name, seconds in (("late", 2.0), ("first", 1.0), ("second", 1.0)):
        clock.schedule_relative(seconds, lambda *_, name=name: done.append((name, clock.seconds)))
    clock.schedule_absolute(clock.now + timedelta(seconds=0.25), lambda *_: done.append(("exact", clock.seconds)))
    clock.advance_by(1)
    assert done == [("exact", 0.25), ("first", 1.0), ("second", 1.0)]
    clock.advance_to(600)
    assert done[3:] == [("late", 2.0)]
    assert clock.seconds == 600


def test_what_is_due_now_runs_when_the_clock_is_advanced_by_nothing():
    """However many actions there are: time stands still while they run."""
    clock, done = VirtualScheduler(), []

    def again(*_: object) -> None:
        done.append(clock.seconds)
        if len(done) < 1000:
            clock.schedule(again)

    clock.schedule(again)
    assert done == []
    clock.advance_by(0)
    assert done == [0.0] * 1000


def test_what_was_disposed_of_does_not_run():
    """A timer that was cancelled is not waited for either."""
    clock, done = VirtualScheduler(), []
    clock.schedule_relative(5, lambda *_: done.append("no")).dispose()
    assert clock.next_due is None
    clock.run()
    assert (done, clock.seconds) == ([], 0.0)


def test_an_error_of_an_action_is_raised_and_the_clock_goes_on():
    """It reaches whoever advances the clock; nothing is locked afterwards."""
    clock, done = VirtualScheduler(), []

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    clock.schedule_relative(1, fail)
    clock.schedule_relative(2, lambda *_: done.append(clock.seconds))
    with pytest.raises(ZeroDivisionError):
        clock.advance_by(3)
    clock.advance_to(3)
    assert done == [2.0]


def test_a_program_without_end_is_found_out():
    """``run`` gives up after so many actions, and says when."""
    clock = VirtualScheduler()
    reactivex.interval(1).subscribe(scheduler=clock)
    with pytest.raises(AssertionError, match=r"at 50\.0 s, after 50 actions, there is still something to do"):
        clock.run(max_actions=50)


def test_operators_of_rx_run_on_it():
    """``debounce``, with its timers set and cancelled."""
    clock, told = VirtualScheduler(), []
    reactivex.timer(0, 1).pipe(rx.take(3), rx.debounce(1.5)).subscribe(
        lambda item: told.append((clock.seconds, item)), scheduler=clock
    )
    clock.run()
    assert told == [(2.0, 2)]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_time_goes_forward(seconds: float):
    """Wrong times are told at the call."""
    clock = VirtualScheduler()
    with pytest.raises(ValueError, match="expected seconds of at least 0"):
        clock.advance_by(seconds)
    clock.advance_by(5)
    with pytest.raises(ValueError, match=r"expected a time from 5\.0 s on"):
        clock.advance_to(4)
