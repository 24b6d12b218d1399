"""From events to calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Generic, TypeVar, cast

from rxstream.accumulators.calls import Call
from rxstream.accumulators.families import FAMILY_OF_ITEM, Family
from rxstream.accumulators.response import ResponseAccumulator
from rxstream.accumulators.structured.arguments import GrowingArguments
from rxstream.accumulators.structured.part_texts import PartTexts
from rxstream.accumulators.turns import TURN_STARTED
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import JSONObject, json_of
from rxstream.models.response import placed_objects

__all__ = ["CallAccumulator"]

_C = TypeVar("_C", bound="Call[Any]")


class CallAccumulator(Generic[_C]):
    """Gathers the calls of one kind.

    A call is finished when ``output_item.done`` brings it, and only then are its name and ``call_id`` sure. One that
    never gets there is finished by ``response.completed`` or ``response.incomplete``.

    Args:
        kind: :class:`FunctionCall`, :class:`CustomToolCall`, :class:`McpToolCall` or :class:`CodeInterpreterCall`.

    Example:
        >>> from rxstream.accumulators import FunctionCall
        >>> from rxstream.events import parse_event
        >>> accumulator = CallAccumulator(FunctionCall)
        >>> [call] = accumulator.finished(parse_event({"type": "response.output_item.done", "output_index": 0,
        ...     "item": {"type": "function_call", "name": "add", "call_id": "call_1", "arguments": "{}"}}))
        >>> call.name, call.call_id, call.json()
        ('add', 'call_1', {})
    """

    def __init__(self, kind: type[_C]) -> None:
        self._kind = kind
        self._family: Family = FAMILY_OF_ITEM[kind.item_type]
        self._begin()

    def _begin(self) -> None:
        self._response = ResponseAccumulator()
        self._folding = self._response.folding
        self._finished: dict[int, JSONObject] = {}
        self._texts = PartTexts((self._family,))
        self._arguments: dict[int, GrowingArguments] = {}

    def growing(self, event: ResponseStreamEvent) -> _C | None:
        """Take an event; return the call that it changed, as it is now."""
        changes = self._texts.feed(event) if self._kind.has_json else []
        index = self._fold(event)
        item = None if index is None else self._folding.items.get(index)
        if index is None or item is None or item.type != self._kind.item_type:
            return None
        for change in changes:
            arguments = None if change.begins_anew else self._arguments.get(index)
            if arguments is None:
                arguments = self._arguments[index] = GrowingArguments()
            arguments.append(change.piece)
        call = self._call(index, partial(item.at, self._folding.epoch))
        self._folding.epoch += 1
        if not self._kind.has_json:
            return call
        arguments = self._arguments.get(index)
        if arguments is None:  # the item has come with all that there is
            arguments = GrowingArguments()
            arguments.append(cast(Any, call).arguments)
        return cast(_C, replace(cast(Any, call), growth=arguments.so_far()))

    def finished(self, event: ResponseStreamEvent) -> list[_C]:
        """Take an event; return the calls that it finished, each call once."""
        if event.type == "response.output_item.done":
            index = self._fold(event)
            item = json_of(cast(Any, event).item)
            if index is None or item.get("type") != self._kind.item_type or index in self._finished:
                return []
            self._finished[index] = item
            return [self._call(index, lambda: item)]
        if event.type in _TERMINAL:
            self._fold(event)
            # What a failure broke off is no call that anybody should run.
            return [] if event.type == "response.failed" else list(self._rest(event))
        self._fold(event)
        return []

    def _fold(self, event: Any) -> int | None:
        if event.type not in _RELEVANT and event.type not in (self._family.delta, self._family.done):
            return None
        replayed = self._response.replayed
        self._response.feed(event)
        if self._response.folding is not self._folding:
            self._folding = self._response.folding
            self._finished = {}
            self._arguments = {}
        if self._response.replayed != replayed or event.type in _LIFECYCLE:
            return None
        return self._folding.index_of(event, json_of(event.item).get("id") if hasattr(event, "item") else event.item_id)

    def _rest(self, event: Any) -> Iterator[_C]:
        final = placed_objects(json_of(event.response).get("output"))
        items = self._folding.items
        if not final:
            for index, state in sorted(items.items()):
                if state.type == self._kind.item_type and index not in self._finished:
                    yield self._finish(index, state.at(self._folding.epoch))
            return
        # Where items are missing, a place in the final output is no output_index; the call_id must tell then.
        same_places = sorted(items) == [index for index, _ in final]
        call_ids = {_call_id(item) for item in self._finished.values()} - {""}
        for index, item in final:
            if item.get("type") != self._kind.item_type or _call_id(item) in call_ids:
                continue
            if not (same_places and index in self._finished):
                yield self._finish(index, item)

    def _finish(self, index: int, item: JSONObject) -> _C:
        self._finished[index] = item
        return self._call(index, lambda: item)

    def _call(self, index: int, item: Callable[[], JSONObject]) -> _C:
        return self._kind(output_index=index, item=self._kind.item_class.lazily(item))


def _call_id(item: JSONObject) -> str:
    return next((name for name in (item.get("call_id"), item.get("id")) if name and isinstance(name, str)), "")


_TERMINAL = ("response.completed", "response.incomplete", "response.failed")
_LIFECYCLE = (TURN_STARTED, "response.created", *_TERMINAL)
_RELEVANT = frozenset((*_LIFECYCLE, "response.output_item.added", "response.output_item.done"))
