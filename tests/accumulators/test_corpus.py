"""The accumulators over every recorded stream: the figures that are promised."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

from rxstream.accumulators import CallAccumulator, FunctionCall, ResponseAccumulator, TextAccumulator
from rxstream.accumulators.text import REASONING, REFUSAL
from rxstream.errors import EventParseError, ProtocolError
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.models.response import output_text
from tests.shared_data import corpus_manifest, load_jsonl, needs_shared, shared_path

pytestmark = needs_shared

TERMINAL = {"response.completed", "response.incomplete", "response.failed"}
# Encrypted anew with each delivery.
CIPHERTEXT = {"encrypted_content", "fingerprint"}
# Their arguments come with `.done` alone.
WITHOUT_DELTAS = {"vercel-open-responses__lmstudio-tool-call.1", "vercel-open-responses__lmstudio-tool-call.2"}
RESUMED = "pai__test_background_mode_streaming_starting_after_vcr.2"


@cache
def streams() -> list[tuple[dict[str, Any], list[dict[str, Any]], list[ResponseStreamEvent]]]:
    """What the manifest says, the events as JSON, and parsed."""
    found: list[tuple[dict[str, Any], list[dict[str, Any]], list[ResponseStreamEvent]]] = []
    for entry in corpus_manifest():
        values = load_jsonl(entry["name"])
        found.append((entry, values, [parse_event(value) for value in values]))
    return found


def end_of(values: list[dict[str, Any]]) -> int:
    return max(place for place, value in enumerate(values) if value["type"] in TERMINAL)


def without_ciphertext(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_ciphertext(child) for key, child in value.items() if key not in CIPHERTEXT}
    return [without_ciphertext(child) for child in value] if isinstance(value, list) else value


def snapshot_of(events: list[ResponseStreamEvent]) -> dict[str, Any]:
    accumulator = ResponseAccumulator()
    for event in events:
        accumulator.feed(event)
    return accumulator.snapshot().to_dict()


def test_the_snapshot_before_the_terminal_event_is_the_final_output() -> None:
    """Exactly in the 251 streams that are called exact, and but for ciphertext in the 22."""
    figures: Counter[tuple[str | None, str]] = Counter()
    for entry, values, events in streams():
        end = end_of(values)
        before = snapshot_of(events[:end])["output"]
        final = values[end]["response"].get("output")
        same = "exact" if before == final else "differs"
        if same == "differs" and without_ciphertext(before) == without_ciphertext(final):
            same = "but for ciphertext"
        figures[entry["item_done_overlay_vs_final"], same] += 1
    assert figures["exact", "exact"] == 251
    assert figures["exact-mod-volatile", "but for ciphertext"] == 22
    assert figures["final-empty", "differs"] == 5
    assert figures == {
        ("exact", "exact"): 251,
        ("exact-mod-volatile", "but for ciphertext"): 22,
        ("final-empty", "differs"): 5,
        ("differs", "differs"): 3,
        (None, "exact"): 4,
        (None, "but for ciphertext"): 2,
    }


def test_after_the_terminal_event_the_response_is_the_final_one() -> None:
    """All of it in 287 of 287; in the 5 whose final output is empty, the output is what was gathered."""
    empty = 0
    for _, values, events in streams():
        end = end_of(values)
        final = values[end]["response"]
        after = snapshot_of(events)
        empty += not final.get("output")
        expected = final.get("output") or snapshot_of(events[:end])["output"]
        assert after == {**final, "output": expected}
        assert expected or not any(value["type"] == "response.output_item.added" for value in values)
    assert empty >= 5


def test_deltas_alone_carry_what_the_final_response_holds() -> None:
    """With every ``.done`` removed, but for the two streams whose arguments come without any delta."""
    different: set[str] = set()
    for entry, values, events in streams():
        end = end_of(values)
        final = values[end]["response"].get("output") or snapshot_of(events)["output"]
        bare = snapshot_of([event for event in events[:end] if not event.type.endswith(".done")])["output"]
        if carried(bare) != carried(final):
            different.add(entry["name"])
    assert different == WITHOUT_DELTAS


def carried(output: list[dict[str, Any]]) -> list[Any]:
    """What deltas carry, of each item."""
    return [[item.get("type"), *(read(item) for read in _CARRIED.get(item.get("type"), ()))] for item in output]


def _texts(container: str, *fields: str) -> Any:
    return lambda item: [[part.get(field) or [] for field in fields] for part in item.get(container) or []]


_CARRIED: dict[Any, tuple[Any, ...]] = {
    "message": (_texts("content", "text", "refusal", "annotations"),),
    "reasoning": (_texts("summary", "text"), _texts("content", "text")),
    "function_call": (lambda item: item.get("arguments"),),
    "mcp_call": (lambda item: item.get("arguments"),),
    "custom_tool_call": (lambda item: item.get("input"),),
    "code_interpreter_call": (lambda item: item.get("code"),),
    "apply_patch_call": (lambda item: (item.get("operation") or {}).get("diff"),),
    "shell_call": (lambda item: item["action"].get("commands"),),
}


def test_nothing_in_the_corpus_is_out_of_place() -> None:
    """Strict mode takes 286 of 287 streams whole; the other one was resumed and has no beginning."""
    refused: dict[str, str] = {}
    for entry, _, events in streams():
        accumulator = ResponseAccumulator(strict=True)
        try:
            for event in events:
                accumulator.feed(event)
        except ProtocolError as error:
            refused[entry["name"]] = error.expected
    assert refused == {RESUMED: "response.created to come first"}


def test_replayed_events_change_nothing() -> None:
    """In the 283 numbered streams: every event twice, and the whole stream again before the terminal event."""
    numbered = 0
    for entry, values, events in streams():
        if entry["sequence"] == "absent":
            continue
        numbered += 1
        end = end_of(values)
        assert snapshot_of([twin for event in events for twin in (event, event)]) == snapshot_of(events)
        assert snapshot_of([*events[:end], *events[:end]]) == snapshot_of(events[:end])
    assert numbered == 283


def test_snapshots_stay_what_they_were() -> None:
    """Each snapshot of the core streams, read only at the end, equals the one of its own prefix."""
    for entry, _, events in streams():
        if not entry["core"] or len(events) > 200:
            continue
        accumulator = ResponseAccumulator()
        snapshots = []
        for event in events:
            accumulator.feed(event)
            snapshots.append(accumulator.snapshot())
        for place, snapshot in enumerate(snapshots):
            assert snapshot.to_dict() == snapshot_of(events[: place + 1])


def test_text_is_the_final_text_and_never_corrected() -> None:
    """Joined pieces are the text of the final response: output, refusals and reasoning."""
    for _, values, events in streams():
        text, refusal, reasoning = TextAccumulator(), TextAccumulator(REFUSAL), TextAccumulator(REASONING)
        for accumulator in (text, refusal, reasoning):
            pieces = []
            for event in events:
                pieces.append(accumulator.feed(event))
                assert not accumulator.corrected
            assert "".join(pieces) + accumulator.close() == accumulator.text
        final = values[end_of(values)]["response"]
        if final.get("output"):
            assert text.text == output_text(final)


def test_calls_are_those_of_the_final_response() -> None:
    """Each finished call once, with the arguments of the final response, in the order of its output."""
    calls_seen = 0
    for _, values, events in streams():
        accumulator = CallAccumulator(FunctionCall)
        calls = sorted(
            (call for event in events for call in accumulator.finished(event)), key=lambda call: call.output_index
        )
        final = [
            item for item in values[end_of(values)]["response"].get("output") or [] if item["type"] == "function_call"
        ]
        if final:
            assert [(c.name, c.call_id, c.arguments) for c in calls] == [
                (item["name"], item["call_id"], item["arguments"]) for item in final
            ]
        calls_seen += len(calls)
    assert calls_seen == 93


def test_trimmed_and_concatenated_files_do_no_harm() -> None:
    """The odd ones: nothing raises, every snapshot can be read, no text is lost."""
    for path in sorted(shared_path("corpus", "odd").glob("*.jsonl")):
        accumulator = ResponseAccumulator()
        text = TextAccumulator()
        deltas: list[str] = []
        for line in path.read_bytes().splitlines():
            try:
                event = parse_event(line)
            except EventParseError:
                continue
            accumulator.feed(event)
            text.feed(event)
            if event.type == "response.output_text.delta":
                deltas.append(event.delta)  # type: ignore[union-attr]
            response = accumulator.snapshot()
            json.dumps(response.to_dict())
            assert output_text(response.to_dict()) == response.output_text
            assert all(item.mismatches == () for item in response.output)
        assert response.output_text or not deltas
        assert response.output_text == text.text
