"""What each event type does to a growing response: the tables of the wire, as functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rxstream.accumulators.families import FAMILIES, Family
from rxstream.accumulators.folding import Folding
from rxstream.accumulators.item import ShellOutputState
from rxstream.accumulators.versioned import TextField
from rxstream.models.base import JSONObject, json_of

__all__ = ["FOLDS"]

_Fold = Callable[[Folding, Any], None]
_Find = Callable[[Folding, Any], TextField | None]


def _lifecycle(folding: Folding, event: Any) -> None:
    response = json_of(event.response)
    if not response:
        folding.misfit(event, "a response")
    elif not folding.is_terminal:
        folding.set_fields(response)


def _terminal(folding: Folding, event: Any) -> None:
    response = json_of(event.response)
    if not response:
        folding.misfit(event, "a response")
    folding.end(response)


def _whole_item(take: Callable[[Folding, Any, JSONObject], None]) -> _Fold:
    def fold(folding: Folding, event: Any) -> None:
        item = json_of(event.item)
        if not isinstance(item.get("type"), str):
            folding.misfit(event, "an item with a type")
        elif folding.is_terminal:
            folding.misfit(event, "no item after the terminal event")
        else:
            take(folding, event, item)

    return fold


def _part_family(part: JSONObject, container: str) -> Family:
    for family in FAMILIES:
        if family.container == container and family.part_type == part.get("type"):
            return family
    return _SUMMARY if container == "summary" else _TEXT


def _part_added(container: str) -> _Fold:
    def fold(folding: Folding, event: Any) -> None:
        base = json_of(event.part)
        family = _part_family(base, container)
        if not base:
            folding.misfit(event, "a part")
        elif (part := folding.part(event, family)) is not None:
            part.add(folding.epoch, base, family.part_field)

    return fold


def _part_done(container: str) -> _Fold:
    def fold(folding: Folding, event: Any) -> None:
        whole = json_of(event.part)
        family = _part_family(whole, container)
        if not whole:
            folding.misfit(event, "a part")
        elif (part := folding.part(event, family)) is not None:
            part.finish(folding.epoch, whole, family.part_field)

    return fold


def _annotation(folding: Folding, event: Any) -> None:
    annotation = json_of(event.annotation)
    if not annotation:
        folding.misfit(event, "an annotation")
    elif (part := folding.part(event, _TEXT)) is not None:
        part.annotate(folding.epoch, event.annotation_index, annotation)


def _text_delta(folding: Folding, event: Any) -> None:
    part = folding.part(event, _TEXT)
    if part is not None:
        part.text.append(folding.epoch, event.delta)
        if event.logprobs:
            part.add_logprobs(folding.epoch, [json_of(logprob) for logprob in event.logprobs])


def _text_of(family: Family) -> _Find:
    def in_part(folding: Folding, event: Any) -> TextField | None:
        part = folding.part(event, family)
        return None if part is None else part.text

    def in_item(folding: Folding, event: Any) -> TextField | None:
        item = folding.item(event, family.item_type)
        return None if item is None else item.text(family.path)

    return in_part if family.container else in_item


def _command(folding: Folding, event: Any) -> TextField | None:
    item = folding.item(event, "shell_call")
    return None if item is None else item.commands.setdefault(event.command_index or 0, TextField())


def _begin(find: _Find, source: str) -> _Fold:
    def fold(folding: Folding, event: Any) -> None:
        field = find(folding, event)
        if field is not None:
            field.begin(folding.epoch, getattr(event, source))

    return fold


def _append(find: _Find) -> _Fold:
    def fold(folding: Folding, event: Any) -> None:
        field = find(folding, event)
        if field is not None:
            field.append(folding.epoch, event.delta)

    return fold


def _finish(find: _Find, source: str) -> _Fold:
    def fold(folding: Folding, event: Any) -> None:
        field = find(folding, event)
        if field is not None:
            field.finish(folding.epoch, getattr(event, source))

    return fold


def _status(status: str, item_type: str) -> _Fold:
    def fold(folding: Folding, event: Any) -> None:
        item = folding.item(event, item_type)
        if item is not None:
            item.set_status(folding.epoch, status)

    return fold


def _shell_output(folding: Folding, event: Any, index: int) -> ShellOutputState | None:
    item = folding.item(event, "shell_call_output")
    return None if item is None else item.outputs.setdefault(index, ShellOutputState(folding.epoch))


def _shell_output_delta(folding: Folding, event: Any) -> None:
    output = _shell_output(folding, event, event.command_index or 0)
    if output is not None:
        output.append(folding.epoch, event.delta)


def _shell_output_done(folding: Folding, event: Any) -> None:
    outputs = [json_of(output) for output in event.output]
    # `output` holds the outputs of all commands, or the one that `command_index` names.
    first = 0 if len(outputs) > 1 else (event.command_index or 0)
    for index, whole in enumerate(outputs, first):
        output = _shell_output(folding, event, index)
        if output is not None:
            output.finish(folding.epoch, whole)


def _nothing(folding: Folding, event: Any) -> None:
    """Progress, partial images and audio leave no trace in the response."""


_TEXT, _SUMMARY = FAMILIES[0], FAMILIES[3]

_STATUSES = {
    "web_search_call": ("in_progress", "searching", "completed"),
    "file_search_call": ("in_progress", "searching", "completed"),
    "code_interpreter_call": ("in_progress", "interpreting", "completed"),
    "image_generation_call": ("in_progress", "generating", "completed"),
    "mcp_call": ("in_progress", "completed", "failed"),
}

_SILENT = (
    "error",
    "response.audio.delta",
    "response.audio.done",
    "response.audio.transcript.delta",
    "response.audio.transcript.done",
    "response.compaction.compacting",
    "response.image_generation_call.partial_image",
    "response.mcp_list_tools.completed",
    "response.mcp_list_tools.failed",
    "response.mcp_list_tools.in_progress",
)

FOLDS: dict[str, _Fold] = {
    **{f"response.{name}": _lifecycle for name in ("created", "queued", "in_progress")},
    **{f"response.{name}": _terminal for name in ("completed", "incomplete", "failed")},
    "response.output_item.added": _whole_item(Folding.add_item),
    "response.output_item.done": _whole_item(Folding.finish_item),
    "response.content_part.added": _part_added("content"),
    "response.content_part.done": _part_done("content"),
    "response.reasoning_summary_part.added": _part_added("summary"),
    "response.reasoning_summary_part.done": _part_done("summary"),
    "response.output_text.annotation.added": _annotation,
    **{family.delta: _append(_text_of(family)) for family in FAMILIES},
    **{family.done: _finish(_text_of(family), family.done_field) for family in FAMILIES},
    _TEXT.delta: _text_delta,
    "response.shell_call_command.added": _begin(_command, "command"),
    "response.shell_call_command.delta": _append(_command),
    "response.shell_call_command.done": _finish(_command, "command"),
    "response.shell_call_output_content.delta": _shell_output_delta,
    "response.shell_call_output_content.done": _shell_output_done,
    **{
        f"response.{item}.{status}": _status(status, item)
        for item, statuses in _STATUSES.items()
        for status in statuses
    },
    **dict.fromkeys(_SILENT, _nothing),
}
"""The function of each known event type."""
