"""One response while it grows, and where in it an event belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from rxstream.accumulators.families import Family
from rxstream.accumulators.item import ItemState, PartState
from rxstream.accumulators.places import ItemPlaces
from rxstream.accumulators.turns import with_turns_before
from rxstream.accumulators.versioned import Versioned
from rxstream.models.base import JSONObject
from rxstream.models.response import placed_objects

__all__ = ["Folding"]


class Folding:
    """One response while it grows.

    Attributes:
        before: The response as it was when this turn of a conversation began; ``None`` where it is the first.
        epoch: The number of the snapshot that is open; what is folded in now belongs to it.
        items: The output items by ``output_index``.
        is_terminal: The terminal event has come: nothing else changes the response any more.
        misfit: Called with an event that does not fit and what was expected, before the event changes anything.
    """

    def __init__(self, misfit: Callable[[Any, str], None], before: JSONObject | None = None) -> None:
        self.before = before
        self.epoch = 0
        self.items: dict[int, ItemState] = {}
        self.misfit = misfit
        self.is_terminal = False
        self._fields: Versioned[JSONObject] = Versioned(0, {})
        self._final: Versioned[list[Any] | None] = Versioned(0, None)
        self._places = ItemPlaces()

    @property
    def is_empty(self) -> bool:
        """Nothing has been folded in yet."""
        return not (self.items or self._fields.newest)

    def response_at(self, epoch: int) -> JSONObject:
        """Return the response as it was in ``epoch``."""
        items = [self.items[index].at(epoch) for index in sorted(self.items) if self.items[index].born <= epoch]
        response = {**(self._fields.at(epoch) or {}), "output": self._final.at(epoch) or items}
        return response if self.before is None else with_turns_before(response, self.before)

    def index_of(self, event: Any, item_id: Any) -> int | None:
        """Return the place of an event's item: its ``output_index``; where that is missing, the place of its id."""
        return self._places.find(event.output_index, item_id)

    def item(self, event: Any, item_type: str) -> ItemState | None:
        """Return the open item that an event belongs to; ``None`` where it is done or cannot be told."""
        index = event.output_index
        if index is None and (index := self.index_of(event, event.item_id)) is None:
            self.misfit(event, "an output_index")
            return None
        state = self.items.get(index)
        if state is None:
            self.misfit(event, f"output_item.added before it, for output_index {index}")
            if self.is_terminal:
                return None
            state = self.items[index] = ItemState(self.epoch, _implied_item(event, item_type))
        if state.is_done or self.is_terminal:
            self.misfit(event, f"nothing more for output_index {index}, which is done")
            return None
        if state.type != item_type:
            self.misfit(event, f"a {item_type} at output_index {index}, where the item is a {state.type}")
        return state

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

    def place_for(self, event: Any, item: JSONObject) -> int:
        """Return the place of a whole item, after all others where nothing tells it."""
        index = self.index_of(event, item.get("id"))
        if event.output_index is None:
            self.misfit(event, "an output_index")
        return max(self.items, default=-1) + 1 if index is None else index

    def add_item(self, event: Any, item: JSONObject) -> None:
        """Take an item that ``added`` brings; what was gathered before stays."""
        index = self.place_for(event, item)
        state = self.items.get(index)
        if state is not None:
            self.misfit(event, f"output_item.added once, for output_index {index}")
        elif index > len(self.items):
            self.misfit(event, f"no gap before output_index {index}")
        self._put(index, item)

    def finish_item(self, event: Any, item: JSONObject) -> None:
        """Take a whole item that ``done`` brings."""
        index = self.place_for(event, item)
        if index not in self.items:
            self.misfit(event, f"output_item.added before it, for output_index {index}")
            self._put(index, item)
        self.items[index].finish(self.epoch, item)

    def set_fields(self, response: JSONObject) -> None:
        """Take what a lifecycle event says of the response; its output only where no item has come."""
        if not self.items:
            for index, item in placed_objects(response.get("output")):
                self._put(index, item)
        self._fields.set(self.epoch, {**self._fields.newest, **response, "output": []})

    def end(self, response: JSONObject) -> None:
        """Take what the terminal event says; an empty output does not erase what was gathered."""
        self.is_terminal = True
        final = response.get("output")
        if isinstance(final, list) and final:
            self._final.set(self.epoch, cast(list[Any], final))
        self._fields.set(self.epoch, {**self._fields.newest, **response, "output": []})

    def _put(self, index: int, item: JSONObject) -> None:
        self._places.note(index, item)
        state = self.items.get(index)
        if state is None:
            self.items[index] = ItemState(self.epoch, item)
        elif not state.is_done:
            state.add(self.epoch, item)


def _implied_item(event: Any, item_type: str) -> JSONObject:
    item: JSONObject = {"type": item_type, "status": "in_progress"}
    if isinstance(event.item_id, str):
        item = {"id": event.item_id, **item}
    if item_type == "message":
        item.update(role="assistant", content=[])
    return item
