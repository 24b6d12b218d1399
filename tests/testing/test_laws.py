"""``check_operator_laws``: it catches broken operators, each by its law, and lets sound ones pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from hypothesis import strategies as st
from reactivex import operators as rx

import rxstream as rxs
from rxstream.errors import OutputIncompleteError
from rxstream.testing import LawBroken, check_operator_laws, responses
from tests.laws.registry import CASES, Case
from tests.testing.broken import (
    BROKEN,
    Operator,
    completes_too_early,
    completes_twice,
    counts_in_a_class,
    disposes_late,
    keeps_in_a_seed,
    loses_the_last_item,
    marks_its_items,
    swallows_errors,
    takes_from_its_items,
)
from tests.testing.broken_in_time import (
    BROKEN_IN_TIME,
    delivers_what_waits_after_dispose,
    keeps_its_timers,
    loses_what_waits,
    state_outside_subscribe_later,
)

NUMBERS = st.lists(st.integers(0, 9), max_size=6)


@pytest.mark.parametrize(("broken", "law"), BROKEN + BROKEN_IN_TIME, ids=lambda value: getattr(value, "__name__", None))
def test_a_broken_operator_is_caught_by_its_law(broken: Any, law: int):
    """Each breach is found, named by the law that it breaks, and shown in at most three items."""
    with pytest.raises(LawBroken, match=rf"^law {law} is broken") as caught:
        check_operator_laws(broken, NUMBERS)
    assert caught.value.law == law
    shown = str(caught.value).split("\nitems:\n")[1].splitlines()
    assert len(shown) <= 3


def test_an_operator_that_completes_too_early_is_caught_by_its_law():
    """Where there are three items, at which it does; before, it takes one that cannot be read for the third."""
    with pytest.raises(LawBroken, match=r"^law 7 is broken") as caught:
        check_operator_laws(completes_too_early, st.lists(st.integers(0, 9), min_size=3, max_size=6))
    assert caught.value.law == 7
    assert len(str(caught.value).split("\nitems:\n")[1].splitlines()) == 3


@pytest.mark.parametrize(
    ("broken", "law"),
    [
        (state_outside_subscribe_later, 2),
        (loses_what_waits, 3),
        (delivers_what_waits_after_dispose, 6),
        (keeps_its_timers, 6),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_operator_that_takes_its_time_is_caught_by_its_law(broken: Any, law: int):
    """What emits by timers may emit later than at once, and no more than that is declared."""
    with pytest.raises(LawBroken, match=rf"^law {law} is broken") as caught:
        check_operator_laws(broken, NUMBERS, held_back=True, seconds_between=0.5)
    assert caught.value.law == law
    check_operator_laws(lambda: rx.delay(1.0), NUMBERS, held_back=True, seconds_between=0.5, max_examples=20)


@pytest.mark.parametrize("broken", [keeps_in_a_seed, counts_in_a_class])
def test_state_that_is_emitted_is_caught(broken: Any):
    """Two subscriptions that emit one object look alike, once the second one has changed what the first emitted."""
    with pytest.raises(LawBroken, match=r"^law 2 is broken(.|\n)*to leave what the first one emitted"):
        check_operator_laws(broken, NUMBERS, held_back=True)


@pytest.mark.parametrize("broken", [marks_its_items, takes_from_its_items])
def test_an_operator_that_changes_its_items_is_caught(broken: Any):
    """Items may be of any kind; what is done to one of them is seen by all who are told of it."""
    documents = st.lists(st.fixed_dictionaries({"text": st.sampled_from(["a", "b"])}), max_size=4)
    with pytest.raises(LawBroken, match=r"^law 12 is broken(.|\n)*item . of the source to stay what it was"):
        check_operator_laws(broken, documents)
    check_operator_laws(lambda: rx.map(lambda item: {**item, "seen": True}), documents, max_examples=20)


def test_the_five_that_must_be_caught_are_here():
    """State outside subscribe, an error swallowed, a double completion, a lost last item, a late dispose."""
    broken = {make.__name__: law for make, law in BROKEN}
    five = ("state_outside_subscribe", "swallows_errors", "completes_twice", "loses_the_last_item", "disposes_late")
    assert [broken[name] for name in five] == [2, 4, 7, 3, 6]


SOUND: list[tuple[Callable[[], Operator], dict[str, Any]]] = [
    (lambda: rx.map(lambda number: 2 * number), {"expected": lambda items: [2 * item for item in items]}),
    (lambda: rx.filter(lambda number: number % 2 == 0), {}),
    (lambda: rx.pairwise(), {}),
    (lambda: rx.scan(lambda total, number: total + number, 0), {}),
    (lambda: rx.take(2), {"ends_early": True}),
    (lambda: rx.compose(rx.map(lambda _: 1), rx.scan(lambda total, one: total + one, 0)), {}),
    (lambda: rx.buffer_with_count(2), {"held_back": True}),
    (lambda: rx.delay(5.0), {"held_back": True, "seconds_between": 1.0}),
    (lambda: rx.ignore_elements(), {"silent": True}),
    (lambda: rx.start_with(5), {}),
    (lambda: rx.flat_map(lambda number: reactivex.of(number, number)), {"returns_refusals": True}),
    (lambda: rx.catch(reactivex.of(7)), {"handles_errors": True}),
    (lambda: rx.retry(2), {"handles_errors": True}),
    (lambda: rx.debounce(1), {"held_back": True}),
    (lambda: rx.debounce(1), {"held_back": True, "seconds_between": 2.0}),
    (lambda: rx.timeout(5.0), {}),
    (lambda: rx.to_list(), {"held_back": True}),
    (lambda: loses_the_last_item(), {"drops_last": True}),
]


@pytest.mark.parametrize(("sound", "declared"), SOUND)
def test_a_sound_operator_passes(sound: Any, declared: dict[str, Any]):
    """Operators of Rx keep the laws, with the exceptions that are declared for them."""
    check_operator_laws(sound, NUMBERS, max_examples=30, **declared)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_public_operators_pass(case: Case):
    """The laws of the registry hold by the users' check too; a few examples here, more in ``tests/laws``."""
    check_operator_laws(
        case.make,
        case.streams.map(lambda stream: stream.events),
        held_back=bool(case.held_back),
        lets_go=case.lets_go or case.operator == "coalesce",  # a timer emits: no source takes what an observer raises
        ends_early=case.ends_early,
        errors_are_values=case.errors_are_values,
        multicasts=case.multicasts,
        own_errors=OutputIncompleteError if case.needs_the_end else (),
        silent=True,  # in so few examples some find nothing to emit
        max_examples=3,
    )


