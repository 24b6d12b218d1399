"""A client that says what the test wants, and the two ways to hold a conversation with it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rxstream import ResponseStream, from_events, iterate, iterate_sync, parse_event, run_tools, tool
from rxstream.events import ResponseStreamEvent
from tests.reactive.leaks import run

USAGE = {
    "input_tokens": 10,
    "input_tokens_details": {"cached_tokens": 1},
    "output_tokens": 5,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 15,
}


def call(name: str, arguments: str = "{}", call_id: str | None = None, **fields: Any) -> dict[str, Any]:
    """A function call; its id is its name's where none is given."""
    call_id = call_id or f"call_{name}"
    return {
        "type": "function_call",
        "id": f"fc_{call_id}",
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    } | {
        "status": "completed",
        **fields,
    }


def custom_call(name: str, text: str, call_id: str = "call_custom") -> dict[str, Any]:
    """A call of a custom tool."""
    return {"type": "custom_tool_call", "id": f"ctc_{call_id}", "call_id": call_id, "name": name, "input": text}


def says(text: str) -> dict[str, Any]:
    """A message of the model."""
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": f"msg_{text}", "role": "assistant", "status": "completed", "content": content}


def turn(response_id: str | None, *items: dict[str, Any], status: str = "completed", **fields: Any) -> list[Any]:
    """The events of a response with these output items."""
    named = {} if response_id is None else {"id": response_id}
    response = {**named, "status": "in_progress", "output": []}
    events: list[dict[str, Any]] = [{"type": "response.created", "response": response}]
    for index, item in enumerate(items):
        events.append({"type": "response.output_item.added", "output_index": index, "item": item})
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    ended = {**named, "status": status, "output": list(items), "usage": USAGE, **fields}
    events.append({"type": f"response.{status}", "response": ended})
    return [parse_event({**event, "sequence_number": number}) for number, event in enumerate(events)]


ANSWER = turn("resp_2", says("Done"))
"""A turn that ends a conversation."""


@tool
def add(a: int, b: int) -> int:
    """Add."""
    return a + b


@tool
async def double(a: int) -> int:
    """Double."""
    await asyncio.sleep(0)
    return 2 * a


def paused(events: Sequence[Any], go_on: threading.Event, *rest: Any) -> Callable[[], ResponseStream]:
    """Make streams of events that go on when something has happened, in asyncio where a loop runs."""

    def slowly() -> Any:
        yield from events
        assert go_on.wait(5)
        yield from rest

    async def slowly_async() -> Any:
        for event in events:
            yield event
        assert await asyncio.to_thread(go_on.wait, 5)
        for event in rest:
            yield event

    def make() -> ResponseStream:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return from_events(slowly())
        return from_events(slowly_async())

    return make


class Scripted:
    """Answers each request with the next turn; the last one again and again.

    Attributes:
        requests: What was asked for, of streams that were subscribed to.
    """

    def __init__(self, *turns: list[ResponseStreamEvent] | Callable[[], ResponseStream]) -> None:
        self._turns = turns
        self.requests: list[dict[str, Any]] = []

    def stream(self, **request: Any) -> ResponseStream:
        """Describe a request."""

        def subscribe(observer: Any, scheduler: Any = None) -> Any:
            self.requests.append(request)
            turn = self._turns[min(len(self.requests), len(self._turns)) - 1]
            return (turn() if callable(turn) else from_events(turn)).subscribe(observer, scheduler=scheduler)

        return ResponseStream(subscribe)


class Held:
    """What a conversation was.

    Attributes:
        events: What came.
        error: The error at its end, if there was one.
    """

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.error: Exception | None = None

    @property
    def ours(self) -> list[Any]:
        """The events that the loop made, but for the starts of turns."""
        return [event for event in self.events if event.type.startswith("rxstream.tool_call")]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Of each of these, the last part of its type, and the name of the tool."""
        return [(event.type.rpartition(".")[2], event.call.name) for event in self.ours]

    @property
    def inputs(self) -> list[list[Any]]:
        """What the application added at each turn."""
        return [event.input for event in self.events if event.type == "rxstream.turn.started"]

    @property
    def outputs(self) -> list[Any]:
        """The outputs that went to the model, in order."""
        return [item.get("output", item.get("approve")) for added in self.inputs for item in added]


def hold_async(client: Any, **options: Any) -> Held:
    """Hold a conversation in asyncio; fail if a task is left."""
    held = Held()

    async def main() -> None:
        async with iterate(run_tools(client, **options)) as events:
            try:
                async for event in events:
                    held.events.append(event)
            except Exception as error:
                held.error = error

    run(main())
    return held


def hold_sync(client: Any, **options: Any) -> Held:
    """Hold a conversation without asyncio."""
    held = Held()
    with iterate_sync(run_tools(client, **options)) as events:
        try:
            held.events.extend(events)
        except Exception as error:
            held.error = error
    return held


def hold_by_subscribe(client: Any, **options: Any) -> Held:
    """Hold a conversation by a subscription that returns at the end."""
    held = Held()

    def on_error(error: Exception) -> None:
        held.error = error

    run_tools(client, **options).subscribe(held.events.append, on_error)
    return held


every_way = pytest.mark.parametrize(
    "hold", [hold_async, hold_sync, hold_by_subscribe], ids=["asyncio", "for", "subscribe"]
)
"""Runs a test in asyncio, with a plain loop and with a subscription."""


async def forever() -> None:
    """Hang until it is cancelled."""
    await asyncio.get_running_loop().create_future()
