"""Threads beside an event loop in virtual time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rxstream import (
    AsyncClient,
    Client,
    collect,
    from_events,
    iterate,
    last,
    run_tools,
    snapshots,
    timeouts,
    tool,
)
from rxstream.events import ResponseStreamEvent
from rxstream.simulated import SimulatedTransport
from rxstream.testing import completed, created, now, run_virtually, text_delta


def test_time_stands_still_while_a_thread_works():
    """A timer does not overtake ``asyncio.to_thread``, whose time nobody can tell."""
    release = threading.Event()

    async def main() -> tuple[str, float]:
        asyncio.get_running_loop().call_soon(threading.Timer(0.1, release.set).start)
        async with asyncio.timeout(5):
            await asyncio.to_thread(release.wait)
        return "done", now()

    assert run_virtually(main()) == ("done", 0.0)


def test_a_thread_may_wake_the_loop():
    """Where nothing is due, a call from another thread is waited for."""

    async def main() -> str:
        future = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, "woken"))
        thread.start()
        try:
            return await future
        finally:
            thread.join()

    assert run_virtually(main()) == "woken"


class Slow:
    """A synchronous source that takes its time, by the clock on the wall."""

    def __iter__(self) -> Iterator[ResponseStreamEvent]:
        for event in (created(), text_delta("Hi"), completed()):
            time.sleep(0.02)
            yield event


@pytest.mark.parametrize("limit", [timeouts(total_seconds=0.001), timeouts(idle_seconds=0.001)])
def test_time_stands_still_while_a_synchronous_source_is_read(limit: Any) -> None:
    """It is read in a thread: no timeout comes before it, and none can be told to be right."""

    async def main() -> tuple[int, float]:
        async with asyncio.timeout(0.001):
            return len(await collect(from_events(Slow()).pipe(limit))), now()

    assert run_virtually(main()) == (3, 0.0)


def test_time_stands_still_while_a_synchronous_client_reads() -> None:
    """The client of a program is tested in virtual time as it is."""
    import httpx

    async def main() -> tuple[str | None, float]:
        with httpx.Client(transport=SimulatedTransport(scenario="refusal")) as http:
            client = Client(api_key="sk-test", base_url="http://test/v1", http_client=http)
            stream = client.stream(model="gpt-5", input="Hi").pipe(timeouts(total_seconds=600), snapshots())
            return (await last(stream)).status, now()

    assert run_virtually(main()) == ("completed", 0.0)


def test_time_stands_still_while_a_tool_blocks() -> None:
    """Its timeout does not come before it is done."""
    import httpx

    @tool(timeout_seconds=0.001)
    def add(a: int, b: int) -> int:
        time.sleep(0.05)
        return a + b

    async def main() -> tuple[list[str], float]:
        async with httpx.AsyncClient(transport=SimulatedTransport()) as http:
            client = AsyncClient(api_key="sk-test", base_url="http://test/v1", http_client=http)
            events = await collect(run_tools(client, tools=[add], model="gpt-5", input="Add 2 and 3."))
            return [type(event).__name__ for event in events if "Tool" in type(event).__name__], now()

    assert run_virtually(main()) == (["ToolCallStarted", "ToolCallFinished"], 0.0)


def test_a_source_that_blocks_is_left_as_in_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that nothing can interrupt is given its time by the clock on the wall, and then left behind."""
    monkeypatch.setattr("rxstream.reactive.threaded._CLOSING_SECONDS", 0.1)
    reading, release = threading.Event(), threading.Event()

    def stuck() -> Iterator[ResponseStreamEvent]:
        yield created()
        reading.set()
        release.wait(10)

    async def main() -> tuple[float, float]:
        async with iterate(from_events(stuck())) as events:
            await anext(events)
            await asyncio.to_thread(reading.wait)
            begun = time.monotonic()
        return time.monotonic() - begun, now()

    try:
        took, ended = run_virtually(main(), real_seconds=5)
    finally:
        release.set()
    assert took > 0.09
    assert ended == 0.1


def test_a_thread_that_never_ends_is_found_out() -> None:
    """The error says that a thread is waited for, and when."""
    release = threading.Event()

    async def main() -> None:
        async with asyncio.timeout(600):
            await asyncio.to_thread(release.wait, 10)

    threading.Timer(0.5, release.set).start()
    with pytest.raises(AssertionError, match="at 0 virtual seconds a thread works for it, and does not come to an end"):
        run_virtually(main(), real_seconds=0.2)
