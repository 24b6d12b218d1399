"""Thousands of streams, each left at a random point, over real sockets: nothing is left of any; row T10.

``RXSTREAM_ACCEPTANCE=1`` leaves 10,000 of them, twice: what is resident is measured while Python's own measuring, which
takes some memory itself, is off.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import random
import sys
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import httpx2
import pytest
from reactivex.scheduler import NewThreadScheduler

from rxstream import AsyncClient, Client, ResponseStream, RxstreamError, iterate, iterate_sync
from tests.reactive.leaks import run, until, until_sync
from tests.sources.cancelled_server import KINDS, CancelledServer, running_cancelled_server
from tests.sources.clients import CANARY

pytestmark = pytest.mark.serial

# The promised second is for a machine that does nothing else.
_COUNT, _SOON = (10_000, 1) if os.environ.get("RXSTREAM_ACCEPTANCE") else (1_000, 5)
_MEASURES = ["traced", "resident"] if os.environ.get("RXSTREAM_ACCEPTANCE") else ["traced"]
_WARM = _COUNT // 10
_BATCH = 50
_PATIENCE_SECONDS = 0.1
_GROWTH_BYTES = 2 << 20


class Left:
    """Counts where streams were when they were left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.points: Counter[str] = Counter()

    def note(self, *, kind: str, events: int, is_over: bool, reconnects: int) -> None:
        """Note what a stream had told until then."""
        if is_over:
            point = "after the end"
        elif kind == "busy":
            point = "while it tried or waited to try again"
        elif reconnects:
            point = "while it was resumed or waited for that"
        elif events:
            point = "between events"
        else:
            point = "before the first byte"
        with self._lock:
            self.points[point] += 1


class Told:
    """What one stream told, and that it told nothing after it was left."""

    def __init__(self) -> None:
        self.events = self.reconnects = 0
        self.is_over = self.is_left = False

    def on_next(self, _event: Any) -> None:
        self.events += 1

    def end(self, error: Exception | None = None) -> None:
        assert not self.is_left, f"expected nothing after the stream was left, but got {error!r}"
        assert error is None or isinstance(error, RxstreamError)
        self.is_over = True

    def on_reconnect(self, _notice: Any) -> None:
        self.reconnects += 1


def _asked(client: Any, key: int, told: Told) -> tuple[str, ResponseStream]:
    kind = KINDS[key % len(KINDS)]
    options = {"background": True, "resume": True, "on_reconnect": told.on_reconnect} if kind == "dropped" else {}
    return kind, client.stream(model="gpt-5", input=f"{kind}:{key // len(KINDS)}", **options)


def _chosen(kind: str, told: Told, chance: random.Random) -> tuple[Callable[[], bool], float]:
    """Choose what to wait for, if it comes in time, and how long to wait then."""
    match chance.randrange(6):
        case 0:
            return lambda: True, 0.0
        case 1:
            return lambda: True, chance.random() * 0.005
        case 2:
            return lambda: True, chance.random() * 0.05
        case _:
            pass
    wanted, seconds = chance.randrange(1, 7), chance.choice((0.0, 0.01))
    match kind:
        case "drip":
            return lambda: told.events >= wanted, seconds
        case "whole":
            return lambda: told.is_over or told.events >= 2 * wanted, seconds
        case "dropped":
            return lambda: told.is_over or told.reconnects > 0, chance.choice((0.0, 0.2, 0.7))
        case _:
            return lambda: told.is_over, seconds


async def _leave(client: AsyncClient, key: int, left: Left) -> None:
    """Subscribe, iterate in a block, or in a task; leave at once, after some turns, some time, or some events."""
    chance, told = random.Random(key), Told()
    kind, stream = _asked(client, key, told)
    way = chance.choice((_dispose, _leave_the_block, _cancel))
    await way(stream, told, chance, kind)
    left.note(kind=kind, events=told.events, is_over=told.is_over, reconnects=told.reconnects)


async def _point(kind: str, told: Told, chance: random.Random) -> None:
    is_there, seconds = _chosen(kind, told, chance)
    limit = time.monotonic() + _PATIENCE_SECONDS
    while not is_there() and time.monotonic() < limit:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    if seconds:
        await asyncio.sleep(seconds)
    for _ in range(chance.randrange(40)):
        await asyncio.sleep(0)


async def _dispose(stream: ResponseStream, told: Told, chance: random.Random, kind: str) -> None:
    subscription = stream.subscribe(told.on_next, told.end, told.end)
    await _point(kind, told, chance)
    subscription.dispose()
    events, told.is_left = told.events, True
    subscription.dispose()
    await asyncio.sleep(0)
    assert told.events == events


async def _read(stream: ResponseStream, told: Told, most: int) -> None:
    with suppress(RxstreamError):
        async with iterate(stream, limit=4) as events:
            async for event in events:
                told.on_next(event)
                if told.events >= most:
                    return
    told.is_over = True


async def _leave_the_block(stream: ResponseStream, told: Told, chance: random.Random, _kind: str) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(chance.choice((0.02, _PATIENCE_SECONDS)) * chance.random()):
            await _read(stream, told, chance.randrange(1, 12))


