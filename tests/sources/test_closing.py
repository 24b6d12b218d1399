"""HTTP clients that are closed, and pools that are waited for, while a stream is on its way."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import httpx2
import pytest

from rxstream import AsyncClient, Client, collect, collect_sync
from rxstream.errors import ConfigurationError, StreamError
from tests.fault_server import Exchange, FaultServer, created, delta, sse, terminal
from tests.reactive.leaks import run, until, until_sync

families = pytest.mark.parametrize("family", [httpx, httpx2])


def _long(exchange: Exchange) -> None:
    exchange.stream(sse(created()), *(sse(delta(number)) for number in range(1, 500)), sse(terminal(500)))


@pytest.mark.parametrize("turns", [*range(1, 13), 20, 50])
def test_a_client_that_is_closed_leaves_no_connection(turns: int) -> None:
    """Law: wherever the stream is then, it ends with an error, and what connects at that moment is closed."""

    async def main() -> None:
        client = AsyncClient(base_url=server.url)
        reading = asyncio.create_task(collect(client.stream(model="gpt-5", input="Hi")))
        for _ in range(turns):
            await asyncio.sleep(0)
        await client.aclose()
        with pytest.raises((ConfigurationError, StreamError)):
            await reading
        await until(lambda: server.open == 0, what="the connection to be closed")

    with FaultServer(_long) as server:
        run(main())


@families
def test_a_synchronous_client_of_the_callers_is_looked_at_too(family: Any) -> None:
    """Law: a stream whose client was closed while it connected does not go on, on a connection of no pool."""

    def reply(exchange: Exchange) -> None:
        http_client.close()
        _long(exchange)

    with FaultServer(reply) as server:
        http_client = family.Client(trust_env=False)
        client = Client(base_url=server.url, http_client=http_client)
        with pytest.raises((ConfigurationError, StreamError)):
            collect_sync(client.stream(model="gpt-5", input="Hi"))
        until_sync(lambda: server.open == 0, what="the connection to be closed")


@families
def test_a_connection_that_is_given_to_one_who_leaves_is_not_lost(family: Any) -> None:
    """Law: who waits for the pool, and is disposed of when its turn has come, leaves its place to the next."""

    async def main() -> None:
        async with family.AsyncClient(limits=family.Limits(max_connections=1), trust_env=False) as http_client:
            client = AsyncClient(base_url=server.url, http_client=http_client, timeout=(5, 5, 5, 1), max_retries=0)
            stream = client.stream(model="gpt-5", input="Hi")
            ended = asyncio.Event()

            def leave() -> None:
                waiting.dispose()
                ended.set()

            stream.subscribe(on_error=lambda error: pytest.fail(repr(error)), on_completed=leave)
            waiting = stream.subscribe(lambda event: pytest.fail(f"after dispose came {event}"))
            await ended.wait()
            assert len(await collect(stream)) == 2

    with FaultServer(lambda exchange: exchange.stream(sse(created()), sse(terminal(1)))) as server:
        run(main())
