"""The event loop in virtual time."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

from rxstream import (
    AsyncClient,
    ResponseTimeoutError,
    collect,
    from_events,
    last,
    snapshots,
    timeouts,
)
from rxstream.events import ResponseStreamEvent
from rxstream.simulated import SimulatedTransport
from rxstream.testing import block, created, now, run_virtually, text_delta, virtual_event_loop

A_BLINK = 5.0  # what hours of virtual time may take at most, on a busy machine


def test_a_timeout_of_ten_minutes_over_an_asynchronous_source_takes_no_time():
    """A model that says a word a minute is cut off on time, to the second."""

    async def slow() -> AsyncIterator[ResponseStreamEvent]:
        yield created()
        while True:
            await asyncio.sleep(60)
            yield text_delta("word ")

    async def main() -> tuple[str, float]:
        with pytest.raises(ResponseTimeoutError) as timeout:
            await collect(from_events(slow()).pipe(timeouts(total_seconds=600)))
        return timeout.value.outcome.response.output_text, now()

    begun = time.monotonic()
    text, ended = run_virtually(main())
    assert ended == 600
    assert text in ("word " * 9, "word " * 10)  # at the deadline itself, either may be first
    assert time.monotonic() - begun < A_BLINK


def test_days_of_timers_pass_in_order():
    """Sleep, ``call_later`` and ``asyncio.timeout`` keep their times and their order."""
    told: list[tuple[str, float]] = []

    async def main() -> None:
        asyncio.get_running_loop().call_later(90_000, lambda: told.append(("later", now())))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await asyncio.sleep(7200)
        told.append(("timeout", now()))
        await asyncio.sleep(200_000)
        told.append(("slept", now()))

    run_virtually(main())
    assert told == [("timeout", 3600.0), ("later", 90_000.0), ("slept", 203_600.0)]


def test_the_simulated_model_answers_in_virtual_time():
    """A client with a transport in process needs no socket."""
    import httpx

    async def main() -> str:
        async with httpx.AsyncClient(transport=SimulatedTransport(scenario="refusal")) as http:
            client = AsyncClient(api_key="sk-test", base_url="http://test/v1", http_client=http)
            response = await last(client.stream(model="gpt-5", input="Hi").pipe(snapshots()))
            return response.status or ""

    assert run_virtually(main()) == "completed"


def test_a_program_that_waits_for_nothing_is_found_out():
    """A hang is an error that says when, and the program's ``finally`` runs."""
    cleaned: list[float] = []

    async def main() -> None:
        await asyncio.sleep(30)
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(now())

    with pytest.raises(AssertionError, match="at 30 virtual seconds nothing in it is due, and nobody wakes it"):
        run_virtually(main(), real_seconds=0.2)
    assert cleaned == [30.0]


def test_a_program_that_goes_on_for_ever_is_found_out():
    """Virtual time without end takes real time."""

    async def main() -> None:
        async for _ in endless():
            pass

    async def endless() -> AsyncIterator[None]:
        while True:
            yield await asyncio.sleep(1)

    with pytest.raises(AssertionError, match=r"within 0\.2 real seconds.* it goes on without end"):
        run_virtually(main(), real_seconds=0.2)


def test_sockets_and_pipes_are_refused():
    """Virtual time would run away from them."""

    async def main() -> None:
        reading, writing = os.pipe()
        try:
            asyncio.get_running_loop().add_reader(reading, lambda: None)
        finally:
            os.close(reading)
            os.close(writing)

    with pytest.raises(RuntimeError, match="expected no sockets, pipes or processes"):
        run_virtually(main())


def test_a_blocked_loop_is_late():
    """``block`` passes time in which nothing else runs."""

    async def main() -> list[float]:
        times: list[float] = []
        asyncio.get_running_loop().call_later(1, lambda: times.append(now()))
        block(10)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return times

    assert run_virtually(main()) == [10.0]


def test_block_is_for_virtual_loops_alone():
    """In a real one nothing would be blocked."""

    async def main() -> None:
        block(1)

    with pytest.raises(RuntimeError, match="expected an event loop in virtual time"):
        asyncio.run(main())


def test_errors_of_the_program_are_raised_as_they_are():
    """As ``asyncio.run`` does."""
    error = ValueError("no")

    async def main() -> None:
        raise error

    with pytest.raises(ValueError, match="no") as raised:
        run_virtually(main())
    assert raised.value is error


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan")])
def test_no_time_at_all_is_refused(seconds: float) -> None:
    """At the call; the program is closed, and not warned of."""
    with pytest.raises(ValueError, match="expected real_seconds above 0"):
        run_virtually(asyncio.sleep(0), real_seconds=seconds)
    with pytest.raises(ValueError, match="expected real_seconds above 0"):
        virtual_event_loop(real_seconds=seconds)


