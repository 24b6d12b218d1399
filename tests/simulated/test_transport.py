from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import httpx
import httpx2
import openai
import pytest

from rxstream.simulated import SimulatedModel, SimulatedTransport
from rxstream.simulated.frames import event_frame

_FAMILIES = [httpx, httpx2]
_BODY = {"model": "gpt-5", "input": "Say 'hello' three times", "stream": True}
_URL = "http://simulated/v1/responses"


def expected_frames(**settings: Any) -> list[bytes]:
    return [event_frame(event) for event in SimulatedModel(**settings).events(_BODY)]


def parse(frame: bytes) -> dict[str, Any]:
    return json.loads(frame.partition(b"data: ")[2])


@pytest.mark.parametrize("family", _FAMILIES)
def test_a_sync_client_gets_one_chunk_an_event(family: ModuleType) -> None:
    """Each chunk is one server-sent event, as the model wrote it, and the end closes the stream."""
    transport = SimulatedTransport(seed=3)
    with family.Client(transport=transport) as client, client.stream("POST", _URL, json=_BODY) as response:
        assert isinstance(response, family.Response)
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["x-request-id"].startswith("req_")
        assert list(response.iter_raw()) == expected_frames(seed=3)
    assert (transport.model.open_streams, list(transport.model.abandoned)) == (0, [])


@pytest.mark.parametrize("family", _FAMILIES)
def test_an_async_client_gets_one_chunk_an_event(family: ModuleType) -> None:
    """The same for an async client."""

    async def chunks() -> list[bytes]:
        transport = SimulatedTransport(seed=3)
        async with (
            family.AsyncClient(transport=transport) as client,
            client.stream("POST", _URL, json=_BODY) as response,
        ):
            assert isinstance(response, family.Response)
            received = [chunk async for chunk in response.aiter_raw()]
        assert transport.model.open_streams == 0
        return received

    assert asyncio.run(chunks()) == expected_frames(seed=3)


@pytest.mark.parametrize("family", _FAMILIES)
def test_leaving_a_sync_stream_early_closes_it(family: ModuleType) -> None:
    """The model sees one open stream until the response is closed, and then that it was abandoned."""
    transport = SimulatedTransport(scenario="long")
    with family.Client(transport=transport) as client:
        with client.stream("POST", _URL, json=_BODY) as response:
            chunks = response.iter_raw()
            response_id = parse(next(chunks))["response"]["id"]
            assert transport.model.open_streams == 1
        assert transport.model.open_streams == 0
    assert list(transport.model.abandoned) == [response_id]


@pytest.mark.parametrize("family", _FAMILIES)
def test_leaving_an_async_stream_early_closes_it(family: ModuleType) -> None:
    """The same for an async client, also when its task is cancelled while it waits."""

    async def leave() -> None:
        transport = SimulatedTransport(scenario="slow_start:60")
        async with family.AsyncClient(transport=transport) as client:
            begun = asyncio.Event()

            async def read() -> None:
                async with client.stream("POST", _URL, json=_BODY) as response:
                    async for _ in response.aiter_raw():
                        begun.set()

            task = asyncio.create_task(read())
            await begun.wait()
            assert transport.model.open_streams == 1
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert transport.model.open_streams == 0

    asyncio.run(asyncio.wait_for(leave(), 5))


@pytest.mark.serial
def test_closing_from_another_thread_interrupts_a_wait() -> None:
    """A sync reader that waits for a slow event ends soon after the response is closed elsewhere."""
    transport = SimulatedTransport(scenario="slow_start:60")
    with httpx.Client(transport=transport) as client:
        response = client.send(client.build_request("POST", _URL, json=_BODY), stream=True)
        started = time.monotonic()
        threading.Timer(0.02, response.stream.close).start()
        assert len(list(response.iter_raw())) == 2
        assert time.monotonic() - started < 1


