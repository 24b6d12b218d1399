from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

import rxstream
from rxstream.errors import RxstreamError
from rxstream.simulated import SimulatedTransport
from rxstream.testing.faults import (
    Fault,
    FaultTransport,
    delay_answer,
    delay_close,
    fail_close,
    refuse_connection,
    reset_after,
)
from tests.exhaustive.stream import ENDS, EVENTS, REQUEST
from tests.virtual_loop import run_virtually

_Received = list[dict[str, Any]]


class Turns:
    """Calls an action in the ``k``-th turn of the loop, between two steps of whatever runs in it."""

    def __init__(self, k: int, action: Callable[[], object]) -> None:
        self.count = 0
        self._left = k
        self._action = action
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self.count += 1
        self._left -= 1
        if self._left == 0:
            self._action()
        else:
            self._handle = self._loop.call_soon(self._turn)

    def stop(self) -> None:
        self._handle.cancel()


async def nothing_is_left(transport: FaultTransport) -> None:
    """Wait as long as closing may take, then look for tasks and open streams."""
    for _ in range(1000):
        if asyncio.all_tasks() == {asyncio.current_task()}:
            break
        await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert transport.inner.model.open_streams == 0


async def iterate(client: rxstream.AsyncClient, received: _Received) -> None:
    """Take all events, as they come."""
    async with rxstream.iterate(client.stream(**REQUEST)) as events:
        async for event in events:
            received.append(event.to_dict())


async def cancel_the_loop(client: rxstream.AsyncClient, k: int, received: _Received) -> bool:
    """Cancel a task that iterates, in the ``k``-th turn; tell whether it was done before."""

    task = asyncio.create_task(iterate(client, received))
    turns = Turns(k, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return False
    finally:
        turns.stop()
    return True


async def dispose(client: rxstream.AsyncClient, k: int, received: _Received) -> bool:
    """Dispose of a subscription in the ``k``-th turn; tell whether it was done before."""
    over = asyncio.Event()
    is_disposed = False

    def on_next(event: Any) -> None:
        assert not is_disposed, "an event came after dispose"
        received.append(event.to_dict())

    def end(*error: Exception) -> None:
        assert not is_disposed, "an end came after dispose"
        assert not error
        over.set()

    subscription = client.stream(**REQUEST).subscribe(on_next, end, end)

    def stop() -> None:
        nonlocal is_disposed
        subscription.dispose()
        is_disposed = True
        stopped.set()

    stopped = asyncio.Event()
    turns = Turns(k, stop)
    waits = [asyncio.ensure_future(event.wait()) for event in (over, stopped)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
    turns.stop()
    return not is_disposed


@pytest.mark.parametrize("way", [cancel_the_loop, dispose])
def test_a_stream_can_be_left_at_every_await(
    way: Callable[[rxstream.AsyncClient, int, _Received], Awaitable[bool]],
) -> None:
    """Row T10, in each turn of the loop until the end: what came is a beginning, and then nothing; nothing is left."""
    models = SimulatedTransport()

    async def run(k: int) -> tuple[bool, _Received]:
        received: _Received = []
        transport = FaultTransport(models, faults=[])
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = rxstream.AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            done = await way(client, k, received)
            count = len(received)
            await nothing_is_left(transport)
            assert len(received) == count
        return done, received

    kinds = [_kind(event) for event in EVENTS]
    longest = k = 0
    done = False
    while not done:
        k += 1
        done, received = run_virtually(run(k))
        # The model gives each response other ids.
        assert [_kind(event) for event in received] == kinds[: len(received)]
        longest = max(longest, len(received))
    assert longest == len(EVENTS)
    assert k > len(EVENTS)


def _kind(event: dict[str, Any]) -> tuple[Any, ...]:
    return event["sequence_number"], event["type"], event.get("delta")


def test_a_stream_can_fail_at_every_await() -> None:
    """Row T2, at each read, before the answer, and while it is closed: one typed error after all that was delivered."""

    async def run(*faults: Fault) -> tuple[int, str]:
        received: _Received = []
        transport = FaultTransport(SimulatedTransport(), faults=faults)
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = rxstream.AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            try:
                await iterate(client, received)
            except RxstreamError as error:
                await nothing_is_left(transport)
                assert received == EVENTS[: len(received)]
                return len(received), type(error).__name__
            await nothing_is_left(transport)
        return len(received), ""

    assert run_virtually(run(refuse_connection())) == (0, "APIConnectionError")
    assert run_virtually(run(delay_answer(5), delay_close(5))) == (len(EVENTS), "")
    assert run_virtually(run(fail_close())) == (len(EVENTS), "")
    for number, end in enumerate(ENDS[:-1], start=1):
        assert run_virtually(run(reset_after(end))) == (number, "ConnectionLostError")
        assert run_virtually(run(reset_after(end), fail_close())) == (number, "ConnectionLostError")
