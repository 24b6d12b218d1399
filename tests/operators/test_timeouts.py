"""``timeouts``: the limits, what counts for them, and whose time it is."""

from __future__ import annotations

import asyncio
import itertools
import pickle
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex.testing import ReactiveTest, TestScheduler

from rxstream import (
    AsyncClient,
    Client,
    ResponseTimeoutError,
    collect,
    from_events,
    iterate,
    iterate_sync,
    outcome,
    timeouts,
)
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.simulated import SimulatedTransport
from rxstream.testing import block, now, run_virtually
from tests.laws.probes import COMPLETED as ENDED
from tests.laws.probes import Source, Subscriber
from tests.laws.registry import law
from tests.marbles import END, Timeline, emit, event, text
from tests.operators.paced import Hasty

CREATED = event("created", response={"id": "resp_1"})
ALIVE = event("keepalive")
COMPLETED = event("completed", response={"id": "resp_1", "status": "completed"})


def end_of(result: Timeline) -> tuple[float, str]:
    """When and by which limit it ended."""
    at, error = result.marbles[-1]
    assert isinstance(error, ResponseTimeoutError)
    assert error.seconds > 0
    assert result.subscriptions == [(200, at)]
    return at, error.limit


def test_the_first_content_must_come_in_time():
    """Marble: ``created`` and ``keepalive`` are no content; the source is released when the time is over."""
    result = emit(timeouts(first_content_seconds=100), (210, CREATED), (290, ALIVE), (350, text("Hel")))
    assert [item for _, item in result.marbles[:-1]] == [CREATED, ALIVE]
    assert end_of(result) == (300, "first_content")


def test_after_the_first_content_its_limit_is_over():
    """Marble: nothing else is limited then."""
    notes = [(210, CREATED), (299, text("Hel")), (700, COMPLETED), (710, END)]
    assert emit(timeouts(first_content_seconds=100), *notes).marbles == notes


def test_keepalives_do_not_make_the_model_busy():
    """Marble: idle is counted from content to content, whatever else comes."""
    notes = [(210, text("Hel")), (240, ALIVE), (250, text("lo")), *((at, ALIVE) for at in range(260, 600, 10))]
    assert end_of(emit(timeouts(idle_seconds=50), *notes)) == (300, "idle")


def test_idle_begins_with_the_first_content():
    """Marble: before it, the limit of the first content is the only one."""
    assert end_of(emit(timeouts(idle_seconds=50), (400, text("Hel")))) == (450, "idle")
    assert end_of(emit(timeouts(idle_seconds=50, first_content_seconds=300), (400, text("Hel")))) == (450, "idle")


def test_the_response_must_end_in_time():
    """Marble: content does not help against the limit of the whole."""
    notes = [(at, text("a")) for at in range(210, 900, 10)]
    assert end_of(emit(timeouts(total_seconds=100, idle_seconds=20), *notes)) == (300, "total")


@pytest.mark.parametrize("terminal", ["completed", "incomplete", "failed", "error"])
def test_the_terminal_event_ends_all_waiting(terminal: str):
    """Marble: what the source does after it, and when it completes, is not the model's affair."""
    limits = timeouts(first_content_seconds=50, idle_seconds=50, total_seconds=50)
    notes = [(240, event(terminal, response={})), (900, END)]
    assert emit(limits, *notes).marbles == notes
    assert emit(limits, (210, text("Hel")), *notes).marbles == [(210, text("Hel")), *notes]


def test_what_comes_at_the_exact_deadline_and_was_scheduled_before_is_in_time():
    """Marble: a hot source's events were scheduled first."""
    notes = [(250, text("Hel")), (300, text("lo")), (350, COMPLETED), (360, END)]
    assert emit(timeouts(first_content_seconds=50, idle_seconds=50), *notes).marbles == notes


def test_the_error_tells_what_had_come():
    """The outcome so far, the response's id and the last number; and it survives pickling."""
    notes = [(205, event("created", response={"id": "resp_1"}, sequence_number=0))]
    notes += [(210, text("Hel", sequence_number=1)), (220, ALIVE)]
    [*_, (_, error)] = emit(timeouts(idle_seconds=50), *notes).marbles
    assert (error.limit, error.seconds, error.response_id, error.last_sequence_number) == ("idle", 50, "resp_1", 1)
    assert (error.outcome.status, error.outcome.error, error.outcome.response.output_text) == ("truncated", None, "Hel")
    assert isinstance(error, TimeoutError)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.outcome.response.output_text) == (str(error), "Hel")


