"""What each event type does to a growing response: the tables of the wire, as functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from rxstream.accumulators.families import FAMILIES, Family
from rxstream.accumulators.item import ItemState, PartState, ShellOutputState
from rxstream.accumulators.versioned import TextField, Versioned
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import JSONObject, json_of
from rxstream.models.response import objects

__all__ = ["FOLDS", "Folding"]

_PART_FIELDS = {"output_text": "text", "refusal": "refusal", "reasoning_text": "text", "summary_text": "text"}


class Folding:
    """One response while it grows.

    Attributes:
        epoch: The number of the snapshot that is open; what is folded in now belongs to it.
        items: The output items by ``output_index``.
        indexes: The ``output_index`` by item id, for events that lack the index.
        misfit: Called with an event that cannot be placed and what was expected.
    """

    def __init__(self, misfit: Callable[[Any, str], None]) -> None:
        self.epoch = 0
        self.items: dict[int, ItemState] = {}
        self.misfit = misfit
        self.is_terminal = False
        self._fields: Versioned[JSONObject] = Versioned(0, {})
        self._final: Versioned[list[Any]] | None = None
        self.indexes: dict[str, int] = {}

    @property
    def is_empty(self) -> bool:
        """Nothing has been folded in yet."""
        return not (self.items or self._fields.newest)

    def response_at(self, epoch: int) -> JSONObject:
        """Return the response as it was in ``epoch``."""
        response = dict(self._fields.at(epoch) or {})
        final = None if self._final is None else self._final.at(epoch)
        response["output"] = final or [item.at(epoch) for _, item in sorted(self.items.items()) if item.born <= epoch]
        return response

    def item(self, event: Any, item_type: str) -> ItemState | None:
        """Return the open item that an event belongs to; ``None`` where it is done or cannot be told."""
        index = event.output_index
        if index is None:
            index = self.indexes.get(event.item_id)
            if index is None:
                self.misfit(event, "an output_index")
                return None
        state = self.items.get(index)
        if state is None:
            self.misfit(event, f"output_item.added before it, for output_index {index}")
            state = self.items[index] = ItemState(self.epoch, _implied_item(event, item_type))
        return None if state.is_done or self.is_terminal else state

    def part(self, event: Any, family: Family) -> PartState | None:
        """Return the part that an event belongs to; ``None`` where its item is done or cannot be told."""
        item = self.item(event, family.item_type)
        if item is None:
            return None
        parts = item.parts.get(family.container)
        if parts is None:
            parts = item.parts[family.container] = {}
        index = getattr(event, family.index) or 0
        part = parts.get(index)
        if part is None:
            base: JSONObject = {"type": family.part_type, family.part_field: ""}
            if family.part_type == "output_text":
                base["annotations"] = []
            part = parts[index] = PartState(self.epoch, base, family.part_field)
        return part

    def place_item(self, event: Any, index: int, item: JSONObject) -> None:
        """Take an item that ``added`` brings."""
        if isinstance(item_id := item.get("id"), str):
            self.indexes[item_id] = index
        state = self.items.get(index)
        if state is None:
            if index > len(self.items):
                self.misfit(event, f"no gap before output_index {index}")
            self.items[index] = ItemState(self.epoch, item)
            return
        self.misfit(event, f"output_item.added once, for output_index {index}")
        if not state.is_done:
            state.add(self.epoch, item)

    def finish_item(self, index: int, item: JSONObject) -> None:
        """Take a whole item that ``done`` brings."""
        state = self.items.get(index)
        if state is None:
            state = self.items[index] = ItemState(self.epoch, item)
        state.finish(self.epoch, item)

    def set_fields(self, response: JSONObject, *, terminal: bool) -> None:
        """Take what a lifecycle event says of the response."""
        output = response.get("output")
        if terminal:
            self.is_terminal = True
            if isinstance(output, list) and output:
                final = cast(list[Any], output)
                if self._final is None:
                    self._final = Versioned(self.epoch, final)
                else:
                    self._final.set(self.epoch, final)
        elif not self.items:
            for index, item in enumerate(objects(output)):
                self.items[index] = ItemState(self.epoch, item)
        self._fields.set(self.epoch, {**self._fields.newest, **response, "output": []})


def _implied_item(event: Any, item_type: str) -> JSONObject:
    item: JSONObject = {"type": item_type, "status": "in_progress"}
    if isinstance(event.item_id, str):
        item = {"id": event.item_id, **item}
    if item_type == "message":
        item.update(role="assistant", content=[])
    return item


def _lifecycle(folding: Folding, event: Any) -> None:
    response = json_of(event.response)
    if not response:
        folding.misfit(event, "a response")
    elif not folding.is_terminal:
        folding.set_fields(response, terminal=False)


def _terminal(folding: Folding, event: Any) -> None:
    response = json_of(event.response)
    if not response:
        folding.misfit(event, "a response")
    folding.set_fields(response, terminal=True)


def _item_added(folding: Folding, event: Any) -> None:
    item = json_of(event.item)
    index: int | None = event.output_index
    if not item.get("type"):
        folding.misfit(event, "an item with a type")
    if index is None:
        folding.misfit(event, "an output_index")
        index = max(folding.items, default=-1) + 1
    if item and not folding.is_terminal:
        folding.place_item(event, index, item)


def _item_done(folding: Folding, event: Any) -> None:
    item = json_of(event.item)
    index: int | None = event.output_index
    if not item.get("type"):
        folding.misfit(event, "an item with a type")
        return
    if index is None:
        known = folding.indexes.get(item.get("id") or "")
        folding.misfit(event, "an output_index")
        index = max(folding.items, default=-1) + 1 if known is None else known
    elif index not in folding.items:
        folding.misfit(event, f"output_item.added before it, for output_index {index}")
    if not folding.is_terminal:
        folding.finish_item(index, item)


def _part_family(part: JSONObject, container: str) -> Family:
    kind = part.get("type")
    for family in FAMILIES:
        if family.container == container and family.part_type == kind:
            return family
    return _SUMMARY if container == "summary" else _TEXT


def _part_added(container: str) -> Callable[[Folding, Any], None]:
    def fold(folding: Folding, event: Any) -> None:
        base = json_of(event.part)
        family = _part_family(base, container)
        part = folding.part(event, family)
        if part is not None and base:
            part.add(folding.epoch, base, _PART_FIELDS.get(base.get("type", ""), family.part_field))

    return fold


def _part_done(container: str) -> Callable[[Folding, Any], None]:
    def fold(folding: Folding, event: Any) -> None:
        whole = json_of(event.part)
        family = _part_family(whole, container)
        part = folding.part(event, family)
        if part is not None and whole:
            part.finish(folding.epoch, whole, _PART_FIELDS.get(whole.get("type", ""), family.part_field))

    return fold


def _part_delta(family: Family) -> Callable[[Folding, Any], None]:
    def fold(folding: Folding, event: Any) -> None:
        part = folding.part(event, family)
        if part is not None:
            part.text.append(folding.epoch, event.delta)

    return fold


def _text_delta(folding: Folding, event: Any) -> None:
    part = folding.part(event, _TEXT)
    if part is not None:
        part.text.append(folding.epoch, event.delta)
        if event.logprobs:
            part.add_logprobs(folding.epoch, [json_of(logprob) for logprob in event.logprobs])


def _part_text_done(family: Family) -> Callable[[Folding, Any], None]:
    def fold(folding: Folding, event: Any) -> None:
        part = folding.part(event, family)
        if part is not None:
            part.text.finish(folding.epoch, getattr(event, family.done_field))

    return fold


def _delta(family: Family) -> Callable[[Folding, Any], None]:
    def fold(folding: Folding, event: Any) -> None:
        item = folding.item(event, family.item_type)
        if item is not None:
            item.text(family.path).append(folding.epoch, event.delta)

    return fold


def _done(family: Family) -> Callable[[Folding, Any], None]:
    def fold(folding: Folding, event: Any) -> None:
        item = folding.item(event, family.item_type)
        if item is not None:
            item.text(family.path).finish(folding.epoch, getattr(event, family.done_field))

    return fold


def _annotation(folding: Folding, event: Any) -> None:
    part = folding.part(event, _TEXT)
    if part is not None:
        part.annotate(folding.epoch, event.annotation_index, json_of(event.annotation))


def _status(status: str, item_type: str) -> Callable[[Folding, Any], None]:
    def fold(folding: Folding, event: Any) -> None:
        item = folding.item(event, item_type)
        if item is not None:
            item.set_status(folding.epoch, status)

    return fold


def _command(folding: Folding, event: Any) -> TextField | None:
    item = folding.item(event, "shell_call")
    return None if item is None else item.commands.setdefault(event.command_index or 0, TextField())


def _command_added(folding: Folding, event: Any) -> None:
    field = _command(folding, event)
    if field is not None:
        field.append(folding.epoch, event.command)


def _command_delta(folding: Folding, event: Any) -> None:
    field = _command(folding, event)
    if field is not None:
        field.append(folding.epoch, event.delta)


def _command_done(folding: Folding, event: Any) -> None:
    field = _command(folding, event)
    if field is not None:
        field.finish(folding.epoch, event.command)


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


def _nothing(folding: Folding, event: ResponseStreamEvent) -> None:
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

FOLDS: dict[str, Callable[[Folding, Any], None]] = {
    **{f"response.{name}": _lifecycle for name in ("created", "queued", "in_progress")},
    **{f"response.{name}": _terminal for name in ("completed", "incomplete", "failed")},
    "response.output_item.added": _item_added,
    "response.output_item.done": _item_done,
    "response.content_part.added": _part_added("content"),
    "response.content_part.done": _part_done("content"),
    "response.reasoning_summary_part.added": _part_added("summary"),
    "response.reasoning_summary_part.done": _part_done("summary"),
    "response.output_text.annotation.added": _annotation,
    **{family.delta: (_part_delta if family.container else _delta)(family) for family in FAMILIES},
    **{family.done: (_part_text_done if family.container else _done)(family) for family in FAMILIES},
    _TEXT.delta: _text_delta,
    "response.shell_call_command.added": _command_added,
    "response.shell_call_command.delta": _command_delta,
    "response.shell_call_command.done": _command_done,
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
