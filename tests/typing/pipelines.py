"""What users write, and what type checkers must make of it: run by pyright (strict) and mypy, never executed."""

from __future__ import annotations

from typing import Any, assert_type

import httpx
import httpx2
from pydantic import BaseModel
from reactivex import Observable
from reactivex import operators as ops

import rxstream as rxs
from rxstream.events import (
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseRefusalDeltaEvent,
    ResponseStreamEvent,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
)
from rxstream.models import (
    Annotation,
    ContentPart,
    McpApprovalRequest,
    Response,
    ResponseOutputItem,
    ResponseOutputMessage,
    ResponseUsage,
)

client = rxs.Client(api_key="none")
async_client = rxs.AsyncClient(base_url="http://localhost/v1")
stream = client.stream(model="gpt-5", input="Hello")


def any_http_client_fits() -> None:
    rxs.Client(http_client=httpx.Client())
    rxs.Client(http_client=httpx2.Client())
    rxs.AsyncClient(http_client=httpx.AsyncClient())
    rxs.AsyncClient(http_client=httpx2.AsyncClient())


def pipe_infers_what_comes_out() -> None:
    assert_type(stream, rxs.ResponseStream)
    assert_type(stream.pipe(rxs.text_deltas()), Observable[str])
    assert_type(stream.pipe(rxs.accumulate_text()), Observable[str])
    assert_type(stream.pipe(rxs.refusal_deltas()), Observable[str])
    assert_type(stream.pipe(rxs.reasoning_deltas()), Observable[str])
    assert_type(stream.pipe(rxs.annotations()), Observable[Annotation])
    assert_type(stream.pipe(rxs.function_calls()), Observable[rxs.FunctionCall])
    assert_type(stream.pipe(rxs.accumulate_arguments()), Observable[rxs.FunctionCall])
    assert_type(stream.pipe(rxs.custom_tool_calls()), Observable[rxs.CustomToolCall])
    assert_type(stream.pipe(rxs.accumulate_custom_tool_input()), Observable[rxs.CustomToolCall])
    assert_type(stream.pipe(rxs.mcp_calls()), Observable[rxs.McpToolCall])
    assert_type(stream.pipe(rxs.accumulate_mcp_arguments()), Observable[rxs.McpToolCall])
    assert_type(stream.pipe(rxs.code_interpreter_calls()), Observable[rxs.CodeInterpreterCall])
    assert_type(stream.pipe(rxs.accumulate_code()), Observable[rxs.CodeInterpreterCall])
    assert_type(stream.pipe(rxs.snapshots()), Observable[Response])
    assert_type(stream.pipe(rxs.final_response()), Observable[Response])
    assert_type(stream.pipe(rxs.outcome()), Observable[rxs.Outcome])
    assert_type(stream.pipe(rxs.in_item(0)), Observable[ResponseStreamEvent])


def of_type_narrows() -> None:
    assert_type(stream.pipe(rxs.of_type(ResponseTextDeltaEvent)), Observable[ResponseTextDeltaEvent])
    assert_type(
        stream.pipe(rxs.of_type(ResponseTextDeltaEvent, ResponseRefusalDeltaEvent)),
        Observable[ResponseTextDeltaEvent | ResponseRefusalDeltaEvent],
    )
    assert_type(stream.pipe(rxs.of_type("response.output_text.*")), Observable[ResponseStreamEvent])
    assert_type(stream.pipe(rxs.of_type(rxs.ToolCallStarted)), Observable[rxs.ToolCallStarted])


@rxs.tool
def add(a: int, b: int) -> int:
    return a + b


async def weather(city: str) -> str:
    return f"sun in {city}"


def tool_loops_are_streams() -> None:
    def approve(call: rxs.FunctionCall | rxs.CustomToolCall | McpApprovalRequest) -> bool:
        return call.name == "add"

    loop = rxs.run_tools(
        client, tools=[add, weather, {"type": "web_search"}], approve=approve, model="gpt-5", input="Hi"
    )
    assert_type(loop, rxs.ResponseStream)
    assert_type(loop.pipe(rxs.of_type(rxs.ToolCallFinished)), Observable[rxs.ToolCallFinished])
    assert_type(rxs.run_tools(async_client, tools=[add], input="Hi"), rxs.ResponseStream)


def pipelines_compose() -> None:
    shared = stream.pipe(rxs.share_replay())
    assert_type(shared, Observable[ResponseStreamEvent])
    assert_type(shared.pipe(rxs.in_item(0), rxs.text_deltas(), ops.map(len), ops.take(3)), Observable[int])
    assert_type(rxs.collect_now(rxs.text_deltas(), [ResponseTextDeltaEvent(delta="Hel")]), list[str])


def operators_of_ones_own() -> None:
    class Lengths:
        def feed(self, item: str) -> list[int]:
            return [len(item)]

        def close(self) -> list[int]:
            return []

    assert_type(stream.pipe(rxs.text_deltas(), rxs.lift(Lengths)), Observable[int])


async def loops_know_their_items() -> None:
    async with rxs.iterate(stream.pipe(rxs.text_deltas()), limit=8, overflow="latest") as texts:
        async for text in texts:
            assert_type(text, str)
    async for event in async_client.stream(model="gpt-5", input="Hello"):
        assert_type(event, ResponseStreamEvent)
    for event in stream:
        assert_type(event, ResponseStreamEvent)
    for text in rxs.iterate_sync(stream.text_deltas()):
        assert_type(text, str)
    assert_type(await rxs.last(stream.pipe(rxs.snapshots())), Response)
    assert_type(await rxs.first(stream.text_deltas()), str)
    assert_type(await rxs.collect(stream.text_deltas()), list[str])
    assert_type(rxs.last_sync(stream.outcome()), rxs.Outcome)


def events_narrow(event: ResponseStreamEvent) -> str | None:
    if isinstance(event, ResponseTextDeltaEvent):
        assert_type(event.delta, str)
        assert_type(event.output_index, int | None)
    match event:
        case ResponseTextDoneEvent(text=text):
            return text
        case ResponseFunctionCallArgumentsDeltaEvent(delta=delta):
            return delta
        case rxs.UnknownEvent(data=data):
            assert_type(data, dict[str, Any])
            return None
        case _:
            return None


def items_narrow(item: ResponseOutputItem, response: Response) -> None:
    if isinstance(item, ResponseOutputMessage):
        assert_type(item.content, list[ContentPart])
    assert_type(response.usage, ResponseUsage | None)
    assert_type(response.output_text, str)


class Sum(BaseModel):
    a: int
    b: int


def arguments_are_typed(call: rxs.FunctionCall) -> int:
    numbers = call.parse(Sum)
    assert_type(numbers, Sum)
    return numbers.a + numbers.b
