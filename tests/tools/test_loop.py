"""What a tool loop does with calls, in asyncio and without it."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from rxstream import (
    ResponseStream,
    ToolCallFinished,
    ToolCallProgress,
    TurnStarted,
    collect,
    collect_sync,
    custom_tool,
    from_events,
    iterate_sync,
    parse_event,
    run_tools,
    tool,
)
from tests.reactive.leaks import run
from tests.tools.scripted import (
    ANSWER,
    Scripted,
    add,
    call,
    custom_call,
    every_way,
    paused,
    turn,
)


@every_way
def test_the_events_of_all_turns_come_in_order_with_ours_between_them(hold: Any):
    """Law: a turn's start, its events, its calls, then the next turn."""
    client = Scripted(turn("resp_1", call("add", '{"a": 1, "b": 2}')), ANSWER)
    held = hold(client, tools=[add], input="Hi")
    item = "response.output_item."
    assert held.error is None
    assert [event.type for event in held.events] == [
        *("rxstream.turn.started", "response.created", f"{item}added", f"{item}done", "response.completed"),
        *("rxstream.tool_call.started", "rxstream.tool_call.finished"),
        *("rxstream.turn.started", "response.created", f"{item}added", f"{item}done", "response.completed"),
    ]


@every_way
def test_a_request_holds_the_schemas_and_the_next_one_the_output(hold: Any):
    """What the server is asked, turn by turn."""
    client = Scripted(turn("resp_1", call("add", '{"a": 1, "b": 2}')), ANSWER)
    hold(client, tools=[add, {"type": "web_search"}], model="gpt-5", input="Hi")
    tools = [add.to_dict(), {"type": "web_search"}]
    output = {"type": "function_call_output", "call_id": "call_add", "output": "3"}
    assert client.requests == [
        {"model": "gpt-5", "input": "Hi", "tools": tools},
        {"model": "gpt-5", "input": [output], "tools": tools, "previous_response_id": "resp_1"},
    ]


@every_way
def test_calls_of_a_turn_run_in_parallel(hold: Any):
    """Law: two that wait for each other both come to an end, and their outputs stand in the order of the calls."""
    both = threading.Barrier(2, timeout=5)

    def meet(name: str) -> str:
        both.wait()
        return name

    client = Scripted(turn("resp_1", *(call("meet", f'{{"name": "{n}"}}', call_id=n) for n in "ab")), ANSWER)
    held = hold(client, tools=[meet], input="Hi")
    assert held.outputs == ["a", "b"]


@every_way
def test_async_calls_of_a_turn_run_in_parallel(hold: Any):
    """The same for asynchronous tools, whether or not they share an event loop."""
    both = threading.Barrier(2, timeout=5)

    async def meet(name: str) -> str:
        await asyncio.get_running_loop().run_in_executor(None, both.wait)
        return name

    client = Scripted(turn("resp_1", *(call("meet", f'{{"name": "{n}"}}', call_id=n) for n in "ab")), ANSWER)
    assert hold(client, tools=[meet], input="Hi").outputs == ["a", "b"]


@every_way
def test_as_many_run_at_once_as_may_and_no_more(hold: Any):
    """Law: exactly ``max_concurrent_calls``, as long as there are calls."""
    lock, running, most = threading.Lock(), 0, 0
    pair = threading.Barrier(2, timeout=5)

    def work(name: str) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        pair.wait()
        with lock:
            running -= 1
        return name

    client = Scripted(turn("resp_1", *(call("work", f'{{"name": "{n}"}}', call_id=n) for n in "abcdef")), ANSWER)
    held = hold(client, tools=[work], input="Hi", max_concurrent_calls=2)
    assert held.outputs == list("abcdef")
    assert most == 2


class _Mute:
    """Something that cannot say what it is."""

    def __repr__(self) -> str:
        raise LookupError("no words")


@every_way
def test_progress_of_any_kind_does_no_harm(hold: Any):
    """What JSON cannot express is in the event as it is."""
    circle: list[Any] = []
    circle.append(circle)
    odd = [circle, b"\xff", float("nan"), object(), _Mute()]

    def count() -> Any:
        yield from odd
        return "done"

    held = hold(Scripted(turn("resp_1", call("count")), ANSWER), tools=[tool(count)], input="Hi")
    assert [id(event.value) for event in held.ours if isinstance(event, ToolCallProgress)] == list(map(id, odd))
    assert all(parse_event(event.to_json()) for event in held.ours)
    assert held.outputs == ["done"]