def test_a_pace_spreads_the_events_over_time() -> None:
    """At 500 tokens a second five tokens take at least a hundredth of a second, and come one by one."""
    transport = SimulatedTransport(tokens_per_second=500)
    arrivals: list[float] = []
    started = time.monotonic()
    with httpx.Client(transport=transport) as client, client.stream("POST", _URL, json=_BODY) as response:
        for chunk in response.iter_raw():
            if b"output_text.delta" in chunk:
                arrivals.append(time.monotonic())
    assert len(arrivals) == 5
    assert arrivals[-1] - started >= 0.01


@pytest.mark.parametrize("family", _FAMILIES)
def test_openais_sdk_runs_in_process_over_either_family(family: ModuleType) -> None:
    """OpenAI's SDK takes a client of httpx or httpx2 with this transport, sync and async."""
    request: Any = {key: value for key, value in _BODY.items() if key != "stream"}
    settings: Any = {"base_url": "http://simulated/v1", "api_key": "test"}
    with (
        openai.OpenAI(http_client=family.Client(transport=SimulatedTransport()), **settings) as client,
        client.responses.stream(**request) as stream,
    ):
        assert stream.get_final_response().output_text == "hello, hello, hello"

    async def text() -> str:
        http_client = family.AsyncClient(transport=SimulatedTransport())
        async with (
            openai.AsyncOpenAI(http_client=http_client, **settings) as client,
            client.responses.stream(**request) as stream,
        ):
            return (await stream.get_final_response()).output_text

    assert asyncio.run(text()) == "hello, hello, hello"


@pytest.mark.parametrize("family", _FAMILIES)
def test_a_request_of_a_subclass_is_answered_in_its_family(family: ModuleType) -> None:
    """The family is found through the bases of the request's class."""

    class OwnRequest(family.Request):  # type: ignore[misc]
        pass

    response = SimulatedTransport().handle_request(OwnRequest("GET", "http://simulated/v1/models"))
    assert isinstance(response, family.Response)


def test_many_threads_share_one_transport() -> None:
    """Responses made at once by several threads are all different, and all streams are closed."""
    transport = SimulatedTransport()

    def read(client: httpx.Client) -> str:
        with client.stream("POST", _URL, json=_BODY) as response:
            frames = list(response.iter_raw())
        return parse(frames[-1])["response"]["id"]

    with httpx.Client(transport=transport) as client, ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(read, [client] * 100))
    assert len(set(ids)) == transport.model.request_count == 100
    assert transport.model.open_streams == 0


def test_readers_of_a_background_response_follow_it_live() -> None:
    """A reader that comes while the response is being made gets what has been and then what comes."""

    async def follow() -> tuple[str, list[list[bytes]]]:
        async with httpx.AsyncClient(transport=SimulatedTransport(tokens_per_second=500)) as client:
            made = (await client.post(_URL, json={**_BODY, "stream": False, "background": True})).json()
            url = f"{_URL}/{made['id']}"

            async def read() -> list[bytes]:
                async with client.stream("GET", url, params={"stream": "true"}) as response:
                    return [chunk async for chunk in response.aiter_raw()]

            status = (await client.get(url)).json()["status"]
            return status, list(await asyncio.gather(read(), read()))

    status, (first, second) = asyncio.run(follow())
    assert status == "in_progress"
    assert first == second
    assert [parse(first[0])["type"], parse(first[-1])["type"]] == ["response.created", "response.completed"]


@pytest.mark.parametrize("path", ["/v1/responses", "/openai/v1/responses", "/responses", "/a/b/v1/responses/"])
def test_any_prefix_before_v1_is_accepted(path: str) -> None:
    """Base URLs of gateways have more before ``/v1``; some have no ``/v1``."""
    with httpx.Client(transport=SimulatedTransport()) as client:
        response = client.post(f"http://simulated{path}", json={**_BODY, "stream": False})
        assert response.json()["output"][0]["content"][0]["text"] == "hello, hello, hello"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/responses/resp_none", 404),
        ("GET", "/v1/responses/resp_none?stream=true", 404),
        ("POST", "/v1/responses/resp_none/cancel", 404),
        ("DELETE", "/v1/responses/resp_none", 404),
        ("GET", "/v1/models/no-such-model", 404),
        ("GET", "/v1/models/refusal", 404),
        ("PUT", "/v1/responses", 405),
        ("GET", "/v1/models", 200),
        ("GET", "/v1/models/scenario:refusal", 200),
    ],
)
def test_every_route_answers_in_the_apis_shape(method: str, path: str, status: int) -> None:
    """Errors have a body with an ``error`` object, whatever went wrong."""
    with httpx.Client(transport=SimulatedTransport()) as client:
        response = client.request(method, f"http://simulated{path}")
    assert response.status_code == status
    assert ("error" in response.json()) == (status != 200)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"model": NaN}', b"[" * 100_000, b'{"model":"m","input":' + b"[" * 5_000]
)
def test_bodies_that_are_no_request_are_refused(body: bytes) -> None:
    """Whatever the body is, the answer is status 400."""
    with httpx.Client(transport=SimulatedTransport()) as client:
        assert client.post(_URL, content=body).status_code == 400


