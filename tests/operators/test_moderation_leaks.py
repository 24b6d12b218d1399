"""``moderate``: ways around it that were tried."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import reactivex
from hypothesis import given
from hypothesis import strategies as st
from reactivex.subject import Subject

from rxstream import ConfigurationError, ModerationError, ResponseFailedError, ResponseTimeoutError, moderate
from rxstream.accumulators import FunctionCall, OutcomeAccumulator, ResponseAccumulator
from rxstream.accumulators.moderation import KINDS
from rxstream.accumulators.versioned import mend
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.models import Response
from rxstream.models.calls import ResponseFunctionToolCall
from rxstream.tools import ToolCallStarted
from tests.laws.probes import COMPLETED
from tests.laws.registry import law
from tests.marbles import event
from tests.strategies import JSON, Draw, sloppy_streams, valid_streams

_AT = {"output_index": 0, "content_index": 0}
_END = event("completed", response={"id": "resp_1", "output": []})


def evil(words: str) -> bool:
    return "evil" in words


def shown_of(items: list[Any], check: Any = evil, *, error: Exception | None = None, **options: Any) -> list[Any]:
    """Return what is emitted, and how it ends."""
    source = reactivex.from_iterable(items)
    if error is not None:
        source = reactivex.concat(source, reactivex.throw(error))
    shown: list[Any] = []
    options = {"window": 10, "kinds": KINDS, **options}
    moderate(check, **options)(source).subscribe(shown.append, shown.append, lambda: shown.append(COMPLETED))
    return shown


def delta(words: Any, number: int | None = None, **more: Any) -> ResponseStreamEvent:
    numbered = {} if number is None else {"sequence_number": number}
    return event("output_text.delta", delta=words, **numbered, **{**_AT, **more})


def with_output(output: Any, **more: Any) -> ResponseStreamEvent:
    return event("completed", response={"id": "resp_1", "output": output, **more})


def with_item(item: Any) -> ResponseStreamEvent:
    return event("output_item.done", output_index=0, item=item)


def with_part(part: Any) -> ResponseStreamEvent:
    return event("content_part.done", part=part, **_AT)


HIDING_PLACES = {
    "bytes of log probabilities": delta("good", logprobs=[{"token": "good", "bytes": list(b"evil")}]),
    "bytes of empty tokens": delta("good", logprobs=[{"token": "", "bytes": list(b"evil")}]),
    "log probabilities that are a string": delta("good", logprobs="evil"),
    "log probabilities of strings": with_part({"type": "output_text", "text": "", "logprobs": ["evil"]}),
    "log probabilities of a part without text": with_part({"type": "output_text", "logprobs": [{"token": "evil"}]}),
    "an output that is a string": with_output("evil"),
    "an output of strings": with_output(["evil"]),
    "an output that is an object": with_output({"0": {"content": "evil"}}),
    "joined output that is an array": with_output([], output_text=["evil"]),
    "a response that is a string": event("completed", response="evil"),
    "the output of a response that begins": event("created", response={"output": "evil"}),
    "an item that is a string": with_item("evil"),
    "an unknown item": with_item({"type": "poem", "verses": ["evil"]}),
    "an unknown field of a message": with_item({"type": "message", "content": [], "text": "evil"}),
    "arguments that are an object": with_item({"type": "function_call", "arguments": {"plan": ["evil"]}}),
    "arguments of a tool search": with_item({"type": "tool_search_call", "arguments": {"query": "evil"}}),
    "arguments to be approved": with_item({"type": "mcp_approval_request", "arguments": '{"plan": "evil"}'}),
    "a local command": with_item({"type": "local_shell_call", "action": {"command": ["evil"]}}),
    "what a computer types": with_item({"type": "computer_call", "action": {"type": "type", "text": "evil"}}),
    "a part that is a string": with_part("evil"),
    "an unknown part": with_part({"type": "markdown", "markdown": "evil"}),
    "an unknown field of an event": event("output_text.delta", output_index=0, content="evil"),
    "an unknown field of an event without a text": event("audio.transcript.done", transcript="evil"),
    "an unknown event": event("telepathy", thought={"words": ["evil"]}),
    "a chunk of another API": parse_event({"type": "chunk", "choices": [{"delta": {"content": "evil"}}]}),
}


@pytest.mark.parametrize("name", HIDING_PLACES)
def test_no_field_is_a_way_around(name: str):
    """Whatever holds the text: stopping shows nothing of it, replacing shows the rest, passing shows all."""
    hidden = HIDING_PLACES[name]
    [end] = shown_of([hidden])
    assert isinstance(end, ModerationError)
    shown, end = shown_of([hidden], on_flagged="replace")
    assert end is COMPLETED
    assert "evil" not in shown.to_json() + json.dumps(shown.to_dict()) + repr(shown)
    assert str(list(b"evil")) not in json.dumps(shown.to_dict())
    assert shown_of([hidden], lambda text: None) == [hidden, COMPLETED]


def test_ids_and_what_is_encrypted_are_not_checked():
    """They are nobody's words, and may be long."""
    hidden = with_item({"type": "poem", "id": "evil_1", "call_id": "evil", "encrypted_content": "evil"})
    assert shown_of([hidden, event("ping", event_id="evil")])[-1] is COMPLETED


