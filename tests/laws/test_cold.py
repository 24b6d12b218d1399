"""Law 2, cold: two subscriptions of one pipeline are independent."""

from __future__ import annotations

import reactivex
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.probes import COMPLETED, Source, Subscriber, run
from tests.laws.registry import Case, every_case, law


@every_case
@law
@given(data=st.data())
def test_interleaved_subscriptions_do_not_see_each_other(case: Case, data: st.DataObject):
    """Two subscriptions of one pipeline, each with a source of its own, emit what each would emit alone.

    ``share_replay`` is the declared exception: the second one gets what the first one gets.
    """
    first, second = data.draw(case.streams), data.draw(case.streams)
    order = data.draw(st.permutations([0] * len(first.events) + [1] * len(second.events)))
    sources = [Source(), Source()]
    waiting = iter(sources)
    pipeline = reactivex.defer(lambda _: next(waiting)).pipe(case.make())
    subscribers = [Subscriber(), Subscriber()]
    for subscriber in subscribers:
        pipeline.subscribe(subscriber)
    events = [iter(first.events), iter(second.events)]
    for number in order:
        if sources[number].subscriptions:
            sources[number].next(next(events[number]))

    alone = [run(case.make, first.events).shown(), run(case.make, second.events).shown()]
    expected = [alone[0], alone[0]] if case.multicasts else alone
    assert [subscriber.shown() for subscriber in subscribers] == expected
    assert [source.subscriptions for source in sources] == ([1, 0] if case.multicasts else [1, 1])


@every_case
@law
@given(data=st.data())
def test_a_second_subscription_begins_anew(case: Case, data: st.DataObject):
    """What one subscription has seen to its end leaves no trace in the next one of the same pipeline."""
    events = data.draw(case.streams).events
    pipeline = reactivex.from_iterable(events).pipe(case.make())
    subscribers = [Subscriber(), Subscriber()]
    for subscriber in subscribers:
        pipeline.subscribe(subscriber)
    assert subscribers[0].shown() == subscribers[1].shown()
    assert [subscriber.ends for subscriber in subscribers] == [[COMPLETED], [COMPLETED]]


@every_case
def test_nothing_happens_before_the_subscription(case: Case):
    """Making a pipeline subscribes to nothing; a subscription subscribes to the source once."""
    source = Source()
    pipeline = source.pipe(case.make())
    assert source.subscriptions == 0
    pipeline.subscribe(Subscriber())
    assert source.subscriptions == 1
