"""Probes: what they record, what they assert, and what they say."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable
from reactivex.disposable import Disposable
from reactivex.scheduler import TimeoutScheduler

from rxstream.testing import Probe, VirtualScheduler, probe, script, text_delta, verify


def emitting(tell: Callable[[Any], None]) -> Observable[Any]:
    """An Observable that tells its observer what a function says, grammar or not."""
    return Observable(lambda observer, scheduler=None: tell(observer) or Disposable())


def two_ends(observer: Any) -> None:
    observer.on_completed()
    observer.on_completed()


def an_item_too_many(observer: Any) -> None:
    observer.on_error(ValueError("no"))
    observer.on_next(5)


@pytest.mark.parametrize(
    ("tell", "message"),
    [
        (two_ends, "expected nothing after the end (completed), but got completed"),
        (an_item_too_many, "expected nothing after the end (error ValueError('no')), but got next 5"),
    ],
)
def test_a_breach_of_the_grammar_fails_every_assertion(tell: Any, message: str):
    """What an ordinary subscription drops is seen here."""
    for ask in ("assert_grammar", "assert_completed", "assert_error", "assert_open"):
        with pytest.raises(AssertionError, match=re.escape(message)):
            getattr(probe(emitting(tell)), ask)()
    with pytest.raises(AssertionError, match=re.escape(message)):
        probe(emitting(tell)).assert_items([])


def test_what_comes_after_dispose_is_a_breach():
    """A subscription that cannot be ended shows."""
    observers: list[Any] = []
    seen = probe(emitting(observers.append)).dispose()
    seen.assert_items([])
    observers[0].on_next(5)
    with pytest.raises(AssertionError, match="expected nothing after the subscription was disposed of, but got next 5"):
        seen.assert_items([])


def test_different_items_are_set_side_by_side():
    """A line an item; events as their JSON."""
    seen = probe(script(["a", text_delta("Hel"), 3]))
    with pytest.raises(AssertionError) as failure:
        seen.assert_items(["a", text_delta("Hal"), 3])
    lines = str(failure.value).splitlines()
    assert lines[0] == "the items are not those that were expected (- expected, + came)"
    assert lines[1] == "  'a'"
    assert lines[2].startswith("- ResponseTextDeltaEvent {")
    assert '"delta":"Hal"' in lines[2]
    assert '"delta":"Hel"' in lines[3]
    assert lines[4:] == ["  3"]


def test_a_missing_end_is_told_with_the_items():
    """What was expected, when it was looked, and what had come."""
    seen = probe(script("ab", delays=1, never_ends=True)).advance_by(1)
    with pytest.raises(AssertionError, match=r"expected completion, but no end had come by 1\.0 s.*\n  'a'$"):
        seen.assert_completed()
    with pytest.raises(AssertionError, match=r"the timeline(.|\n)*- \(2\.0, 'a'\)\n\+ \(1\.0, 'a'\)"):
        seen.assert_timeline([(2.0, "a")])


def test_another_end_than_the_expected_one_is_told():
    """An error instead of a completion is the cause of the failure, so that its traceback is there."""
    error = ValueError("no")
    seen = probe(reactivex.throw(error))
    with pytest.raises(AssertionError, match=r"expected completion, but at 0\.0 s came: error ValueError") as failure:
        seen.assert_completed()
    assert failure.value.__cause__ is error
    with pytest.raises(AssertionError, match="expected no end yet"):
        seen.assert_open()
    with pytest.raises(AssertionError, match="expected an error of class KeyError"):
        seen.assert_error(KeyError)
    with pytest.raises(AssertionError, match="expected an error of class ValueError that says 'yes'"):
        seen.assert_error(ValueError, match="yes")
    with pytest.raises(AssertionError, match="expected the error ValueError"):
        seen.assert_error(ValueError("no"))
    assert seen.assert_error(ValueError, match="no").error is error


def test_an_error_of_the_subscription_itself_is_an_error_of_the_stream():
    """As ``Observable.subscribe`` has it."""

    def fail(observer: Any) -> None:
        raise ValueError("at subscribe")

    probe(emitting(fail)).assert_error(ValueError, match="at subscribe")


def test_only_observables_are_probed():
    """A list is none."""
    with pytest.raises(TypeError, match="expected an Observable, but got list"):
        probe([1, 2])  # type: ignore[arg-type]


def test_wrong_items_do_not_hide_the_error() -> None:
    """What ended it is told with what is missing."""
    probed = probe(script([text_delta("a")], error=KeyError("lost"))).run()
    for expectation in (lambda: probed.assert_items(["c"]), lambda: probed.assert_timeline([(0.0, "c")])):
        with pytest.raises(AssertionError, match=r"came: .*lost") as caught:
            expectation()
        assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("tick", [1 / 3, 1 / 7, 0.1, 0.7, 1e-3])
def test_times_that_no_clock_can_hold_are_those_that_were_meant(tick: float) -> None:
    """The clock counts microseconds; what is lost by that is no difference, and does not grow from item to item."""
    seen = probe(script(range(300), delays=tick)).run()
    seen.assert_timeline([(tick * (number + 1), number) for number in range(300)])
    assert seen.times == pytest.approx([tick * (number + 1) for number in range(300)], abs=1e-6)


def test_a_time_that_is_another_one_is_told() -> None:
    """Ten microseconds are no difference, twenty are."""
    seen = probe(script("a", delays=1)).run()
    seen.assert_timeline([(1.000_009, "a")])
    for other in (1.000_02, 0.999_98):
        with pytest.raises(AssertionError, match="the timeline is not the one that was expected"):
            seen.assert_timeline([(other, "a")])


def test_only_the_rows_that_differ_are_marked() -> None:
    """A time is printed as it was seen, where it is the same one: 1 as 1.0, a third of a second as 0.333333."""
    seen = probe(script("abc", delays=[1, 1 / 3, 1])).run()
    with pytest.raises(AssertionError) as failure:
        seen.assert_timeline([(1, "a"), (4 / 3, "b"), (2 + 1 / 3, "C")])
    assert str(failure.value).splitlines()[1:] == [
        "  (1.0, 'a')",
        "  (1.333333, 'b')",
        "- (2.333333, 'C')",
        "+ (2.333333, 'c')",
    ]


def test_a_probe_says_what_it_has_seen() -> None:
    """How many items, the end and the time."""
    seen = probe(script("ab", delays=1, error=ValueError("no")))
    assert repr(seen) == "<Probe at 0.0 s: items=0, open>"
    assert repr(seen.advance_by(1)) == "<Probe at 1.0 s: items=1, open>"
    assert repr(seen.run()) == "<Probe at 2.0 s: items=2, error ValueError('no')>"
    assert repr(probe(script("a"))) == "<Probe at 0.0 s: items=1, completed>"
    assert repr(probe(script("a", delays=1)).dispose()) == "<Probe at 0.0 s: items=0, disposed of>"


@pytest.mark.parametrize("make", [probe, verify])
def test_another_clock_than_a_virtual_one_is_told_at_the_call(make: Callable[..., Any]) -> None:
    """A scheduler in real time would emit after the test, in another thread."""
    with pytest.raises(TypeError, match="expected a VirtualScheduler, but got TimeoutScheduler"):
        make(script("a"), scheduler=TimeoutScheduler())


@pytest.mark.parametrize("expected", [(ValueError, KeyError), "no", int])
def test_what_is_no_error_cannot_be_expected(expected: Any) -> None:
    """Neither of a probe nor in a step; and whether or not an error came."""
    for error in (None, ValueError("no")):
        for call in (probe(script("", error=error)).assert_error, verify(script("", error=error)).expect_error):
            with pytest.raises(TypeError, match="expected an error or a class of errors, but got"):
                call(expected)


def test_a_probe_that_is_not_made_yet_can_be_printed() -> None:
    """A traceback that prints variables does, when subscribing fails."""
    with pytest.raises(TypeError, match="expected an Observable") as failure:
        Probe([1], VirtualScheduler())  # type: ignore[arg-type]
    assert any(frame.locals.get("self") == "<Probe: not subscribed yet>" for frame in frames(failure.value))
    with pytest.raises(TypeError, match="expected an Observable") as failure:
        verify([1])  # type: ignore[arg-type]
    assert any(frame.locals.get("self") == "<Steps: not subscribed yet>" for frame in frames(failure.value))


def frames(error: BaseException) -> list[Any]:
    """The frames of a traceback, with their variables."""
    return [
        frame for frame in traceback.TracebackException.from_exception(error, capture_locals=True).stack if frame.locals
    ]
