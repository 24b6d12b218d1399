"""Operators that measure: the first content, and when everything came."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from reactivex.testing import TestScheduler

from rxstream import AsyncClient, Latency, collect, first_content, from_events, last, latency, time_to_first_content
from rxstream.events import ResponseStreamEvent
from rxstream.simulated import SimulatedTransport
from rxstream.testing import run_virtually
from tests.laws.probes import COMPLETED as ENDED
from tests.laws.probes import Boom, Poison, Source, Subscriber
from tests.marbles import END, emit, event, text

CREATED = event("created", response={"id": "resp_1"})
COMPLETED = event("completed", response={"status": "completed", "usage": {"output_tokens": 12}})
NOTES = [(210, CREATED), (240, text("")), (250, text("Hel")), (300, text("lo")), (310, COMPLETED), (320, END)]


def test_the_first_content_ends_the_request():
    """Marble: what is empty is passed over; the source is released with the first content."""
    result = emit(first_content(), *NOTES)
    assert result.marbles == [(250, text("Hel")), (250, END)]
    assert result.subscriptions == [(200, 250)]


def test_the_time_to_the_first_content_is_that_of_the_scheduler():
    """Marble: 50 seconds after the subscription."""
    result = emit(time_to_first_content(), *NOTES)
    assert result.marbles == [(250, 50.0), (250, END)]
    assert result.subscriptions == [(200, 250)]


@pytest.mark.parametrize("operator", [first_content, time_to_first_content])
def test_where_no_content_comes_nothing_is_emitted(operator: Any):
    """Marble: completion and error pass."""
    error = Boom()
    assert emit(operator(), (210, CREATED), (310, COMPLETED), (320, END)).marbles == [(320, END)]
    assert emit(operator(), (210, CREATED), (320, error)).marbles == [(320, error)]


def test_the_source_is_released_before_the_first_content_is_told():
    """Whoever is told finds the request closed."""
    source = Source()
    subscriber = Subscriber(lambda: released.append(source.disposals))
    released: list[int] = []
    first_content()(source).subscribe(subscriber)
    source.next(text("Hel"))
    source.next(text("lo"))
    assert (released, subscriber.items, subscriber.ends) == ([1], [text("Hel")], [ENDED])


def test_latency_is_told_at_the_end():
    """Marble: seconds from the subscription at 200, gaps, tokens a second."""
    expected = Latency(
        created_seconds=10,
        first_content_seconds=50,
        total_seconds=120,
        contents=2,
        gap_p50_seconds=50,
        gap_p99_seconds=50,
        gap_max_seconds=50,
        output_tokens=12,
        tokens_per_second=12 / 50,
    )
    assert emit(latency(), *NOTES).marbles == [(320, expected), (320, END)]


def test_latency_is_told_before_an_error():
    """Marble: what was measured until then, and then the error."""
    error = Boom()
    (_, measured), end = emit(latency(), *NOTES[:3], (400, error)).marbles
    assert (measured.total_seconds, measured.contents, measured.output_tokens) == (200, 1, None)
    assert end == (400, error)


def test_what_cannot_be_read_is_told_alone():
    """An event that cannot be read is an error of the operator; nothing is measured then."""
    error, source, subscriber = Boom(), Source(), Subscriber()
    latency(scheduler=TestScheduler())(source).subscribe(subscriber)
    source.next(Poison(error))
    assert (subscriber.items, subscriber.ends, source.disposals) == ([], [error], 1)


def test_the_simulated_model_is_measured():
    """asyncio, in virtual time: 10 tokens a second come 0.1 seconds apart."""

    async def main() -> tuple[Latency, list[float], list[ResponseStreamEvent]]:
        transport = SimulatedTransport(tokens_per_second=10)
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            stream = client.stream(model="gpt-5", input="Say 'hello' 5 times.")
            measured = await last(stream.pipe(latency()))
            seconds = await collect(stream.pipe(time_to_first_content()))
            events = await collect(stream.pipe(first_content()))
            assert transport.model.open_streams == 0
            return measured, seconds, events

    measured, seconds, events = run_virtually(main())
    assert seconds == [pytest.approx(measured.first_content_seconds)]
    assert [one.type for one in events] == ["response.output_text.delta"]
    assert measured.gap_p50_seconds == pytest.approx(0.1)
    assert measured.tokens_per_second == pytest.approx(10, rel=0.2)
    assert measured.created_seconds == 0


def test_measuring_one_stream_leaves_no_trace_in_the_next():
    """Two subscriptions, 100 seconds apart, measure the same."""
    scheduler = TestScheduler()
    stream = from_events([text("Hel"), COMPLETED]).pipe(latency(scheduler=scheduler))
    subscribers = [Subscriber(), Subscriber()]
    for subscriber in subscribers:
        stream.subscribe(subscriber)
        scheduler.advance_by(100)
    assert subscribers[0].items == subscribers[1].items
    assert subscribers[0].items[0].total_seconds == 0
