"""Disposing of streams over real sockets, at any moment; row T10 of the fault matrix."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import httpx2
import pytest
from reactivex import operators as ops
from reactivex.scheduler import NewThreadScheduler

from rxstream import AsyncClient, Client, collect, collect_sync, iterate, iterate_sync
from tests.fault_server import Exchange, FaultServer, created, delta, sse
from tests.reactive.leaks import run, until, until_sync
from tests.sources.clients import CANARY

pytestmark = pytest.mark.serial

_COUNT = 1000


class Closings:
    """Streams for ever; notes how long after a dispose the server sees the connection closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._disposed: dict[int, float] = {}
        self._closed: dict[int, float] = {}

    def disposed(self, key: int) -> None:
        with self._lock:
            self._disposed[key] = time.monotonic()

    def reply(self, exchange: Exchange) -> None:
        key = int(exchange.json["input"])
        chance = random.Random(key)
        try:
            if chance.random() < 0.2 and exchange.wait_for_close(chance.random() * 0.02) < 1:
                return
            exchange.head()
            exchange.chunk(sse(created()))
            for number in range(1, 1_000_000):
                exchange.chunk(sse(delta(number)))
                if chance.random() < 0.3 and exchange.wait_for_close(chance.random() * 0.01) < 1:
                    return
        finally:
            with self._lock:
                self._closed[key] = time.monotonic()

    def seconds(self) -> list[float]:
        """Return how long each closing took that the server has heard of."""
        return [closed - self._disposed[key] for key, closed in self._closed.items()]


def test_T10_dispose_at_1000_random_moments_closes_each_connection_within_a_second() -> None:
    """Law: while it connects, waits or reads, at each event: the connection is closed, nothing is left."""
    closings = Closings()
    with FaultServer(closings.reply) as server:
        for family, first in ((httpx, 0), (httpx2, _COUNT // 2)):
            _dispose_sync(family, server.url, closings, range(first, first + _COUNT // 4))
            run(_dispose_async(family, server.url, closings, first + _COUNT // 4))
        until_sync(lambda: server.open == 0, what=lambda: f"no connection to be open, but {server.open} are")
    seconds = closings.seconds()
    assert len(seconds) > _COUNT * 0.5  # the others were disposed of before the request was read
    assert max(seconds) < 1


def _dispose_sync(family: Any, url: str, closings: Closings, keys: range) -> None:
    with family.Client(trust_env=False) as http_client, ThreadPoolExecutor(8) as pool:
        client = Client(api_key=CANARY, base_url=url, http_client=http_client)
        for _ in pool.map(lambda key: _dispose_one(client, closings, key), keys):
            pass


def _dispose_one(client: Client, closings: Closings, key: int) -> None:
    chance = random.Random(key)
    stream = client.stream(model="gpt-5", input=str(key))
    if key % 2:  # in the thread that reads, after some events
        with iterate_sync(stream) as events:
            for _ in range(chance.randrange(5)):
                next(events)
            closings.disposed(key)
        return
    count = 0

    def on_next(_event: Any) -> None:
        nonlocal count
        count += 1

    subscription = stream.subscribe(on_next, _fail, scheduler=NewThreadScheduler())
    time.sleep(chance.random() * 0.02)
    closings.disposed(key)
    subscription.dispose()
    subscription.dispose()
    told = count
    time.sleep(0.001)
    assert count <= told + 1  # a push that had begun may end


def _fail(error: Exception) -> None:
    raise AssertionError("expected nothing after the dispose") from error


async def _dispose_async(family: Any, url: str, closings: Closings, first: int) -> None:
    async with family.AsyncClient(trust_env=False) as http_client:
        client = AsyncClient(api_key=CANARY, base_url=url, http_client=http_client)
        for start in range(first, first + _COUNT // 4, 10):
            await asyncio.gather(*(_dispose_one_async(client, closings, key) for key in range(start, start + 10)))
        await until(lambda: len(asyncio.all_tasks()) == 1, what="no task to be left")


async def _dispose_one_async(client: AsyncClient, closings: Closings, key: int) -> None:
    chance = random.Random(key)
    stream = client.stream(model="gpt-5", input=str(key))
    if key % 2:
        async with iterate(stream, limit=4) as events:
            for _ in range(chance.randrange(5)):
                await anext(events)
            for _ in range(chance.randrange(30)):
                await asyncio.sleep(0)
            closings.disposed(key)
        return
    seen: list[Any] = []
    subscription = stream.subscribe(seen.append, _fail)
    if chance.random() < 0.5:
        await asyncio.sleep(chance.random() * 0.02)
    for _ in range(chance.randrange(30)):
        await asyncio.sleep(0)
    closings.disposed(key)
    subscription.dispose()
    count = len(seen)
    subscription.dispose()
    await asyncio.sleep(0)
    assert len(seen) == count


@pytest.mark.parametrize("family", [httpx, httpx2])
def test_T10_a_wait_for_the_head_is_interrupted_in_a_thread(family: Any) -> None:
    """Law: leaving while the server has not answered yet does not wait for it: on a connection made for the request."""

    def silent(exchange: Exchange) -> None:
        waited.append(exchange.wait_for_close())

    async def main() -> None:
        with family.Client(trust_env=False) as http_client:
            stream = Client(api_key=CANARY, base_url=server.url, http_client=http_client).stream(model="gpt-5")
            async with iterate(stream):
                await until(lambda: bool(server.exchanges), what="the request to arrive")
            begun = time.monotonic()
        assert time.monotonic() - begun < 0.5

    waited: list[float] = []
    with FaultServer(silent) as server:
        run(main())
        until_sync(lambda: bool(waited), what="the server to see the close")
    assert waited[0] < 1


def test_T10_sharing_and_taking_release_the_connection() -> None:
    """Law: operators that end early close the connection at once, and one request serves all."""

    def endless(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(sse(created(), *(delta(number) for number in range(1, 10))))
        waited.append(exchange.wait_for_close())

    waited: list[float] = []
    with FaultServer(endless) as server:
        with httpx.Client(trust_env=False) as http_client:
            stream = Client(api_key=CANARY, base_url=server.url, http_client=http_client).stream(model="gpt-5")
            assert len(collect_sync(stream.pipe(ops.take(3)))) == 3

        async def main() -> None:
            async with httpx.AsyncClient(trust_env=False) as http_client:
                stream = AsyncClient(api_key=CANARY, base_url=server.url, http_client=http_client).stream(model="gpt-5")
                shared = stream.pipe(ops.share())
                taken = await asyncio.gather(*(collect(shared.pipe(ops.take(n))) for n in (2, 5)))
                assert [len(events) for events in taken] == [2, 5]

        run(main())
        until_sync(lambda: len(waited) == 2, what="the server to see both closes")
    assert max(waited) < 0.5
