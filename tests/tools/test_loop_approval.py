"""The hook that says whether a call may run."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.tools.scripted import (
    ANSWER,
    Scripted,
    add,
    call,
    double,
    every_way,
    turn,
)


@every_way
@pytest.mark.parametrize("is_async", [False, True])
def test_a_call_that_is_refused_does_not_run(hold: Any, is_async: bool):
    """Law: the hook sees each call, one after the other, in order; the model is told of the refusal, in any mode."""
    seen: list[str] = []

    def approve(asked: Any) -> bool:
        seen.append(asked.name)
        return asked.name == "add"

    async def approve_async(asked: Any) -> bool:
        return approve(asked)

    client = Scripted(turn("resp_1", call("double", '{"a": 1}'), call("add", '{"a": 1, "b": 2}')), ANSWER)
    hook = approve_async if is_async else approve
    held = hold(client, tools=[add, double], input="Hi", approve=hook, on_tool_error="raise")
    assert held.error is None
    assert sorted(held.said) == [("failed", "double"), ("finished", "add"), ("started", "add")]
    assert held.outputs == ["Error: expected approval to call 'double', but it was refused", "3"]
    assert seen == ["double", "add"]


@every_way
def test_bad_arguments_are_not_put_to_the_hook(hold: Any):
    """Nobody is asked about what will not run anyway."""
    seen: list[Any] = []
    hold(Scripted(turn("resp_1", call("add", "{")), ANSWER), tools=[add], input="Hi", approve=seen.append)
    assert seen == []


@every_way
def test_a_hook_that_says_nothing_refuses(hold: Any):
    """Law: only what is approved runs."""
    held = hold(Scripted(turn("resp_1", call("double", '{"a": 1}')), ANSWER), tools=[double], input="Hi", approve=print)
    assert held.said == [("failed", "double")]


@every_way
def test_an_error_of_the_hook_ends_the_stream(hold: Any):
    """Law: whether a call may run is then not known, so that it does not."""

    def approve(_asked: Any) -> bool:
        raise LookupError("who are you")

    held = hold(
        Scripted(turn("resp_1", call("double", '{"a": 1}')), ANSWER), tools=[double], input="Hi", approve=approve
    )
    assert isinstance(held.error, LookupError)
    assert held.said == []


class _Stop(BaseException):
    """What some libraries end things with."""


@every_way
@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("error", [_Stop("enough"), asyncio.CancelledError(), LookupError("who are you")])
def test_a_hook_that_broke_is_not_asked_again(hold: Any, is_async: bool, error: BaseException):
    """Law: whatever it raises ends the stream with an error; nobody is asked about calls that will not run."""
    asked: list[str] = []

    def approve(request: Any) -> bool:
        asked.append(request.call_id)
        raise error

    async def approve_async(request: Any) -> bool:
        return approve(request)

    calls = [call("double", '{"a": 1}', call_id=f"call_{n}") for n in range(4)]
    hook = approve_async if is_async else approve
    held = hold(Scripted(turn("resp_1", *calls)), tools=[double], input="Hi", approve=hook)
    assert isinstance(held.error, Exception)
    assert type(held.error).__name__ != "KeyError"
    assert held.said == []
    assert asked == ["call_0"]
