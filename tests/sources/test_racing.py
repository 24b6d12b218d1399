"""``race``: several requests, of which the first with content wins."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import reactivex
from hypothesis import given
from hypothesis import strategies as st
from reactivex.scheduler import NewThreadScheduler
from reactivex.testing import ReactiveTest, TestScheduler

from rxstream import (
    AsyncClient,
    Client,
    ResponseStream,
    StreamError,
    collect,
    collect_sync,
    from_events,
    last_sync,
    outcome,
    race,
    text_deltas,
    timeouts,
)
from rxstream.events import ResponseStreamEvent
from rxstream.simulated import SimulatedTransport, running_server
from rxstream.testing import now, run_virtually
from tests.laws.probes import COMPLETED as ENDED
from tests.laws.probes import Boom, Poison, Source, Subscriber
from tests.laws.registry import law
from tests.marbles import END, event, text

CREATED = [event("created", response={"id": f"resp_{number}"}) for number in range(3)]
ALIVE = event("keepalive")
COMPLETED = event("completed", response={"status": "completed"})
INCOMPLETE = event("incomplete", response={"status": "incomplete"})
Note = tuple[float, Any]


def run(combine: Callable[..., Any], *streams: list[Note]) -> tuple[list[Note], list[list[tuple[float, float]]]]:
    """Combine cold streams in virtual time: what came when, and when each was subscribed to and released."""
    scheduler = TestScheduler()
    sources = [
        scheduler.create_cold_observable(
            *(
                ReactiveTest.on_completed(at)
                if one is END
                else ReactiveTest.on_error(at, one)
                if isinstance(one, Exception)
                else ReactiveTest.on_next(at, one)
                for at, one in notes
            )
        )
        for notes in streams
    ]
    results = scheduler.start(lambda: combine(*sources))
    marbles = [
        (
            note.time,
            note.value.value if note.value.kind == "N" else END if note.value.kind == "C" else note.value.exception,
        )
        for note in results.messages
    ]
    return marbles, [[(one.subscribe, one.unsubscribe) for one in source.subscriptions] for source in sources]


def test_the_first_with_content_wins_and_the_others_are_cancelled_then():
    """Marble: what the winner had emitted before comes too, in order, with its first content."""
    marbles, subscriptions = run(
        race,
        [(10, CREATED[0]), (50, text("slow")), (60, COMPLETED), (61, END)],
        [(20, CREATED[1]), (25, ALIVE), (30, text("fa")), (40, text("st")), (70, COMPLETED), (71, END)],
    )
    winner = [(230, CREATED[1]), (230, ALIVE), (230, text("fa")), (240, text("st")), (270, COMPLETED), (271, END)]
    assert marbles == winner
    assert subscriptions == [[(200, 230)], [(200, 271)]]


def test_a_stream_that_fails_before_content_has_lost():
    """Marble: the last one left has won, without waiting for its content."""
    error = Boom()
    marbles, subscriptions = run(
        race,
        [(10, error)],
        [(20, CREATED[1]), (30, ALIVE), (90, text("Hel")), (95, COMPLETED), (96, END)],
        [(25, error)],
    )
    expected = [(225, CREATED[1]), (230, ALIVE), (290, text("Hel")), (295, COMPLETED), (296, END)]
    assert marbles == expected
    assert subscriptions == [[(200, 210)], [(200, 296)], [(200, 225)]]


def test_where_all_fail_the_last_error_tells_of_the_others():
    """Marble: what the last one emitted comes before its error."""
    errors = [StreamError(f"error {number}") for number in range(3)]
    marbles, _ = run(race, [(30, errors[0])], [(10, errors[1])], [(15, CREATED[2]), (40, errors[2])])
    assert marbles == [(230, CREATED[2]), (240, errors[2])]
    assert marbles[-1][1] is errors[2]
    assert errors[2].__notes__ == [
        "another stream had failed before: StreamError: error 1",
        "another stream had failed before: StreamError: error 0",
    ]


def test_a_winner_that_fails_later_fails():
    """Marble: after content there is no way back; a stream that ended without content is not taken then."""
    error = Boom()
    marbles, subscriptions = run(
        race, [(5, INCOMPLETE), (6, END)], [(10, text("Hel")), (30, error)], [(20, text("no"))]
    )
    assert marbles == [(210, text("Hel")), (230, error)]
    assert subscriptions[2] == [(200, 210)]


def test_a_stream_that_completes_without_content_wins_if_no_other_brings_any():
    """Marble: an empty answer is worse than a later one with content, and better than an error."""
    empty = [(10, INCOMPLETE), (11, END)]
    marbles, _ = run(race, empty, [(50, text("Hel")), (60, COMPLETED), (61, END)])
    assert marbles == [(250, text("Hel")), (260, COMPLETED), (261, END)]
    marbles, _ = run(race, empty, [(15, CREATED[1]), (50, Boom())], [(40, COMPLETED), (45, END)])
    assert marbles == [(250, INCOMPLETE), (250, END)]


def test_one_stream_races_alone():
    """Marble: nothing waits."""
    marbles, _ = run(race, [(10, CREATED[0]), (20, text("Hel")), (30, COMPLETED), (31, END)])
    assert marbles == [(210, CREATED[0]), (220, text("Hel")), (230, COMPLETED), (231, END)]


note_lists = st.lists(
    st.tuples(st.integers(1, 50), st.sampled_from([*CREATED, ALIVE, text("a"), text("b")])), max_size=5
).map(lambda steps: list(zip(itertools.accumulate(step for step, _ in steps), (one for _, one in steps), strict=True)))
endings = st.tuples(st.integers(1, 50), st.sampled_from([END, "error"]))


@law
@given(st.lists(st.tuples(note_lists, endings), min_size=1, max_size=4))
def test_what_comes_is_one_stream_whole(drawn: list[Any]):
    """Law: the items and the end are those of exactly one stream, and it is the right one."""
    streams: list[list[Note]] = []
    for notes, (after, end) in drawn:
        at = (notes[-1][0] if notes else 0) + after
        streams.append([*notes, (at, END if end == END else StreamError(str(len(streams))))])
    marbles, subscriptions = run(race, *streams)
    winners = [stream for stream in streams if [one for _, one in stream] == [one for _, one in marbles]]
    assert winners
    first = {id(stream): next((at for at, one in stream if one in (text("a"), text("b"))), None) for stream in streams}
    with_content = [at for at in first.values() if at is not None]
    assert any(first[id(stream)] == min(with_content, default=None) for stream in winners)
    if not with_content and any(stream[-1][1] is END for stream in streams):
        assert marbles[-1][1] is END
    assert all(len(one) == 1 for one in subscriptions)
    assert all(released <= marbles[-1][0] for [(_, released)] in subscriptions)


def test_a_race_is_cold():
    """Nothing is sent before the subscription, and each subscription sends all requests anew."""
    sources = [Source(), Source()]
    stream = race(*sources)
    assert isinstance(stream, ResponseStream)
    assert [source.subscriptions for source in sources] == [0, 0]
    subscribers = [Subscriber(), Subscriber()]
    for subscriber in subscribers:
        stream.subscribe(subscriber, scheduler=TestScheduler())
    assert [source.subscriptions for source in sources] == [2, 2]
    sources[0].next(text("Hel"))
    assert [len(subscriber.items) for subscriber in subscribers] == [0, 1]


@pytest.mark.parametrize("events", [[], [CREATED[0]], [text("Hel")]])
def test_dispose_reaches_all_and_silences_them(events: list[Any]):
    """Before content and after, each source is released once, and nothing is told any more."""
    sources, subscriber = [Source(), Source()], Subscriber()
    subscription = race(*sources).subscribe(subscriber, scheduler=TestScheduler())
    for one in events:
        sources[0].next(one)
    told = subscriber.told
    subscription.dispose()
    subscription.dispose()
    assert [source.disposals for source in sources] == [1, 1]
    for source in sources:
        source.next(text("late"))
        source.complete()
    assert subscriber.told == told


def test_it_ends_once_whatever_the_streams_do():
    """Losers and a winner that break the grammar of Rx are not heard."""
    sources, subscriber = [Source(), Source()], Subscriber()
    race(*sources).subscribe(subscriber, scheduler=TestScheduler())
    sources[0].next(text("Hel"))
    sources[1].next(text("late"))
    sources[1].error(Boom())
    sources[0].complete()
    sources[0].error(Boom())
    sources[1].complete()
    assert (subscriber.items, subscriber.ends, subscriber.late) == ([text("Hel")], [ENDED], [])


def test_a_stream_whose_events_cannot_be_read_has_failed():
    """It is released, and the other one goes on."""
    sources, subscriber = [Source(), Source()], Subscriber()
    race(*sources).subscribe(subscriber, scheduler=TestScheduler())
    sources[0].next(Poison(Boom()))
    sources[1].next(text("Hel"))
    assert (subscriber.items, sources[0].disposals) == ([text("Hel")], 1)


def test_streams_that_end_while_they_are_subscribed_to():
    """A stream that is there at once has won before the next request is sent; one that fails at once has lost."""
    late = Source()
    subscriber = Subscriber()
    scheduler = TestScheduler()

    def immediate(observer: Any, _scheduler: Any = None) -> Any:
        observer.on_next(text("Hel"))
        observer.on_next(COMPLETED)
        observer.on_completed()

    race(reactivex.create(immediate), late).subscribe(subscriber, scheduler=scheduler)
    assert (subscriber.items, subscriber.ends, late.subscriptions) == ([text("Hel"), COMPLETED], [ENDED], 0)
    error = Boom()

    def failing(observer: Any, _scheduler: Any = None) -> Any:
        observer.on_error(error)

    subscriber = Subscriber()
    race(reactivex.create(failing), late).subscribe(subscriber, scheduler=scheduler)
    late.next(CREATED[0])
    assert (subscriber.items, late.subscriptions) == ([CREATED[0]], 1)


@pytest.mark.parametrize(
    ("streams", "error"), [((), ValueError), (([],), TypeError), ((from_events([]), 5), TypeError)]
)
def test_what_cannot_race_is_refused_at_the_call(streams: Any, error: type[Exception]):
    """No streams, or something else."""
    with pytest.raises(error, match="stream"):
        race(*streams)


def stalling(transport: SimulatedTransport, scenarios: list[str], make: Any, http_client: Any) -> list[ResponseStream]:
    """A request for each scenario, by one client."""
    client = make(base_url="http://simulated/v1", http_client=http_client)
    return [client.stream(model=f"scenario:{name}", input="Say 'hello' once.") for name in scenarios]


def test_asynchronous_clients_race():
    """asyncio, in virtual time: the fast one has answered, the slow one is closed, and a refused one has lost."""

    async def main() -> None:
        transport = SimulatedTransport()
        async with httpx.AsyncClient(transport=transport) as http_client:
            scenarios = ["slow_start:30", "status:500", "slow_start:3", "slow_start:20"]
            streams = stalling(transport, scenarios, AsyncClient, http_client)
            assert await collect(race(*streams).text_deltas()) == ["hello"]
            assert now() == pytest.approx(3, abs=0.1)
            assert transport.model.open_streams == 0
            seen: list[str] = []
            done = asyncio.Event()
            race(*streams).pipe(text_deltas()).subscribe(seen.append, on_completed=done.set)
            await done.wait()
            assert seen == ["hello"]

    run_virtually(main())


def test_a_race_in_asyncio_leaves_no_task():
    """Leaving the loop early closes all requests."""

    async def main() -> None:
        transport = SimulatedTransport()
        async with httpx.AsyncClient(transport=transport) as http_client:
            streams = stalling(transport, ["slow_start:30", "slow_start:40"], AsyncClient, http_client)
            stream = race(*streams).pipe(timeouts(first_content_seconds=5), outcome())
            [end] = await collect(stream)
            assert end.error.limit == "first_content"
            assert transport.model.open_streams == 0
            assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(main())


class Gate:
    """A plain iterable that blocks until it is let go, as a socket does."""

    def __init__(self, *events: ResponseStreamEvent) -> None:
        self.events = events
        self.opened = threading.Event()
        self.read = threading.Event()

    def __iter__(self) -> Any:
        self.read.set()
        assert self.opened.wait(30)
        yield from self.events


def subscribed(stream: ResponseStream, scheduler: Any = None) -> list[Any]:
    """What a plain subscriber is told."""
    seen: list[Any] = []
    done = threading.Event()
    stream.subscribe(
        seen.append,
        lambda error: (seen.append(error), done.set()),
        done.set,
        scheduler=scheduler,
    )
    assert done.is_set() or scheduler is not None
    assert done.wait(30)
    return seen


def in_asyncio(stream: ResponseStream) -> list[Any]:
    """What a loop in asyncio sees; synchronous sources are read in threads beside it."""
    return asyncio.run(collect(stream))


@pytest.mark.parametrize(
    "read",
    [collect_sync, subscribed, lambda stream: subscribed(stream, NewThreadScheduler()), in_asyncio],
    ids=["iterate_sync", "subscribe", "NewThreadScheduler", "asyncio"],
)
def test_synchronous_streams_are_read_at_the_same_time(read: Callable[[ResponseStream], list[Any]]):
    """Law: the first stream blocks until the second one has been read; one after the other they would never end."""
    slow = Gate(text("slow"), COMPLETED)

    def fast() -> Any:
        yield CREATED[1]
        assert slow.read.wait(30)
        yield text("fast")
        slow.opened.set()  # it has lost
        yield COMPLETED

    seen = read(race(from_events(slow), from_events(fast())))
    assert seen == [CREATED[1], text("fast"), COMPLETED]


def test_synchronous_streams_race_in_a_running_loop_too():
    """A plain ``subscribe`` in asyncio returns at once, and the loop is not blocked."""

    async def main() -> list[Any]:
        slow, done, seen = Gate(text("slow"), COMPLETED), asyncio.Event(), []
        stream = race(from_events(slow), from_events([text("fast"), COMPLETED]))
        stream.subscribe(seen.append, on_completed=done.set)
        assert seen == []
        await done.wait()
        slow.opened.set()
        return seen

    assert asyncio.run(main()) == [text("fast"), COMPLETED]


def test_clients_and_events_of_all_kinds_race_in_one_loop():
    """asyncio: an asynchronous iterable, a list, and a generator that blocks."""

    async def never() -> AsyncIterator[ResponseStreamEvent]:
        await asyncio.Event().wait()
        yield COMPLETED

    slow = Gate()

    def fast() -> Any:
        yield text("Hel")
        slow.opened.set()
        yield COMPLETED

    async def main() -> list[ResponseStreamEvent]:
        return await collect(race(from_events(never()), from_events(slow), from_events(fast())))

    assert asyncio.run(main()) == [text("Hel"), COMPLETED]


def test_disposing_of_a_plain_race_from_another_thread_ends_it():
    """``subscribe`` without a scheduler blocks, until a timer of somebody else's disposes."""
    slow = [Gate(), Gate()]
    stream = race(*(from_events(one) for one in slow)).pipe(timeouts(first_content_seconds=0.05), outcome())
    seen: list[Any] = []
    done = threading.Event()
    stream.subscribe(seen.append, on_completed=done.set)
    assert done.wait(30)
    for one in slow:
        one.opened.set()
    assert seen[0].error.limit == "first_content"


def test_synchronous_clients_race_over_sockets():
    """The slow request is not waited for."""
    with running_server() as url, Client(base_url=url) as client:
        slow = client.stream(model="scenario:slow_start:30", input="Say 'hello' once.")
        fast = client.stream(model="gpt-5", input="Say 'hello' once.")
        assert last_sync(race(slow, fast).accumulate_text()) == "hello"
        assert last_sync(race(fast, slow).outcome()).status == "completed"
