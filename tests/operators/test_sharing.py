"""``share_replay``: one request for many subscribers."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import reactivex
from reactivex import Observable, abc
from reactivex import operators as rx
from reactivex.testing import ReactiveTest, TestScheduler

from rxstream import StreamError, collect_sync, share_replay
from tests.laws.probes import COMPLETED, Boom, Source, Subscriber
from tests.marbles import END, emit


def shared() -> tuple[Source, Observable[Any]]:
    """A source by hand, and what shares it."""
    source = Source()
    return source, source.pipe(share_replay())


def refuse() -> None:
    """Raise, as a faulty subscriber does."""
    raise Boom


def test_items_come_when_the_source_emits_them():
    """Marble: for one subscriber nothing changes."""
    result = emit(share_replay(), (10, "a"), (20, "b"), (30, END), cold=True)
    assert result.marbles == [(210, "a"), (220, "b"), (230, END)]
    assert result.subscriptions == [(200, 230)]


def test_a_late_subscriber_gets_what_it_missed_at_once_and_the_rest_in_time():
    """Marble: subscribed to at 200, 225 and 300; one subscription to the source, released at its end."""
    scheduler = TestScheduler()
    source = scheduler.create_cold_observable(
        ReactiveTest.on_next(10, "a"),
        ReactiveTest.on_next(20, "b"),
        ReactiveTest.on_next(30, "c"),
        ReactiveTest.on_completed(40),
    )
    stream = source.pipe(share_replay())
    observers = {time: scheduler.create_observer() for time in (200, 225, 300)}
    for time, observer in observers.items():
        scheduler.schedule_absolute(time, lambda *_, observer=observer: stream.subscribe(observer) and None)
    scheduler.start()
    seen = {time: [(one.time, one.value.kind) for one in observer.messages] for time, observer in observers.items()}
    assert seen == {
        200: [(210, "N"), (220, "N"), (230, "N"), (240, "C")],
        225: [(225, "N"), (225, "N"), (230, "N"), (240, "C")],
        300: [(300, "N"), (300, "N"), (300, "N"), (300, "C")],
    }
    assert [(one.subscribe, one.unsubscribe) for one in source.subscriptions] == [(200, 240)]


def test_there_is_one_subscription_ever():
    """Neither many subscribers, nor a late one, nor ``retry`` sends the request again."""
    requests: list[int] = []

    def request(_: Any) -> Observable[int]:
        requests.append(1)
        return reactivex.concat(reactivex.of(1), reactivex.throw(Boom()))

    stream = reactivex.defer(request).pipe(share_replay())
    subscribers = [Subscriber() for _ in range(3)]
    for subscriber in subscribers:
        stream.pipe(rx.retry(3)).subscribe(subscriber)
    assert requests == [1]
    assert [subscriber.items for subscriber in subscribers] == [[1, 1, 1]] * 3


def test_an_error_is_kept_for_who_comes_later():
    """Each subscriber gets the items and then the same error, once."""
    source, stream = shared()
    error, subscribers = Boom(), [Subscriber(), Subscriber()]
    stream.subscribe(subscribers[0])
    source.next("a")
    source.error(error)
    stream.subscribe(subscribers[1])
    for subscriber in subscribers:
        assert subscriber.items == ["a"]
        assert [end is error for end in subscriber.ends] == [True]
    assert source.disposals == 1


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_subscriber_that_raises_ends_alone(at: int):
    """Its own subscription ends with its error; the others, before it and after it, get everything."""
    source, stream = shared()
    faulty = Subscriber(refuse)
    subscribers = [Subscriber(), Subscriber()]
    subscribers.insert(at, faulty)
    for subscriber in subscribers:
        stream.subscribe(subscriber)
    source.next("a")
    source.next("b")
    source.complete()
    assert faulty.items == ["a"]
    assert [type(end) for end in faulty.ends] == [Boom]
    assert [(one.items, one.ends) for one in subscribers if one is not faulty] == [(["a", "b"], [COMPLETED])] * 2


@pytest.mark.parametrize("silent", ["on_next", "on_error", "on_completed"])
def test_an_error_that_nobody_handles_is_reported_and_stops_nobody(silent: str, caplog: pytest.LogCaptureFixture):
    """Without ``on_error``, or where a terminal callback raises, the log says so; the others go on."""
    source, stream = shared()
    callbacks = {silent: lambda *_: refuse()}
    stream.subscribe(**callbacks)
    other = Subscriber()
    stream.subscribe(other)
    source.next("a")
    if silent == "on_error":
        source.error(Boom())
    else:
        source.complete()
    assert other.items == ["a"]
    assert len(other.ends) == 1
    [record] = caplog.records
    assert (record.name, record.levelno) == ("rxstream", logging.ERROR)
    assert record.exc_info is not None
    assert record.exc_info[0] is Boom


def test_one_that_leaves_does_not_end_the_others():
    """The source is released when the last one leaves, not before."""
    source, stream = shared()
    subscribers = [Subscriber(), Subscriber()]
    first, second = [stream.subscribe(subscriber) for subscriber in subscribers]
    source.next("a")
    first.dispose()
    first.dispose()
    source.next("b")
    assert [subscriber.items for subscriber in subscribers] == [["a"], ["a", "b"]]
    assert source.disposals == 0
    second.dispose()
    assert source.disposals == 1


def test_who_comes_after_all_have_left_gets_what_had_come_and_an_error():
    """No second request is sent, and nobody waits for ever; what the source sends after that comes to nobody."""
    source, stream = shared()
    stream.subscribe(Subscriber()).dispose()
    late = Subscriber()
    source.next("ignored")
    stream.subscribe(late)
    assert late.items == []
    [end] = late.ends
    assert isinstance(end, StreamError)
    assert "had left" in str(end)
    assert (source.subscriptions, source.disposals) == (1, 1)


def test_leaving_in_the_middle_keeps_what_had_come():
    """The items that had come by then are replayed before the error."""
    source, stream = shared()
    early, late = Subscriber(), Subscriber()
    subscription = stream.subscribe(early)
    source.next("a")
    subscription.dispose()
    source.next("b")
    source.complete()
    stream.subscribe(late)
    assert (late.items, [type(end) for end in late.ends]) == (["a"], [StreamError])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_subscriber_may_subscribe_while_it_is_told_something(count: int):
    """Re-entrancy: the new one gets everything, in order, once; so does the one that brought it."""
    source, stream = shared()
    inner = Subscriber()

    def subscribe() -> None:
        if len(outer.items) == count:
            stream.subscribe(inner)

    outer = Subscriber(subscribe)
    stream.subscribe(outer)
    for item in "abc":
        source.next(item)
    source.complete()
    assert outer.items == inner.items == ["a", "b", "c"]
    assert outer.ends == inner.ends == [COMPLETED]


def test_a_source_that_emits_while_a_subscriber_is_told_keeps_the_order():
    """Re-entrancy from below: an item that is emitted inside ``on_next`` comes after the one that is being told."""
    source, stream = shared()

    def echo() -> None:
        if subscribers[0].items[-1] == "a":
            source.next("b")

    subscribers = [Subscriber(echo), Subscriber()]
    for subscriber in subscribers:
        stream.subscribe(subscriber)
    source.next("a")
    source.next("c")
    assert [subscriber.items for subscriber in subscribers] == [["a", "b", "c"]] * 2


def test_branches_of_one_request_come_together_again():
    """The usual use: two views of one stream, merged, for one request."""
    requests: list[int] = []
    source = reactivex.defer(lambda _: requests.append(1) or reactivex.of(1, 2, 3))
    stream = source.pipe(share_replay())
    both = Subscriber()
    reactivex.merge(stream.pipe(rx.map(str)), stream.pipe(rx.filter(lambda number: number == 2))).subscribe(both)
    assert (sorted(map(str, both.items)), both.ends, requests) == (["1", "2", "2", "3"], [COMPLETED], [1])


def test_sharing_takes_no_arguments():
    """A wrong argument raises at the call."""
    with pytest.raises(TypeError):
        share_replay(1)  # type: ignore[call-arg]


def test_a_late_subscriber_that_wants_one_item_is_told_no_more() -> None:
    """Law: what came before is not pushed inside ``subscribe``, where nobody can leave yet."""
    stream = reactivex.from_iterable(range(1000)).pipe(share_replay())
    collect_sync(stream)
    passed: list[int] = []
    late = stream.pipe(rx.do_action(passed.append), rx.map(lambda item: item + 1), rx.take(1))
    assert collect_sync(late) == [1]
    assert passed == [0]


def test_an_operator_behind_it_has_its_subscription_when_a_late_item_comes() -> None:
    """Law: it may dispose of it in ``on_next``, as with any source that is scheduled."""
    stream = reactivex.from_iterable(range(1000)).pipe(share_replay())
    collect_sync(stream)
    told: list[int] = []

    def subscribe(observer: abc.ObserverBase[int], scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
        def on_next(item: int) -> None:
            told.append(item)
            observer.on_completed()
            subscription.dispose()

        subscription = stream.subscribe(on_next, scheduler=scheduler)
        return subscription

    assert collect_sync(Observable(subscribe)) == []
    assert told == [0]
