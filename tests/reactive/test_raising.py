"""Errors leave iterators as errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import reactivex
from reactivex import Observable

import rxstream as rxs
from rxstream.events import ResponseStreamEvent


@pytest.mark.parametrize("error", [StopIteration(3), StopAsyncIteration()])
def test_an_error_that_looks_like_an_end_is_raised_as_another(error: Exception) -> None:
    """PEP 479: StopIteration out of user code is not the normal end of a loop."""
    failing: Observable[int] = reactivex.concat(reactivex.of(1), reactivex.throw(error))
    with pytest.raises(RuntimeError, match="ended with the error") as raised:
        rxs.collect_sync(failing)
    assert raised.value.__cause__ is error
    with pytest.raises(RuntimeError, match="ended with the error"):
        asyncio.run(rxs.collect(failing))


def test_a_machine_that_stops_its_iteration_in_close_has_failed() -> None:
    """``close`` is called, not iterated: its StopIteration is an error like any other."""

    class Careless:
        def feed(self, item: int) -> list[int]:
            return [item]

        def close(self) -> list[int]:
            return [next(iter(()))]

    with pytest.raises(RuntimeError, match="StopIteration"):
        rxs.collect_now(rxs.lift(Careless), [1])


def test_what_our_operators_return_can_be_read_by_a_loop() -> None:
    """``for`` and ``async for`` read it; over an Observable of Rx they would never end."""
    delta = rxs.events.ResponseTextDeltaEvent
    stream = rxs.from_events([delta(output_index=0, delta="Hel"), rxs.events.ResponseCompletedEvent()])
    assert list(stream.pipe(rxs.text_deltas())) == ["Hel"]
    assert [end.status for end in stream.pipe(rxs.outcome())] == ["completed"]  # type: ignore[attr-defined]

    async def main() -> list[str]:
        return [text async for text in stream.pipe(rxs.share_replay(), rxs.text_deltas())]  # type: ignore[attr-defined]

    assert asyncio.run(main()) == ["Hel"]


def test_an_error_that_nobody_takes_is_said_at_once() -> None:
    """``subscribe(on_next)`` without ``on_error``: the loop's exception handler hears of it when it happens."""
    said: list[object] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: said.append(context["exception"]))

        async def nothing() -> AsyncIterator[ResponseStreamEvent]:
            return
            yield

        rxs.from_events(nothing()).subscribe(lambda event: None)
        await asyncio.sleep(0.01)
        assert len(said) == 1

    asyncio.run(main())
    assert isinstance(said[0], rxs.TruncatedStreamError)
