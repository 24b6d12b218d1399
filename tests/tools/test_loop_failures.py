"""What a tool loop does with what goes wrong, in asyncio and without it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from rxstream import (
    ArgumentsError,
    MaxTurnsError,
    ResponseFailedError,
    RxstreamError,
    ToolCallFailed,
    ToolFailedError,
    ToolTimeoutError,
    UnknownToolError,
    tool,
)
from tests.reactive.leaks import until_sync
from tests.tools.scripted import (
    ANSWER,
    Scripted,
    add,
    call,
    custom_call,
    double,
    every_way,
    forever,
    turn,
)


def text_of(failure: ToolCallFailed) -> str:
    """What the model is told."""
    assert isinstance(failure.output, str)
    assert "Traceback" not in failure.output
    assert failure.output.startswith("Error: ")
    return failure.output


@every_way
def test_a_tool_that_raises_tells_the_model(hold: Any):
    """Law: its other calls are answered as usual, and the loop goes on."""

    def fail() -> str:
        raise ValueError("no such city")

    client = Scripted(turn("resp_1", call("fail"), call("add", '{"a": 1, "b": 2}')), ANSWER)
    held = hold(client, tools=[fail, add], input="Hi")
    [failure] = [event for event in held.ours if isinstance(event, ToolCallFailed)]
    assert held.error is None
    assert isinstance(failure.error, ToolFailedError)
    assert isinstance(failure.error.__cause__, ValueError)
    assert (failure.error.name, failure.error.call_id) == ("fail", "call_fail")
    assert text_of(failure) == "Error: tool 'fail': expected a result, but it raised ValueError: no such city"
    assert held.outputs == [failure.output, "3"]


@every_way
def test_a_tool_whose_result_cannot_be_told_has_failed(hold: Any):
    """A result that JSON cannot express is the tool's fault."""

    def blob() -> bytes:
        return b"\x00"

    held = hold(Scripted(turn("resp_1", call("blob")), ANSWER), tools=[blob], input="Hi")
    [_, failure] = held.ours
    assert isinstance(failure.error, ToolFailedError)
    assert "bytes" in text_of(failure)


@every_way
def test_a_tool_that_hangs_is_left_at_its_timeout(hold: Any):
    """Law: asynchronous ones are cancelled; the loop goes on."""
    left: list[str] = []

    @tool(timeout_seconds=0.02)
    async def hang() -> None:
        try:
            await forever()
        finally:
            left.append("cancelled")

    client = Scripted(turn("resp_1", call("hang"), call("double", '{"a": 1}')), ANSWER)
    held = hold(client, tools=[hang, double], input="Hi", timeout_seconds=60)
    [failure] = [event for event in held.ours if isinstance(event, ToolCallFailed)]
    assert isinstance(failure.error, ToolTimeoutError)
    assert "within 0.02 s" in text_of(failure)
    assert held.outputs[1] == "2"
    until_sync(lambda: left == ["cancelled"], what="the tool to be cancelled")  # it may be in a thread


@every_way
def test_a_thread_that_hangs_is_left_at_its_timeout(hold: Any):
    """Law: the loop goes on at once; what the thread gives back later is dropped."""
    ended = threading.Event()

    @tool(timeout_seconds=0.02)
    def hang() -> str:
        ended.wait(5)
        return "late"

    held = hold(Scripted(turn("resp_1", call("hang")), ANSWER), tools=[hang], input="Hi", timeout_seconds=60)
    ended.set()
    assert held.said == [("started", "hang"), ("failed", "hang")]
    assert isinstance(held.ours[1].error, ToolTimeoutError)
    assert held.error is None


@every_way
def test_a_timeout_of_the_tool_itself_is_a_failure_like_others(hold: Any):
    """What it waits for is its own affair."""

    async def ask() -> None:
        raise TimeoutError("the database")

    held = hold(Scripted(turn("resp_1", call("ask")), ANSWER), tools=[ask], input="Hi", timeout_seconds=60)
    assert type(held.ours[1].error) is ToolFailedError


@every_way
def test_a_tool_that_was_cancelled_by_others_has_failed(hold: Any):
    """Cancellation that is not ours does not end the loop in silence."""

    async def give_up() -> None:
        raise asyncio.CancelledError

    held = hold(Scripted(turn("resp_1", call("give_up")), ANSWER), tools=[give_up], input="Hi")
    assert held.said == [("started", "give_up"), ("failed", "give_up")]
    assert len(held.inputs) == 2


