"""The same request gives the same events, in process and over a socket, through every HTTP client."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import httpx2
import pytest

import rxstream as rxs
from rxstream.simulated import SCENARIOS, SimulatedModel, SimulatedTransport, running_server

# Those that differ in time alone, and those that are not event streams.
NAMES = [name for name, scenario in SCENARIOS.items() if not scenario.http and name not in ("slow_start", "stall")]
REQUEST: dict[str, Any] = {"input": "Say 'double bubble bath' ten times fast."}


def in_process(name: str) -> list[dict[str, Any]]:
    """Read a scenario from a new model, without a socket."""
    with httpx.Client(transport=SimulatedTransport(seed=5)) as http_client:
        client = rxs.Client(base_url="http://simulated/v1", http_client=http_client)
        return gathered(client.stream(model=f"scenario:{name}", **REQUEST))


def gathered(stream: rxs.ResponseStream) -> list[dict[str, Any]]:
    """Return the events of a stream, however it ends."""
    events: list[dict[str, Any]] = []
    with rxs.iterate_sync(stream) as source:
        try:
            events.extend(event.to_dict() for event in source)
        except rxs.StreamError as error:
            events.append({"ended": type(error).__name__})
    return events


async def gathered_async(stream: rxs.ResponseStream) -> list[dict[str, Any]]:
    """Return the events of a stream, however it ends."""
    events: list[dict[str, Any]] = []
    async with rxs.iterate(stream) as source:
        try:
            async for event in source:
                events.append(event.to_dict())
        except rxs.StreamError as error:
            events.append({"ended": type(error).__name__})
    return events


@pytest.mark.parametrize("family", [httpx, httpx2], ids=["httpx", "httpx2"])
@pytest.mark.parametrize("name", NAMES)
def test_a_socket_and_no_socket_give_the_same_events(name: str, family: Any) -> None:
    """``Client`` and ``AsyncClient``, through httpx and httpx2: what a socket carries is what the model wrote."""
    expected = in_process(name)
    assert len(expected) > 3

    async def read(base_url: str) -> list[dict[str, Any]]:
        async with family.AsyncClient() as http_client:
            client = rxs.AsyncClient(base_url=base_url, http_client=http_client)
            return await gathered_async(client.stream(model=f"scenario:{name}", **REQUEST))

    with running_server(SimulatedModel(seed=5)) as base_url, family.Client() as http_client:
        client = rxs.Client(base_url=base_url, http_client=http_client)
        assert gathered(client.stream(model=f"scenario:{name}", **REQUEST)) == expected
    with running_server(SimulatedModel(seed=5)) as base_url:
        assert asyncio.run(read(base_url)) == expected


@pytest.mark.parametrize("family", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_the_transport_serves_both_families(family: Any) -> None:
    """In process, too, either family may be used."""
    with family.Client(transport=SimulatedTransport(seed=5)) as http_client:
        client = rxs.Client(base_url="http://simulated/v1", http_client=http_client)
        assert gathered(client.stream(model="scenario:text", **REQUEST)) == in_process("text")
