"""Valid but sloppy streams: each kind of sloppiness comes, and none loses what the model says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from rxstream import text_deltas
from rxstream.accumulators import ResponseAccumulator
from rxstream.models.base import JSONObject
from rxstream.reactive import collect_now
from rxstream.testing.strategies import KINDS, SLOPPINESS, GeneratedStream, gateway_streams, responses

from .examples import many, unshrunk

# Sloppy servers contradict themselves in these.
VOLATILE = {"id", "encrypted_content", "fingerprint", "logprobs"}
TERMINAL = ("response.completed", "response.incomplete", "response.failed")


def lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: lasting(child) for key, child in value.items() if key not in VOLATILE}
    return [lasting(child) for child in value] if isinstance(value, list) else value


@many
@given(gateway_streams())
def test_nothing_that_the_model_says_is_lost(stream: GeneratedStream) -> None:
    """Whoever reads it as the protocol's rules of folding say has all finished items in the end."""
    accumulator = ResponseAccumulator()
    for event in stream:
        accumulator.feed(event)
    gathered = lasting(accumulator.snapshot().to_dict()["output"])
    assert [item for item in lasting(stream.output) if item not in gathered] == []


@given(gateway_streams(streams=responses(kinds=["message"], endings=["completed"])))
def test_text_is_what_was_meant(stream: GeneratedStream) -> None:
    """Joined pieces, in all sloppy streams; items come one after the other or are told apart by their place."""
    meant = [part["text"] for item in stream.output for part in item["content"] if "text" in part]
    # Of interleaved messages the pieces come as they arrive.
    assert sorted("".join(collect_now(text_deltas(), stream))) == sorted("".join(meant))


def of_type(wire: list[JSONObject], *types: str) -> list[JSONObject]:
    return [event for event in wire if event["type"] in types]


def items(wire: list[JSONObject], field: str) -> list[tuple[Any, Any]]:
    """The values of a field of the same item in ``added`` and ``done``."""
    added = {event["output_index"]: event["item"] for event in of_type(wire, "response.output_item.added")}
    done = {event["output_index"]: event["item"] for event in of_type(wire, "response.output_item.done")}
    return [(added[place].get(field), done[place].get(field)) for place in added.keys() & done.keys()]


SHOWN: dict[str, Callable[[list[JSONObject]], bool]] = {
    "empty_final_output": lambda wire: of_type(wire, *TERMINAL)[0]["response"]["output"] == [],
    "changed_call_ids": lambda wire: any(added != done for added, done in items(wire, "call_id")),
    "added_as_completed": lambda wire: any(added == "completed" for added, _ in items(wire, "status")),
    "rotating_ids": lambda wire: len({event["response"]["id"] for event in wire if "response" in event}) > 1,
    "late_item_done": lambda wire: any(event["type"] == "response.output_item.done" for event in wire),
    "missing_item_done": lambda wire: len(items(wire, "id")) < len(wire[-1]["response"]["output"]),
    "fresh_ciphertext": lambda wire: any(
        added != done for field in ("encrypted_content", "fingerprint") for added, done in items(wire, field)
    ),
    "no_argument_deltas": lambda wire: (
        of_type(wire, "response.function_call_arguments.delta") == []
        and of_type(wire, "response.function_call_arguments.done") != []
    ),
    "erased_logprobs": lambda wire: any(
        event["part"].get("logprobs") == [] for event in of_type(wire, "response.content_part.done")
    ),
    "no_logprobs": lambda wire: any("logprobs" not in event for event in of_type(wire, "response.output_text.done")),
    "split_surrogates": lambda wire: any(
        "\ud800" <= event["delta"][-1:] < "\udc00" for event in wire if isinstance(event.get("delta"), str)
    ),
    "nested_error": lambda wire: "error" in wire[-2] and wire[-1]["type"] == "response.failed",
    "unlisted_events": lambda wire: any(
        event["type"] in ("keepalive", "ping", "response.keep_alive", "codex.rate_limits", "response.metadata")
        for event in wire
    ),
    "resumed": lambda wire: wire[0]["type"] == "response.queued" and wire[0]["sequence_number"] == 1,
    "no_item_ids": lambda wire: not any("item_id" in event for event in wire),
    "no_sequence_numbers": lambda wire: not any("sequence_number" in event for event in wire),
    "undocumented_fields": lambda wire: all("obfuscation" in event for event in wire),
    "large_event": lambda wire: any(len(event.get("obfuscation", "")) == 100_000 for event in wire),
    "type_last": lambda wire: all(list(event)[-1] == "type" for event in wire),
}