@pytest.mark.parametrize(
    ("broken", "law"), [(loses_the_last_item, 3), (swallows_errors, 4), (disposes_late, 6), (completes_twice, 7)]
)
def test_a_broken_operator_is_caught_on_whole_responses(broken: Any, law: int):
    """The streams of the kit can be given as they are; two or three events are shown of them."""
    with pytest.raises(LawBroken, match=rf"^law {law} is broken") as caught:
        check_operator_laws(broken, responses(), max_examples=10)
    assert len(str(caught.value).split("\nitems:\n")[1].splitlines()) <= 3


def test_what_an_operator_computes_is_compared_with_what_is_expected_of_a_list():
    """A mistake that no law knows of is found by a model."""
    with pytest.raises(
        LawBroken, match=r"law 3 is broken(.|\n)*expected what `expected` gives of all items, \[0\], but got \[1\]"
    ):
        check_operator_laws(lambda: rx.map(lambda number: number + 1), NUMBERS, expected=lambda items: items)


def test_a_declared_error_of_its_own_is_accepted_and_another_one_is_not():
    """``own_errors`` names the errors that valid items may lead to."""

    def refuse_seven(number: int) -> int:
        if number == 7:
            raise ZeroDivisionError
        return number

    check_operator_laws(lambda: rx.map(refuse_seven), NUMBERS, own_errors=ZeroDivisionError)
    with pytest.raises(LawBroken, match=r"law 5 is broken(.|\n)*own_errors declares"):
        check_operator_laws(lambda: rx.map(refuse_seven), NUMBERS, own_errors=KeyError)


def test_an_operator_that_differs_each_time_is_not_cold():
    """State beyond the operator itself is found too, where the same example gives something else the next time."""
    told: list[int] = []

    def number() -> Operator:
        return rx.map(lambda item: told.append(item) or len(told))

    with pytest.raises(LawBroken, match="law 2 is broken"):
        check_operator_laws(number, NUMBERS)


@pytest.mark.parametrize(
    ("factory", "strategy", "message"),
    [(5, NUMBERS, "expected a function that makes the operator"), (reactivex.never, [1], "expected a Hypothesis")],
)
def test_wrong_arguments_are_told_at_once(factory: Any, strategy: Any, message: str):
    """A factory is a function, and a strategy is one of Hypothesis."""
    with pytest.raises(TypeError, match=message):
        check_operator_laws(factory, strategy)


@pytest.mark.parametrize(
    "factory",
    [rx.map(lambda item: item), rxs.lift(object), rxs.text_deltas(), lambda: 5, lambda: None, lambda: rxs.text_deltas],
    ids=["of Rx", "lifted", "of ours", "a number", "nothing", "a factory of factories"],
)
def test_what_makes_no_operator_is_told_before_anything_is_drawn(factory: Any):
    """Most likely, an operator was given."""
    with pytest.raises(TypeError, match=r"such as `lambda: my_operator\(\)`"):
        check_operator_laws(factory, NUMBERS)


def test_laws_that_would_hold_of_nothing_are_an_error():
    """Where the operator never emits, no law can be broken; unless that is declared."""
    with pytest.raises(ValueError, match="the laws would hold of nothing"):
        check_operator_laws(lambda: rx.filter(lambda _: False), NUMBERS, max_examples=5)
    check_operator_laws(lambda: rx.filter(lambda _: False), NUMBERS, max_examples=5, silent=True)


def test_a_strategy_of_something_else_than_lists_is_told():
    """With what it made."""
    with pytest.raises(TypeError, match="expected a Hypothesis strategy of lists of items, but it made 0"):
        check_operator_laws(lambda: rx.map(lambda item: item), st.just(0))  # type: ignore[arg-type]


def test_state_that_outlives_an_example_is_shown_with_its_items():
    """Though the same items pass when they are tried again."""
    told: list[int] = []

    def once() -> Operator:
        return rx.map(lambda item: told.append(item) or min(len(told), 40))

    with pytest.raises(LawBroken, match=r"law 2 is broken(.|\n)*but got(.|\n)*\nitems:\n"):
        check_operator_laws(once, NUMBERS)
