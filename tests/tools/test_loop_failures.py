"""What a tool loop does with what goes wrong, in asyncio and without it."""

from __future__ import annotations

import asyncio
import functools
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
    run_tools,
    tool,
)
from tests.reactive.leaks import run, until_sync
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


class _Stop(BaseException):
    """What some libraries end things with."""


class _Mute(Exception):
    """An error that cannot say what it is."""

    def __str__(self) -> str:
        raise LookupError("no words")


@every_way
@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (_Stop("enough"), "_Stop: enough"),
        (BaseExceptionGroup("both", [_Stop()]), "BaseExceptionGroup: both"),
        (_Mute(), "_Mute"),
        (StopIteration(3), "StopIteration"),
        (asyncio.CancelledError(), "CancelledError"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_a_tool_raises_is_told_to_the_model(hold: Any, is_async: bool, error: BaseException, told: str):
    """Law: no exception of a tool hangs the loop or breaks it."""

    def fail() -> None:
        raise error

    async def fail_async() -> None:
        raise error

    failing = tool(fail_async if is_async else fail, name="fail")
    held = hold(Scripted(turn("resp_1", call("fail")), ANSWER), tools=[failing], input="Hi")
    assert held.error is None
    assert held.said == [("started", "fail"), ("failed", "fail")]
    assert told in text_of(held.ours[1])


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
def test_what_ends_the_program_passes_through_the_event_loop(error: BaseException):
    """It is for nobody here; a tool in a thread cannot end the program, and tells the model."""

    async def leave() -> None:
        raise error

    async def main() -> None:
        async for _ in run_tools(Scripted(turn("resp_1", call("leave"))), tools=[leave], input="Hi"):
            pass

    with pytest.raises(type(error)):
        run(main())


@every_way
def test_a_tool_that_takes_no_notice_of_its_timeout_is_too_late(hold: Any):
    """Law: what it gives back afterwards is dropped, as that of a thread is."""

    async def stubborn() -> str:
        try:
            await forever()
        except asyncio.CancelledError:
            return "late"

    held = hold(Scripted(turn("resp_1", call("stubborn")), ANSWER), tools=[stubborn], input="Hi", timeout_seconds=0.02)
    assert [type(event).__name__ for event in held.ours] == ["ToolCallStarted", "ToolCallFailed"]
    assert isinstance(held.ours[1].error, ToolTimeoutError)


@every_way
def test_a_generator_that_awaits_nothing_is_left_at_its_timeout(hold: Any):
    """Law: it does not keep the event loop for itself."""

    async def count() -> Any:
        while True:
            yield 1

    held = hold(Scripted(turn("resp_1", call("count")), ANSWER), tools=[count], input="Hi", timeout_seconds=0.02)
    assert held.said[-1] == ("failed", "count")
    assert isinstance(held.ours[-1].error, ToolTimeoutError)


@every_way
@pytest.mark.parametrize("timeout_seconds", [float("inf"), 1e300])
def test_a_timeout_may_be_as_long_as_one_likes(hold: Any, timeout_seconds: float):
    """Longer than a lock can wait."""
    go_on = threading.Event()

    def wait() -> str:
        go_on.wait(0.05)
        return "waited"

    client = Scripted(turn("resp_1", call("wait")), ANSWER)
    held = hold(client, tools=[wait], input="Hi", timeout_seconds=timeout_seconds)
    assert held.error is None
    assert held.outputs == ["waited"]


@every_way
def test_a_plain_function_around_an_asynchronous_one_does_not_block_the_event_loop(hold: Any):
    """Law: what is no coroutine function itself runs in a thread; what it returns is awaited."""
    threads: list[str] = []

    async def inner() -> str:
        return "inner"

    @functools.wraps(inner)
    def outer() -> Any:
        threads.append(threading.current_thread().name)
        return inner()

    held = hold(Scripted(turn("resp_1", call("outer")), ANSWER), tools=[tool(outer, name="outer")], input="Hi")
    assert held.outputs == ["inner"]
    assert threads == ["rxstream-tool"]


@every_way
def test_arguments_that_are_no_text_are_not_taken_for_none(hold: Any):
    """Some servers send an object; all else does not fit."""

    def square(a: int = 3) -> int:
        return a * a

    calls = [call("square", given, call_id=f"call_{n}") for n, given in enumerate([{"a": 5}, 5, [], None, ""])]
    held = hold(Scripted(turn("resp_1", *calls), ANSWER), tools=[square], input="Hi")
    first, number, array, nothing, empty = held.outputs
    assert (first, nothing, empty) == ("25", "9", "9")
    assert "Input should be an object" in number
    assert "Input should be an object" in array


@every_way
def test_a_call_id_of_another_call_is_told_to_the_model(hold: Any):
    """Law: it does not run twice, and does not get the output of the other."""
    ran: list[int] = []

    def note(a: int) -> int:
        ran.append(a)
        return a

    turns = [turn(f"resp_{n}", call("note", f'{{"a": {n}}}', call_id="0")) for n in (1, 2)]
    held = hold(Scripted(*turns, ANSWER), tools=[note], input="Hi")
    assert held.error is None
    assert ran == [1]
    assert held.outputs[0] == "1"
    assert "expected a call_id of its own for each call, but '0' was that of another call" in held.outputs[1]
    assert held.said == [("started", "note"), ("finished", "note"), ("failed", "note")]


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
