"""Whole, valid streams: what the model of the protocol promises."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from rxstream import from_events, last_sync
from rxstream.accumulators import ResponseAccumulator
from rxstream.errors import ResponseFailedError, ResponseStreamError
from rxstream.testing.strategies import DOCUMENTED_KINDS, ENDINGS, KINDS, GeneratedStream, responses
from tests.accumulators.test_corpus import carried

from .examples import many, unshrunk


def folded(events: list[Any], *, strict: bool = False) -> list[Any]:
    accumulator = ResponseAccumulator(strict)
    for event in events:
        accumulator.feed(event)
    return accumulator.snapshot().to_dict()["output"]


def items_opened_at_once(stream: GeneratedStream) -> int:
    opened, most = set[int](), 0
    for event in stream.wire:
        if event["type"] == "response.output_item.added":
            opened.add(event["output_index"])
        elif event["type"] == "response.output_item.done":
            opened.discard(event["output_index"])
        most = max(most, len(opened))
    return most


@many
@given(responses())
def test_each_event_passes_the_strict_types_of_the_sdk(stream: GeneratedStream) -> None:
    """The class of its ``type``, and the union of all."""
    sdk_types = pytest.importorskip("tests.simulated.sdk_types")
    for event in stream.wire:
        sdk_types.validate_event(event)


@many
@given(responses(kinds=KINDS))
def test_the_snapshot_before_the_terminal_event_is_the_final_output(stream: GeneratedStream) -> None:
    """Exactly; the stream is taken whole in strict mode, and no event has a field that does not fit."""
    gathered = folded(stream, strict=True)
    assert not any(event.mismatches for event in stream)
    if stream.final_response is not None:
        final = stream.final_response.to_dict()["output"]
        assert folded(stream[:-1]) == final == gathered == stream.output


@many
@given(responses(kinds=KINDS))
def test_deltas_alone_carry_what_the_final_response_holds(stream: GeneratedStream) -> None:
    """With every ``.done`` removed."""
    if stream.final_response is not None:
        bare = folded([event for event in stream[:-1] if not event.type.endswith(".done")])
        assert carried(bare) == carried(stream.output)


@given(responses(kinds=KINDS))
def test_events_are_numbered_from_0(stream: GeneratedStream) -> None:
    """Without a gap."""
    assert [event.sequence_number for event in stream] == list(range(len(stream)))


@given(responses(kinds=KINDS))
def test_a_response_begins_and_ends_once(stream: GeneratedStream) -> None:
    """``created`` is first, and one event of the chosen endings is last."""
    types = [event.type for event in stream]
    assert types[0] == "response.created"
    assert types[-1] == "error" or types[-1].removeprefix("response.") in ENDINGS
    ends = [kind for kind in types if kind in ("response.completed", "response.incomplete", "response.failed")]
    assert len(ends) == (types[-1] != "error")
    assert types.count("response.created") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn_where_it_is_asked_for(kind: str) -> None:
    """Alone."""
    strategy = responses(kinds=[kind], min_items=1, max_items=1, endings=["completed"])
    stream = find(strategy, lambda stream: len(stream) > 2, settings=unshrunk)
    types = {item["type"] for item in stream.output} or {stream[1].type.split(".")[1]}
    assert types == {kind}


def test_the_kinds_are_the_item_types_of_the_sdk_and_audio() -> None:
    """All 28; the patch's deltas alone are not documented."""
    items = pytest.importorskip("tests.events.test_sdk_names").SDK_ITEMS
    assert sorted(KINDS) == sorted([*items, "audio"])
    assert set(KINDS) - set(DOCUMENTED_KINDS) == {"apply_patch_call"}


def test_all_event_types_of_the_sdk_are_drawn() -> None:
    """All 59, in the kinds that it documents, and in no others."""
    events = pytest.importorskip("tests.events.test_sdk_names").SDK_EVENTS
    seen: set[str] = set()

    def look(stream: GeneratedStream) -> None:
        seen.update(event.type for event in stream)

    # Kind by kind: of all kinds at once, a rare one may not come.
    for kind in DOCUMENTED_KINDS:
        settings(max_examples=25)(given(responses(kinds=[kind], min_items=1, max_items=1))(look))()
    assert seen == set(events)


