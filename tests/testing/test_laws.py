"""``check_operator_laws``: it catches broken operators, each by its law, and lets sound ones pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from hypothesis import strategies as st
from reactivex import Observable
from reactivex import operators as rx
from reactivex.disposable import CompositeDisposable, Disposable

import rxstream as rxs
from rxstream.errors import OutputIncompleteError
from rxstream.testing import LawBroken, check_operator_laws, responses
from tests.laws.registry import CASES, Case

NUMBERS = st.lists(st.integers(0, 9), max_size=6)
Operator = Callable[[Observable[Any]], Observable[Any]]


def operator(subscribe: Callable[[Observable[Any], Any, Any], Any]) -> Callable[[], Operator]:
    """Make a factory of a function of the source, the observer and the scheduler."""

    def factory() -> Operator:
        return lambda source: Observable(lambda observer, scheduler=None: subscribe(source, observer, scheduler))

    factory.__name__ = subscribe.__name__
    return factory


def state_outside_subscribe() -> Operator:
    """The sum goes on where the last subscription left it."""
    total = 0

    def add(number: int) -> int:
        nonlocal total
        total += number
        return total

    return rx.map(add)


def state_in_a_seed() -> Operator:
    """A mutable seed of ``scan``: one list for all subscriptions."""
    seed: list[int] = []
    return rx.compose(rx.scan(lambda kept, item: kept.append(item) or kept, seed), rx.map(len))


@operator
def swallows_errors(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(observer.on_next, lambda _: None, observer.on_completed, scheduler=scheduler)


@operator
def takes_an_error_for_the_end(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(
        observer.on_next, lambda _: observer.on_completed(), observer.on_completed, scheduler=scheduler
    )


@operator
def wraps_errors(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(
        observer.on_next, lambda error: observer.on_error(ValueError(str(error))), observer.on_completed
    )


@operator
def tells_an_error_twice(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_error(error: Exception) -> None:
        observer.on_error(error)
        observer.on_error(error)

    return source.subscribe(observer.on_next, on_error, observer.on_completed, scheduler=scheduler)


@operator
def completes_twice(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_completed() -> None:
        observer.on_completed()
        observer.on_completed()

    return source.subscribe(observer.on_next, observer.on_error, on_completed, scheduler=scheduler)


@operator
def emits_after_the_end(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_completed() -> None:
        observer.on_completed()
        observer.on_next("and another thing")

    return source.subscribe(observer.on_next, observer.on_error, on_completed, scheduler=scheduler)


@operator
def never_completes(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(observer.on_next, observer.on_error, lambda: None, scheduler=scheduler)


@operator
def completes_too_early(source: Any, observer: Any, scheduler: Any) -> Any:
    seen: list[Any] = []

    def on_next(item: Any) -> None:
        observer.on_next(item)
        seen.append(item)
        if len(seen) == 3:
            observer.on_completed()

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def loses_the_last_item(source: Any, observer: Any, scheduler: Any) -> Any:
    held: list[Any] = []

    def on_next(item: Any) -> None:
        held.append(item)
        if len(held) == 2:
            observer.on_next(held.pop(0))

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def holds_everything_back(source: Any, observer: Any, scheduler: Any) -> Any:
    held: list[Any] = []

    def on_completed() -> None:
        for item in held:
            observer.on_next(item)
        observer.on_completed()

    return source.subscribe(held.append, observer.on_error, on_completed, scheduler=scheduler)


@operator
def never_disposes(source: Any, observer: Any, scheduler: Any) -> Any:
    source.subscribe(observer, scheduler=scheduler)
    return Disposable()


@operator
def disposes_late(source: Any, observer: Any, scheduler: Any) -> Any:
    subscription = source.subscribe(observer, scheduler=scheduler)
    return Disposable(lambda: scheduler.schedule_relative(1.0, lambda *_: subscription.dispose()))


@operator
def emits_after_dispose(source: Any, observer: Any, scheduler: Any) -> Any:
    """Its timer is forgotten at dispose."""

    def on_next(item: Any) -> None:
        observer.on_next(item)
        scheduler.schedule_relative(1.0, lambda *_: observer.on_next("still here"))

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def says_goodbye_at_dispose(source: Any, observer: Any, scheduler: Any) -> Any:
    subscription = source.subscribe(observer, scheduler=scheduler)
    return CompositeDisposable(subscription, Disposable(lambda: observer.on_next("goodbye")))


@operator
def raises_into_the_source(source: Any, observer: Any, scheduler: Any) -> Any:
    return source.subscribe(
        lambda item: observer.on_next(item + 1), observer.on_error, observer.on_completed, scheduler=scheduler
    )


@operator
def swallows_its_own_error(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_next(item: Any) -> None:
        try:
            made = item + 1
        except Exception:
            return
        observer.on_next(made)

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


@operator
def keeps_the_source_after_its_own_error(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_next(item: Any) -> None:
        try:
            made = item + 1
        except Exception as error:
            observer.on_error(error)
            return
        observer.on_next(made)

    source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)
    return Disposable()


@operator
def takes_the_observers_error_for_its_own(source: Any, observer: Any, scheduler: Any) -> Any:
    def on_next(item: Any) -> None:
        try:
            observer.on_next(item + 1)
        except Exception as error:
            observer.on_error(error)

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


def later(seconds: float, call: Callable[[], Any], scheduler: Any) -> Any:
    """Call something in virtual time."""
    return scheduler.schedule_relative(seconds, lambda *_: call())


def state_outside_subscribe_later() -> Operator:
    """The same sum, of items that come a second late."""
    return rx.compose(rx.delay(1.0), state_outside_subscribe())


@operator
def swallows_errors_later(source: Any, observer: Any, scheduler: Any) -> Any:
    """The error is waited with, and the wait is forgotten."""
    return source.subscribe(
        observer.on_next, lambda _: later(1.0, lambda: None, scheduler), observer.on_completed, scheduler=scheduler
    )


@operator
def completes_twice_in_time(source: Any, observer: Any, scheduler: Any) -> Any:
    """Once at once, and once more by a timer."""

    def on_completed() -> None:
        observer.on_completed()
        later(1.0, observer.on_completed, scheduler)

    return source.subscribe(observer.on_next, observer.on_error, on_completed, scheduler=scheduler)


@operator
def loses_what_waits(source: Any, observer: Any, scheduler: Any) -> Any:
    """Each item waits for a second, and completion waits for none of them."""
    waiting = CompositeDisposable()

    def on_next(item: Any) -> None:
        waiting.add(later(1.0, lambda: observer.on_next(item), scheduler))

    def on_completed() -> None:
        waiting.dispose()
        observer.on_completed()

    return CompositeDisposable(source.subscribe(on_next, observer.on_error, on_completed, scheduler=scheduler), waiting)


@operator
def delivers_what_waits_after_dispose(source: Any, observer: Any, scheduler: Any) -> Any:
    """Each item waits for a second; dispose reaches the source, and not what waits."""

    def on_completed() -> None:
        later(1.0, observer.on_completed, scheduler)

    return source.subscribe(
        lambda item: later(1.0, lambda: observer.on_next(item), scheduler),
        observer.on_error,
        on_completed,
        scheduler=scheduler,
    )


@operator
def subscribes_twice(source: Any, observer: Any, scheduler: Any) -> Any:
    """Once for the items, and once for the end: of a request, that is two."""
    return CompositeDisposable(
        source.subscribe(observer.on_next, lambda _: None, lambda: None, scheduler=scheduler),
        source.subscribe(lambda _: None, observer.on_error, observer.on_completed, scheduler=scheduler),
    )


def marks_its_items() -> Operator:
    """Others that are told of the same items see the mark."""
    return rx.map(lambda item: item.update(seen=True) or item)


def takes_from_its_items() -> Operator:
    return rx.map(lambda item: item.pop("text", ""))


@operator
def emits_what_it_goes_on_changing(source: Any, observer: Any, scheduler: Any) -> Any:
    kept: list[Any] = []

    def on_next(item: Any) -> None:
        kept.append(item)
        observer.on_next(kept)

    return source.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)


def subscribes_at_once() -> Operator:
    """It reads before anybody has asked."""

    def apply(source: Observable[Any]) -> Observable[Any]:
        source.subscribe(lambda _: None, lambda _: None)
        return source

    return apply


BROKEN = [
    (state_outside_subscribe, 2),
    (state_in_a_seed, 2),
    (subscribes_at_once, 2),
    (holds_everything_back, 3),
    (loses_the_last_item, 3),
    (swallows_errors, 4),
    (takes_an_error_for_the_end, 4),
    (wraps_errors, 4),
    (tells_an_error_twice, 4),
    (raises_into_the_source, 5),
    (swallows_its_own_error, 5),
    (keeps_the_source_after_its_own_error, 5),
    (takes_the_observers_error_for_its_own, 5),
    (never_disposes, 6),
    (disposes_late, 6),
    (emits_after_dispose, 6),
    (says_goodbye_at_dispose, 6),
    (completes_twice, 7),
    (emits_after_the_end, 7),
    (never_completes, 7),
    (emits_what_it_goes_on_changing, 12),
    (subscribes_twice, 2),
    (swallows_errors_later, 4),
    (completes_twice_in_time, 7),
]


@pytest.mark.parametrize(("broken", "law"), BROKEN, ids=lambda value: getattr(value, "__name__", None))
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
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_operator_that_takes_its_time_is_caught_by_its_law(broken: Any, law: int):
    """What emits by timers may emit later than at once, and no more than that is declared."""
    with pytest.raises(LawBroken, match=rf"^law {law} is broken") as caught:
        check_operator_laws(broken, NUMBERS, held_back=True, seconds_between=0.5)
    assert caught.value.law == law
    check_operator_laws(lambda: rx.delay(1.0), NUMBERS, held_back=True, seconds_between=0.5, max_examples=20)


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
    with pytest.raises(LawBroken, match=r"law 3 is broken(.|\n)*expected \[0\] of all items, but got \[1\]"):
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
