"""Shell commands and what they print, before the item's own end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accumulators.script import JSONObject, added, event, output

ITEM = added(0, {"type": "shell_call_output", "output": []})
CALL = added(0, {"type": "shell_call", "action": {"commands": []}})


def printed(stdout: str, code: int = 0) -> JSONObject:
    return {"stdout": stdout, "stderr": "", "outcome": {"type": "exit", "exit_code": code}}


def prints(delta: Any, command: int | None = 0) -> JSONObject:
    return event("shell_call_output_content.delta", output_index=0, command_index=command, delta=delta)


def has_printed(*outputs: JSONObject, command: int | None = 0) -> JSONObject:
    return event("shell_call_output_content.done", output_index=0, command_index=command, output=list(outputs))


def outputs_of(*events: JSONObject) -> list[JSONObject]:
    """The outputs of the commands, as the snapshot after the events has them."""
    return output([ITEM, *events])[0]["output"]


def test_a_done_says_what_was_printed() -> None:
    """Whatever the deltas were, and though the item goes on."""
    assert outputs_of(prints({"stdout": "a"}), has_printed(printed("b", 1))) == [printed("b", 1)]
    assert outputs_of(has_printed(printed("a")), has_printed(printed("b"))) == [printed("b")]


def test_one_output_is_that_of_the_command_that_the_event_names() -> None:
    """Several are those of all commands, in their order."""
    first, second = printed("a"), printed("b")
    assert outputs_of(has_printed(first), has_printed(second, command=1)) == [first, second]
    assert outputs_of(has_printed(second, command=1), has_printed(first, command=None)) == [first, second]
    assert outputs_of(has_printed(first, second)) == [first, second]
    assert outputs_of(has_printed(first, second, command=1)) == [first, second]
    assert outputs_of(prints({"stdout": "x"}), has_printed(first, second)) == [first, second]


def test_each_command_prints_for_itself() -> None:
    """Out of order too, and both streams grow."""
    deltas = [
        prints({"stdout": "b"}, 1),
        prints({"stdout": "a", "stderr": "x"}, None),
        prints({"stderr": "y"}),
        prints({"outcome": 1}, 1),
        prints({"outcome": 2}, 1),
    ]
    assert outputs_of(*deltas) == [{"stdout": "a", "stderr": "xy"}, {"stdout": "b", "stderr": "", "outcome": 2}]


def test_what_comes_after_the_end_of_the_item_changes_nothing() -> None:
    """``output_item.done`` is right."""
    item = {"type": "shell_call_output", "output": [printed("a")]}
    end = event("output_item.done", output_index=0, item=item)
    assert output([ITEM, end, prints({"stdout": "b"}), has_printed(printed("b"))]) == [item]


@pytest.mark.parametrize("command", [0, None])
def test_a_command_is_what_its_done_says(command: int | None) -> None:
    """Before that what the deltas brought, and before them what ``added`` did."""
    events = [
        event("shell_call_command.added", output_index=0, command_index=command, command="l"),
        event("shell_call_command.delta", output_index=0, command_index=command, delta="ls"),
        event("shell_call_command.done", output_index=0, command_index=command, command="ls -l"),
    ]
    seen = [output([CALL, *events[: count + 1]])[0]["action"]["commands"] for count in range(3)]
    assert seen == [["l"], ["ls"], ["ls -l"]]


def test_commands_are_in_the_order_of_their_numbers() -> None:
    """Not in that of their coming."""
    events = [
        event("shell_call_command.done", output_index=0, command_index=number, command=command)
        for number, command in ((1, "id"), (0, "ls"))
    ]
    assert output([CALL, *events])[0]["action"]["commands"] == ["ls", "id"]


def test_outputs_of_all_commands_replace_those_that_came() -> None:
    """Whichever command the event names."""
    whole = [printed("a"), printed("b")]
    for command in (0, 1, None):
        assert outputs_of(prints({"stdout": "x"}), has_printed(*whole, command=command)) == whole