REPETITIONS = {
    "left out by those who know": [delta("e", 1), delta("v", 2), delta("v", 2), delta("il", 3)],
    "padded anew": [delta("ev", 1), delta("i", 2, obfuscation="x"), delta("i", 2, obfuscation="yz"), delta("l", 3)],
    "joined by those who do not": [delta("il", 1), delta("ev", 2), delta("il", 1)],
    "behind a shorter end": [delta("ev"), event("output_text.done", text="e", **_AT), delta("il")],
    "behind a longer end": [delta("ev"), event("output_text.done", text="evx", **_AT), delta("il")],
    "by item id, placed by the response": [
        event("in_progress", response={"output": [{"type": "message", "id": "msg_1", "content": []}]}),
        event("output_text.delta", delta="ev", output_index=0),
        event("output_text.delta", delta="il", item_id="msg_1"),
    ],
}


@pytest.mark.parametrize("name", REPETITIONS)
@pytest.mark.parametrize("mode", ["stop", "replace"])
def test_text_is_checked_as_each_reader_joins_it(name: str, mode: Any):
    """Some leave out deltas that come twice and believe ``.done``, some join all deltas: neither reads bad words."""
    events = [*REPETITIONS[name], _END]
    shown = shown_of(events, on_flagged=mode)
    *items, end = shown
    assert end is COMPLETED if mode == "replace" else isinstance(end, ModerationError)
    assert len(items) == len(events) or mode == "stop"
    assert not any("evil" in reading for reading in readings(items))
    assert shown_of(events, lambda text: None) == [*events, COMPLETED]


def readings(events: list[ResponseStreamEvent]) -> list[str]:
    """Return what can be read of some events: in each, in all deltas of a text, in the snapshot after each."""
    deltas: dict[Any, str] = {}
    number: Any = None
    found: list[str] = []
    response = ResponseAccumulator()
    for one in events:
        response.feed(one)
        wire = one.to_dict()
        found += [text for value in (wire, response.snapshot().to_dict().get("output")) for text in spoken(value)]
        if one.type == "response.created":
            number = (wire.get("response") or {}).get("id")
        if one.type.endswith(".delta") and isinstance(wire.get("delta"), str):
            key = (
                number,
                one.type,
                *(str(wire.get(name)) for name in ("output_index", "content_index", "summary_index")),
            )
            deltas[key] = deltas.get(key, "") + wire["delta"]
    return [mend(text) for text in (*found, *deltas.values())]


_SPOKEN = ("delta", "text", "refusal", "arguments", "input", "code", "token", "output_text")


