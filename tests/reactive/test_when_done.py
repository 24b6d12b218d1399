"""``when_done``: one result, whatever a function returned."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
import reactivex

from rxstream import ConfigurationError
from rxstream.reactive import when_done
from tests.laws.probes import Boom, Source


def test_an_observable_is_released_when_its_first_item_has_come():
    """Nobody waits for what else it emits, and it may emit for ever."""
    source, told = Source(), list[Any]()
    when_done(source, told.append, told.append)
    source.next(1)
    assert (told, source.disposals) == ([1], 1)
    source.next(2)
    source.error(Boom())
    source.complete()
    assert told == [1]


def test_an_observable_that_emits_while_it_is_subscribed_to_is_heard_once():
    """Also where its subscription is there only afterwards."""
    told: list[Any] = []
    when_done(reactivex.of(1, 2), told.append, told.append).dispose()
    assert told == [1]


def test_an_observable_without_an_item_is_an_error():
    """It fails, or it is empty."""
    boom, told = Boom(), list[Any]()
    when_done(reactivex.throw(boom), print, told.append)
    when_done(reactivex.empty(), print, told.append)
    assert told[0] is boom
    assert isinstance(told[1], ConfigurationError)


@pytest.mark.parametrize("in_thread", [False, True])
def test_dispose_cancels_what_is_awaited(in_thread: bool):
    """From any thread; nothing is told then."""

    async def main() -> None:
        cancelled, told = asyncio.Event(), list[Any]()

        async def never() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()

        waiting = when_done(never(), told.append, told.append)
        await asyncio.sleep(0)
        if in_thread:
            threading.Thread(target=waiting.dispose).start()
        else:
            waiting.dispose()
        await asyncio.wait_for(cancelled.wait(), 5)
        assert told == []

    asyncio.run(main())


def test_dispose_after_the_end_of_the_loop_is_in_vain():
    """The loop has taken its tasks with it, and nobody fails for that."""
    told: list[Any] = []

    async def main() -> Any:
        return when_done(asyncio.get_running_loop().create_future(), told.append, told.append)

    asyncio.run(main()).dispose()
    assert told == []
