"""Terminal event > ``output_item.done`` > ``*.done`` > deltas > ``added``: each pair, in both orders."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from tests.accumulators.script import JSONObject, added, done, event, fold, message, output

# What each rank says of the same text, strongest last.
RANKS: dict[str, dict[str, JSONObject]] = {
    "text": {
        "added": added(0, message("by added")),
        "delta": event("output_text.delta", output_index=0, content_index=0, delta="by delta"),
        "text done": event("output_text.done", output_index=0, content_index=0, text="by text done"),
        "item done": done(0, message("by item done")),
        "terminal": event("completed", response={"output": [message("by terminal")]}),
    },
    "part": {
        "added": event("content_part.added", output_index=0, content_index=0, part=message("by added")["content"][0]),
        "delta": event("output_text.delta", output_index=0, content_index=0, delta="by delta"),
        "part done": event(
            "content_part.done", output_index=0, content_index=0, part=message("by part done")["content"][0]
        ),
        "item done": done(0, message("by item done")),
        "terminal": event("completed", response={"output": [message("by terminal")]}),
    },
    "arguments": {
        "added": added(0, {"type": "function_call", "arguments": "by added"}),
        "delta": event("function_call_arguments.delta", output_index=0, delta="by delta"),
        "arguments done": event("function_call_arguments.done", output_index=0, arguments="by arguments done"),
        "item done": done(0, {"type": "function_call", "arguments": "by item done"}),
        "terminal": event("completed", response={"output": [{"type": "function_call", "arguments": "by terminal"}]}),
    },
    "command": {
        "added": event("shell_call_command.added", output_index=0, command_index=0, command="by added"),
        "delta": event("shell_call_command.delta", output_index=0, command_index=0, delta="by delta"),
        "command done": event("shell_call_command.done", output_index=0, command_index=0, command="by command done"),
        "item done": done(0, {"type": "shell_call", "action": {"commands": ["by item done"]}}),
        "terminal": event(
            "completed", response={"output": [{"type": "shell_call", "action": {"commands": ["by terminal"]}}]}
        ),
    },
    "diff": {
        "added": added(0, {"type": "apply_patch_call", "operation": {"diff": "by added"}}),
        "delta": event("apply_patch_call_operation_diff.delta", output_index=0, delta="by delta"),
        "diff done": event("apply_patch_call_operation_diff.done", output_index=0, diff="by diff done"),
        "item done": done(0, {"type": "apply_patch_call", "operation": {"diff": "by item done"}}),
        "terminal": event(
            "completed", response={"output": [{"type": "apply_patch_call", "operation": {"diff": "by terminal"}}]}
        ),
    },
}

PAIRS = [(kind, weaker, stronger) for kind, ranks in RANKS.items() for weaker, stronger in combinations(ranks, 2)]


def text_of(item: JSONObject) -> Any:
    kind = item["type"]
    if kind == "message":
        return item["content"][0]["text"]
    if kind == "shell_call":
        return item["action"]["commands"][0]
    return item["arguments"] if kind == "function_call" else item["operation"]["diff"]


@pytest.mark.parametrize(("kind", "weaker", "stronger"), PAIRS)
@pytest.mark.parametrize("turned", [False, True])
def test_the_stronger_word_counts_whenever_it_comes(kind: str, weaker: str, stronger: str, turned: bool) -> None:
    """A later, weaker event never undoes a stronger one."""
    events = [RANKS[kind][weaker], RANKS[kind][stronger]]
    [item] = output(reversed(events) if turned else events)
    assert text_of(item) == f"by {stronger}"


def test_an_item_that_is_done_or_a_response_that_ended_does_not_change() -> None:
    """Whatever comes after, and no item appears that was not there."""
    end = done(0, message("whole"))
    late = [ranks[name] for ranks in RANKS.values() for name in ("added", "delta") if name in ranks]
    assert output([end, *late]) == [message("whole")]
    for final in ([message("whole")], []):
        response = {"id": "r", "status": "completed", "output": final}
        accumulator = fold([end, event("completed", response=response), *late, added(5, message("new"))])
        accumulator = fold([end, event("completed", response=response), *late, done(5, message("new"))])
        assert accumulator.snapshot().to_dict() == {**response, "output": [message("whole")]}


def test_lifecycle_events_never_erase_what_was_gathered() -> None:
    """``in_progress`` with its empty output, and a terminal event with an empty one."""
    events = [added(0, message("kept")), event("in_progress", response={"id": "r", "output": []})]
    assert output(events) == [message("kept")]
    assert output([*events, event("completed", response={"status": "completed", "output": []})]) == [message("kept")]
    assert output([*events, event("failed", response={"status": "failed"})]) == [message("kept")]


@pytest.mark.parametrize(
    ("deltas", "end"),
    [
        (event("output_text.delta", output_index=0, delta="a"), event("output_text.done", output_index=0)),
        (event("refusal.delta", output_index=0, delta="a"), event("refusal.done", output_index=0, refusal=None)),
        (
            event("function_call_arguments.delta", output_index=0, delta="a"),
            event("function_call_arguments.done", output_index=0, arguments=5),
        ),
        (
            event("shell_call_command.delta", output_index=0, delta="a"),
            event("shell_call_command.done", output_index=0, command=""),
        ),
        (
            event("output_text.delta", output_index=0, delta="a"),
            event("content_part.done", output_index=0, part={"type": "output_text"}),
        ),
        (event("output_text.delta", output_index=0, delta="a"), event("content_part.done", output_index=0)),
    ],
)
def test_a_done_event_without_its_text_takes_nothing_back(deltas: JSONObject, end: JSONObject) -> None:
    """Missing, null, of the wrong type or empty: what the deltas brought stays."""
    assert output([deltas, end]) == output([deltas])


def test_a_later_snapshot_of_the_same_rank_counts() -> None:
    """A second ``output_item.done`` or terminal event is a correction."""
    assert output([done(0, message("one")), done(0, message("two"))]) == [message("two")]
    ends = [event(name, response={"output": [message(name)]}) for name in ("completed", "failed")]
    assert output(ends) == [message("failed")]
