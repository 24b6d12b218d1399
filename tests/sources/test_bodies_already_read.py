"""A body that something has read before us is not lost: a hook, a cache, a mock of the application's tests."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import httpx2
import pytest

import rxstream as rxs

BODY = b'data: {"type":"response.completed","response":{"status":"completed"}}\n\n'
FAMILIES = pytest.mark.parametrize("family", [httpx, httpx2], ids=["httpx", "httpx2"])


def answering(family: Any, status: int, content_type: str, body: bytes) -> Any:
    """Return a transport that answers with a response that holds its whole body."""
    return family.MockTransport(
        lambda request: family.Response(status, headers={"content-type": content_type}, content=body)
    )


def read(family: Any, transport: Any) -> list[rxs.ResponseStreamEvent]:
    """Read a stream synchronously."""
    with family.Client(transport=transport) as http_client:
        return rxs.collect_sync(rxs.Client(base_url="http://mock/v1", http_client=http_client).stream(model="m"))


def read_async(family: Any, transport: Any) -> list[rxs.ResponseStreamEvent]:
    """Read a stream in asyncio."""

    async def main() -> list[rxs.ResponseStreamEvent]:
        async with family.AsyncClient(transport=transport) as http_client:
            client = rxs.AsyncClient(base_url="http://mock/v1", http_client=http_client)
            return await rxs.collect(client.stream(model="m"))

    return asyncio.run(main())


READERS = pytest.mark.parametrize("reader", [read, read_async], ids=["sync", "async"])


@FAMILIES
@READERS
def test_its_events_are_delivered(family: Any, reader: Any) -> None:
    """The events are those of the body, and the stream completes."""
    events = reader(family, answering(family, 200, "text/event-stream", BODY))
    assert [event.type for event in events] == ["response.completed"]


@FAMILIES
@READERS
def test_its_error_is_told(family: Any, reader: Any) -> None:
    """T7: code and message of an API error are found in it."""
    body = b'{"error": {"message": "No such key.", "code": "invalid_api_key"}}'
    with pytest.raises(rxs.APIStatusError, match="No such key") as raised:
        reader(family, answering(family, 401, "application/json", body))
    assert raised.value.code == "invalid_api_key"


@FAMILIES
def test_a_hook_may_read_the_body(family: Any) -> None:
    """An event hook that reads every response does not take the events away."""
    stream = family.ByteStream(BODY) if hasattr(family, "ByteStream") else BODY
    transport = family.MockTransport(
        lambda request: family.Response(200, headers={"content-type": "text/event-stream"}, stream=stream)
    )
    hooks = {"response": [lambda response: response.read()]}
    with family.Client(transport=transport, event_hooks=hooks) as http_client:
        client = rxs.Client(base_url="http://mock/v1", http_client=http_client)
        assert len(rxs.collect_sync(client.stream(model="m"))) == 1