def test_an_outcome_behind_it_holds_the_error():
    """Policies and values compose."""
    [(_, end), _] = emit(lambda source: source.pipe(timeouts(idle_seconds=50), outcome()), (210, text("Hel"))).marbles
    assert (end.status, end.error.limit, end.response.output_text) == ("errored", "idle", "Hel")


def test_each_turn_of_a_conversation_is_waited_for_anew_and_tools_are_not():
    """Marble: between a terminal event and the next turn no limit counts."""
    turn = parse_event({"type": "rxstream.turn.started", "turn": 2, "input": []})
    notes = [(210, text("Hel")), (220, COMPLETED), (600, turn), (610, CREATED)]
    limits = timeouts(first_content_seconds=50, idle_seconds=50)
    assert end_of(emit(limits, *notes)) == (650, "first_content")
    assert end_of(emit(limits, *notes, (640, text("lo")))) == (690, "idle")


def test_a_conversation_has_one_total_and_tools_count():
    """Marble: from the subscription to the end, whatever turns and pauses there are; without turns, to the event."""
    first, second = (parse_event({"type": "rxstream.turn.started", "turn": turn, "input": []}) for turn in (1, 2))
    notes = [(205, first), (210, text("Hel")), (220, COMPLETED)]
    limits = timeouts(total_seconds=300)
    assert end_of(emit(limits, *notes)) == (500, "total")
    assert end_of(emit(limits, *notes, (400, second), (410, CREATED), (490, text("lo")))) == (500, "total")
    assert emit(limits, *notes, (499, END)).marbles[-1] == (499, END)
    assert emit(limits, *notes[1:], (700, END)).marbles[-1] == (700, END)


@law
@given(
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from([CREATED, ALIVE, text("a"), text("")])), max_size=12),
    st.none() | st.integers(20, 80),
    st.none() | st.integers(20, 80),
    st.integers(50, 400),
)
def test_it_fails_at_the_first_gap_that_exceeds_a_limit(
    steps: list[tuple[int, ResponseStreamEvent]], first: int | None, idle: int | None, total: int
):
    """Law: an error iff a gap between contents exceeds its limit, at that very time; else all passes."""
    at = itertools.accumulate((step for step, _ in steps), initial=200)
    next(at)
    notes: list[tuple[float, Any]] = list(zip(at, (one for _, one in steps), strict=True))
    ending = [(notes[-1][0] + 5 if notes else 205, COMPLETED)]
    deadlines = [(200.0 + total, "total")]
    since, limit, name = 200.0, first, "first_content"
    for time, one in [*notes, *ending]:
        if limit is not None and time > since + limit:
            deadlines.append((since + limit, name))
            break
        if one == text("a"):
            since, limit, name = time, idle, "idle"
    due = min(deadline for deadline, _ in deadlines)
    limits = timeouts(first_content_seconds=first, idle_seconds=idle, total_seconds=total)
    result = emit(limits, *notes, *ending, (995, END), disposed=2000)
    if due < ending[0][0]:
        assert end_of(result) in [deadline for deadline in deadlines if deadline[0] == due]
        assert result.marbles[:-1] == [note for note in notes if note[0] <= due]
    else:
        assert result.marbles == [*notes, *ending, (995, END)]


class Counting(TestScheduler):
    """Counts the timers."""

    timers = 0

    def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> Any:
        self.timers += 1
        return super().schedule_relative(duetime, action, state)


def test_there_is_not_a_timer_for_each_event():
    """1,000 contents a second apart take one idle timer, set anew about each time that it goes off."""
    scheduler = Counting()
    source = scheduler.create_hot_observable(*(ReactiveTest.on_next(300 + at, text("a")) for at in range(1000)))
    limits = timeouts(idle_seconds=100, scheduler=scheduler)
    result = scheduler.start(lambda: source.pipe(limits), disposed=1300)
    assert len(result.messages) == 1000
    assert scheduler.timers <= 12


def test_the_source_is_released_before_the_error_is_told():
    """Whoever sends a new request in ``on_error`` finds the old one closed."""
    scheduler, source, released = TestScheduler(), Source(), []
    stream = timeouts(first_content_seconds=5, scheduler=scheduler)(source)
    stream.subscribe(on_error=lambda _: released.append(source.disposals))
    scheduler.advance_to(5)
    assert released == [1]
    source.next(text("late"))
    source.complete()
    assert source.disposals == 1