async def _cancel(stream: ResponseStream, told: Told, chance: random.Random, kind: str) -> None:
    task = asyncio.create_task(_read(stream, told, sys.maxsize))
    await _point(kind, told, chance)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _leave_synchronously(client: Client, key: int, left: Left) -> None:
    """Read in a thread and dispose in another, or read here some events and leave the block."""
    chance, told = random.Random(key), Told()
    kind, stream = _asked(client, key, told)
    if kind in ("drip", "whole") and chance.random() < 0.5:
        with iterate_sync(stream) as events:
            most = chance.randrange(6)
            for event in events:
                told.on_next(event)
                if told.events >= most:
                    break
            else:
                told.is_over = True
    else:
        subscription = stream.subscribe(told.on_next, told.end, told.end, scheduler=NewThreadScheduler())
        is_there, seconds = _chosen(kind, told, chance)
        limit = time.monotonic() + _PATIENCE_SECONDS
        while not is_there() and time.monotonic() < limit:
            time.sleep(0.001)
        time.sleep(seconds)
        subscription.dispose()
        subscription.dispose()
        count = told.events
        time.sleep(0.001)
        assert told.events <= count + 1  # a push that had begun may end
    left.note(kind=kind, events=told.events, is_over=told.is_over, reconnects=told.reconnects)


class Held:
    """What the process holds: it must not grow.

    Attributes:
        size: Of its memory, in bytes.
    """

    def __init__(self, measure: str) -> None:
        for _ in range(3):
            gc.collect()
        self.files = len(os.listdir("/proc/self/fd"))
        self.threads = threading.active_count()
        if measure == "traced":
            self.size = tracemalloc.get_traced_memory()[0]
        else:
            with suppress(OSError, AttributeError):
                ctypes.CDLL(None).malloc_trim(0)  # what is free is given back, so that it is not counted
            with open("/proc/self/statm") as file:
                self.size = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def _leave_all(server: CancelledServer, family: Any, keys: range, left: Left) -> None:
    async with family.AsyncClient(trust_env=False) as http_client:
        client = AsyncClient(api_key=CANARY, base_url=server.url, http_client=http_client)
        for start in range(keys.start, keys.stop, _BATCH):
            some = range(start, min(start + _BATCH, keys.stop))
            await asyncio.gather(*(_leave(client, key, left) for key in some))
            await until(lambda: len(asyncio.all_tasks()) == 1, what="no task to be left", seconds=_SOON)
            await until(lambda: server.open() == 0, what="no connection to be open on the server", seconds=_SOON)
            assert http_client._transport._pool.connections == []


def _leave_all_synchronously(server: CancelledServer, family: Any, keys: range, left: Left) -> None:
    threads = threading.active_count()
    with family.Client(trust_env=False) as http_client:
        client = Client(api_key=CANARY, base_url=server.url, http_client=http_client)
        for start in range(keys.start, keys.stop, _BATCH):
            some = range(start, min(start + _BATCH, keys.stop))
            with ThreadPoolExecutor(8) as pool:
                for _ in pool.map(lambda key: _leave_synchronously(client, key, left), some):
                    pass
            until_sync(lambda: threading.active_count() == threads, what="no thread to be left", seconds=_SOON)
            until_sync(lambda: server.open() == 0, what="no connection to be open on the server", seconds=_SOON)
            assert http_client._transport._pool.connections == []


def _leave_share(server: CancelledServer, first: int, count: int, left: Left) -> None:
    """Leave streams of each kind of client; a fifth of them synchronously."""
    fifth = count // 5
    for family, begin in ((httpx, first), (httpx2, first + count // 2)):
        run(_leave_all(server, family, range(begin, begin + 2 * fifth), left))
        _leave_all_synchronously(server, family, range(begin + 2 * fifth, begin + count // 2), left)


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from /proc")
@pytest.mark.parametrize("measure", _MEASURES)
def test_T10_streams_left_at_random_points_leave_nothing(measure: str) -> None:
    """Law: connections, tasks, threads and files end within a second of each batch; memory stays within 2 MiB."""
    left, begun = Left(), time.monotonic()
    with running_cancelled_server() as server:
        if measure == "traced":
            tracemalloc.start()
        try:
            _leave_share(server, 0, _WARM, left)
            before = Held(measure)
            for first in range(_WARM, _COUNT, _WARM):
                _leave_share(server, first, _WARM, left)
            after = Held(measure)
        finally:
            tracemalloc.stop()
    print(
        f"{sum(left.points.values())} streams left in {time.monotonic() - begun:.0f} s: {dict(left.points)}; {measure} "
        f"{after.size - before.size:+d} bytes after the first {_WARM}, files {before.files} and {after.files}, "
        f"threads {before.threads} and {after.threads}"
    )
    assert sum(left.points.values()) == _COUNT
    assert len(left.points) == 5
    assert min(left.points.values()) >= _COUNT * 0.03
    assert (after.files, after.threads) == (before.files, before.threads)
    assert after.size - before.size <= _GROWTH_BYTES


@pytest.mark.parametrize("family", [httpx, httpx2])
@pytest.mark.parametrize("kind", ["silent", "busy", "whole"])
def test_T10_a_stream_left_in_any_turn_of_the_loop_leaves_no_connection(family: Any, kind: str) -> None:
    """Law: between connecting and sending too, and while the connection is closed, where httpcore would lose it."""

    async def main() -> None:
        async with family.AsyncClient(trust_env=False) as http_client:
            client = AsyncClient(api_key=CANARY, base_url=server.url, http_client=http_client)
            for turns in range(80):
                subscription = client.stream(model="gpt-5", input=f"{kind}:{turns}").subscribe(on_error=lambda _: None)
                for _ in range(turns):
                    await asyncio.sleep(0)
                subscription.dispose()
                await until(lambda: len(asyncio.all_tasks()) == 1, what="no task to be left")
                assert http_client._transport._pool.connections == [], turns

    with running_cancelled_server() as server:
        run(main())
