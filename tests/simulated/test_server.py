from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

import rxstream.simulated
from rxstream.errors import MissingExtraError
from rxstream.simulated import SCENARIOS, SimulatedModel, create_app, running_server
from rxstream.simulated.server import RunningServer

_TOOL: Any = {
    "type": "function",
    "name": "get_weather",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


class Event(BaseModel):
    name: str
    year: int
    places: list[str]


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server(seed=5) as base_url:
        yield base_url


@pytest.fixture
def client(server: RunningServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=server, api_key="test", max_retries=0) as made:
        yield made


def wait_until_closed(model: SimulatedModel) -> float:
    started = time.monotonic()
    while model.open_streams and time.monotonic() - started < 5:
        time.sleep(0.002)
    return time.monotonic() - started


def test_openais_sdk_streams_text(client: openai.OpenAI) -> None:
    """``responses.create(stream=True)`` gives the events, their text joined is the final text."""
    events = list(client.responses.create(model="gpt-5", input="Say 'double bubble bath' ten times fast.", stream=True))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text.count("double bubble bath") == 10
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == text


def test_openais_async_sdk_streams_text(server: RunningServer) -> None:
    """The same by the async client, and the same text without a stream."""

    async def texts() -> tuple[str, str]:
        async with openai.AsyncOpenAI(base_url=server, api_key="test", max_retries=0) as client:
            stream = await client.responses.create(model="gpt-5", input="Say 'hi' twice", stream=True)
            deltas = [event.delta async for event in stream if event.type == "response.output_text.delta"]
            whole = await client.responses.create(model="gpt-5", input="Say 'hi' twice")
            return "".join(deltas), whole.output_text

    assert asyncio.run(texts()) == ("hi, hi", "hi, hi")


def test_openais_own_accumulation_agrees(client: openai.OpenAI) -> None:
    """``responses.stream`` raises nothing, and its final response has the joined text."""
    with client.responses.stream(
        model="gpt-5", input="Hello", reasoning={"effort": "low", "summary": "auto"}
    ) as stream:
        text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        assert stream.get_final_response().output_text == text


def test_openais_sdk_parses_tools_and_models(client: openai.OpenAI) -> None:
    """Parallel calls and a pydantic model come out parsed."""
    with client.responses.stream(model="gpt-5", input="Weather in Paris and Rome?", tools=[_TOOL]) as stream:
        stream.until_done()
        calls = stream.get_final_response().output
    assert [call.arguments for call in calls if call.type == "function_call"] == ['{"city":"Paris"}', '{"city":"Rome"}']
    with client.responses.stream(model="gpt-5", input="The Moon Landing of 1969", text_format=Event) as stream:
        stream.until_done()
        parsed = stream.get_final_response().output_parsed
    assert parsed is not None
    assert parsed.year == 1969


@pytest.mark.parametrize("chained", [True, False])
def test_the_tool_loop_closes_with_openais_sdk(client: openai.OpenAI, chained: bool) -> None:
    """Outputs are answered by ``previous_response_id`` and by resending the items."""
    question: Any = {"role": "user", "content": "Weather in Paris and Rome?"}
    first = client.responses.create(model="gpt-5", input=[question], tools=[_TOOL])
    outputs: list[Any] = [
        {"type": "function_call_output", "call_id": call.call_id, "output": "warm"}
        for call in first.output
        if call.type == "function_call"
    ]
    resent: list[Any] = [question, *(item.to_dict() for item in first.output), *outputs]
    history: Any = {"previous_response_id": first.id, "input": outputs} if chained else {"input": resent}
    final = client.responses.create(model="gpt-5", tools=[_TOOL], **history)
    assert "warm; warm" in final.output_text


def test_openais_sdk_resumes_a_background_response(client: openai.OpenAI) -> None:
    """The events before and after the break are the whole stream, once each."""
    first: list[Any] = []
    with client.responses.create(model="gpt-5", input="Hello", background=True, stream=True) as stream:
        for event in stream:
            first.append(event)
            if len(first) == 7:
                break
    response_id = first[0].response.id
    rest = list(client.responses.retrieve(response_id, stream=True, starting_after=first[-1].sequence_number))
    numbers = [event.sequence_number for event in [*first, *rest]]
    assert numbers == list(range(len(numbers)))
    assert rest[-1].type == "response.completed"
    assert client.responses.retrieve(response_id).status == "completed"


def test_openais_sdk_cancels_a_background_response(client: openai.OpenAI) -> None:
    """Its open stream ends without a terminal event, and it stays cancelled."""
    with client.responses.create(model="scenario:stall:60", input="Hello", background=True, stream=True) as stream:
        events = iter(stream)
        response_id = next(events).response.id  # type: ignore[union-attr]
        assert client.responses.retrieve(response_id).status == "in_progress"
        assert client.responses.cancel(response_id).status == "cancelled"
        assert [event.type for event in events][-1] == "response.output_item.done"
    assert client.responses.retrieve(response_id).status == "cancelled"


@pytest.mark.parametrize("name", sorted(name for name, scenario in SCENARIOS.items() if scenario.conforming))
def test_openais_sdk_reads_every_conforming_scenario(client: openai.OpenAI, name: str) -> None:
    """No conforming scenario makes the SDK fail; each ends with a terminal event."""
    if SCENARIOS[name].http or name in ("slow_start", "stall"):
        name = {"slow_start": "slow_start:0.01", "stall": "stall:0.01"}.get(name, "text")
    stream = client.responses.create(model=f"scenario:{name}", input="Hello", stream=True)
    assert list(stream)[-1].type in ("response.completed", "response.incomplete", "response.failed", "error")


@pytest.mark.parametrize(
    ("scenario", "error"),
    [("status:429", openai.RateLimitError), ("status:500", openai.InternalServerError)],
)
def test_openais_sdk_raises_its_own_errors_on_http_faults(
    client: openai.OpenAI, scenario: str, error: type[Exception]
) -> None:
    """The bodies of errors have the shape that the SDK reads."""
    with pytest.raises(error, match=r"server had an error|Rate limit"):
        client.responses.create(model=f"scenario:{scenario}", input="Hello")


def test_openais_sdk_lists_the_models(client: openai.OpenAI) -> None:
    """Every scenario is a model of the list."""
    assert {f"scenario:{name}" for name in SCENARIOS} <= {model.id for model in client.models.list()}
    assert client.models.retrieve("gpt-5").id == "gpt-5"


@pytest.mark.parametrize("scenario", ["long:50000", "slow_start:60"])
def test_the_server_sees_within_a_second_that_a_client_has_gone(server: RunningServer, scenario: str) -> None:
    """Closing a response in mid-stream, busy or silent, ends the stream on the server."""
    body = {"model": f"scenario:{scenario}", "input": "Hello", "stream": True}
    with httpx.Client() as client, client.stream("POST", f"{server}/responses", json=body) as response:
        next(chunks := response.iter_raw())
        assert server.model.open_streams == 1
        chunks.close()
    assert wait_until_closed(server.model) < 1
    assert server.model.open_streams == 0


def test_a_running_server_leaves_nothing_behind() -> None:
    """After the context no thread and no listener is left, even with a stream that is still open."""
    before = set(threading.enumerate())
    with httpx.Client() as client:
        with running_server(scenario="slow_start:60") as base_url:
            port = int(base_url.split(":")[2].split("/")[0])
            request = client.build_request(
                "POST", f"{base_url}/responses", json={"model": "m", "input": "x", "stream": True}
            )
            response = client.send(request, stream=True)
            assert base_url.model.open_streams == 1
        assert base_url.model.open_streams == 0
        response.close()
    assert set(threading.enumerate()) == before
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "localhost"}, 200),
        ({"host": "127.0.0.1:1234"}, 200),
        ({"host": "[::1]:80"}, 200),
        ({"host": "LOCALHOST:80"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "localhost.evil.example:80"}, 421),
        ({"host": "127.0.0.1.evil.example"}, 421),
        ({"host": ""}, 421),
        ({"host": "localhost:80", "origin": "http://localhost:80"}, 200),
        ({"host": "localhost:80", "origin": "http://localhost:81"}, 403),
        ({"host": "localhost:80", "origin": "http://evil.example"}, 403),
        ({"host": "localhost:80", "origin": "null"}, 403),
        ({"host": "localhost:80", "origin": "http://friend.example"}, 200),
    ],
)
def test_foreign_hosts_and_origins_are_refused(headers: dict[str, str], status: int) -> None:
    """Only loopback names and allowed origins are served; refusals have the API's shape."""
    with TestClient(create_app(allowed_origins=["http://friend.example"])) as client:
        response = client.get("/v1/models", headers=headers)
    assert response.status_code == status
    assert ("error" in response.json()) == (status != 200)


def test_large_bodies_are_refused_while_they_are_read() -> None:
    """More than 10 MiB is status 413, however it is sent."""

    def chunks() -> Iterator[bytes]:
        for _ in range(11):
            yield b"x" * 1024 * 1024

    with TestClient(create_app(), base_url="http://localhost") as client:
        assert client.post("/v1/responses", content=chunks()).status_code == 413


def test_the_app_is_made_when_it_is_asked_for() -> None:
    """``rxstream.simulated.app`` is one application; other names stay unknown."""
    assert rxstream.simulated.app is rxstream.simulated.app
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = rxstream.simulated.no_such_name


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_a_missing_extra_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra's packages the error says what to install."""
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"{package}.*rxstream\[server\]"), running_server():
        pass
