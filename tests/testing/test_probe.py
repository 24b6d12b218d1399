"""Probes: what they record, what they assert, and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable
from reactivex.disposable import Disposable

from rxstream.testing import probe, script, text_delta


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
