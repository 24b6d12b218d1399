"""Law 6: dispose reaches the source."""

from __future__ import annotations

from typing import Any

import pytest
import reactivex
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as rx
from reactivex.disposable import SerialDisposable

from rxstream import lift
from tests.laws.probes import COMPLETED, Source, Subscriber
from tests.laws.registry import Case, every_case, law


@every_case
@law
@given(data=st.data())
def test_dispose_releases_the_source_and_silences_it(case: Case, data: st.DataObject):
    """Disposing of a subscription, before the first item or later, once or twice, disposes of the source once.

    Nothing is delivered afterwards, whatever the source still sends.
    """
    events = data.draw(case.streams).events
    at = data.draw(st.integers(0, len(events)))
    source, subscriber = Source(), Subscriber()
    subscription = case.make()(source).subscribe(subscriber)
    for event in events[:at]:
        source.next(event)
    told = subscriber.told
    assert source.disposals == len(subscriber.ends) <= case.ends_early
    for _ in range(data.draw(st.integers(1, 2))):
        subscription.dispose()
    assert source.disposals == 1
    for event in events[at:]:
        source.next(event)
    source.complete()
    assert subscriber.told == told


@every_case
@law
@given(data=st.data())
def test_dispose_from_inside_on_next_releases_the_source(case: Case, data: st.DataObject):
    """A subscriber that disposes while it is told something is told nothing more, not even what was due with it."""
    events = data.draw(case.streams).events
    source, subscription = Source(), SerialDisposable()
    subscriber = Subscriber(subscription.dispose)
    subscription.disposable = case.make()(source).subscribe(subscriber)
    for event in events:
        source.next(event)
    source.complete()
    assert len(subscriber.items) <= 1
    assert subscriber.ends == ([] if subscriber.items else [COMPLETED])
    assert source.disposals == 1


@every_case
@law
@given(data=st.data())
def test_take_stops_reading(case: Case, data: st.DataObject):
    """``take(1)`` behind an operator ends the reading: the source is asked for nothing after the item."""
    events = data.draw(case.streams).events
    read: list[Any] = []
    source = reactivex.from_iterable(event for event in events if not read.append(event))
    subscriber = Subscriber()
    source.pipe(case.make(), rx.take(1)).subscribe(subscriber)
    before = Subscriber()
    reactivex.from_iterable(read[:-1]).pipe(case.make()).subscribe(before)
    assert subscriber.ends == [COMPLETED]
    if len(read) < len(events):
        assert len(subscriber.items) == 1
        if not case.lets_go:
            assert len(before.items) <= (1 if case.held_back else 0)


def test_a_machine_without_end_stops_when_nobody_listens():
    """``feed`` may be a generator that never ends: dispose ends it, and its ``finally`` runs."""
    closed: list[str] = []

    class Counting:
        def feed(self, start: int) -> Any:
            try:
                while True:
                    yield start
                    start += 1
            finally:
                closed.append("feed")

        def close(self) -> Any:
            return ()

    subscriber = Subscriber()
    reactivex.of(5).pipe(lift(Counting), rx.take(3)).subscribe(subscriber)
    assert (subscriber.items, subscriber.ends, closed) == ([5, 6, 7], [COMPLETED], ["feed"])


@pytest.mark.parametrize("give", [list, iter])
def test_values_that_a_machine_gives_together_stop_at_dispose(give: Any):
    """Of several values for one item, those after the one that led to dispose are not delivered."""

    class Several:
        def feed(self, item: int) -> Any:
            return give([item, item, item])

        def close(self) -> Any:
            return ()

    source, subscription = Source(), SerialDisposable()
    subscriber = Subscriber(subscription.dispose)
    subscription.disposable = lift(Several)(source).subscribe(subscriber)
    source.next(1)
    assert (subscriber.items, source.disposals) == ([1], 1)
