"""What is compared: each reads one stream to its end and looks at the text of each delta."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import httpx_sse
import openai

import rxstream as rxs
from rxstream.events import ResponseTextDeltaEvent

__all__ = ["ASYNCHRONOUS", "SYNCHRONOUS"]

REQUEST: dict[str, Any] = {"model": "gpt-5", "input": "Go"}


def rxstream_events(http_client: httpx.Client, url: str) -> int:
    """Typed events through an Observable."""
    client = rxs.Client(base_url=url, http_client=http_client)
    seen = 0

    def on_next(event: rxs.ResponseStreamEvent) -> None:
        nonlocal seen
        if isinstance(event, ResponseTextDeltaEvent):
            seen += len(event.delta)

    client.stream(**REQUEST).subscribe(on_next)
    return seen


def rxstream_snapshots(http_client: httpx.Client, url: str) -> int:
    """A snapshot of the response after each event, and the text of the last."""
    client = rxs.Client(base_url=url, http_client=http_client)
    latest: list[rxs.Response] = []

    def on_next(response: rxs.Response) -> None:
        latest[:] = [response]

    client.stream(**REQUEST).pipe(rxs.snapshots()).subscribe(on_next)
    return len(latest[0].output_text)


def openai_raw(http_client: httpx.Client, url: str) -> int:
    """openai-python, ``responses.create(stream=True)``."""
    client = openai.OpenAI(api_key="none", base_url=url, http_client=http_client, max_retries=0)
    seen = 0
    for event in client.responses.create(**REQUEST, stream=True):
        if event.type == "response.output_text.delta":
            seen += len(event.delta)
    return seen


def openai_helper(http_client: httpx.Client, url: str) -> int:
    """openai-python, ``responses.stream()``, which accumulates."""
    client = openai.OpenAI(api_key="none", base_url=url, http_client=http_client, max_retries=0)
    seen = 0
    with client.responses.stream(**REQUEST) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                seen += len(event.delta)
    return seen


def httpx_sse_json(http_client: httpx.Client, url: str) -> int:
    """httpx, httpx-sse and ``json.loads``: dicts, no types."""
    seen = 0
    with httpx_sse.connect_sse(http_client, "POST", f"{url}/responses", json=REQUEST) as source:
        for message in source.iter_sse():
            event = json.loads(message.data)
            if event["type"] == "response.output_text.delta":
                seen += len(event["delta"])
    return seen


def httpx_alone(http_client: httpx.Client, url: str) -> int:
    """httpx, and nothing done with the bytes: the least that any contender over it can take."""
    with http_client.stream("POST", f"{url}/responses", json=REQUEST) as response:
        for _ in response.iter_raw():
            pass
    return 0


async def rxstream_events_async(http_client: httpx.AsyncClient, url: str) -> int:
    """Typed events through an Observable and ``iterate``."""
    client = rxs.AsyncClient(base_url=url, http_client=http_client)
    seen = 0
    async with rxs.iterate(client.stream(**REQUEST)) as events:
        async for event in events:
            if isinstance(event, ResponseTextDeltaEvent):
                seen += len(event.delta)
    return seen


async def rxstream_snapshots_async(http_client: httpx.AsyncClient, url: str) -> int:
    """A snapshot of the response after each event, and the text of the last."""
    client = rxs.AsyncClient(base_url=url, http_client=http_client)
    return len((await rxs.last(client.stream(**REQUEST).pipe(rxs.snapshots()))).output_text)


async def openai_raw_async(http_client: httpx.AsyncClient, url: str) -> int:
    """openai-python, ``responses.create(stream=True)``."""
    client = openai.AsyncOpenAI(api_key="none", base_url=url, http_client=http_client, max_retries=0)
    seen = 0
    async for event in await client.responses.create(**REQUEST, stream=True):
        if event.type == "response.output_text.delta":
            seen += len(event.delta)
    return seen


async def openai_helper_async(http_client: httpx.AsyncClient, url: str) -> int:
    """openai-python, ``responses.stream()``, which accumulates."""
    client = openai.AsyncOpenAI(api_key="none", base_url=url, http_client=http_client, max_retries=0)
    seen = 0
    async with client.responses.stream(**REQUEST) as stream:
        async for event in stream:
            if event.type == "response.output_text.delta":
                seen += len(event.delta)
    return seen


async def httpx_sse_json_async(http_client: httpx.AsyncClient, url: str) -> int:
    """httpx, httpx-sse and ``json.loads``: dicts, no types."""
    seen = 0
    async with httpx_sse.aconnect_sse(http_client, "POST", f"{url}/responses", json=REQUEST) as source:
        async for message in source.aiter_sse():
            event = json.loads(message.data)
            if event["type"] == "response.output_text.delta":
                seen += len(event["delta"])
    return seen


async def httpx_alone_async(http_client: httpx.AsyncClient, url: str) -> int:
    """httpx, and nothing done with the bytes: the least that any contender over it can take."""
    async with http_client.stream("POST", f"{url}/responses", json=REQUEST) as response:
        async for _ in response.aiter_raw():
            pass
    return 0


SYNCHRONOUS: dict[str, Callable[[httpx.Client, str], int]] = {
    "rxstream events": rxstream_events,
    "rxstream snapshots": rxstream_snapshots,
    "openai raw": openai_raw,
    "openai helper": openai_helper,
    "httpx-sse + json": httpx_sse_json,
    "httpx alone": httpx_alone,
}
ASYNCHRONOUS: dict[str, Callable[[httpx.AsyncClient, str], Awaitable[int]]] = {
    "rxstream events": rxstream_events_async,
    "rxstream snapshots": rxstream_snapshots_async,
    "openai raw": openai_raw_async,
    "openai helper": openai_helper_async,
    "httpx-sse + json": httpx_sse_json_async,
    "httpx alone": httpx_alone_async,
}
