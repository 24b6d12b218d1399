from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

import rxstream
from rxstream.errors import RxstreamError
from rxstream.simulated import SimulatedTransport
from rxstream.simulated.frames import event_frame
from rxstream.sources import ResponseStream, backoff
from rxstream.testing import run_virtually
from rxstream.testing.faults import (
    Fault,
    FaultTransport,
    cut_after,
    delay_answer,
    delay_close,
    fail_close,
    in_turn,
    refuse_connection,
    reset_after,
)
from tests.exhaustive.stream import ENDS, EVENTS, REQUEST

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


async def iterate(stream: ResponseStream, received: _Received) -> None:
    """Take all events, as they come."""
    async with rxstream.iterate(stream) as events:
        async for event in events:
            received.append(event.to_dict())


async def cancel_the_loop(stream: ResponseStream, k: int, received: _Received) -> bool:
    """Cancel a task that iterates, in the ``k``-th turn; tell whether it was done before."""

    task = asyncio.create_task(iterate(stream, received))
    turns = Turns(k, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return False
    finally:
        turns.stop()
    return True


async def dispose(stream: ResponseStream, k: int, received: _Received) -> bool:
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

    subscription = stream.subscribe(on_next, end, end)

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


_Way = Callable[[ResponseStream, int, _Received], Awaitable[bool]]


@pytest.mark.parametrize("way", [cancel_the_loop, dispose])
def test_a_stream_can_be_left_at_every_await(way: _Way) -> None:
    """Row T10, in each turn of the loop until the end: what came is a beginning, and then nothing; nothing is left."""
    models = SimulatedTransport()

    async def run(k: int) -> tuple[bool, _Received]:
        received: _Received = []
        transport = FaultTransport(models, faults=[])
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = rxstream.AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            done = await way(client.stream(**REQUEST), k, received)
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


_SHORT: dict[str, Any] = {"model": "gpt-5", "input": "Say 'hello' 5 times", "background": True}
_SHORT_FRAMES = [event_frame(event) for event in SimulatedTransport().model.create(_SHORT).events]


@pytest.fixture
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Virtual time stands still while something is due in each turn, as it is where turns are counted."""
    monkeypatch.setattr(backoff, "BACKOFF_SECONDS", 0.0)


@pytest.mark.usefixtures("_no_pause")
@pytest.mark.parametrize("way", [cancel_the_loop, dispose])
@pytest.mark.parametrize("drop", [cut_after, reset_after])
def test_a_stream_that_is_resumed_can_be_left_at_every_await(way: _Way, drop: Callable[[int], Fault]) -> None:
    """Rows T10 and P6, in each turn until the end: of the first connection, the pause and the second connection."""

    async def run(k: int) -> tuple[bool, _Received, int]:
        received: _Received = []
        at = sum(map(len, _SHORT_FRAMES[: len(_SHORT_FRAMES) // 2]))
        transport = FaultTransport(SimulatedTransport(), faults=in_turn([drop(at)], []))
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = rxstream.AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            done = await way(client.stream(**_SHORT, resume=True), k, received)
            count = len(received)
            await nothing_is_left(transport)
            assert len(received) == count
        return done, received, len(transport.plans)

    lengths, requests = set[int](), list[int]()
    done = False
    while not done:
        done, received, asked = run_virtually(run(len(requests) + 1))
        assert [event["sequence_number"] for event in received] == list(range(len(received)))
        lengths.add(len(received))
        requests.append(asked)
    assert max(lengths) == len(_SHORT_FRAMES)
    assert set(requests) >= {1, 2}
    assert requests == sorted(requests)


@pytest.mark.usefixtures("_no_pause")
@pytest.mark.parametrize("drop", [cut_after, reset_after])
def test_a_stream_that_is_resumed_can_be_dropped_at_every_event(drop: Callable[[int], Fault]) -> None:
    """Rows T2 and P6, for each pair of events: dropped behind the one, and again behind the other."""

    async def run(*faults: Fault) -> tuple[list[int], int]:
        received: _Received = []
        transport = FaultTransport(SimulatedTransport(), faults=in_turn(*([fault] for fault in faults), []))
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = rxstream.AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            await iterate(client.stream(**_SHORT, resume=True), received)
            await nothing_is_left(transport)
        return [event["sequence_number"] for event in received], len(transport.plans)

    count = len(_SHORT_FRAMES)
    for first in range(1, count):
        for second in range(first, count):
            ends = [sum(map(len, _SHORT_FRAMES[begin:end])) for begin, end in ((0, first), (first, second))]
            assert run_virtually(run(*map(drop, ends))) == (list(range(count)), 3)


def test_a_stream_can_fail_at_every_await() -> None:
    """Row T2, at each read, before the answer, and while it is closed: one typed error after all that was delivered."""

    async def run(*faults: Fault) -> tuple[int, str]:
        received: _Received = []
        transport = FaultTransport(SimulatedTransport(), faults=faults)
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = rxstream.AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            try:
                await iterate(client.stream(**REQUEST), received)
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
