"""Leaving a tool loop, at any moment."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from reactivex.scheduler import NewThreadScheduler

from rxstream import (
    ResponseStream,
    ToolCallProgress,
    ToolCallStarted,
    iterate,
    iterate_sync,
    run_tools,
)
from rxstream.reactive import sync_subscription
from tests.reactive.leaks import run, until, until_sync
from tests.tools.scripted import Scripted, call, every_way, forever, paused, says, turn

ANSWER = turn("resp_2", says("Done"))


class Heard:
    """What a tool notes; read from another thread."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def wait_for(self, *words: str) -> None:
        """Wait until the tool has noted these, in this order, and nothing else."""
        until_sync(lambda: self.words == list(words), what=lambda: f"{words}, but there is {self.words}")


def hanging(heard: Heard) -> Any:
    """An asynchronous tool that hangs, and notes how it ends."""

    async def hang() -> None:
        heard.words.append("begun")
        try:
            await forever()
        except asyncio.CancelledError:
            heard.words.append("cancelled")
            raise

    return hang


def test_a_subscription_that_is_disposed_of_cancels_its_tools():
    """Law: nothing comes afterwards, neither an event nor an end."""
    heard, told = Heard(), list[Any]()

    async def main() -> None:
        stream = run_tools(Scripted(turn("resp_1", call("hang")), ANSWER), tools=[hanging(heard)], input="Hi")
        subscription = stream.subscribe(told.append, told.append, lambda: told.append("completed"))
        await until(lambda: told[-1:] and told[-1].type == "rxstream.tool_call.started", what="the tool to start")
        assert heard.words == ["begun"]
        count = len(told)
        subscription.dispose()
        subscription.dispose()
        await until(lambda: heard.words == ["begun", "cancelled"], what="the tool to be cancelled")
        await asyncio.sleep(0)
        assert len(told) == count

    run(main())


def test_a_plain_loop_that_is_left_cancels_its_tools():
    """Law: an asynchronous tool is cancelled in its thread too."""
    heard = Heard()
    client = Scripted(turn("resp_1", call("hang")), ANSWER)
    with iterate_sync(run_tools(client, tools=[hanging(heard)], input="Hi")) as events:
        for event in events:
            if isinstance(event, ToolCallStarted):
                break
        heard.wait_for("begun")
    heard.wait_for("begun", "cancelled")
    assert len(client.requests) == 1


def test_another_thread_may_dispose_while_a_tool_runs():
    """Law: the reader that waits for the tool is let go; nothing comes afterwards."""
    heard, told = Heard(), list[Any]()
    client = Scripted(turn("resp_1", call("hang")), ANSWER)
    stream = run_tools(client, tools=[hanging(heard)], input="Hi")
    subscription = stream.subscribe(
        told.append, told.append, lambda: told.append("completed"), scheduler=NewThreadScheduler()
    )
    heard.wait_for("begun")
    until_sync(lambda: told[-1].type == "rxstream.tool_call.started", what="the event of the start")
    subscription.dispose()
    heard.wait_for("begun", "cancelled")
    assert told[-1].type == "rxstream.tool_call.started"
    assert len(client.requests) == 1


def test_another_thread_may_dispose_while_the_response_is_read():
    """Law: the stream is interrupted and closed."""
    heard = Heard()

    class Reader:
        def __init__(self) -> None:
            self._over = threading.Event()

        def __iter__(self) -> Any:
            yield turn("resp_1")[:1]
            heard.words.append("reading")
            self._over.wait(5)

        def interrupt(self) -> None:
            self._over.set()

        def close(self) -> None:
            heard.words.append("closed")

    client = Scripted(lambda: ResponseStream(sync_subscription(Reader)))
    subscription = run_tools(client, tools=[], input="Hi").subscribe(scheduler=NewThreadScheduler())
    heard.wait_for("reading")
    subscription.dispose()
    heard.wait_for("reading", "closed")


@pytest.mark.parametrize("is_async", [False, True])
def test_a_generator_is_closed_where_it_is(is_async: bool):
    """Law: one that runs in a thread is closed at its next yield."""
    heard, go_on = Heard(), threading.Event()

    def steps() -> Any:
        try:
            yield 1
            go_on.wait(5)
            yield 2
            heard.words.append("too far")
        finally:
            heard.words.append("closed")

    client = Scripted(turn("resp_1", call("steps")), ANSWER)
    stream = run_tools(client, tools=[steps], input="Hi")

    async def main() -> None:
        async with iterate(stream) as events:
            async for event in events:
                if isinstance(event, ToolCallProgress):
                    break

    if is_async:
        run(main())
    else:
        with iterate_sync(stream) as events:
            next(event for event in events if isinstance(event, ToolCallProgress))
    go_on.set()
    heard.wait_for("closed")


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("is_async", [False, True])
def test_who_leaves_when_he_sees_a_call_has_prevented_it(eager: bool, is_async: bool):
    """Law: a tool begins after the event that brings its call was delivered."""
    ran: list[int] = []
    stream = run_tools(Scripted(turn("resp_1", call("note")), ANSWER), tools=[noting(ran)], input="Hi", eager=eager)
    last = "response.output_item.done" if eager else "response.completed"

    async def main() -> None:
        left = asyncio.Event()

        def on_next(event: Any) -> None:
            if event.type == last:
                subscription.dispose()
                left.set()

        subscription = stream.subscribe(on_next)
        await left.wait()

    if is_async:
        run(main())
    else:
        with iterate_sync(stream) as events:
            next(event for event in events if event.type == last)
    assert ran == []


def noting(ran: list[int]) -> Any:
    """A tool that notes that it ran."""

    async def note() -> None:
        ran.append(1)

    return note


@every_way
def test_a_stream_that_breaks_cancels_its_eager_tools(hold: Any):
    """Law: the error comes, and nothing runs on."""
    heard = Heard()
    begun = threading.Event()

    async def hang() -> None:
        begun.set()
        try:
            await forever()
        finally:
            heard.words.append("ended")

    *events, _ = turn("resp_1", call("hang"))
    held = hold(Scripted(paused(events, begun)), tools=[hang], input="Hi", eager=True)
    assert type(held.error).__name__ == "TruncatedStreamError"
    heard.wait_for("ended")