@every_way
def test_custom_tools_get_the_text_and_answer_as_custom_tools(hold: Any):
    """Law: the output's type is that of the call."""

    @custom_tool
    def shout(text: str) -> str:
        return text.upper()

    held = hold(Scripted(turn("resp_1", custom_call("shout", "hey")), ANSWER), tools=[shout], input="Hi")
    assert held.inputs[1] == [{"type": "custom_tool_call_output", "call_id": "call_custom", "output": "HEY"}]


@every_way
@pytest.mark.parametrize("is_async", [False, True])
def test_what_a_generator_yields_is_progress_and_its_last_word_is_the_result(hold: Any, is_async: bool):
    """Law: the values come as they are, in order, between start and finish."""

    def count() -> Any:
        yield {"percent": 50}
        yield 100
        return "done"

    async def count_async() -> Any:
        yield {"percent": 50}
        yield 100

    held = hold(
        Scripted(turn("resp_1", call("count")), ANSWER),
        tools=[tool(count_async if is_async else count, name="count")],
        input="Hi",
    )
    assert [what for what, _ in held.said] == ["started", "progress", "progress", "finished"]
    assert [event.value for event in held.ours if isinstance(event, ToolCallProgress)] == [{"percent": 50}, 100]
    assert held.outputs == ["100" if is_async else "done"]


@every_way
@pytest.mark.parametrize("is_async", [False, True])
def test_progress_is_what_it_was_when_it_was_told(hold: Any, is_async: bool):
    """Law: a generator may go on with what it yielded."""
    done: list[int] = []

    def collect_steps() -> Any:
        done.clear()
        for number in range(3):
            done.append(number)
            yield done

    async def collect_steps_async() -> Any:
        for steps in collect_steps():
            yield steps

    steps = tool(collect_steps_async if is_async else collect_steps, name="steps")
    held = hold(Scripted(turn("resp_1", call("steps")), ANSWER), tools=[steps], input="Hi")
    assert [event.data["value"] for event in held.ours if isinstance(event, ToolCallProgress)] == [
        *([0], [0, 1], [0, 1, 2])
    ]


@every_way
def test_an_asynchronous_function_may_return_a_generator(hold: Any):
    """Law: it is one however it was made."""

    async def steps() -> Any:
        return (number for number in range(2))

    held = hold(Scripted(turn("resp_1", call("steps")), ANSWER), tools=[steps], input="Hi")
    assert [what for what, _ in held.said] == ["started", "progress", "progress", "finished"]
    assert held.outputs == ["1"]


@every_way
def test_a_call_id_runs_once_though_it_comes_again(hold: Any):
    """Law: twice in a response, and again in the next; the output is sent again, and nothing is run or told."""
    ran: list[int] = []

    def note() -> str:
        ran.append(1)
        return f"{len(ran)}"

    again = call("note")
    held = hold(Scripted(turn("resp_1", again, again), turn("resp_2", again), turn("resp_3")), tools=[note], input="Hi")
    assert ran == [1]
    assert held.said == [("started", "note"), ("finished", "note")]
    assert held.outputs == ["1", "1"]


@every_way
@pytest.mark.parametrize("eager", [False, True])
def test_a_call_id_runs_once_though_the_stream_was_dropped_and_resumed(hold: Any, eager: bool):
    """Law: what is delivered again, from the beginning or from the middle on, is not run again."""
    ran: list[int] = []

    def note() -> str:
        ran.append(1)
        return f"{len(ran)}"

    events = turn("resp_1", call("note"), call("add", '{"a": 1, "b": 2}'))
    for again in (0, 1, 2):
        ran.clear()
        held = hold(Scripted([*events[:-1], *events[again:]], ANSWER), tools=[note, add], input="Hi", eager=eager)
        assert held.outputs == ["1", "3"]
        assert ran == [1]


