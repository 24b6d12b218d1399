"""The laws that bind the events of one response together, checked on a list of events."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

Event = dict[str, Any]
_DONE_FIELDS = {
    "response.output_text": "text",
    "response.refusal": "refusal",
    "response.reasoning_text": "text",
    "response.reasoning_summary_text": "text",
    "response.function_call_arguments": "arguments",
    "response.mcp_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.code_interpreter_call_code": "code",
    "response.apply_patch_call_operation_diff": "diff",
    "response.shell_call_command": "command",
}
_INDEXES = ("output_index", "content_index", "summary_index", "command_index")
_TERMINAL = {"response.completed", "response.incomplete", "response.failed"}


def check_sequence(events: list[Event]) -> None:
    """Every event begins with its type, and they are numbered from 0 without a gap."""
    assert all(next(iter(event)) == "type" for event in events)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


def check_deltas(events: list[Event]) -> None:
    """Joined deltas equal the done value, each of which comes once and after its deltas."""
    joined: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for event in events:
        family, _, kind = event["type"].rpartition(".")
        key = (family, *(event.get(index) for index in _INDEXES))
        if family in _DONE_FIELDS and kind == "delta":
            joined[key].append(event["delta"])
        elif family in _DONE_FIELDS and kind == "done":
            text = "".join(joined.pop(key, []))
            # Two halves of a surrogate pair join to the character that they stand for.
            assert text.encode("utf-16", "surrogatepass").decode("utf-16") == event[_DONE_FIELDS[family]]
    assert not joined, "deltas without a done"


def done_values(events: list[Event]) -> dict[tuple[Any, ...], str]:
    """Give the done value of every family, keyed by where it belongs."""
    return {
        (event["output_index"], event["type"].rpartition(".")[0]): event[field]
        for event in events
        for family, field in _DONE_FIELDS.items()
        if event["type"] == f"{family}.done"
    }


def text_of_item(item: dict[str, Any], family: str) -> str:
    """Give what an item holds of a family's text, of its last part where it has several."""
    places: dict[str, Any] = {
        "response.output_text": lambda: item["content"][-1]["text"],
        "response.refusal": lambda: item["content"][-1]["refusal"],
        "response.reasoning_text": lambda: item["content"][-1]["text"],
        "response.reasoning_summary_text": lambda: item["summary"][-1]["text"],
        "response.code_interpreter_call_code": lambda: item["code"],
        "response.custom_tool_call_input": lambda: item["input"],
        "response.apply_patch_call_operation_diff": lambda: item["operation"]["diff"],
        "response.shell_call_command": lambda: item["action"]["commands"][-1],
    }
    return places.get(family, lambda: item["arguments"])()


def check_items(events: list[Event]) -> None:
    """Done values equal those of the finished items, and the finished items are the final output."""
    added = {event["output_index"]: event["item"] for event in events if event["type"].endswith("item.added")}
    done = {event["output_index"]: event["item"] for event in events if event["type"].endswith("item.done")}
    assert added.keys() == done.keys() == set(range(len(added)))
    assert all(added[index]["id"] == done[index]["id"] for index in added)
    for (index, family), value in done_values(events).items():
        assert text_of_item(done[index], family) == value
    assert events[-1]["response"]["output"] == [done[index] for index in sorted(done)]


def check_terminal(events: list[Event]) -> None:
    """There is one terminal event, and it is the last."""
    assert [event["type"] in _TERMINAL for event in events] == [False] * (len(events) - 1) + [True]


def check_all(events: list[Event]) -> None:
    """Every law of a response that runs to its end."""
    check_sequence(events)
    check_deltas(events)
    check_terminal(events)
    check_items(events)