def spoken(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        for name, child in value.items():
            if isinstance(child, str) and name in _SPOKEN:
                yield child
            elif name not in ("outputs", "results", "tools", "annotations"):
                yield from spoken(child)


@st.composite
def repeated(draw: Draw) -> list[ResponseStreamEvent]:
    """Streams in which some events come twice."""
    wire: list[JSON] = draw(valid_streams() | sloppy_streams()).wire
    if draw(st.booleans()):
        wire = [cut for one in wire for cut in _cut_small(one)]
        wire = [{**one, "sequence_number": number} for number, one in enumerate(wire)]
    for _ in range(draw(st.integers(0, 3)) if wire else 0):
        at = draw(st.integers(0, len(wire) - 1))
        until = at + draw(st.integers(1, 2))
        wire = [*wire[:until], *wire[at:until], *wire[until:]]
    return [parse_event(json.dumps(one)) for one in wire]


def _cut_small(one: JSON) -> list[JSON]:
    words = one.get("delta")
    if not one["type"].endswith(".delta") or not isinstance(words, str) or len(words) < 2:
        return [one]
    return [{**one, "delta": character, "logprobs": []} for character in words]


def answered_at_random(events: list[Any], check: Any, chance: random.Random, **options: Any) -> list[Any]:
    """Return what is emitted, and the end, where checks take their time."""
    source, waiting, shown = Subject[Any](), list[tuple[Subject[bool], bool]](), list[Any]()

    def ask(text: str) -> Subject[bool]:
        waiting.append((Subject(), check(text)))
        return waiting[-1][0]

    def answer() -> None:
        asked, verdict = waiting.pop(chance.randrange(len(waiting)))
        asked.on_next(verdict)

    moderate(ask, kinds=KINDS, **options)(source).subscribe(shown.append, shown.append, lambda: shown.append(COMPLETED))
    for one in events:
        while waiting and chance.random() < 0.4:
            answer()
        source.on_next(one)
    source.on_completed()
    while waiting:
        answer()
    return shown


@law
@given(data=st.data())
def test_no_reader_ever_reads_a_phrase_of_half_a_window(data: st.DataObject):
    """Whatever the server repeats, contradicts or leaves out, and whenever the checks answer."""
    events: list[Any] = data.draw(repeated())
    found = sorted({text for text in readings(events) if text})
    text = data.draw(st.sampled_from(found or ["a"]))
    begin = data.draw(st.integers(0, min(2, len(text) - 1)))
    phrase = text[begin : data.draw(st.integers(begin + 1, len(text)))]
    units = len(phrase.encode("utf-16-le", "surrogatepass")) // 2
    *shown, end = answered_at_random(
        events,
        lambda text: phrase in text,
        random.Random(data.draw(st.integers(0, 99))),
        window=2 * units + data.draw(st.integers(0, 1)),
        on_flagged=data.draw(st.sampled_from(["stop", "replace"])),
        replacement="\0",
    )
    assert end is COMPLETED or isinstance(end, ModerationError)
    assert not any(phrase in reading for reading in readings(shown))


def test_the_arguments_in_the_events_of_a_tool_loop_are_replaced_too():
    """The event stays what it is, and costs no other check."""
    item = {"type": "function_call", "arguments": "evil plan", "call_id": "call_1", "name": "plan"}
    call = FunctionCall(output_index=0, item=ResponseFunctionToolCall.lazily(item))
    asked: list[str] = []

    def check(words: str) -> bool:
        asked.append(words)
        return evil(words)

    done = event("function_call_arguments.done", arguments="evil plan", output_index=0)
    _, started, _ = shown_of([done, ToolCallStarted.of(1, call)], check, on_flagged="replace")
    assert isinstance(started, ToolCallStarted)
    assert (started.turn, started.call.item.arguments, asked) == (1, "[removed]", ["evil plan"])


def _timeout(events: list[Any]) -> Exception:
    outcome = OutcomeAccumulator()
    for one in events:
        outcome.feed(one)
    return ResponseTimeoutError(limit="idle", seconds=3, outcome=outcome.outcome(), response_id="resp_1")


def _failure(events: list[Any]) -> Exception:
    response = Response.lazily(_timeout(events).outcome.response.to_dict())  # pyright: ignore
    return ResponseFailedError(code="server_error", message="No.", response=response, response_id="resp_1")


@pytest.mark.parametrize("make", [_timeout, _failure])
def test_an_error_that_holds_the_response_is_no_way_around(make: Callable[[list[Any]], Exception]):
    """It is of a text that is not shown, or it tells what is shown; where nothing is flagged, it is the same error."""
    events = [delta("an evil plan", 1)]
    error: Any = make(events)
    assert [type(end) for end in shown_of(events, error=error)] == [ModerationError]
    _, end = shown_of(events, error=error, on_flagged="replace")
    assert type(end) is type(error)
    assert (str(end), end.args, end.response_id) == (str(error), error.args, "resp_1")
    response = end.outcome.response if isinstance(end, ResponseTimeoutError) else end.response
    assert response.output_text == "[removed]an"
    assert shown_of(events, lambda text: None, error=error)[-1] is error


def test_an_error_may_hold_what_no_event_said():
    """What an operator before this one kept back is checked as well."""
    error = _timeout([delta("an evil plan", 1)])
    assert [type(end) for end in shown_of([_END], error=error)][-1] is ModerationError


class Odd:
    """A verdict that does something when it is asked."""

    def __init__(self, act: Callable[[], bool]) -> None:
        self.act = act

    def __bool__(self) -> bool:
        return self.act()


def in_time(act: Callable[[], Any]) -> Any:
    """Return what ``act`` returns; fail, rather than wait for ever."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(act()), daemon=True)
    thread.start()
    thread.join(20)
    assert results, "it waits for ever"
    return results[0]


def test_a_verdict_may_dispose_of_the_subscription_when_it_is_looked_at():
    """Then nothing is shown."""

    def run() -> list[Any]:
        source, shown = Subject[str](), list[Any]()
        moderated = moderate(lambda text: Odd(lambda: bool(subscription.dispose())), window=4)(source)
        subscription = moderated.subscribe(shown.append, shown.append)
        source.on_next("abcdefgh")
        return [*shown, len(source.observers)]

    assert in_time(run) == [0]


def test_a_verdict_may_make_the_source_emit_when_it_is_looked_at():
    """What it brings comes after, checked."""

    def run() -> list[Any]:
        source, shown, more = Subject[str](), list[Any](), ["i", "jkl"]
        verdict = Odd(lambda: bool(more and source.on_next(more.pop(0))))
        moderate(lambda text: verdict, window=4)(source).subscribe(shown.append, shown.append)
        source.on_next("abcdefgh")
        source.on_completed()
        return shown

    assert in_time(run) == ["abcdefgh", "i", "jkl"]


def test_a_check_that_raises_a_cancellation_is_no_pass_and_no_cancellation():
    """As a check does that asks a cancelled future for its result."""

    def check(text: str) -> bool:
        raise asyncio.CancelledError

    [end] = shown_of(["good"], check)
    assert isinstance(end, ConfigurationError)
    assert isinstance(end.__cause__, asyncio.CancelledError)


def _steps(events: list[Any], check: Any) -> int:
    steps = 0

    def count(*_: Any) -> Any:
        nonlocal steps
        steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        shown = shown_of(events, check)
    finally:
        sys.settrace(before)
    assert len(shown) == len(events) + 1
    return steps


def _items(number: int) -> list[Any]:
    events: list[Any] = []
    for index in range(number):
        item = {"type": "message", "id": f"msg_{index}", "content": [{"type": "output_text", "text": f"Hello {index}"}]}
        events.append(event("output_item.added", output_index=index, item=item))
        events.append(delta(f"Hello {index}", output_index=index))
        events.append(event("output_item.done", output_index=index, item=item))
    return [*events, _END]


def test_the_work_grows_with_the_number_of_items_and_no_faster():
    """Four times as many items cost about four times as many steps."""
    few, many = (_steps(_items(number), lambda text: None) for number in (50, 200))
    assert many < 5 * few