@given(responses(kinds=KINDS))
def test_an_item_that_is_done_is_no_longer_in_progress(stream: GeneratedStream) -> None:
    """In its last event."""
    assert not [item for item in stream.output if item.get("status") == "in_progress"]


@given(responses(kinds=["message"], min_items=1))
def test_annotations_are_counted_and_point_at_the_text_so_far(stream: GeneratedStream) -> None:
    """In the order in which they arrive, which is that of the finished part."""
    lengths, counts = Counter[Any](), Counter[Any]()
    for event in stream.wire:
        part = event.get("output_index"), event.get("content_index")
        if event["type"] == "response.output_text.delta":
            lengths[part] += len(event["delta"])
        if event["type"] == "response.output_text.annotation.added":
            annotation = event["annotation"]
            start = annotation.get("start_index", annotation.get("index"))
            assert event["annotation_index"] == counts[part]
            assert 0 <= start <= annotation.get("end_index", start) <= lengths[part]
            counts[part] += 1
        if event["type"] == "response.content_part.done":
            assert len(event["part"].get("annotations", [])) == counts[part]


@pytest.mark.parametrize(
    "types",
    [
        ("output_text.delta", "output_text.annotation.added", "output_text.delta"),
        ("output_text.delta", "output_text.annotation.added", "output_text.done"),
        ("content_part.added", "output_text.annotation.added", "output_text.done"),
    ],
)
def test_an_annotation_comes_behind_any_piece_of_the_text(types: tuple[str, ...]) -> None:
    """In its middle, at its end, or where there is no piece."""
    wanted = ".".join(f"response.{name}" for name in types)
    strategy = responses(kinds=["message"], interleaved=False)
    assert find(strategy, lambda stream: wanted in ".".join(event.type for event in stream), settings=unshrunk)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("reasoning", "status"),
        ("function_call", "namespace"),
        ("function_call", "caller"),
        ("custom_tool_call", "namespace"),
        ("custom_tool_call", "caller"),
        ("shell_call", "environment"),
        ("image_generation_call", "background"),
        ("image_generation_call", "quality"),
        ("image_generation_call", "size"),
    ],
)
def test_a_field_that_servers_may_leave_out_comes_or_not(kind: str, field: str) -> None:
    """A model takes it; without it is simpler."""
    strategy = responses(kinds=[kind], min_items=1, max_items=1, endings=["completed"])
    found = find(strategy, lambda stream: bool(stream.output[0].get(field)), settings=unshrunk)
    assert found.final_response is not None
    assert field in type(found.final_response.output[0]).model_fields
    assert field not in find(strategy, lambda stream: True).output[0]


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


INTERESTING: dict[str, tuple[Any, int]] = {
    "nothing at all": (lambda stream: True, 2),
    "a text": (lambda stream: "b" in str(stream.output), 7),
    "a finished call": (lambda stream: any(item["type"] == "function_call" for item in stream.output), 6),
    "an annotation": (lambda stream: any("annotation" in event for event in stream.wire), 8),
    "a log probability": (lambda stream: any(event.get("logprobs") for event in stream.wire), 8),
    "a refusal": (lambda stream: any("refusal" in event for event in stream.wire), 7),
    "arguments that are cut": (
        lambda stream: any(not is_json(item.get("arguments", "{}")) for item in stream.output
                           if item["type"] == "function_call"), 6
    ),
    "three deltas of one text": (lambda stream: sum("delta" in event for event in stream.wire) == 3, 11),
    "two items open at once": (lambda stream: items_opened_at_once(stream) == 2, 9),
    "items that end in another order": (
        lambda stream: any(
            first > second
            for first, second in pairwise(
                event["output_index"] for event in stream.wire if event["type"] == "response.output_item.done"
            )
        ),
        6,
    ),
    "an item that is never done": (lambda stream: items_opened_at_once(stream) > len(stream.output), 5),
    "a failure": (lambda stream: stream.final_response is not None and stream.final_response.status == "failed", 2),
    "two calls": (lambda stream: sum(item["type"].endswith("call") for item in stream.output) == 2, 11),
}  # fmt: skip