@pytest.mark.parametrize("name", SLOPPINESS)
def test_each_kind_of_sloppiness_comes_where_it_is_asked_for(name: str) -> None:
    """It is named in the example, and it shows in the events."""
    stream = find(gateway_streams(sloppiness=[name]), lambda stream: stream.oddities == (name,), settings=unshrunk)
    assert SHOWN[name](stream.wire)


@pytest.mark.parametrize(("name", "most"), [("resumed", 2), ("missing_item_done", 4)])
def test_a_sloppy_stream_shrinks_to_a_handful_of_events(name: str, most: int) -> None:
    """And to nothing but what is looked for."""
    stream = find(gateway_streams(), lambda stream: name in stream.oddities)
    assert stream.oddities == (name,)
    assert len(stream) <= most


@given(gateway_streams(streams=responses(kinds=KINDS, endings=["completed"]), max_changes=len(SLOPPINESS)))
def test_numbers_stay_without_a_gap_where_there_are_numbers(stream: GeneratedStream) -> None:
    """A server numbers what it sends; from 1 where the stream was resumed."""
    numbers = [event.sequence_number for event in stream]
    start = 1 if "resumed" in stream.oddities else 0
    assert numbers in ([None] * len(stream), list(range(start, start + len(stream))))


def test_one_stream_can_be_made_sloppy() -> None:
    """As a strategy that draws always the same; the stream itself stays as it was."""
    whole = find(responses(kinds=["message"]), lambda stream: len(stream.output) == 1)
    before = json.dumps(whole.wire)
    sloppy = find(gateway_streams(streams=whole, sloppiness=["no_item_ids"]), lambda stream: True)
    assert "item_id" in before
    assert "item_id" not in json.dumps(sloppy.wire)
    assert (sloppy.output, sloppy.oddities) == (whole.output, ("no_item_ids",))
    assert json.dumps(whole.wire) == before


@st.composite
def parts(draw: st.DrawFn) -> GeneratedStream:
    whole = draw(responses(kinds=KINDS))
    first = draw(st.integers(0, len(whole)))
    return GeneratedStream(whole.wire[first : draw(st.integers(first, len(whole)))])


@pytest.mark.parametrize("name", SLOPPINESS)
def test_a_part_of_a_response_can_be_made_sloppy(name: str) -> None:
    """Without beginning or end, of one event or of none; where there is nothing to change, it stays as it is."""

    @given(parts().flatmap(lambda part: gateway_streams(streams=part, sloppiness=[name])))
    def look(stream: GeneratedStream) -> None:
        assert stream.oddities in ((), (name,))

    look()


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"sloppiness": ["lazy"]}, ValueError, "expected sloppiness to be among .* but got lazy"),
        ({"sloppiness": "resumed"}, TypeError, "a collection of names, but got the string 'resumed'"),
        ({"streams": []}, TypeError, "expected a GeneratedStream or a strategy of them, but got list"),
        ({"streams": "resumed"}, TypeError, "expected a GeneratedStream or a strategy of them, but got str"),
        ({"max_changes": 0}, ValueError, "expected at least 1 of sloppiness, but got 0 at most"),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(arguments: dict[str, Any], error: type[Exception], said: str) -> None:
    """Before anything is drawn."""
    with pytest.raises(error, match=said):
        gateway_streams(**arguments)
