"""The step verifier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from reactivex import Subject
from reactivex import operators as rx

from rxstream import ResponseTimeoutError, timeouts
from rxstream.testing import Steps, created, script, text_delta, verify


def test_steps_follow_a_stream_through_time():
    """Items, silence, a timeout of ten minutes."""
    source = script([created(), text_delta("Hi")], delays=[0, 5], never_ends=True)
    (
        verify(source.pipe(timeouts(idle_seconds=600)))
        .expect_next(created())
        .expect_nothing_for(4)
        .advance_by(1)
        .expect_next_matching(lambda event: event.type.endswith("delta"))
        .expect_nothing_for(599)
        .advance_by(1)
        .expect_error(ResponseTimeoutError, match="600 s")
        .expect_nothing_for(3600)
    )
    assert [one.disposed for one in source.subscriptions] == [605.0]


def test_dispose_ends_the_subscription():
    """Nothing comes afterwards, and the source was released."""
    source = script(range(5), delays=1)
    verify(source).advance_by(2).expect_next_count(2).then_dispose().expect_nothing_for(60)
    assert source.active == 0


def test_actions_take_place_between_steps():
    """What they lead to has come when the next step is taken."""
    subject: Subject[int] = Subject()
    steps = verify(subject.pipe(rx.delay(1.0)))
    steps.then(lambda: subject.on_next(5)).expect_nothing_for(0.5).advance_by(0.5).expect_next(5)
    steps.then(subject.on_completed).advance_by(1).expect_completed()


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (lambda steps: steps.expect_next("b"), r"- 'b'\n\+ 'a'"),
        (lambda steps: steps.expect_next("a", "b", "c"), r"  'a'\n  'b'\n- 'c'"),
        (lambda steps: steps.expect_next_count(3), "expected 3 items at 0.0 s, but got next 'a', next 'b', error"),
        (lambda steps: steps.expect_next_matching(lambda item: item == "b"), "expected an item that fits"),
        (lambda steps: steps.expect_next("a").expect_completed(), r"expected completion(.|\n)*these items:\n  'a'"),
        (lambda steps: steps.expect_next("a").expect_error(), "expected an error of class Exception"),
        (lambda steps: steps.expect_next("a", "b").expect_error(KeyError), "expected an error of class KeyError"),
        (lambda steps: steps.expect_next("a", "b").expect_nothing(), "expected nothing more at 0.0 s, but got error"),
        (lambda steps: steps.expect_nothing_for(5), "expected nothing more at 0.0 s"),
    ],
)
def test_a_step_that_does_not_fit_is_told(step: Callable[[Steps[Any]], Any], message: str):
    """With what was expected, and what has come instead."""
    with pytest.raises(AssertionError, match=message):
        step(verify(script("ab", error=ValueError("no"))))


def test_items_that_come_while_nothing_is_expected_are_told():
    """The clock goes on first."""
    with pytest.raises(AssertionError, match=r"expected nothing more at 2\.0 s, but got next 'a'"):
        verify(script("a", delays=2)).expect_nothing_for(2)


def test_a_count_is_at_least_one():
    """Wrong arguments are told at the call."""
    with pytest.raises(ValueError, match="expected a count of at least 1, but got 0"):
        verify(script("a")).expect_next_count(0)


def test_steps_say_how_far_they_are() -> None:
    """What has come, and what of it was expected."""
    steps = verify(script("abc", delays=1))
    assert repr(steps) == "<Steps at 0.0 s: came=0, expected=0>"
    assert repr(steps.advance_by(2).expect_next("a")) == "<Steps at 2.0 s: came=2, expected=1>"