@every_way
def test_a_tool_that_cancels_itself_has_failed(hold: Any):
    """The task that it runs in is the loop's; the call is answered all the same."""

    async def give_up() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    held = hold(Scripted(turn("resp_1", call("give_up")), ANSWER), tools=[give_up], input="Hi")
    assert held.error is None
    assert len(held.inputs) == 2


@every_way
@pytest.mark.parametrize("arguments", ['{"a": "one"}', '{"a": 1', "", "[]"])
def test_bad_arguments_run_nothing_and_tell_the_model(hold: Any, arguments: str):
    """Law: validated before anything runs."""
    ran: list[int] = []

    def note(a: int) -> None:
        ran.append(a)

    held = hold(Scripted(turn("resp_1", call("note", arguments)), ANSWER), tools=[note], input="Hi")
    assert held.said == [("failed", "note")]
    assert isinstance(held.ours[0].error, ArgumentsError)
    assert text_of(held.ours[0])
    assert ran == []
    assert len(held.inputs) == 2


@every_way
def test_an_unknown_tool_tells_the_model_which_there_are(hold: Any):
    """Law: also a function that is only declared, because nothing here can run it."""
    client = Scripted(turn("resp_1", call("nope"), call("declared"), custom_call("add", "1")), ANSWER)
    held = hold(client, tools=[add, {"type": "function", "name": "declared", "parameters": {}}], input="Hi")
    assert held.said == [("failed", "nope"), ("failed", "declared"), ("failed", "add")]
    assert all(isinstance(event.error, UnknownToolError) for event in held.ours)
    assert "add" in text_of(held.ours[0])


@every_way
def test_after_the_last_turn_nothing_runs_and_an_error_comes(hold: Any):
    """Law: all events were delivered; the calls of the last turn are not run."""
    client = Scripted(turn("resp_1", call("add", '{"a": 1, "b": 2}', call_id="c1")), turn("resp_2", call("add", "{}")))
    held = hold(client, tools=[add], input="Hi", max_turns=2)
    assert isinstance(held.error, MaxTurnsError)
    assert held.said == [("started", "add"), ("finished", "add")]
    assert len(client.requests) == 2


@every_way
def test_an_error_of_a_stream_passes_unchanged(hold: Any):
    """Law: what came before it was delivered."""
    error = {"code": "server_error", "message": "Broken"}
    client = Scripted(turn("resp_1", call("add", '{"a": 1, "b": 2}')), turn("resp_2", status="failed", error=error))
    held = hold(client, tools=[add], input="Hi")
    assert isinstance(held.error, ResponseFailedError)
    assert held.events[-1].type == "response.failed"


@every_way
def test_an_incomplete_response_ends_it_without_an_error(hold: Any):
    """Nothing runs that was cut."""
    client = Scripted(turn("resp_1", call("add", '{"a": 1, "b": 2}'), status="incomplete"))
    held = hold(client, tools=[add], input="Hi")
    assert held.error is None
    assert held.said == []


@every_way
@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("nope", "{}", UnknownToolError),
        ("add", "{", ArgumentsError),
        ("broken", "{}", ToolFailedError),
        ("hang", "{}", ToolTimeoutError),
    ],
)
def test_what_goes_wrong_may_end_the_stream(hold: Any, name: str, arguments: str, error: type[RxstreamError]):
    """Law: with ``on_tool_error="raise"`` the event comes, then the error of that event; there is no further turn."""

    def broken() -> None:
        raise ValueError("no")

    @tool(timeout_seconds=0.02)
    async def hang() -> None:
        await forever()

    client = Scripted(turn("resp_1", call(name, arguments)), ANSWER)
    held = hold(client, tools=[add, broken, hang], input="Hi", on_tool_error="raise")
    assert type(held.error) is error
    assert held.events[-1].error is held.error
    assert len(client.requests) == 1


@every_way
def test_no_other_call_begins_when_an_error_has_ended_the_stream(hold: Any):
    """Law: those that wait for a place are not run any more."""
    ran: list[int] = []

    def broken() -> None:
        raise ValueError("no")

    def note() -> None:
        ran.append(1)

    client = Scripted(turn("resp_1", call("broken"), call("note")), ANSWER)
    held = hold(client, tools=[broken, note], input="Hi", on_tool_error="raise", max_concurrent_calls=1)
    assert isinstance(held.error, ToolFailedError)
    assert ran == []