@pytest.mark.parametrize("name", INTERESTING)
def test_what_is_looked_for_is_found_and_small(name: str) -> None:
    """A failing example is a handful of events: two items take six to nine, a text with its frame seven.

    The shrinker may end short of the smallest, and from where it begins is up to chance: of three times, once.
    """
    condition, most = INTERESTING[name]
    sizes = [len(find(responses(), condition, random=Random(seed))) for seed in range(3)]
    assert min(sizes) <= most
    assert max(sizes) <= 3 * most


def test_a_text_shrinks_to_the_simplest() -> None:
    """One delta, and nothing in it but what matters."""
    stream = find(responses(), lambda stream: any("€" in event.get("delta", "") for event in stream.wire if
                                                  isinstance(event.get("delta", ""), str)))  # fmt: skip
    assert [event["delta"] for event in stream.wire if "delta" in event] == ["€"]


@given(responses(kinds=["message", "reasoning"], texts=st.just("said"), endings=["completed"]))
def test_the_texts_can_be_chosen(stream: GeneratedStream) -> None:
    """By a strategy of one's own."""
    parts = [part for item in stream.output for part in [*item.get("content", []), *item.get("summary", [])]]
    assert {part.get("text", part.get("refusal")) for part in parts} <= {"said"}


@given(responses(interleaved=False, min_items=2, max_items=4, endings=["completed"], response_id="resp_2"))
def test_items_can_come_one_after_the_other(stream: GeneratedStream) -> None:
    """As many as were asked for, in a response of the chosen id."""
    assert items_opened_at_once(stream) <= 1
    audio = sum(event["type"] == "response.audio.done" for event in stream.wire)
    assert 2 <= len(stream.output) + audio <= 4
    assert {event["response"]["id"] for event in stream.wire if "response" in event} == {"resp_2"}


@given(responses())
def test_a_stream_is_a_list_that_a_source_takes(stream: GeneratedStream) -> None:
    """It ends as its last event says."""
    if stream.final_response is None:
        with pytest.raises(ResponseStreamError):
            last_sync(from_events(stream))
    elif stream.final_response.status == "failed":
        with pytest.raises((ResponseFailedError, ResponseStreamError)):
            last_sync(from_events(stream))
    else:
        assert last_sync(from_events(stream)) == stream[-1]


def test_a_drawn_stream_shows_one_event_on_a_line() -> None:
    """What is shown makes the same stream again."""
    stream = find(responses(), lambda stream: len(stream.output) == 1)
    shown = repr(stream)
    assert len(shown.splitlines()) == len(stream) + 2
    again = eval(shown, {"GeneratedStream": GeneratedStream})
    assert again == stream
    assert again.output == stream.output
    assert len(repr(GeneratedStream([{"type": "ping", "padding": "x" * 100_000}]))) < 200


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"kinds": ["massage"]}, ValueError, "expected kinds to be among .*message.* but got massage"),
        ({"kinds": []}, ValueError, "one name at least, but got none"),
        ({"kinds": "message"}, TypeError, "a collection of names, but got the string 'message'"),
        ({"endings": ["cancelled"]}, ValueError, "expected endings to be among .* but got cancelled"),
        ({"min_items": 3, "max_items": 2}, ValueError, "min_items <= max_items, but got 3 and 2"),
        ({"min_items": -1}, ValueError, "expected 0 <= min_items"),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(arguments: dict[str, Any], error: type[Exception], said: str) -> None:
    """Before anything is drawn."""
    with pytest.raises(error, match=said):
        responses(**arguments)
