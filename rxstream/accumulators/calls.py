"""Calls: of functions, custom tools, MCP servers and the code interpreter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Generic, NoReturn, TypeVar, cast

from pydantic import BaseModel, ValidationError

from rxstream.accumulators.families import FAMILY_OF_ITEM, Family
from rxstream.accumulators.response import ResponseAccumulator
from rxstream.errors import ArgumentsError
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import JSONObject, Model, json_of
from rxstream.models.calls import ResponseCustomToolCall, ResponseFunctionToolCall
from rxstream.models.hosted import McpCall, ResponseCodeInterpreterToolCall
from rxstream.models.response import placed_objects

__all__ = ["Call", "CallAccumulator", "CodeInterpreterCall", "CustomToolCall", "FunctionCall", "McpToolCall"]

_Item = TypeVar("_Item", bound=Model)
_Parsed = TypeVar("_Parsed", bound=BaseModel)
_C = TypeVar("_C", bound="Call[Any]")


@dataclass(frozen=True, slots=True)
class Call(Generic[_Item]):
    """A call, finished or while it grows.

    Attributes:
        output_index: Its place in the response's output.
        item: The output item; of a growing call, as it was when this value was made.
    """

    output_index: int
    item: _Item

    item_class: ClassVar[type[Model]]
    item_type: ClassVar[str]

    @property
    def item_id(self) -> str | None:
        """The id of the output item; not the id that a tool's output must name."""
        return cast("str | None", cast(Any, self.item).id)

    @property
    def status(self) -> str | None:
        """``in_progress``, ``completed`` or ``incomplete``, where the server says so."""
        return cast("str | None", cast(Any, self.item).status)


class _JSONArguments:
    """What calls have in common whose arguments are JSON."""

    __slots__ = ()

    item: Any

    @property
    def name(self) -> str:
        """The name of the function or tool."""
        return cast(str, self.item.name)

    @property
    def arguments(self) -> str:
        """The arguments: JSON as the model wrote it, which may be empty, wrong or cut."""
        return cast(str, self.item.arguments)

    def json(self) -> Any:
        """Read the arguments as JSON.

        Raises:
            ArgumentsError: They are not JSON.
        """
        return _read_json(self.name, self.arguments)

    def parse(self, model: type[_Parsed]) -> _Parsed:
        """Validate the arguments as ``model``.

        Raises:
            ArgumentsError: They are not JSON, or do not fit the model.
        """
        return _read_as(model, self.name, self.arguments)


@dataclass(frozen=True, slots=True)
class FunctionCall(_JSONArguments, Call[ResponseFunctionToolCall]):
    """A call of a function.

    Example:
        >>> item = ResponseFunctionToolCall(name="add", call_id="call_1", arguments='{"a": 1, "b": 2}')
        >>> FunctionCall(output_index=0, item=item).json()
        {'a': 1, 'b': 2}
    """

    item_class: ClassVar[type[Model]] = ResponseFunctionToolCall
    item_type: ClassVar[str] = "function_call"

    @property
    def call_id(self) -> str | None:
        """The id that the function's output must name."""
        return self.item.call_id


@dataclass(frozen=True, slots=True)
class McpToolCall(_JSONArguments, Call[McpCall]):
    """A call of a remote tool, which the server makes itself."""

    item_class: ClassVar[type[Model]] = McpCall
    item_type: ClassVar[str] = "mcp_call"

    @property
    def server_label(self) -> str | None:
        """The remote server."""
        return self.item.server_label

    @property
    def output(self) -> str | None:
        """What the tool gave back; known when the call is finished."""
        return self.item.output


@dataclass(frozen=True, slots=True)
class CustomToolCall(Call[ResponseCustomToolCall]):
    """A call of a custom tool, whose input is free text."""

    item_class: ClassVar[type[Model]] = ResponseCustomToolCall
    item_type: ClassVar[str] = "custom_tool_call"

    @property
    def name(self) -> str:
        """The name of the tool."""
        return self.item.name

    @property
    def call_id(self) -> str | None:
        """The id that the tool's output must name."""
        return self.item.call_id

    @property
    def input(self) -> str:
        """The input as the model wrote it."""
        return self.item.input


@dataclass(frozen=True, slots=True)
class CodeInterpreterCall(Call[ResponseCodeInterpreterToolCall]):
    """Code that the server runs."""

    item_class: ClassVar[type[Model]] = ResponseCodeInterpreterToolCall
    item_type: ClassVar[str] = "code_interpreter_call"

    @property
    def code(self) -> str:
        """The source code."""
        return self.item.code or ""

    @property
    def outputs(self) -> list[JSONObject]:
        """Logs and images, known when the call is finished."""
        return self.item.outputs or []


class CallAccumulator(Generic[_C]):
    """Gathers the calls of one kind.

    A call is finished when ``output_item.done`` brings it, and only then are its name and ``call_id`` sure. One that
    never gets there is finished by ``response.completed`` or ``response.incomplete``.

    Args:
        kind: :class:`FunctionCall`, :class:`CustomToolCall`, :class:`McpToolCall` or :class:`CodeInterpreterCall`.

    Example:
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

    def growing(self, event: ResponseStreamEvent) -> _C | None:
        """Take an event; return the call that it changed, as it is now."""
        index = self._fold(event)
        item = None if index is None else self._folding.items.get(index)
        if index is None or item is None or item.type != self._kind.item_type:
            return None
        call = self._call(index, partial(item.at, self._folding.epoch))
        self._folding.epoch += 1
        return call

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
_LIFECYCLE = ("response.created", *_TERMINAL)
_RELEVANT = frozenset((*_LIFECYCLE, "response.output_item.added", "response.output_item.done"))


def _read_json(name: str, arguments: str) -> Any:
    try:
        return json.loads(arguments, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ArgumentsError(name, arguments, "JSON as arguments") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"JSON has no {constant}")


def _read_as(model: type[_Parsed], name: str, arguments: str) -> _Parsed:
    try:
        return model.model_validate_json(arguments)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ArgumentsError(name, arguments, f"arguments that fit {model.__name__} ({faults})") from error