def test_a_body_above_the_limit_is_refused() -> None:
    """More than 10 MiB is status 413."""
    with httpx.Client(transport=SimulatedTransport()) as client:
        assert client.post(_URL, content=b"x" * (10 * 1024 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize(
    ("scenario", "status", "header", "value"),
    [
        ("status:429", 429, "retry-after", "1"),
        ("status:429:0.25", 429, "retry-after", "0.25"),
        ("status", 500, "content-type", "application/json"),
        ("html", 200, "content-type", "text/html; charset=utf-8"),
        ("json_error", 200, "content-type", "application/json"),
        ("redirect", 307, "location", "http://elsewhere.invalid/v1/responses"),
    ],
)
def test_http_faults_answer_with_their_status(scenario: str, status: int, header: str, value: str) -> None:
    """HTTP scenarios give the status, header and body that they are named for."""
    with httpx.Client(transport=SimulatedTransport()) as client:
        response = client.post(_URL, json={**_BODY, "model": f"scenario:{scenario}"})
    assert (response.status_code, response.headers[header]) == (status, value)


def test_an_invalid_key_is_refused() -> None:
    """``Authorization: Bearer invalid`` is status 401; any other key or none is accepted."""
    with httpx.Client(transport=SimulatedTransport()) as client:
        refused = client.post(_URL, json=_BODY, headers={"Authorization": "Bearer invalid"})
        accepted = client.post(_URL, json=_BODY, headers={"Authorization": "Bearer something"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")
    assert accepted.status_code == 200


def test_a_background_response_is_resumed_cancelled_and_deleted() -> None:
    """The rest of the stream comes by ``starting_after``; a slow one is cancelled and stays so."""
    transport = SimulatedTransport()
    body = {**_BODY, "background": True}
    with httpx.Client(transport=transport) as client:
        with client.stream("POST", _URL, json=body) as response:
            chunks = response.iter_raw()
            first = [parse(next(chunks)) for _ in range(5)]
        url = f"{_URL}/{first[0]['response']['id']}"
        with client.stream("GET", url, params={"stream": "true", "starting_after": 4}) as response:
            rest = [parse(chunk) for chunk in response.iter_raw()]
        assert [event["sequence_number"] for event in first + rest] == list(range(len(first + rest)))
        assert client.get(url).json()["status"] == "completed"
        assert client.get(url, params={"stream": "true", "starting_after": "x"}).status_code == 400
        assert client.delete(url).json()["deleted"] is True
        assert client.get(url).status_code == 404

        slow = client.post(_URL, json={**body, "stream": False, "model": "scenario:slow_start:60"}).json()
        assert slow["status"] == "queued"
        assert client.post(f"{_URL}/{slow['id']}/cancel").json()["status"] == "cancelled"
        with client.stream("GET", f"{_URL}/{slow['id']}", params={"stream": "true"}) as response:
            assert parse(list(response.iter_raw())[-1])["type"] == "response.in_progress"


def test_importing_the_simulated_model_needs_no_server() -> None:
    """starlette, uvicorn and httpx2 stay unimported until they are needed."""
    code = (
        "import sys, rxstream.simulated as s; s.SimulatedTransport();"
        "print(sorted({'starlette', 'uvicorn', 'httpx2', 'hypothesis', 'openai'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
