"""Streams of the real openai SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rxstream import collect, collect_sync, first_sync, from_openai
from rxstream.errors import ConfigurationError, ConnectionLostError, ResponseStreamError, TruncatedStreamError
from rxstream.simulated import running_server
from tests.fault_server import Exchange, FaultServer, created, delta, sse, terminal
from tests.reactive.leaks import run, until_sync
from tests.sources.clients import CANARY

openai = pytest.importorskip("openai")

_RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "model": "gpt-5",
    "output": [],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "status": "in_progress",
    "something_new": {"kept": True},
}
_WHOLE = [
    {"type": "response.created", "sequence_number": 0, "response": _RESPONSE},
    delta(1, "Hel"),
    delta(2, "lo"),
    {"type": "response.completed", "sequence_number": 3, "response": {**_RESPONSE, "status": "completed"}},
]


def _whole(exchange: Exchange) -> None:
    exchange.stream(*(sse(event) for event in _WHOLE))


@contextmanager
def _sdk(url: str) -> Iterator[Any]:
    with openai.OpenAI(api_key=CANARY, base_url=url, max_retries=0) as client:
        yield client


def _create(client: Any) -> Any:
    return client.responses.create(model="gpt-5", input="Hi", stream=True)


@pytest.mark.parametrize("read_before", [0, 1, 2])
def test_a_stream_is_converted_without_loss(read_before: int) -> None:
    """Law: fresh or partly read, what is still to come has the JSON as it was sent, unknown fields too."""

    async def main() -> list[Any]:
        async with openai.AsyncOpenAI(api_key=CANARY, base_url=server.url, max_retries=0) as client:
            sdk_stream = await _create(client)
            for _ in range(read_before):
                await anext(sdk_stream)
            return [event.to_dict() for event in await collect(from_openai(sdk_stream))]

    with FaultServer(_whole) as server:
        with _sdk(server.url) as client:
            sdk_stream = _create(client)
            for _ in range(read_before):
                next(sdk_stream)
            assert [event.to_dict() for event in collect_sync(from_openai(sdk_stream))] == _WHOLE[read_before:]
        assert run(main()) == _WHOLE[read_before:]


def test_the_helper_of_the_sdk_is_a_stream_too() -> None:
    """Law: what ``responses.stream()`` gives, once entered; its own additions do not change the text."""
    with running_server() as url, _sdk(url) as client:
        request = {"model": "gpt-5", "input": "Say 'hello' 2 times."}
        wire = [event.type for event in collect_sync(from_openai(client.responses.create(**request, stream=True)))]
        with client.responses.stream(**request) as sdk_stream:
            assert [event.type for event in collect_sync(from_openai(sdk_stream))] == wire
        with client.responses.stream(**request) as sdk_stream:
            assert collect_sync(from_openai(sdk_stream).accumulate_text())[-1] == "hello, hello"


def test_leaving_closes_the_stream_of_the_sdk() -> None:
    """Law: the server sees the close."""
    waited: list[float] = []

    def endless(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(sse(*_WHOLE[:2]))
        waited.append(exchange.wait_for_close())

    with FaultServer(endless) as server, _sdk(server.url) as client:
        assert first_sync(from_openai(_create(client))).type == "response.created"
        until_sync(lambda: bool(waited), what="the server to see the close")
    assert waited[0] < 1


@pytest.mark.parametrize("read_before", [0, 1])
def test_an_error_event_is_delivered_and_then_the_error(read_before: int) -> None:
    """Law: as from the wire, though the SDK makes an exception of some."""
    for error in ({"type": "error", "message": "broke"}, {"type": "error", "error": {"message": "broke", "code": "x"}}):

        def reply(exchange: Exchange, error: dict[str, Any] = error) -> None:
            exchange.stream(sse(_WHOLE[0]), f"event: error\ndata: {json.dumps(error)}\n\n".encode())

        seen: list[Any] = []
        errors: list[Exception] = []
        with FaultServer(reply) as server, _sdk(server.url) as client:
            sdk_stream = _create(client)
            for _ in range(read_before):
                next(sdk_stream)
            from_openai(sdk_stream).subscribe(seen.append, errors.append)
        assert seen[-1].type == "error"
        assert isinstance(errors[0], ResponseStreamError)
        assert errors[0].message == "broke"


@pytest.mark.parametrize("read_before", [0, 1])
def test_a_broken_connection_is_lost_and_a_clean_end_truncated(read_before: int) -> None:
    """Law: the errors are ours, whichever library reads."""

    def breaks(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(sse(*_WHOLE[:2]))
        raise ConnectionAbortedError

    def ends(exchange: Exchange) -> None:
        exchange.stream(sse(*_WHOLE[:2]))

    async def main() -> None:
        async with openai.AsyncOpenAI(api_key=CANARY, base_url=server.url, max_retries=0) as client:
            sdk_stream = await _create(client)
            for _ in range(read_before):
                await anext(sdk_stream)
            with pytest.raises(error):
                await collect(from_openai(sdk_stream))

    for reply, error in ((breaks, ConnectionLostError), (ends, TruncatedStreamError)):
        with FaultServer(reply) as server:
            with _sdk(server.url) as client:
                sdk_stream = _create(client)
                for _ in range(read_before):
                    next(sdk_stream)
                with pytest.raises(error):
                    collect_sync(from_openai(sdk_stream))
            run(main())


def test_misuse_is_told() -> None:
    """Law: a second subscription, a stream that was not awaited or entered, a response, anything else."""
    with FaultServer(_whole) as server, _sdk(server.url) as client:
        stream = from_openai(_create(client))
        assert len(collect_sync(stream)) == 4
        with pytest.raises(ConfigurationError, match="share_replay"):
            collect_sync(stream)
        manager = client.responses.stream(model="gpt-5", input="Hi")
        coroutine = _create(openai.AsyncOpenAI(api_key=CANARY, base_url=server.url))
        response = openai.types.responses.Response.model_validate({**_RESPONSE, "status": "completed"})
        for wrong in (manager, coroutine, response, None, [], terminal(0), created()):
            with pytest.raises(TypeError, match="expected a stream of the openai SDK"):
                from_openai(wrong)
        coroutine.close()