def test_dispose_ends_the_timers():
    """After dispose, before content or after, no limit is told to anybody."""
    for events in ([], [text("Hel")]):
        scheduler, source, subscriber = TestScheduler(), Source(), Subscriber()
        limits = timeouts(first_content_seconds=5, idle_seconds=5, total_seconds=5, scheduler=scheduler)
        subscription = limits(source).subscribe(subscriber)
        for one in events:
            source.next(one)
        subscription.dispose()
        scheduler.start()
        assert (subscriber.items, subscriber.ends, source.disposals) == (events, [], 1)


def test_the_time_of_a_synchronous_subscriber_is_not_that_of_the_model():
    """Marble: a subscriber that works for 40 seconds on each event holds the reader back for so long."""
    scheduler = TestScheduler()
    notes = [(210, text("Hel")), (260, ALIVE), (340, text("lo"))]
    source = scheduler.create_hot_observable(*(ReactiveTest.on_next(at, one) for at, one in notes))
    seen: list[Any] = []
    source.pipe(timeouts(idle_seconds=70, scheduler=scheduler)).subscribe(
        lambda one: (scheduler.sleep(40), seen.append(one)), lambda error: seen.append(scheduler.clock)
    )
    scheduler.start()
    assert seen == [*(one for _, one in notes), 450]  # 340 + 40 + 70; without the pauses it would be over at 280


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, ValueError),
        ({"idle_seconds": 0}, ValueError),
        ({"total_seconds": -1}, ValueError),
        ({"total_seconds": float("nan")}, ValueError),
        ({"total_seconds": float("inf")}, ValueError),
        ({"first_content_seconds": "5"}, TypeError),
        ({"first_content_seconds": True}, TypeError),
    ],
)
def test_wrong_limits_are_refused_at_the_call(arguments: Any, error: type[Exception]):
    """Nobody waits for a limit that cannot be kept."""
    with pytest.raises(error, match="_seconds"):
        timeouts(**arguments)


def test_a_timer_that_has_begun_already_does_not_follow_the_terminal_event():
    """Threads: the timer waits for a subscriber that is busy, and the terminal event goes before it."""
    clock, source, subscriber = Hasty(), Source(), Subscriber()
    timeouts(total_seconds=50, scheduler=clock)(source).subscribe(subscriber)
    source.next(COMPLETED)
    clock.advance_by(100)
    source.complete()
    assert subscriber.ends == [ENDED]


async def paced(*steps: tuple[float, ResponseStreamEvent]) -> AsyncIterator[ResponseStreamEvent]:
    """Events, each some seconds after the one before."""
    for seconds, one in steps:
        await asyncio.sleep(seconds)
        yield one


def test_a_consumer_that_holds_the_reader_back_is_not_taken_for_an_idle_model():
    """asyncio: the source waits for room, for longer than the model may be idle, and nothing fails."""

    async def main() -> list[ResponseStreamEvent]:
        events = [text("a"), ALIVE, ALIVE, ALIVE, text("b"), COMPLETED]
        source = from_events(paced(*((0, one) for one in events)))
        seen: list[ResponseStreamEvent] = []
        async with iterate(source.pipe(timeouts(idle_seconds=5)), limit=1) as items:
            async for one in items:
                await asyncio.sleep(4)
                seen.append(one)
        return seen

    assert len(run_virtually(main())) == 6


def test_after_a_slow_consumer_the_model_has_its_time_anew():
    """asyncio: held back until 4.9 s, the reader then waits for the model: idle is over 5 s after that, not at 5 s."""

    async def main() -> float:
        source = from_events(paced((0, text("a")), (0, ALIVE), (0, ALIVE), (60, text("b"))))
        async with iterate(source.pipe(timeouts(idle_seconds=5)), limit=1) as items:
            assert await anext(items) == text("a")
            await asyncio.sleep(4.9)
            assert [await anext(items) for _ in range(2)] == [ALIVE, ALIVE]
            with pytest.raises(ResponseTimeoutError):
                await anext(items)
        return now()

    assert run_virtually(main()) == pytest.approx(9.9)


