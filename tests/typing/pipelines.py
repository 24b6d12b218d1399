"""What users write, and what type checkers must make of it: run by pyright (strict) and mypy, never executed."""

from __future__ import annotations

from typing import Any, assert_type

import httpx
import httpx2
from pydantic import BaseModel
from reactivex import Observable
from reactivex import operators as ops

import rxstream as rxs
from rxstream import IterableObservable
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
    assert_type(stream.pipe(rxs.text_deltas()), IterableObservable[str])
    assert_type(stream.pipe(rxs.accumulate_text()), IterableObservable[str])
    assert_type(stream.pipe(rxs.refusal_deltas()), IterableObservable[str])
    assert_type(stream.pipe(rxs.reasoning_deltas()), IterableObservable[str])
    assert_type(stream.pipe(rxs.annotations()), IterableObservable[Annotation])
    assert_type(stream.pipe(rxs.function_calls()), IterableObservable[rxs.FunctionCall])
    assert_type(stream.pipe(rxs.accumulate_arguments()), IterableObservable[rxs.FunctionCall])
    assert_type(stream.pipe(rxs.custom_tool_calls()), IterableObservable[rxs.CustomToolCall])
    assert_type(stream.pipe(rxs.accumulate_custom_tool_input()), IterableObservable[rxs.CustomToolCall])
    assert_type(stream.pipe(rxs.mcp_calls()), IterableObservable[rxs.McpToolCall])
    assert_type(stream.pipe(rxs.accumulate_mcp_arguments()), IterableObservable[rxs.McpToolCall])
    assert_type(stream.pipe(rxs.code_interpreter_calls()), IterableObservable[rxs.CodeInterpreterCall])
    assert_type(stream.pipe(rxs.accumulate_code()), IterableObservable[rxs.CodeInterpreterCall])
    assert_type(stream.pipe(rxs.snapshots()), IterableObservable[Response])
    assert_type(stream.pipe(rxs.final_response()), IterableObservable[Response])
    assert_type(stream.pipe(rxs.outcome()), IterableObservable[rxs.Outcome])
    assert_type(stream.pipe(rxs.in_item(0)), IterableObservable[ResponseStreamEvent])


def of_type_narrows() -> None:
    assert_type(stream.pipe(rxs.of_type(ResponseTextDeltaEvent)), IterableObservable[ResponseTextDeltaEvent])
    assert_type(
        stream.pipe(rxs.of_type(ResponseTextDeltaEvent, ResponseRefusalDeltaEvent)),
        IterableObservable[ResponseTextDeltaEvent | ResponseRefusalDeltaEvent],
    )
    assert_type(stream.pipe(rxs.of_type("response.output_text.*")), IterableObservable[ResponseStreamEvent])
    assert_type(stream.pipe(rxs.of_type(rxs.ToolCallStarted)), IterableObservable[rxs.ToolCallStarted])


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
    assert_type(loop.pipe(rxs.of_type(rxs.ToolCallFinished)), IterableObservable[rxs.ToolCallFinished])
    assert_type(rxs.run_tools(async_client, tools=[add], input="Hi"), rxs.ResponseStream)


def pipelines_compose() -> None:
    shared = stream.pipe(rxs.share_replay())
    assert_type(shared, IterableObservable[ResponseStreamEvent])
    assert_type(shared.pipe(rxs.in_item(0), rxs.text_deltas(), ops.map(len), ops.take(3)), Observable[int])
    assert_type(rxs.collect_now(rxs.text_deltas(), [ResponseTextDeltaEvent(delta="Hel")]), list[str])


def operators_of_ones_own() -> None:
    class Lengths:
        def feed(self, item: str) -> list[int]:
            return [len(item)]

        def close(self) -> list[int]:
            return []

    assert_type(stream.pipe(rxs.text_deltas(), rxs.lift(Lengths)), IterableObservable[int])


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


def looped(stream: rxs.ResponseStream) -> None:
    """What our operators return can be looped over, after a pipe and after a method."""
    for text in stream.pipe(rxs.text_deltas()):
        assert_type(text, str)
    for sentence in stream.pipe(rxs.text_deltas(), rxs.sentences()):
        assert_type(sentence, str)
    for response in stream.snapshots():
        assert_type(response, rxs.Response)


async def looped_in_asyncio(stream: rxs.ResponseStream) -> None:
    """And so with ``async for``."""
    async for call in stream.pipe(rxs.share_replay(), rxs.function_calls()):
        assert_type(call, rxs.FunctionCall)