def test_timers_that_are_due_at_the_same_moment_go_off_in_their_order():
    """First set, first served, however many: in time that stands still between them, chance would decide."""

    async def main() -> list[int]:
        order: list[int] = []

        async def one(number: int) -> None:
            await asyncio.sleep(1)
            order.append(number)

        cancelled = [asyncio.get_running_loop().call_later(1, order.append, -1) for _ in range(200)]
        waiting = [asyncio.create_task(one(number)) for number in range(100)]
        await asyncio.sleep(0)
        for timer in cancelled:
            timer.cancel()
        await asyncio.gather(*waiting)
        return order

    assert run_virtually(main()) == list(range(100))


@pytest.mark.parametrize("seconds", [2.0**24, 200 * 86_400.0, 365 * 86_400.0, 1e12, 0.1 + 2**30])
def test_time_goes_on_however_late_it_is(seconds: float) -> None:
    """A year, as "never", passes like a second; and what comes behind it is on time."""

    async def main() -> tuple[float, float]:
        await asyncio.sleep(seconds)
        slept = now()
        await asyncio.sleep(1)
        return slept, now()

    assert run_virtually(main(), real_seconds=A_BLINK) == (seconds, seconds + 1)


def test_a_sleep_without_an_end_is_a_wait_for_what_never_comes() -> None:
    """It is no program that goes on: the real time that it may take is not spent on it."""

    async def main() -> None:
        await asyncio.sleep(float("inf"))

    begun = time.monotonic()
    with pytest.raises(AssertionError, match="nothing in it is due, and nobody wakes it"):
        run_virtually(main(), real_seconds=0.2)
    assert time.monotonic() - begun < A_BLINK


def test_a_timeout_without_an_end_is_none() -> None:
    """It can be set, moved and cancelled."""

    async def main() -> float:
        async with asyncio.timeout(float("inf")) as timeout:
            await asyncio.sleep(1)
            timeout.reschedule(3)
            timeout.reschedule(float("inf"))
            await asyncio.sleep(5)
        return now()

    assert run_virtually(main()) == 6


def test_operators_of_rx_tell_the_time_by_the_loop() -> None:
    """Those that compare times of the day, too: intervals are what they are in virtual time."""
    every_second = reactivex.interval(1.0)

    async def main() -> tuple[Any, ...]:
        spans = await collect(every_second.pipe(ops.take(3), ops.time_interval()))
        throttled = await collect(every_second.pipe(ops.take(7), ops.throttle_first(3.0)))
        before = now()
        delayed = await collect(reactivex.of(1, 2).pipe(ops.delay(600)))
        return [span.interval.total_seconds() for span in spans], throttled, delayed, round(now() - before, 3)

    assert run_virtually(main()) == ([1.0, 1.0, 1.0], [0, 3, 6], [1, 2], 600)


def test_the_time_of_the_day_goes_on_from_what_it_is() -> None:
    """Moments that a program takes from the clock on the wall are due when the loop comes to them."""

    async def main() -> float:
        later = datetime.now(UTC) + timedelta(hours=1)
        await collect(reactivex.timer(later))
        return now()

    assert run_virtually(main()) == pytest.approx(3600, abs=A_BLINK)


@pytest.mark.parametrize("shell", [False, True])
def test_processes_are_refused(shell: bool) -> None:
    """On every Python, and before they are started."""

    async def main() -> None:
        command = (sys.executable, "-c", "pass")
        if shell:
            await asyncio.create_subprocess_shell(" ".join(command))
        else:
            await asyncio.create_subprocess_exec(*command)

    with pytest.raises(RuntimeError, match="expected no sockets, pipes or processes"):
        run_virtually(main())


def test_within_another_loop_it_says_what_to_do() -> None:
    """An asynchronous test has a loop already; the program is closed, and not warned of."""

    async def program() -> None:
        raise AssertionError("not reached")

    async def test() -> None:
        with pytest.raises(RuntimeError, match=r"expected no running event loop.*make the test a plain function"):
            run_virtually(program())
        with pytest.raises(RuntimeError, match="expected no running event loop"):
            run_virtually(program(), real_seconds=0)

    asyncio.run(test())
