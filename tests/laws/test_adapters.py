"""Law 11: the synchronous, the asynchronous and the list adapters agree."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from reactivex import Observable

from rxstream import collect, collect_now, collect_sync, from_events, iterate, iterate_sync
from rxstream.events import ResponseStreamEvent
from tests.laws.probes import COMPLETED, Subscriber, shown
from tests.laws.registry import Case, every_case, law

Result = tuple[list[Any], str]


def by_subscribe(pipeline: Observable[Any]) -> Result:
    """What a subscriber is told."""
    subscriber = Subscriber()
    pipeline.subscribe(subscriber)
    [end] = subscriber.ends
    return subscriber.shown(), COMPLETED if end is COMPLETED else repr(end)


def by_iterate_sync(pipeline: Observable[Any]) -> Result:
    """What a plain loop sees."""
    found: list[Any] = []
    try:
        with iterate_sync(pipeline) as items:
            found.extend(shown(item) for item in items)
    except Exception as error:
        return found, repr(error)
    return found, COMPLETED


def by_iterate(pipeline: Observable[Any]) -> Result:
    """What a loop in asyncio sees, one item waiting at most."""

    async def read() -> Result:
        found: list[Any] = []
        try:
            async with iterate(pipeline, limit=1) as items:
                async for item in items:
                    found.append(shown(item))
        except Exception as error:
            return found, repr(error)
        return found, COMPLETED

    return asyncio.run(read())


async def _arriving(events: list[ResponseStreamEvent]) -> Any:
    for event in events:
        yield event


def _from_a_network(events: list[ResponseStreamEvent], case: Case) -> Result:
    async def read() -> Result:
        found: list[Any] = []
        try:
            async with iterate(from_events(_arriving(events)).pipe(case.make())) as items:
                async for item in items:
                    found.append(shown(item))
        except Exception as error:
            return found, repr(error)
        return found, COMPLETED

    return asyncio.run(read())


@every_case
@law
@given(data=st.data())
def test_every_way_to_read_a_pipeline_gives_the_same(case: Case, data: st.DataObject):
    """``subscribe``, ``iterate_sync`` and ``iterate``, over a synchronous and an asynchronous source, agree.

    They agree on the items, in order, and on the end: the same error after the same items.
    """
    events = data.draw(case.streams).events
    expected = by_subscribe(from_events(events).pipe(case.make()))
    assert by_iterate_sync(from_events(events).pipe(case.make())) == expected
    assert by_iterate(from_events(events).pipe(case.make())) == expected
    assert _from_a_network(events, case) == expected


@every_case
@law
@given(data=st.data())
def test_every_way_to_collect_a_pipeline_gives_the_same(case: Case, data: st.DataObject):
    """``collect_now`` of a list, ``collect_sync`` and ``collect`` return what a subscriber is told."""
    events = data.draw(case.streams).events
    if by_subscribe(from_events(events))[1] is not COMPLETED:
        return  # collecting raises then; the law above covers it
    values, _ = by_subscribe(from_events(events).pipe(case.make()))
    delivered = list(_until_the_end(events))
    assert [shown(item) for item in collect_now(case.make(), delivered)] == values
    assert [shown(item) for item in collect_sync(from_events(events).pipe(case.make()))] == values
    assert [shown(item) for item in asyncio.run(collect(from_events(events).pipe(case.make())))] == values


def _until_the_end(events: list[ResponseStreamEvent]) -> Iterator[ResponseStreamEvent]:
    """The events that ``from_events`` delivers: up to the terminal one."""
    for event in events:
        yield event
        if event.type in ("response.completed", "response.incomplete", "response.failed"):
            return
