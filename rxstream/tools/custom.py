"""Tools that take free text."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar, overload

from rxstream.tools.base import BaseTool, ToolArguments
from rxstream.tools.function import described_by, named_after

__all__ = ["CustomTool", "custom_tool"]

_P = ParamSpec("_P")
_R = TypeVar("_R", covariant=True)


@dataclass(frozen=True, eq=False, kw_only=True)
class CustomTool(BaseTool[_P, _R]):
    """A function that the model can call with free text; :func:`custom_tool` makes it.

    Attributes:
        format: What the text must look like: the API's ``format``, for example a grammar.
    """

    format: Mapping[str, Any] | None = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Make the entry in the request's ``tools``, a new one each time."""
        made: dict[str, Any] = {"type": "custom", "name": self.name}
        if self.description is not None:
            made["description"] = self.description
        if self.format is not None:
            made["format"] = copy.deepcopy(dict(self.format))
        return made

    def validate(self, arguments: str) -> ToolArguments:
        """Take the input as the model wrote it; nothing is wrong with any text."""
        return ToolArguments(arguments, {"input": arguments})

    def run(self, arguments: ToolArguments) -> Any:
        """Call the function; return what it returns: a value, an awaitable, a generator or an async generator."""
        call: Callable[..., Any] = self.function
        return call(arguments.text)


@overload
def custom_tool(
    fn: Callable[_P, _R],
    *,
    name: str | None = None,
    description: str | None = None,
    format: Mapping[str, Any] | None = None,
    timeout_seconds: float | None = None,
) -> CustomTool[_P, _R]: ...
@overload
def custom_tool(
    fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    format: Mapping[str, Any] | None = None,
    timeout_seconds: float | None = None,
) -> Callable[[Callable[_P, _R]], CustomTool[_P, _R]]: ...
def custom_tool(
    fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    format: Mapping[str, Any] | None = None,
    timeout_seconds: float | None = None,
) -> Any:
    """Make a custom tool of a function that takes one text: as ``@custom_tool``, ``@custom_tool(…)`` or by a call.

    The text is what the model wrote, unchanged. Otherwise as :func:`tool`.

    Args:
        fn: The function.
        name: What the model calls it; the function's name by default.
        description: What the model is told of it; by default the docstring up to its first section.
        format: What the text must look like, as the API writes it: ``{"type": "grammar", "syntax": "regex",
            "definition": …}``; any text by default.
        timeout_seconds: How long a call of it may take; ``None`` leaves it to the loop that runs it.

    Returns:
        A :class:`CustomTool`, or a decorator that makes one.

    Raises:
        TypeError: The function cannot be called with one text.
        ValueError: The API would not take the name; ``timeout_seconds`` is not above 0.

    Example:
        >>> @custom_tool
        ... def shout(text: str) -> str:
        ...     '''Say it louder.'''
        ...     return text.upper()
        >>> shout.to_dict()
        {'type': 'custom', 'name': 'shout', 'description': 'Say it louder.'}
        >>> shout.run(shout.validate("hello"))
        'HELLO'
    """

    def make(function: Callable[..., Any]) -> CustomTool[..., Any]:
        chosen = named_after(function) if name is None else name
        _check(chosen, function)
        return CustomTool(
            function=function,
            name=chosen,
            description=described_by(function).description or None if description is None else description,
            timeout_seconds=timeout_seconds,
            format=format,
        )

    return make if fn is None else make(fn)


def _check(name: str, function: Callable[..., Any]) -> None:
    try:
        inspect.signature(function).bind("")
    except (TypeError, ValueError) as error:
        raise TypeError(f"tool {name!r}: expected a function that takes one text, but got {function!r}") from error
