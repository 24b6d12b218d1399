"""Laws 4 and 5: errors of the source, and errors of the operator."""

from __future__ import annotations

from typing import Any

import pytest
import reactivex
from hypothesis import given
from hypothesis import strategies as st

from rxstream import Outcome, lift
from rxstream.reactive import NOTHING, lift_step
from tests.laws.probes import COMPLETED, Boom, Poison, Source, Subscriber, run
from tests.laws.registry import Case, every_case, law


@every_case
@law
@given(data=st.data())
def test_an_error_of_the_source_passes_once_and_unchanged(case: Case, data: st.DataObject):
    """Law 4: what came before an error is emitted, then the error, the same object, once; nothing is made of it.

    ``outcome`` is a declared exception: the error is in the one value that it emits, and the Observable completes. An
    operator that lets go of what waits emits what it emits where the source completes instead. One that has ended
    early does not hear of the error.
    """
    events = data.draw(case.streams).events
    events = events[: data.draw(st.integers(0, len(events)))]
    error = Boom()
    source, subscriber = Source(), Subscriber()
    case.make()(source).subscribe(subscriber)
    for event in events:
        source.next(event)
    has_ended = bool(subscriber.ends)
    assert case.ends_early or not has_ended
    source.error(error)
    if case.errors_are_values:
        [value] = subscriber.items
        assert isinstance(value, Outcome)
        assert value.error is error
        assert subscriber.ends == [COMPLETED]
    else:
        [end] = subscriber.ends
        assert end is (COMPLETED if has_ended else error)
        assert subscriber.shown() == run(case.make, events, complete=case.lets_go).shown()
    assert subscriber.late == []


@every_case
@law
@given(data=st.data())
def test_an_operators_own_error_is_emitted_once_and_the_source_released(case: Case, data: st.DataObject):
    """Law 5: an event that cannot be read ends the subscription with that error; the source is disposed of.

    ``outcome`` makes a value of it. ``share_replay`` does not look at events and passes it on. An operator that has
    ended early does not see it.
    """
    events = data.draw(case.streams).events
    at = data.draw(st.integers(0, len(events)))
    error = Boom()
    source, subscriber = Source(), Subscriber()
    case.make()(source).subscribe(subscriber)
    for event in events[:at]:
        source.next(event)
    before = len(subscriber.items)
    has_ended = bool(subscriber.ends)
    source.next(Poison(error))
    if not case.looks_inside:
        assert (subscriber.ends, source.disposals) == ([], 0)
        return
    for event in events[at:]:
        source.next(event)
    source.complete()
    if case.errors_are_values:
        assert [value.error is error for value in subscriber.items] == [True]
        assert subscriber.items[0].status in ("errored", "completed", "incomplete", "failed")  # a terminal event stands
        assert subscriber.ends == [COMPLETED]
    else:
        assert len(subscriber.items) == before or (case.is_second and case.lets_go)
        assert len(subscriber.ends) == 1
        assert subscriber.ends[0] is (COMPLETED if has_ended else error)
    assert subscriber.late == []
    assert source.disposals == 1


class Machine:
    """Doubles each number; raises where it is told to."""

    def __init__(self, error: Exception, where: str) -> None:
        self.error = error
        self.where = where
        if where == "make":
            raise error

    def feed(self, number: int) -> Any:
        """A generator: what it gives before it raises is to be emitted."""
        yield number
        if self.where == "feed" and number == 2:
            raise self.error
        yield number

    def step(self, number: int) -> Any:
        """The same for the cheaper primitive."""
        if self.where == "step" and number == 2:
            raise self.error
        return NOTHING if number == 3 else number

    def close(self) -> Any:
        """Gives something, then raises."""
        yield "held"
        if self.where == "close":
            raise self.error


@pytest.mark.parametrize(
    ("primitive", "where", "expected"),
    [
        (lift, "make", []),
        (lift, "feed", [1, 1, 2]),
        (lift, "close", [1, 1, 2, 2, 3, 3, "held"]),
        (lift_step, "make", []),
        (lift_step, "step", [1]),
        (lift_step, "close", [1, 2, "held"]),
    ],
)
def test_what_a_machine_raises_is_emitted_after_what_it_had_given(primitive: Any, where: str, expected: list[Any]):
    """Law 5 for both primitives and every place where a machine can raise: once, unchanged, the source released."""
    error = Boom()
    source, subscriber = Source(), Subscriber()
    primitive(lambda: Machine(error, where))(source).subscribe(subscriber)
    if where != "make":
        for number in (1, 2, 3):
            source.next(number)
        source.complete()
    assert subscriber.items == expected
    [end] = subscriber.ends
    assert end is error
    assert source.subscriptions == source.disposals == (0 if where == "make" else 1)


@pytest.mark.parametrize("primitive", [lift, lift_step])
def test_the_machine_is_not_closed_when_the_source_fails(primitive: Any):
    """What is held back is not emitted between the last item and an error."""
    error = Boom()
    subscriber = Subscriber()
    source = reactivex.concat(reactivex.of(1), reactivex.throw(error))
    primitive(lambda: Machine(error, "nowhere"))(source).subscribe(subscriber)
    assert "held" not in subscriber.items
    assert subscriber.ends[0] is error


@pytest.mark.parametrize("primitive", [lift, lift_step])
def test_what_a_subscriber_raises_is_not_taken_for_an_error_of_the_machine(primitive: Any):
    """It goes to whoever emitted, who ends that subscription; the operator sends no ``on_error`` of its own."""
    error = Boom()

    def refuse() -> None:
        raise error

    source, subscriber = Source(), Subscriber(refuse)
    primitive(lambda: Machine(error, "nowhere"))(source).subscribe(subscriber)
    with pytest.raises(Boom) as raised:
        source.next(1)
    assert raised.value is error
    assert subscriber.ends == []
