"""Calls: of functions, custom tools, MCP servers and the code interpreter."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, NoReturn, TypeVar, cast

from pydantic import BaseModel, ValidationError

from rxstream.accumulators.structured.arguments import ArgumentsSoFar
from rxstream.errors import ArgumentsError, JSONParseError
from rxstream.models.base import JSONObject, Model
from rxstream.models.calls import ResponseCustomToolCall, ResponseFunctionToolCall
from rxstream.models.hosted import McpCall, ResponseCodeInterpreterToolCall

__all__ = ["Call", "CodeInterpreterCall", "CustomToolCall", "FunctionCall", "McpToolCall"]

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
    has_json: ClassVar[bool] = False

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
    growth: ArgumentsSoFar | None

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

    def partial_json(self) -> Any:
        """Read the arguments as far as they are there: ``None`` at first, then a value that grows from call to call.

        Strings grow; other scalars and keys are there when they are whole. Not to be changed.

        Raises:
            ArgumentsError: They are not the beginning of JSON.
        """
        if self.growth is None:
            return self.json()
        try:
            return self.growth.read()
        except JSONParseError as error:
            raise ArgumentsError(self.name, self.arguments, "JSON as arguments") from error

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

    growth: ArgumentsSoFar | None = field(default=None, repr=False, compare=False)

    item_class: ClassVar[type[Model]] = ResponseFunctionToolCall
    item_type: ClassVar[str] = "function_call"
    has_json: ClassVar[bool] = True

    @property
    def call_id(self) -> str | None:
        """The id that the function's output must name."""
        return self.item.call_id


@dataclass(frozen=True, slots=True)
class McpToolCall(_JSONArguments, Call[McpCall]):
    """A call of a remote tool, which the server makes itself."""

    growth: ArgumentsSoFar | None = field(default=None, repr=False, compare=False)

    item_class: ClassVar[type[Model]] = McpCall
    item_type: ClassVar[str] = "mcp_call"
    has_json: ClassVar[bool] = True

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
