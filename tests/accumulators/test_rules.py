"""The rules of folding: nothing raises, replays change nothing, numbers may lie, snapshots are values."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.accumulators import (
    AnnotationAccumulator,
    CallAccumulator,
    CodeInterpreterCall,
    CustomToolCall,
    FunctionCall,
    McpToolCall,
    OutcomeAccumulator,
    ResponseAccumulator,
    TextAccumulator,
)
from rxstream.accumulators.families import FAMILIES
from rxstream.errors import ArgumentsError
from rxstream.events import parse_event
from rxstream.models import Response
from rxstream.models.response import output_text
from tests.accumulators.garbage import mangled, unhurried
from tests.accumulators.script import (
    EVERY_FAMILY,
    FINAL,
    STREAM,
    JSONObject,
    added,
    delta,
    done,
    event,
    fold,
    message,
    number,
    output,
    stream,
)

spoilt_streams = st.lists(mangled(st.sampled_from(EVERY_FAMILY)), max_size=30)
KINDS: tuple[Any, ...] = (FunctionCall, CustomToolCall, McpToolCall, CodeInterpreterCall)


def read_whole(response: Response) -> None:
    """Look at everything that a snapshot offers."""
    assert response.output_text == output_text(response.to_dict())
    assert len(response.output) == len(response.to_dict()["output"])
    for item in response.output:
        item.to_dict()
        repr(item)
    json.dumps(response.to_dict())


@unhurried
@given(spoilt_streams)
def test_no_event_makes_the_accumulator_raise_and_every_snapshot_can_be_read(values: list[JSONObject]) -> None:
    """Any field of any event may be anything."""
    accumulator = ResponseAccumulator()
    snapshots = []
    for value in values:
        accumulator.feed(parse_event(value))
        snapshots.append(accumulator.snapshot())
    for snapshot in snapshots:
        read_whole(snapshot)


@unhurried
@given(spoilt_streams)
def test_no_event_makes_any_other_accumulator_raise(values: list[JSONObject]) -> None:
    """Text, annotations, calls (growing and finished) and outcomes take anything as well."""
    texts = [TextAccumulator((family,)) for family in FAMILIES if family.container]
    growing, finished = [CallAccumulator(kind) for kind in KINDS], [CallAccumulator(kind) for kind in KINDS]
    annotations, outcome = AnnotationAccumulator(), OutcomeAccumulator()
    joined = [""] * len(texts)
    calls: list[Any] = []
    for value in values:
        parsed = parse_event(value)
        for place, text in enumerate(texts):
            piece = text.feed(parsed)
            joined[place] = text.text if text.corrected else joined[place] + piece
        for annotation in annotations.feed(parsed):
            annotation.to_dict()
        calls += [call for one in growing if (call := one.growing(parsed)) is not None]
        calls += [call for one in finished for call in one.finished(parsed)]
        outcome.feed(parsed)
    assert [text + accumulator.close() for text, accumulator in zip(joined, texts, strict=True)] == [
        accumulator.text for accumulator in texts
    ]
    read_whole(outcome.outcome().response)
    for call in calls:
        call.item.to_dict()
        for name in ("name", "call_id", "arguments", "input", "code", "outputs", "output", "status", "item_id"):
            getattr(call, name, None)
        if isinstance(call, FunctionCall):
            with suppress(ArgumentsError):
                call.json()


@unhurried
@given(st.data())
def test_a_replay_of_any_earlier_events_changes_nothing(data: st.DataObject) -> None:
    """Anywhere in a numbered stream, in any order, any number of times, into any accumulator."""
    events: list[JSONObject] = []
    for place, value in enumerate(STREAM):
        events.append(value)
        if data.draw(st.integers(0, 9)) == 0:
            events += data.draw(st.lists(st.sampled_from(STREAM[: place + 1]), max_size=5))
    whole = fold(events)
    assert whole.snapshot().to_dict() == FINAL
    assert whole.replayed == len(events) - len(STREAM)
    text = TextAccumulator()
    assert "".join(text.feed(parse_event(value)) for value in events) == "Hello 😀"
    calls = CallAccumulator(FunctionCall)
    assert len([call for value in events for call in calls.finished(parse_event(value))]) == 1
    annotations = AnnotationAccumulator()
    assert len([one for value in events for one in annotations.feed(parse_event(value))]) == 1


def test_a_replay_may_be_padded_anew() -> None:
    """Padding and ciphertext differ with each delivery; it is a replay all the same."""
    first, again = delta("a", sequence_number=1, obfuscation="x"), delta("a", sequence_number=1, obfuscation="yy")
    assert fold([first, again]).snapshot().output_text == "a"


TWO_PARTS = [
    event("created", response={"id": "r", "output": []}),
    event("in_progress", response={"id": "r", "output": []}),
    *(
        value
        for index in (0, 1)
        for value in (
            added(index, {"type": "message", "id": f"m{index}", "content": []}),
            *(
                value
                for part in (0, 1)
                for value in (
                    event("content_part.added", output_index=index, content_index=part, part={"type": "output_text"}),
                    *(delta("ha", index, part) for _ in range(3)),
                )
            ),
        )
    ),
]


def restarting(events: list[JSONObject], at: str) -> list[JSONObject]:
    """Number anew with each event of a type."""
    numbered: list[JSONObject] = []
    place = 0
    for value in events:
        place = 0 if value["type"] == at else place + 1
        numbered.append({**value, "sequence_number": place})
    return numbered


NUMBERINGS: dict[str, Callable[[list[JSONObject]], list[JSONObject]]] = {
    "missing": lambda events: events,
    "right": number,
    "all zero": lambda events: [{**value, "sequence_number": 0} for value in events],
    "doubled": lambda events: [{**value, "sequence_number": place // 2} for place, value in enumerate(events)],
    "gapped": lambda events: [{**value, "sequence_number": place * 7} for place, value in enumerate(events)],
    "backwards": lambda events: [{**value, "sequence_number": -place} for place, value in enumerate(events)],
    "anew with each item": lambda events: restarting(events, "response.output_item.added"),
    "anew with each part": lambda events: restarting(events, "response.content_part.added"),
    "some missing": lambda events: [
        value if place % 3 else {**value, "sequence_number": place} for place, value in enumerate(events)
    ],
    "strings": lambda events: [{**value, "sequence_number": "1"} for value in events],
}


@pytest.mark.parametrize("numbering", NUMBERINGS)
def test_wrong_numbers_lose_no_text(numbering: str) -> None:
    """Order of arrival rules where the numbers mean nothing; equal pieces of text are not taken for replays."""
    events = NUMBERINGS[numbering](TWO_PARTS)
    assert fold(events).snapshot().output_text == "ha" * 12
    text = TextAccumulator()
    assert "".join(text.feed(parse_event(value)) for value in events) == "ha" * 12


@pytest.mark.parametrize("numbering", [name for name in NUMBERINGS if name != "strings"])
def test_wrong_numbers_lose_nothing_else(numbering: str) -> None:
    """The whole stream, every family, comes out the same."""
    bare = [{key: value for key, value in one.items() if key != "sequence_number"} for one in STREAM[:-1]]
    assert output(NUMBERINGS[numbering](bare)) == FINAL["output"]


ODD: dict[str, tuple[list[JSONObject], list[Any]]] = {
    "created is missing": ([added(0, message("a"))], [message("a")]),
    "added is missing": (
        [delta("a", part=1, item_id="m")],
        [
            {
                "id": "m",
                "type": "message",
                "status": "in_progress",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "a", "annotations": []}],
            }
        ],
    ),
    "a gap": ([added(0, message("a")), added(7, message("b"))], [message("a"), message("b")]),
    "out of order": ([added(7, message("b")), added(0, message("a"))], [message("a"), message("b")]),
    "done without added": ([done(2, message("a"))], [message("a")]),
    "added twice": ([added(0, message()), delta("a"), added(0, message())], [message("a")]),
    "a null item": ([added(0, message("a")), event("output_item.added", output_index=1, item=None)], [message("a")]),
    "a null done": ([added(0, message("a")), event("output_item.done", output_index=0, item=None)], [message("a")]),
    "an item that is text": ([event("output_item.added", output_index=0, item="x")], []),
    "an item without a type": ([event("output_item.added", output_index=0, item={"id": "x"})], []),
    "no item": ([event("output_item.added", output_index=0), event("output_item.done", output_index=0)], []),
    "an unknown item": ([added(0, {"type": "hologram", "x": [1]})], [{"type": "hologram", "x": [1]}]),
    "no index": ([added(None, message("a", id="1")), done(None, message("b", id="1"))], [message("b", id="1")]),
    "ids that are lists": (
        [added(None, message("a", id=["1"])), done(None, message("b", id=["2"]))],
        [message("a", id=["1"]), message("b", id=["2"])],
    ),
    "an unknown event": ([added(0, message("a")), {"type": "keepalive", "sequence_number": 0}], [message("a")]),
    "no part": ([added(0, message("a")), event("content_part.added", output_index=0, content_index=0)], [message("a")]),
    "a part whose type is a list": (
        [added(0, message()), event("content_part.added", output_index=0, content_index=0, part={"type": [1]})],
        [message() | {"content": [{"type": [1]}]}],
    ),
    "an output of the response's beginning": (
        [event("in_progress", response={"output": [None, message("a")]}), delta("b", index=1)],
        [{**message("b")}],
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_what_can_be_kept_is_kept(name: str) -> None:
    """Missing beginnings, gaps, nulls, repetitions, unknown types."""
    events, expected = ODD[name]
    assert output(events) == expected


@cache
def response_after(place: int) -> JSONObject:
    return fold(STREAM[:place]).snapshot().to_dict()


@unhurried
@given(st.data())
def test_a_snapshot_never_changes(data: st.DataObject) -> None:
    """Taken anywhere, read at any time: it is the response of its own prefix."""
    accumulator = ResponseAccumulator()
    taken: list[tuple[int, Response]] = []
    for place, value in enumerate(STREAM, 1):
        accumulator.feed(parse_event(value))
        if data.draw(st.booleans()):
            taken.append((place, accumulator.snapshot()))
        if taken and data.draw(st.integers(0, 9)) == 0:
            data.draw(st.sampled_from(taken))[1].to_dict()["output"].clear()
    for place, snapshot in data.draw(st.permutations(taken)):
        assert snapshot.to_dict() == response_after(place)


def test_the_same_moment_has_one_snapshot() -> None:
    """Asking twice costs nothing, and a replay makes no new one."""
    accumulator = fold(STREAM[:20])
    first = accumulator.snapshot()
    accumulator.feed(parse_event(STREAM[5]))
    assert accumulator.snapshot() is first


def test_snapshots_may_be_read_in_another_thread() -> None:
    """While the response goes on growing; each is what it was."""
    accumulator = ResponseAccumulator()
    snapshots: list[Response] = []
    wrong: list[str] = []
    ready, finished = threading.Semaphore(0), threading.Event()

    def read() -> None:
        place = 0
        while not (finished.is_set() and place == len(snapshots)):
            ready.acquire()
            if place < len(snapshots):
                place += 1
                text = snapshots[place - 1].output_text
                if text != "ab" * place:
                    wrong.append(text)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        reader = threading.Thread(target=read)
        reader.start()
        for place in range(1_000):
            accumulator.feed(parse_event(delta("a", part=place)))
            accumulator.feed(parse_event(delta("b", part=place)))
            snapshots.append(accumulator.snapshot())
            ready.release()
        finished.set()
        ready.release()
        reader.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


def test_what_was_fed_in_is_not_changed() -> None:
    """The accumulator keeps the events' JSON; neither it nor its snapshots' readers write to it."""
    values, accumulator = stream(), ResponseAccumulator()
    for value in values:
        accumulator.feed(parse_event(value))
        accumulator.snapshot().to_dict()
        repr(accumulator.snapshot())
    assert values == STREAM


PLACES = {
    "output_index": "output_text.delta",
    "content_index": "output_text.delta",
    "summary_index": "reasoning_summary_text.delta",
    "annotation_index": "output_text.annotation.added",
    "command_index": "shell_call_command.delta",
    "partial_image_index": "image_generation_call.partial_image",
}


@pytest.mark.parametrize("place", PLACES)
def test_the_same_thing_at_another_place_is_no_replay(place: str) -> None:
    """Though its number is the same."""
    fields = {"output_index": 0, "content_index": 0, "annotation": {"type": "file_path"}, "delta": "ha"}
    one, other = (event(PLACES[place], **{**fields, place: index}, sequence_number=0) for index in (0, 1))
    assert fold([one, other]).replayed == 0
    assert fold([one, one]).replayed == 1


def test_the_same_response_may_be_created_twice() -> None:
    """What came before stays."""
    created = event("created", response={"id": "r", "output": []}, sequence_number=0)
    begun = [created, added(0, message(), sequence_number=1), delta("a", sequence_number=2)]
    for again in (created, created | {"sequence_number": 3}):
        assert fold([*begun, again]).snapshot().output_text == "a"


def test_an_item_without_an_index_stands_behind_the_others() -> None:
    """Where events with an index find it."""
    one, other = (added(None, {"type": "message", "id": name, "content": []}) for name in ("m1", "m2"))
    items = output([one, delta("a", 0), other, delta("b", 1), delta("c", 0)])
    assert [item["content"][0]["text"] for item in items] == ["ac", "b"]