@pytest.mark.parametrize("collect_all", [collect_sync, lambda stream: run(collect(stream))], ids=["sync", "asyncio"])
def test_a_second_subscription_is_a_conversation_of_its_own(collect_all: Any):
    """Law: cold. The same ``call_id`` runs again, from the first turn on."""
    ran: list[int] = []

    def note() -> int:
        ran.append(1)
        return len(ran)

    class Same:
        def stream(self, **request: Any) -> ResponseStream:
            return from_events(ANSWER if "previous_response_id" in request else turn("resp_1", call("note")))

    stream = run_tools(Same(), tools=[note], input="Hi")
    first, second = collect_all(stream), collect_all(stream)
    assert ran == [1, 1]
    assert [event.type for event in first] == [event.type for event in second]
    assert [event.turn for event in second if isinstance(event, TurnStarted)] == [1, 2]


@every_way
def test_five_turns_are_held(hold: Any):
    """One call each, then the answer."""
    turns = [turn(f"resp_{n}", call("add", f'{{"a": {n}, "b": 0}}', call_id=f"c{n}")) for n in range(4)]
    client = Scripted(*turns, ANSWER)
    held = hold(client, tools=[add], input="Hi")
    assert held.outputs == ["0", "1", "2", "3"]
    assert [request.get("previous_response_id") for request in client.requests] == [
        *(None, "resp_0", "resp_1", "resp_2", "resp_3"),
    ]


@every_way
def test_eager_tools_run_while_the_response_goes_on(hold: Any):
    """Law: the tool has run before the response is complete; its events come when they come."""
    ran = threading.Event()

    def note() -> str:
        ran.set()
        return "noted"

    *events, ended = turn("resp_1", call("note"))
    client = Scripted(paused(events, ran, ended), ANSWER)
    held = hold(client, tools=[note], input="Hi", eager=True)
    types = [event.type for event in held.events]
    assert types.index("rxstream.tool_call.started") < types.index("response.completed")
    assert held.outputs == ["noted"]


@every_way
def test_an_eager_call_of_a_response_that_is_cut_is_told_to_its_end(hold: Any):
    """It has run; there is no other turn."""
    client = Scripted(turn("resp_1", call("add", '{"a": 1, "b": 2}'), status="incomplete"))
    held = hold(client, tools=[add], input="Hi", eager=True)
    assert held.said == [("started", "add"), ("finished", "add")]
    assert len(client.requests) == 1


@every_way
def test_the_context_of_the_subscriber_is_that_of_the_tools(hold: Any):
    """Tracing finds its way: also into threads."""
    user: ContextVar[str] = ContextVar("user", default="nobody")

    def who() -> str:
        return user.get()

    async def who_async() -> str:
        return user.get()

    token = user.set("Ada")
    try:
        held = hold(
            Scripted(turn("resp_1", call("who"), call("who_async")), ANSWER), tools=[who, who_async], input="Hi"
        )
    finally:
        user.reset(token)
    assert held.outputs == ["Ada", "Ada"]


def test_a_tool_takes_its_time_and_the_event_says_how_long():
    """Seconds, of the run alone."""
    with iterate_sync(
        run_tools(Scripted(turn("resp_1", call("add", '{"a": 1, "b": 2}')), ANSWER), tools=[add])
    ) as events:
        [finished] = [event for event in events if isinstance(event, ToolCallFinished)]
    assert 0 <= finished.seconds < 5
    assert (finished.turn, finished.call.call_id, finished.output) == (1, "call_add", "3")


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"max_turns": 0}, ValueError, "max_turns of at least 1"),
        ({"approve": True}, TypeError, "approve to be a function, but got True"),
        ({"max_turns": 1.5}, TypeError, "max_turns to be a whole number"),
        ({"max_concurrent_calls": 0}, ValueError, "max_concurrent_calls of at least 1"),
        ({"timeout_seconds": 0}, ValueError, "timeout_seconds above 0"),
        ({"on_tool_error": "ignore"}, ValueError, "'return' or 'raise', but got 'ignore'"),
        ({"tools": [add, add]}, ValueError, "two named 'add'"),
        ({"tools": [add, add.to_dict()]}, ValueError, "two named 'add'"),
        ({"tools": [add.to_dict(), add]}, ValueError, "two named 'add'"),
        ({"tools": [3]}, TypeError, "expected a function, but got 3"),
        ({"tools": add}, TypeError, "expected a list of tools, but got Tool"),
    ],
)
def test_wrong_arguments_raise_at_the_call(options: dict[str, Any], error: type[Exception], text: str):
    """Law: not at the subscription; the message says what was expected and what came."""
    with pytest.raises(error, match=text):
        run_tools(Scripted(ANSWER), **{"tools": [add], **options})