def test_a_consumer_with_time_does_not_excuse_an_idle_model():
    """asyncio: items that wait, where there is room for more, hold nobody back."""

    async def main() -> list[float]:
        closed: list[float] = []

        async def events() -> AsyncIterator[ResponseStreamEvent]:
            try:
                async for one in paced((0, text("a")), (0, ALIVE), (60, text("b"))):
                    yield one
            finally:
                closed.append(now())

        async with iterate(from_events(events()).pipe(timeouts(idle_seconds=5))) as items:
            assert await anext(items) == text("a")
            await asyncio.sleep(30)
            assert await anext(items) == ALIVE
            with pytest.raises(ResponseTimeoutError):
                await anext(items)
        return closed

    assert run_virtually(main()) == [5]


def test_a_loop_that_is_blocked_is_not_taken_for_an_idle_model():
    """asyncio: a body that blocks the loop keeps everything from being read; idle counts when it has ended."""

    async def main() -> tuple[int, float]:
        source = from_events(paced((0, text("a")), (1, text("b")), (60, text("c"))))
        seen = 0
        async with iterate(source.pipe(timeouts(idle_seconds=5))) as items:
            for _ in range(2):
                await anext(items)
                block(20)
                seen += 1
            with pytest.raises(ResponseTimeoutError):
                await anext(items)
        return seen, now()

    seen, end = run_virtually(main())
    assert seen == 2
    assert 45 <= end < 60


@pytest.mark.parametrize(
    ("scenario", "limits", "limit", "seconds"),
    [
        ("slow_start:30", {"first_content_seconds": 2}, "first_content", 2),
        ("slow_start:30", {"total_seconds": 3}, "total", 3),
        ("stall:30", {"first_content_seconds": 2, "idle_seconds": 4}, "idle", 4),
    ],
)
def test_the_simulated_model_is_not_waited_for(scenario: str, limits: Any, limit: str, seconds: float):
    """asyncio, in virtual time: the request is closed when the loop has been left, and the text is in the error."""

    async def main() -> None:
        transport = SimulatedTransport(scenario=scenario)
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            stream = client.stream(model="gpt-5", input="Say 'hello' 3 times.")
            with pytest.raises(ResponseTimeoutError) as caught:
                await collect(stream.pipe(timeouts(**limits)))
            assert (caught.value.limit, now()) == (limit, pytest.approx(seconds, abs=0.1))
            expected = "hello" if scenario.startswith("stall") else ""
            assert caught.value.outcome.response.output_text.startswith(expected)
            assert transport.model.open_streams == 0

    run_virtually(main())


def test_a_plain_loop_over_a_hanging_client_is_interrupted():
    """No asyncio, so real time, of which 50 ms are enough: the reader is in a thread, and the loop is not."""
    transport = SimulatedTransport(scenario="slow_start:30")
    with httpx.Client(transport=transport) as http_client:
        stream = Client(base_url="http://simulated/v1", http_client=http_client).stream(model="gpt-5", input="Hello")
        seen: list[str] = []
        with (
            pytest.raises(ResponseTimeoutError),
            iterate_sync(stream.pipe(timeouts(first_content_seconds=0.05))) as items,
        ):
            seen.extend(one.type for one in items)
        assert seen == ["response.created", "response.in_progress"]


def test_a_plain_subscription_is_told_in_time_by_another_thread():
    """Without a scheduler and event loop, a thread waits, and tells of the limit while the subscriber's is blocked."""
    told, seen = threading.Event(), []

    def events() -> Iterator[ResponseStreamEvent]:
        yield CREATED
        assert told.wait(30)
        yield text("late")

    stream = from_events(events()).pipe(timeouts(first_content_seconds=0.05))
    stream.subscribe(seen.append, lambda error: (seen.append(error.limit), told.set()))
    assert seen == [CREATED, "first_content"]


def test_the_time_of_a_plain_loops_body_is_not_that_of_the_model(monkeypatch: pytest.MonkeyPatch):
    """A plain loop reads when it wants an item: whatever its body does before, the model has its time from then on."""
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])

    def events() -> Iterator[ResponseStreamEvent]:
        yield from (CREATED, text("a"), ALIVE, ALIVE, ALIVE, COMPLETED)

    seen = 0
    with iterate_sync(from_events(events()).pipe(timeouts(first_content_seconds=5, idle_seconds=5))) as items:
        clock[0] += 60
        for _ in items:
            clock[0] += 60
            seen += 1
    assert seen == 6
