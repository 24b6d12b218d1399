"""Tool loops with the simulated model, over real sockets: the acceptance list."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from rxstream import (
    AsyncClient,
    Client,
    MaxTurnsError,
    ToolCallFailed,
    ToolCallStarted,
    ToolTimeoutError,
    UnknownToolError,
    custom_tool,
    iterate,
    iterate_sync,
    run_tools,
    tool,
)
from rxstream.simulated import SimulatedModel, running_server
from tests.reactive.leaks import run, until, until_sync
from tests.tools.scripted import Held, forever

REQUEST: dict[str, Any] = {"model": "gpt-5", "input": "What is the weather in Paris and Rome?"}


class Server:
    """A simulated model on a port, and two ways to hold a conversation with it."""

    def __init__(self, url: str, model: SimulatedModel, is_async: bool) -> None:
        self.url = url
        self.model = model
        self.is_async = is_async

    def hold(self, **options: Any) -> Held:
        """Hold a conversation; fail if a task, a thread or a connection is left."""
        held = Held()
        if self.is_async:
            run(self._hold_async(held, options))
        else:
            with Client(api_key="none", base_url=self.url) as client:
                try:
                    with iterate_sync(run_tools(client, **{**REQUEST, **options})) as events:
                        held.events.extend(events)
                except Exception as error:
                    held.error = error
        return held

    async def _hold_async(self, held: Held, options: dict[str, Any]) -> None:
        async with AsyncClient(api_key="none", base_url=self.url) as client:
            try:
                async with iterate(run_tools(client, **{**REQUEST, **options})) as events:
                    async for event in events:
                        held.events.append(event)
            except Exception as error:
                held.error = error

    def wait_until_closed(self) -> None:
        """Wait until the server has no open stream."""
        until_sync(lambda: self.model.open_streams == 0, what="no stream to be open")


@pytest.fixture(scope="module")
def url() -> Iterator[Any]:
    """A server for all tests: it takes longer to start than they take."""
    with running_server(SimulatedModel(seed=7)) as base_url:
        yield base_url


@pytest.fixture(params=[True, False], ids=["asyncio", "sync"])
def server(request: pytest.FixtureRequest, url: Any) -> Server:
    """The server, for one way to read."""
    return Server(url, url.model, request.param)


def get_weather(city: str) -> str:
    """Tell the weather."""
    return f"sun in {city}"


async def get_weather_async(city: str) -> str:
    """Tell the weather."""
    await asyncio.sleep(0)
    return f"sun in {city}"


def answer_of(held: Held) -> str:
    """The text of the last response."""
    assert held.error is None
    return held.events[-1].response.output_text


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("fn", [get_weather, get_weather_async])
def test_parallel_calls_are_answered(server: Server, fn: Any, eager: bool):
    """Two calls, one answer that tells of both, in the order of the calls."""
    held = server.hold(tools=[tool(fn, name="get_weather")], eager=eager)
    assert answer_of(held).startswith("The tools returned: sun in Paris; sun in Rome.")
    assert sum(isinstance(event, ToolCallStarted) for event in held.events) == 2


def test_a_failing_tool_is_told_to_the_model(server: Server):
    """The model answers all the same."""

    def get_weather(city: str) -> str:
        raise ConnectionError(f"no station in {city}")

    held = server.hold(tools=[get_weather], input="What is the weather in Oslo?")
    assert "it raised ConnectionError: no station in Oslo" in answer_of(held)


@pytest.mark.parametrize("is_async", [False, True])
def test_a_hanging_tool_is_left(server: Server, is_async: bool):
    """The model answers all the same."""
    ended = threading.Event()

    def get_weather(city: str) -> None:
        ended.wait(10)

    async def get_weather_async(city: str) -> None:
        await forever()

    hanging = tool(get_weather_async if is_async else get_weather, name="get_weather", timeout_seconds=0.03)
    held = server.hold(tools=[hanging], input="What is the weather in Oslo?")
    ended.set()
    assert "expected a result within 0.03 s" in answer_of(held)
    assert [type(event.error) for event in held.ours if isinstance(event, ToolCallFailed)] == [ToolTimeoutError]


def test_bad_arguments_are_told_to_the_model(server: Server):
    """The server was told of another schema than the function has: what it sends does not fit."""
    seen: list[Any] = []

    @tool(name="get_weather")
    def strict(city: int) -> None:
        seen.append(city)

    class Mistaken(type(strict)):  # type: ignore[misc]
        def to_dict(self) -> dict[str, Any]:
            return tool(get_weather).to_dict()

    mistaken = Mistaken(function=strict.function, name="get_weather", parameters=strict.parameters)
    held = server.hold(tools=[mistaken], input="What is the weather in Oslo?")
    assert "Error: call of 'get_weather': expected" in answer_of(held)
    assert seen == []


def test_an_unknown_tool_is_told_to_the_model(server: Server):
    """A function that is only declared."""
    declared = tool(get_weather).to_dict()
    held = server.hold(tools=[declared], input="What is the weather in Oslo?")
    assert "but the model called 'get_weather'" in answer_of(held)
    assert [type(event.error) for event in held.ours] == [UnknownToolError]


@pytest.mark.parametrize("store", [True, False])
def test_five_turns_are_held(server: Server, store: bool):
    """By the id of the response before, and by sending all again."""
    held = server.hold(tools=[get_weather], model="scenario:tool_turns:4", input="Weather in Oslo", store=store)
    assert answer_of(held).startswith("The tools returned: sun in Oslo; sun in Oslo; sun in Oslo; sun in Oslo.")
    assert len(held.inputs) == 5
    newest: Any = server.model.requests[-1]
    assert ("previous_response_id" in newest) == store
    assert len(newest["input"]) == (1 if store else 9)


def test_too_many_turns_are_an_error(server: Server):
    """After the last, no other request is sent."""
    before = server.model.request_count
    held = server.hold(tools=[get_weather], model="scenario:tool_turns:9", input="Weather in Oslo", max_turns=3)
    assert isinstance(held.error, MaxTurnsError)
    assert server.model.request_count == before + 3


def test_reasoning_is_sent_again_encrypted(server: Server):
    """What is not stored is there in the next request, with what only the server can read."""
    request: dict[str, Any] = {
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": "low"},
    }
    held = server.hold(tools=[get_weather], input="What is the weather in Oslo?", **request)
    assert "sun in Oslo" in answer_of(held)
    newest: Any = server.model.requests[-1]
    assert [item["type"] for item in newest["input"]] == [
        "message",
        "reasoning",
        "function_call",
        "function_call_output",
    ]
    assert newest["input"][1]["encrypted_content"]


def test_a_forced_call_is_forced_once(server: Server):
    """Otherwise the model would call for ever."""
    held = server.hold(tools=[get_weather], tool_choice="required", input="Hello in Oslo")
    assert "sun in Oslo" in answer_of(held)


def test_custom_tools_are_answered(server: Server):
    """Free text in, text out."""

    @custom_tool
    def write_note(text: str) -> str:
        return f"noted: {text}"

    held = server.hold(tools=[write_note], model="scenario:custom_tool", input="Milk")
    assert "noted: Note: Milk" in answer_of(held)


@pytest.mark.parametrize("approved", [True, False])
def test_a_remote_call_runs_when_it_is_approved(server: Server, approved: bool):
    """The server hears of the decision, whatever it is."""
    asked: list[Any] = []

    def approve(request: Any) -> bool:
        asked.append((request.type, request.name))
        return approved

    held = server.hold(tools=[], model="scenario:mcp_approval", input="What is a stream?", approve=approve)
    assert answer_of(held)
    assert asked == [("mcp_approval_request", "ask_question")]
    assert held.outputs == [approved]
    assert any(event.type == "response.mcp_call.completed" for event in held.events) == approved


def test_a_remote_call_that_nobody_approves_ends_the_conversation(server: Server):
    """Law: nobody approves in silence."""
    held = server.hold(tools=[], model="scenario:mcp_approval", input="What is a stream?")
    assert held.error is None
    assert held.events[-1].response.output[-1].type == "mcp_approval_request"
    assert len(held.inputs) == 1


def test_leaving_in_the_middle_of_a_tool_cancels_it(url: Any):
    """Law: the task has ended when the block is left; no other request is sent."""
    told: list[str] = []
    before = url.model.request_count

    async def get_weather(city: str) -> None:
        try:
            told.append("begun")
            await forever()
        finally:
            await asyncio.sleep(0)  # a tool may have something to close
            told.append("ended")

    async def main() -> None:
        async with AsyncClient(api_key="none", base_url=url) as client:
            stream = run_tools(client, tools=[get_weather], **REQUEST)
            async with iterate(stream) as events:
                async for event in events:
                    if isinstance(event, ToolCallStarted):
                        await until(lambda: told == ["begun", "begun"], what="both calls to run")
                        break
            assert told == ["begun", "begun", "ended", "ended"]

    run(main())
    assert url.model.request_count == before + 1


def test_leaving_a_plain_loop_while_the_response_streams_cancels_its_eager_tools(url: Any):
    """Law: the same without asyncio, where a tool runs while the stream is read."""
    go_on = threading.Event()

    def get_weather(city: str) -> None:
        go_on.wait(10)

    with Client(api_key="none", base_url=url) as client:
        request: dict[str, Any] = {**REQUEST, "model": "scenario:stall:30"}
        with iterate_sync(run_tools(client, tools=[get_weather], eager=True, **request)) as events:
            assert next(event for event in events if isinstance(event, ToolCallStarted)).call.name == "get_weather"
        until_sync(lambda: url.model.open_streams == 0, what="no stream to be open")
    go_on.set()


def test_leaving_while_the_response_streams_cancels_its_eager_tools(url: Any):
    """Law: the tool and the request, both."""
    told: list[str] = []

    async def get_weather(city: str) -> None:
        try:
            told.append("begun")
            await forever()
        finally:
            told.append("ended")

    async def main() -> None:
        async with AsyncClient(api_key="none", base_url=url) as client:
            request: dict[str, Any] = {**REQUEST, "model": "scenario:stall:30"}
            async with iterate(run_tools(client, tools=[get_weather], eager=True, **request)) as events:
                async for event in events:
                    if isinstance(event, ToolCallStarted):
                        await until(lambda: bool(told), what="a call to run")
                        break
            assert told.count("begun") == told.count("ended") > 0

    run(main())
    until_sync(lambda: url.model.open_streams == 0, what="no stream to be open")
