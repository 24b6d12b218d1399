"""``share_replay`` between consumers: loops in asyncio, plain loops, threads."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import contextmanager
from typing import Any

import reactivex
from reactivex import operators as rx
from reactivex.scheduler import NewThreadScheduler

from rxstream import StreamError, collect, collect_sync, first_sync, from_events, iterate, iterate_sync, share_replay
from rxstream.operators import sharing
from tests.laws.probes import COMPLETED, Source, Subscriber
from tests.marbles import event, text

EVENTS = [text(str(number)) for number in range(50)] + [event("completed", response={"status": "completed"})]
PATIENCE_SECONDS = 20
"""How long a test waits before it says that something hangs; nothing waits that long where all is well."""


async def arriving(closed: list[str]) -> AsyncIterator[Any]:
    """A source that reads step by step."""
    try:
        for one in EVENTS:
            await asyncio.sleep(0)
            yield one
    finally:
        closed.append("closed")


async def finish(main: Any) -> Any:
    """Run to the end, and check that no task is left."""
    result = await asyncio.wait_for(main, PATIENCE_SECONDS)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return result


async def read_slowly(stream: Any) -> list[Any]:
    """A consumer that gives everybody else many turns between two items, with room for one that waits."""
    found: list[Any] = []
    async with iterate(stream, limit=1) as items:
        async for item in items:
            for _ in range(5):
                await asyncio.sleep(0)
            found.append(item)
    return found


async def read_some(stream: Any, count: int) -> list[Any]:
    """A consumer that leaves early."""
    found: list[Any] = []
    async with iterate(stream, limit=1) as items:
        async for item in items:
            found.append(item)
            if len(found) == count:
                break
    return found


def test_a_slow_consumer_and_one_that_leaves_early_disturb_nobody():
    """Whichever subscribes first: the slow one and the quick one get everything, no task is left, one request."""
    for order in ("slow first", "leaver first"):
        closed: list[str] = []

        async def main(order: str = order, closed: list[str] = closed) -> None:
            stream = from_events(arriving(closed)).pipe(share_replay())
            slow, leaver = read_slowly(stream), read_some(stream, 3)
            readers = [slow, leaver] if order == "slow first" else [leaver, slow]
            results = await asyncio.gather(*readers, collect(stream))
            slow_found, some = results[:2] if order == "slow first" else reversed(results[:2])
            assert slow_found == results[2] == EVENTS
            assert some == EVENTS[:3]

        asyncio.run(finish(main()))
        assert closed == ["closed"]


def test_a_consumer_in_asyncio_that_stands_still_holds_up_nobody():
    """The demand of the first subscriber is not that of the others: they get everything while it takes nothing."""

    async def main() -> None:
        stream = from_events(arriving([])).pipe(share_replay())
        async with iterate(stream, limit=1) as items:
            assert await collect(stream) == EVENTS
            assert [item async for item in items] == EVENTS

    asyncio.run(finish(main()))


def test_all_who_leave_close_the_source():
    """When the last consumer leaves, the reader is closed; who comes later gets what had come, then the error."""
    closed: list[str] = []

    async def main() -> None:
        stream = from_events(arriving(closed)).pipe(share_replay())
        assert await read_some(stream, 2) == EVENTS[:2]
        await asyncio.sleep(0)
        assert closed == ["closed"]
        found: list[Any] = []
        try:
            async with iterate(stream) as items:
                async for item in items:
                    found.append(item)
        except StreamError:
            assert found == EVENTS[: len(found)]
            assert len(found) >= 2
        else:
            raise AssertionError("expected an error after what had come")

    asyncio.run(finish(main()))


@contextmanager
def no_thread_left():
    """Every thread that was begun inside has ended soon after."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def in_time(work: Any) -> Any:
    """Run in a thread, so that a hang fails the test instead of the test run."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()), daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    assert results, "expected an end, but it hangs or raised"
    return results[0]


def test_a_plain_loop_need_not_be_read_for_another_one_to_go_on():
    """Two plain loops in one thread: the second reads to the end while the first one stands still, then leaves."""

    def work() -> Any:
        stream = from_events(EVENTS).pipe(share_replay())
        one, two = iterate_sync(stream), iterate_sync(stream)
        start = [next(one), next(two)]
        rest = list(two)
        one.close()
        return start, rest, collect_sync(stream)

    with no_thread_left():
        start, rest, again = in_time(work)
    assert start == [EVENTS[0], EVENTS[0]]
    assert rest == EVENTS[1:]
    assert again == EVENTS


def test_a_plain_loop_that_leaves_does_not_stop_the_others():
    """The one that subscribed first leaves; the source goes on for the other."""

    def work() -> Any:
        stream = from_events(EVENTS).pipe(share_replay())
        one, two = iterate_sync(stream), iterate_sync(stream)
        found = [next(one), next(two)]
        one.close()
        return found + list(two)

    with no_thread_left():
        assert in_time(work) == [EVENTS[0], *EVENTS]


def test_a_consumer_in_asyncio_joins_one_in_a_plain_loop():
    """The plain loop need not go on for the other one to be told everything."""

    def work() -> Any:
        stream = from_events(EVENTS).pipe(share_replay())
        with iterate_sync(stream) as items:
            one = next(items)
            return one, asyncio.run(finish(collect(stream))), list(items)

    with no_thread_left():
        assert in_time(work) == (EVENTS[0], EVENTS, EVENTS[1:])


def test_a_plain_loop_is_told_in_its_own_thread():
    """Operators after ``share_replay`` run where the loop runs, although a thread reads."""

    def work() -> Any:
        here = threading.get_ident()
        stream = from_events(EVENTS).pipe(share_replay())
        threads = collect_sync(reactivex.merge(*[stream.pipe(rx.map(lambda _: threading.get_ident()))] * 2))
        return len(threads), set(threads) == {here}

    with no_thread_left():
        assert in_time(work) == (2 * len(EVENTS), True)


def test_first_leaves_in_time():
    """Taking one item ends the subscription, and with it the only one, the source."""
    with no_thread_left():
        assert in_time(lambda: first_sync(from_events(EVENTS).pipe(share_replay()))) == EVENTS[0]


def test_subscribers_in_many_threads_get_everything_in_order_and_one_end():
    """A source in a thread and subscribers that come from others at any time: nothing is lost, doubled or reordered.

    The switch interval is made tiny, so that threads meet in as many places as possible.
    """
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(30):
            stream = reactivex.range(0, 100, scheduler=NewThreadScheduler()).pipe(share_replay())
            subscribers = [Subscriber() for _ in range(4)]
            threads = [threading.Thread(target=stream.subscribe, args=(one,)) for one in subscribers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE_SECONDS)
            assert collect_sync(stream) == list(range(100))
            assert [(one.items, one.ends) for one in subscribers] == [(list(range(100)), [COMPLETED])] * 4
    finally:
        sys.setswitchinterval(interval)


def interfered_with(at: int) -> bool:
    """Let a late subscriber come, and at the ``at``-th line that this runs, let another thread emit the last item.

    Returns:
        Whether there was such a line.
    """
    source, late = Source(), Subscriber()
    stream = source.pipe(share_replay())
    stream.subscribe(Subscriber())
    source.next("a")
    other = threading.Thread(target=lambda: (source.next("b"), source.complete()))
    lines = 0

    def trace(frame: Any, kind: str, _: Any) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != sharing.__file__:
            return None
        if kind == "line":
            lines += 1
            if lines == at:
                other.start()
                other.join(0.01)  # it does not get further where this thread holds the lock
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        stream.subscribe(late)
    finally:
        sys.settrace(before)
    if lines < at:
        return False
    other.join(PATIENCE_SECONDS)
    assert (late.items, late.ends, late.late) == (["a", "b"], [COMPLETED], []), f"at line {at}"
    return True


def test_the_end_does_not_overtake_the_last_item():
    """Another thread may emit the last item and the end between any two lines: both arrive, in this order, once."""
    at = 1
    while interfered_with(at):
        at += 1
    assert at > 10
