"""``share_replay`` over a source that an event loop reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

import rxstream as rxs
from rxstream.events import ResponseStreamEvent, ResponseTextDeltaEvent


async def one_and_then_silence() -> AsyncIterator[ResponseStreamEvent]:
    """Give an event, and never another."""
    yield ResponseTextDeltaEvent(output_index=0, delta="Hel")
    await asyncio.Event().wait()


def test_a_synchronous_consumer_in_the_reading_loop_is_refused() -> None:
    """It would block the loop that it waits for."""

    async def main() -> None:
        shared = rxs.from_events(one_and_then_silence()).pipe(rxs.share_replay())
        async with rxs.iterate(shared) as events:
            await anext(events)
            with pytest.raises(rxs.ConfigurationError, match="asynchronous consumer"):
                rxs.first_sync(shared)

    asyncio.run(main())


def test_the_end_of_the_loop_is_told_to_all() -> None:
    """A subscription ends exactly once, also where the loop that reads its source is closed."""
    shared = rxs.from_events(one_and_then_silence()).pipe(rxs.share_replay())
    ends: list[object] = []

    async def subscribe() -> None:
        begun = asyncio.Event()
        shared.subscribe(lambda event: begun.set(), ends.append, lambda: ends.append("completed"))
        await begun.wait()

    asyncio.run(subscribe())
    [error] = ends
    assert isinstance(error, rxs.StreamError)
    with pytest.raises(rxs.StreamError, match="cancelled"):
        rxs.collect_sync(shared)


def test_an_outcome_says_that_reading_was_cancelled() -> None:
    """The end of the loop is a cancellation, and what had come is in the outcome."""
    outcomes: list[rxs.Outcome] = []

    async def subscribe() -> None:
        stream = rxs.from_events(one_and_then_silence())
        stream.outcome().subscribe(outcomes.append)
        await asyncio.sleep(0.01)

    asyncio.run(subscribe())
    assert [(end.status, end.response.output_text) for end in outcomes] == [("cancelled", "Hel")]
