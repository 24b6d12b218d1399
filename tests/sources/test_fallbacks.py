"""``fallback``: the next request, where one fails before content."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import reactivex
from reactivex.testing import TestScheduler

from rxstream import (
    APIStatusError,
    AsyncClient,
    Client,
    ResponseStream,
    StreamError,
    collect,
    collect_sync,
    fallback,
    from_events,
    race,
    share_replay,
    timeouts,
)
from rxstream.simulated import SimulatedTransport
from rxstream.testing import now, run_virtually
from tests.laws.probes import COMPLETED as ENDED
from tests.laws.probes import Boom, Poison, Source, Subscriber
from tests.marbles import END, event, text
from tests.sources.test_racing import ALIVE, COMPLETED, CREATED, INCOMPLETE, run


def test_a_stream_that_fails_before_content_is_replaced():
    """Marble: what it had emitted is not emitted; the next one is subscribed to at that moment."""
    marbles, subscriptions = run(
        fallback,
        [(10, CREATED[0]), (20, Boom())],
        [(10, CREATED[1]), (15, ALIVE), (30, text("Hel")), (40, COMPLETED), (41, END)],
        [(10, text("no"))],
    )
    expected = [(250, CREATED[1]), (250, ALIVE), (250, text("Hel")), (260, COMPLETED), (261, END)]
    assert marbles == expected
    assert subscriptions == [[(200, 220)], [(220, 261)], []]


def test_after_content_an_error_passes():
    """Marble: text must not come twice."""
    error = Boom()
    marbles, subscriptions = run(fallback, [(10, text("Hel")), (20, error)], [(10, text("no"))])
    assert marbles == [(210, text("Hel")), (220, error)]
    assert subscriptions[1] == []


def test_where_all_fail_the_last_error_tells_of_the_others():
    """Marble: what the last one emitted comes as it comes, ``response.failed`` too."""
    errors = [StreamError(f"error {number}") for number in range(3)]
    failed = event("failed", response={"status": "failed"})
    streams = [[(10, errors[0])], [(10, errors[1])], [(10, CREATED[2]), (20, failed), (21, errors[2])]]
    marbles, _ = run(fallback, *streams)
    assert marbles == [(230, CREATED[2]), (240, failed), (241, errors[2])]
    assert marbles[-1][1] is errors[2]
    assert errors[2].__notes__ == [
        "another stream had failed before: StreamError: error 0",
        "another stream had failed before: StreamError: error 1",
    ]


def test_a_stream_that_completes_has_answered():
    """Marble: an incomplete response without content is an answer; its events come when that is sure."""
    marbles, subscriptions = run(fallback, [(10, CREATED[0]), (20, INCOMPLETE), (21, END)], [(10, text("no"))])
    assert marbles == [(221, CREATED[0]), (221, INCOMPLETE), (221, END)]
    assert subscriptions[1] == []


def test_one_stream_passes_as_it_is():
    """Marble: nothing waits, and its error has no notes."""
    error = Boom()
    marbles, _ = run(fallback, [(10, CREATED[0]), (20, error)])
    assert marbles == [(210, CREATED[0]), (220, error)]
    assert not hasattr(error, "__notes__")


def test_a_fallback_is_cold():
    """Nothing is sent before the subscription; each subscription begins with the first stream."""
    sources = [Source(), Source()]
    stream = fallback(*sources)
    assert isinstance(stream, ResponseStream)
    assert [source.subscriptions for source in sources] == [0, 0]
    for _ in range(2):
        stream.subscribe(Subscriber())
        sources[0].error(Boom())
    assert [source.subscriptions for source in sources] == [2, 2]


def test_dispose_reaches_the_stream_that_is_tried_now():
    """Those before were released when they failed, and those after are never subscribed to."""
    sources, subscriber = [Source(), Source(), Source()], Subscriber()
    subscription = fallback(*sources).subscribe(subscriber)
    sources[0].error(Boom())
    assert [source.disposals for source in sources] == [1, 0, 0]
    subscription.dispose()
    assert [source.disposals for source in sources] == [1, 1, 0]
    sources[1].next(text("late"))
    sources[1].error(Boom())
    assert (subscriber.told, sources[2].subscriptions) == (0, 0)


def test_dispose_from_inside_on_next_stops_what_was_held():
    """Of the events that came with the first content, none is told after the one that led to dispose."""
    source, subscriber = Source(), Subscriber(lambda: subscription.dispose())
    subscription = fallback(source, Source()).subscribe(subscriber)
    for one in (CREATED[0], ALIVE, text("Hel")):
        source.next(one)
    assert (subscriber.items, subscriber.ends, source.disposals) == ([CREATED[0]], [], 1)


def test_it_ends_once_whatever_the_streams_do():
    """A stream that breaks the grammar of Rx is not heard after its end."""
    sources, subscriber = [Source(), Source()], Subscriber()
    fallback(*sources).subscribe(subscriber)
    sources[0].error(Boom())
    sources[0].error(Boom())
    sources[0].next(text("late"))
    sources[0].complete()
    sources[1].next(text("Hel"))
    sources[1].complete()
    sources[1].error(Boom())
    assert (subscriber.items, subscriber.ends, subscriber.late) == ([text("Hel")], [ENDED], [])
    assert sources[1].subscriptions == 1


@pytest.mark.parametrize("combine", [fallback, race])
def test_what_a_subscriber_makes_the_stream_emit_comes_after_what_was_held(combine: Callable[..., Any]):
    """Events, and the end; of a ``race`` too."""
    for ends in (False, True):
        source, answers = Source(), iter([text("lo"), text("!")])

        def answer(source: Source = source, answers: Any = answers, ends: bool = ends) -> None:
            if ends:
                source.complete()
            elif one := next(answers, None):
                source.next(one)

        subscriber = Subscriber(answer)
        combine(source, Source()).subscribe(subscriber, scheduler=TestScheduler())
        for one in (CREATED[0], ALIVE, text("Hel")):
            source.next(one)
        told = [CREATED[0], ALIVE, text("Hel")]
        assert subscriber.items == (told if ends else [*told, text("lo"), text("!")])
        assert subscriber.ends == ([ENDED] if ends else [])


@pytest.mark.parametrize("combine", [fallback, race])
def test_a_subscriber_that_raises_is_not_taken_for_a_stream_that_failed(combine: Callable[..., Any]):
    """Of what was held it gets no more, and no other stream; of a ``race`` too."""
    boom, told, ends = Boom(), list[Any](), list[Any]()

    def tell(one: Any) -> None:
        told.append(one)
        raise boom

    combine(from_events([CREATED[0], text("Hel"), COMPLETED]), Source()).subscribe(tell, ends.append)
    assert (told, ends) == ([CREATED[0]], [boom])


def test_no_stream_is_tried_for_a_subscriber_that_has_left():
    """Another thread disposes while one stream is replaced by the next."""

    class Left(Source):
        def _count(self) -> None:
            super()._count()
            subscription.dispose()

    sources = [Left(), Source()]
    subscription = fallback(*sources).subscribe(Subscriber())
    sources[0].error(Boom())
    assert (sources[0].disposals, sources[1].subscriptions) == (1, 0)


def test_an_error_that_is_kept_is_noted_once():
    """As ``share_replay`` keeps it, for each subscriber."""
    streams = [reactivex.throw(StreamError(f"error {number}")).pipe(share_replay()) for number in range(2)]
    for _ in range(2):
        with pytest.raises(StreamError, match="error 1") as caught:
            collect_sync(fallback(*streams))
        assert caught.value.__notes__ == ["another stream had failed before: StreamError: error 0"]


def test_a_stream_whose_events_cannot_be_read_has_failed():
    """It is released, and the next one is tried."""
    sources, subscriber = [Source(), Source()], Subscriber()
    fallback(*sources).subscribe(subscriber)
    sources[0].next(Poison(Boom()))
    sources[1].next(text("Hel"))
    assert (subscriber.items, sources[0].disposals, sources[1].disposals) == ([text("Hel")], 1, 0)


def test_a_stream_that_fails_while_it_is_subscribed_to_does_not_take_the_next_one_along():
    """The trap of a disposable that is set too late."""
    source, subscriber = Source(), Subscriber()

    def failing(observer: Any, _scheduler: Any = None) -> Any:
        observer.on_error(Boom())

    fallback(reactivex.create(failing), reactivex.create(failing), source).subscribe(subscriber)
    assert (source.subscriptions, source.disposals) == (1, 0)
    source.next(text("Hel"))
    assert subscriber.items == [text("Hel")]


@pytest.mark.parametrize(("streams", "error"), [((), ValueError), ((from_events([]), []), TypeError)])
def test_what_cannot_be_tried_is_refused_at_the_call(streams: Any, error: type[Exception]):
    """No streams, or something else."""
    with pytest.raises(error, match="stream"):
        fallback(*streams)


def test_a_slow_model_is_replaced_by_timeouts():
    """asyncio, in virtual time: policies compose; the request that was given up is closed."""

    async def main() -> None:
        transport = SimulatedTransport()
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            slow = client.stream(model="scenario:slow_start:30", input="Hello")
            fast = client.stream(model="gpt-5", input="Say 'hello' once.")
            stream = fallback(slow.pipe(timeouts(first_content_seconds=2)), fast)
            assert await collect(stream.text_deltas()) == ["hello"]
            assert now() == pytest.approx(2, abs=0.1)
            assert transport.model.open_streams == 0

    run_virtually(main())


@pytest.mark.parametrize("read", [collect_sync, lambda stream: asyncio.run(collect(stream))], ids=["sync", "asyncio"])
def test_a_synchronous_client_falls_back(read: Callable[[Any], list[Any]]):
    """A refused request, and then one that is answered; where both are refused, the error says so."""
    with httpx.Client(transport=SimulatedTransport()) as http_client:
        client = Client(base_url="http://simulated/v1", http_client=http_client)
        refused, answered = (
            client.stream(model=name, input="Say 'hello' once.", max_retries=0)
            for name in ("scenario:status:503", "gpt-5")
        )
        assert read(fallback(refused, answered).text_deltas()) == ["hello"]
        with pytest.raises(APIStatusError) as caught:
            read(fallback(refused, refused))
        assert len(caught.value.__notes__) == 1


def test_a_plain_subscription_falls_back_before_it_returns():
    """Without a scheduler, synchronous streams are read one after the other in the current thread, to the end."""
    subscriber = Subscriber()
    fallback(from_events([CREATED[0]]), from_events([text("Hel"), COMPLETED])).subscribe(subscriber)
    assert (subscriber.items, subscriber.ends) == ([text("Hel"), COMPLETED], [ENDED])


def test_the_scheduler_of_the_subscription_reaches_every_stream():
    """Timers and demand are those of the consumer."""
    seen: list[Any] = []

    def failing(observer: Any, scheduler: Any = None) -> Any:
        seen.append(scheduler)
        observer.on_error(Boom())

    scheduler = TestScheduler()
    stream = fallback(reactivex.create(failing), reactivex.create(failing))
    stream.subscribe(Subscriber(), scheduler=scheduler)
    assert seen == [scheduler, scheduler]
