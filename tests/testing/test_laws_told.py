"""What ``check_operator_laws`` says, and how it goes along with the settings of Hypothesis."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import reactivex
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.errors import FailedHealthCheck, Flaky
from reactivex import operators as rx

from rxstream.testing import LawBroken, VirtualScheduler, check_operator_laws
from tests.testing.broken import Operator, never_completes, operator, swallows_its_own_error

NUMBERS = st.lists(st.integers(0, 9), max_size=6)


@pytest.fixture
def profile() -> Iterator[Callable[..., None]]:
    """Load a profile of some settings, until the test is over."""
    before = settings.get_current_profile_name()

    def load(**wanted: Any) -> None:
        settings.register_profile("of one test", derandomize=False, deadline=None, **wanted)
        settings.load_profile("of one test")

    yield load
    settings.load_profile(before)


def _refuses_large_numbers() -> Operator:
    return rx.map(lambda number: number if number < 5 else 1 / 0)


def _told(make: Callable[[], Operator], strategy: Any = NUMBERS, **declared: Any) -> LawBroken:
    with pytest.raises(LawBroken) as caught:
        check_operator_laws(make, strategy, **declared)
    return caught.value


@operator
def flushes_before_an_error(source: Any, observer: Any, scheduler: Any) -> Any:
    """What waits is let go before whatever end."""
    waiting: list[Any] = []

    def flush() -> None:
        for item in waiting:
            observer.on_next(item)
        waiting.clear()

    def on_next(item: Any) -> None:
        flush()
        waiting.append(item)

    def on_error(error: Exception) -> None:
        flush()
        observer.on_error(error)

    def on_completed() -> None:
        flush()
        observer.on_completed()

    return source.subscribe(on_next, on_error, on_completed, scheduler=scheduler)


def test_a_broken_law_can_be_pickled_and_copied():
    """As it is where tests run in several processes."""
    broken = _told(_refuses_large_numbers)
    for other in (pickle.loads(pickle.dumps(broken)), copy.copy(broken)):
        assert (type(other), str(other), other.law, other.what) == (LawBroken, str(broken), 5, broken.what)


def test_the_items_of_the_second_source_are_shown_where_they_matter():
    """Two subscriptions are not independent, and it is what the other one is told that shows it."""

    def turns_after_seven() -> Operator:
        sevens: list[int] = []
        turn = rx.map(lambda number: (number == 7 and sevens.append(number)) or (-number if sevens else number))
        return rx.compose(turn, rx.do_action(on_completed=sevens.clear))

    shown = str(_told(turns_after_seven)).partition("\nitems:\n")[2]
    assert re.search(r"\nitems of a second source:\n  \d", shown)
    assert "7" in shown


def test_the_items_of_the_second_source_are_not_shown_where_they_do_not_matter():
    """An operator that breaks a law by itself is shown the items at which it does."""
    assert str(_told(_refuses_large_numbers)).endswith("\nitems:\n  5")


def test_a_second_subscription_to_what_is_over_is_called_that():
    """``share`` of Rx completes at once for who comes late: nothing has ended early."""
    message = str(_told(rx.share, multicasts=True))
    assert "a second subscription to emit what the first one did" in message
    assert "but got [], where it ended before its source began" in message


def test_where_an_error_is_swallowed_the_way_out_is_named():
    """An operator that leaves out by design what it cannot read is given something else to choke on."""
    assert "poison= makes an item at which it does raise" in str(_told(swallows_its_own_error))


def test_where_what_waits_comes_before_an_error_its_flag_is_named():
    """With the place of the error, which the items alone do not tell."""
    message = str(_told(flushes_before_an_error, held_back=True))
    assert "(the error came after 1 items); lets_go declares that what waits is emitted before an error too" in message
    check_operator_laws(flushes_before_an_error, NUMBERS, lets_go=True, max_examples=20)


def test_long_lists_are_set_side_by_side():
    """An item a line, rather than two lists on one."""
    items = st.just([letter * 300 for letter in "abc"])
    message = str(_told(flushes_before_an_error, items, held_back=True))
    assert "\n+ 'aaa" in message
    assert max(map(len, message.splitlines())) < 350


@pytest.mark.parametrize("make", [lambda: rx.delay(1.0, scheduler=VirtualScheduler()), never_completes])
def test_an_end_that_does_not_come_may_be_waited_for_elsewhere(make: Any):
    """In virtual time, what waits on another scheduler waits for ever."""
    assert "it may not use the scheduler of the subscription" in str(_told(make, held_back=True))


def test_an_error_that_no_law_knows_of_is_not_hidden():
    """Where it does not come again, that is what is said."""
    told: list[Any] = []

    def expected(items: list[Any]) -> list[Any]:
        told.append(items)
        return items if len(told) > 1 else [1 // 0]

    with pytest.raises(Flaky):
        check_operator_laws(lambda: rx.map(lambda item: item), NUMBERS, expected=expected)


def test_health_checks_are_suppressed_by_the_profile(profile: Callable[..., None]):
    """Settings that hold for all tests hold for the laws."""
    rare = st.lists(st.integers(0, 1000).filter(lambda number: number % 100 == 0), min_size=1, max_size=2)
    profile(suppress_health_check=())
    with pytest.raises(FailedHealthCheck, match="filter"):
        check_operator_laws(lambda: rx.map(lambda item: item), rare)
    profile(suppress_health_check=[HealthCheck.filter_too_much])
    check_operator_laws(lambda: rx.map(lambda item: item), rare, max_examples=5)


def test_a_broken_law_is_found_again_by_the_next_run(profile: Callable[..., None]):
    """The database keeps the example, apart for each operator: one that passes does not clear away those of others."""
    database = InMemoryExampleDatabase()
    profile(database=database)
    assert "(the next run tries these items first)" in str(_told(_refuses_large_numbers))
    check_operator_laws(lambda: rx.map(lambda number: number), NUMBERS)
    profile(database=database, phases=[Phase.reuse])
    assert str(_told(_refuses_large_numbers)).endswith("\nitems:\n  5")


def test_where_no_examples_are_kept_it_says_how_to_try_them_again(profile: Callable[..., None]):
    """The items are given as the strategy."""
    profile(database=None)
    assert "st.just([...]) as the strategy tries these again" in str(_told(_refuses_large_numbers))
    assert str(_told(_refuses_large_numbers, st.just([5]))).endswith("\nitems:\n  5")


def test_an_operator_that_emits_rarely_is_not_said_to_lose_the_last_item():
    """Its last item counts, though only in streams that the strategy does not make."""

    def alarms() -> Operator:
        return rx.compose(
            rx.scan(lambda keyed, digit: [*keyed, digit][-4:], []), rx.filter(lambda keyed: keyed == [4, 2, 4, 2])
        )

    check_operator_laws(alarms, st.just([4, 2, 0, 2]), silent=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: rx.window_with_count(2),
        lambda: rx.group_by(lambda number: number % 2),
        lambda: rx.map(lambda number: reactivex.of(number)),
        lambda: rx.map(lambda number: HealthCheck.too_slow if number % 2 else HealthCheck.data_too_large),
        lambda: rx.map(lambda number: int if number % 2 else str),
    ],
    ids=["windows", "groups", "observables", "enums", "classes"],
)
def test_an_operator_may_emit_whatever_it_likes(make: Any):
    """What cannot be compared breaks no law."""
    check_operator_laws(make, NUMBERS, held_back=True, max_examples=20)
