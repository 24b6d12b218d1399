"""A check by the API's own moderation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

from rxstream import (
    APIConnectionError,
    APIStatusError,
    AsyncClient,
    Client,
    ConfigurationError,
    ModerationError,
    StreamError,
    collect,
    collect_now,
    collect_sync,
    from_events,
    moderate,
    moderation_check,
)
from rxstream.simulated import SimulatedTransport, running_server
from rxstream.simulated.server import RunningServer
from tests.marbles import event, message, text

_URL = "http://simulated/v1"
_RESULT = {
    "flagged": True,
    "categories": {"hate": True, "violence": False},
    "category_scores": {"hate": 0.5, "violence": 0.2},
}


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server(seed=5) as base_url:
        yield base_url


def asked(answer: Any, *, status: int = 200, seen: list[httpx.Request] | None = None, **options: Any) -> Any:
    """Ask a server that answers ``answer``, by a check."""

    def respond(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(status, content=answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    with httpx.Client(transport=httpx.MockTransport(respond)) as http_client:
        client = Client(api_key="sk-test", base_url=_URL, http_client=http_client)
        return moderation_check(client, **options)("Hi \ud83d!")


def test_a_check_sends_the_text_with_the_key_of_its_client():
    """``POST /moderations`` with model and input; half a character, which UTF-8 cannot hold, is replaced."""
    seen: list[httpx.Request] = []
    verdict = asked({"results": [_RESULT]}, seen=seen, model="omni-moderation-2024-09-26")
    [request] = seen
    assert (request.method, str(request.url)) == ("POST", f"{_URL}/moderations")
    assert request.headers["authorization"] == "Bearer sk-test"
    assert json.loads(request.content) == {"model": "omni-moderation-2024-09-26", "input": "Hi \ufffd!"}
    assert (verdict.flagged, verdict.categories) == (True, ("hate",))
    assert verdict.scores == {"hate": 0.5, "violence": 0.2}


@pytest.mark.parametrize(
    ("thresholds", "categories"),
    [
        ({"hate": 0.6}, ()),
        ({"hate": 0.5}, ("hate",)),
        ({"violence": 0.1}, ("hate", "violence")),
        ({"hate": 0.9, "violence": 0.2}, ("violence",)),
        ({"unheard-of": 0.1}, ("hate",)),
    ],
)
def test_a_threshold_decides_for_its_category(thresholds: dict[str, float], categories: tuple[str, ...]):
    """For all other categories the API does."""
    verdict = asked({"results": [_RESULT]}, thresholds=thresholds)
    assert (verdict.categories, verdict.flagged) == (categories, bool(categories))


def test_a_text_that_is_flagged_for_no_known_reason_is_flagged():
    """No threshold speaks for it."""
    assert asked({"results": [{"flagged": True}]}, thresholds={"hate": 0.9}).flagged
    assert not asked({"results": [{"flagged": False}]}).flagged


@pytest.mark.parametrize("scores", [{}, {"hate": None}, {"hate": float("nan")}, {"hate": True}, None])
def test_where_there_is_no_score_the_api_decides(scores: Any):
    """A threshold that cannot be compared with anything lets nothing pass."""
    result = {"flagged": True, "categories": {"hate": True}, "category_scores": scores}
    answer = json.dumps({"results": [result]}).encode()
    assert asked(answer, thresholds={"hate": 0.9}).categories == ("hate",)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, "expected a moderation with results"),
        ({"results": []}, "expected a moderation with results"),
        ({"results": ["safe"]}, "says whether it is flagged"),
        ({"results": [{"flagged": "no"}]}, "says whether it is flagged"),
        (b"<html>", "expected a JSON object as answer"),
        (b"[]", "expected a JSON object as answer"),
        (b"", "expected a JSON object as answer"),
    ],
)
def test_an_answer_without_a_result_is_an_error_and_not_a_pass(answer: Any, message: str):
    """A check that cannot tell fails, so that nothing is shown."""
    with pytest.raises(StreamError, match=message):
        asked(answer)


def test_errors_are_those_of_any_request():
    """Of the status, with the API's code; of the transport."""
    with pytest.raises(APIStatusError, match="slow down") as raised:
        asked({"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, status=429)
    assert (raised.value.status_code, raised.value.code, raised.value.retryable) == (429, "rate_limit_exceeded", True)
    with pytest.raises(APIConnectionError, match="no route"):
        asked(httpx.ConnectError("no route"))


@pytest.mark.parametrize("content", [b'{"results": [{"flagged": true}]}', b""])
def test_an_answer_that_a_hook_has_read_is_read_all_the_same(content: bytes):
    """As hooks that log do; an empty body is no result."""

    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=content)

    async def read(response: httpx.Response) -> None:
        await response.aread()

    async def ask() -> bool:
        transport = httpx.MockTransport(respond)
        async with httpx.AsyncClient(transport=transport, event_hooks={"response": [read]}) as http_client:
            return (await moderation_check(AsyncClient(base_url=_URL, http_client=http_client))("Hello")).flagged

    def ask_sync() -> bool:
        hooks: Any = {"response": [httpx.Response.read]}
        with httpx.Client(transport=httpx.MockTransport(respond), event_hooks=hooks) as http_client:
            return moderation_check(Client(base_url=_URL, http_client=http_client))("Hello").flagged

    for run in (ask_sync, lambda: asyncio.run(ask())):
        if content:
            assert run()
        else:
            with pytest.raises(StreamError, match="but got b''"):
                run()


def test_a_large_answer_is_not_read_to_its_end():
    """A server that is no moderation service cannot fill the memory."""
    with pytest.raises(StreamError, match="expected a JSON object"):
        asked(b"[" + b"1," * (1 << 20))


def test_only_a_client_can_ask():
    """An HTTP client has no key; a closed one cannot ask."""
    with pytest.raises(TypeError, match="expected a Client or an AsyncClient, but got Client"):
        moderation_check(httpx.Client())  # type: ignore[call-overload]
    client = Client(api_key="sk-test")
    check = moderation_check(client)
    client.close()
    with pytest.raises(ConfigurationError, match="open client"):
        check("Hello")


@pytest.mark.parametrize("family", [httpx, httpx2])
def test_a_sync_check_moderates_a_plain_loop(family: ModuleType):
    """Response and checks go through one client, of either family."""
    with family.Client(transport=SimulatedTransport()) as http_client:
        client = Client(base_url=_URL, http_client=http_client)
        check = moderation_check(client)
        good = client.stream(model="gpt-5", input="Say 'hello' 3 times.").pipe(moderate(check, window=8))
        assert collect_sync(good)[-1].response.output_text == "hello, hello, hello"
        bad = (
            client.stream(model="gpt-5", input="Say 'FLAG-ME' 3 times.").text_deltas().pipe(moderate(check, window=40))
        )
        with pytest.raises(ModerationError) as raised:
            collect_sync(bad)
    assert raised.value.verdict.categories == ("violence",)
    assert http_client.is_closed


@pytest.mark.parametrize("family", [httpx, httpx2])
def test_an_async_check_moderates_an_async_loop(family: ModuleType):
    """The same in asyncio, with several checks at once."""

    async def run() -> tuple[str, list[Any]]:
        async with family.AsyncClient(transport=SimulatedTransport()) as http_client:
            client = AsyncClient(base_url=_URL, http_client=http_client)
            check = moderation_check(client)
            good = await collect(
                client.stream(model="gpt-5", input="Say 'hello' 3 times.").pipe(moderate(check, window=8))
            )
            events = from_events([text("please FLAG-ME"), event("completed", response={"output": [message("kill")]})])
            return good[-1].response.output_text, await collect(events.pipe(moderate(check, on_flagged="replace")))

    output_text, (delta, completed) = asyncio.run(run())
    assert output_text == "hello, hello, hello"
    assert (delta.delta, completed.response.output_text) == ("[removed]", "[removed]")


def test_checks_over_a_real_socket(server: RunningServer):
    """Against a running server: synchronous and asynchronous, with the request closed where text is flagged."""
    with Client(base_url=server) as client:
        stream = client.stream(model="gpt-5", input="Say 'a FLAG-ME:hate word' 20 times.")
        with pytest.raises(ModerationError) as raised:
            collect_sync(stream.pipe(moderate(moderation_check(client), window=40)))
    assert raised.value.verdict.categories == ("hate",)
    assert raised.value.response_id is not None

    async def run() -> list[str]:
        async with AsyncClient(base_url=server) as client:
            stream = client.stream(model="gpt-5", input="Say 'hello' 10 times.")
            return await collect(stream.text_deltas().pipe(moderate(moderation_check(client), window=16)))

    assert "".join(asyncio.run(run())) == ", ".join(["hello"] * 10)


def test_a_service_that_fails_ends_the_stream_unshown():
    """Fail closed: what was not checked is not shown, and the error is the one of the request."""
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(503))) as http_client:
        check = moderation_check(Client(base_url=_URL, http_client=http_client))
        with pytest.raises(APIStatusError, match="503"):
            collect_now(moderate(check), ["Hello"])
