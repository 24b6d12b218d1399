"""Tools made of functions."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, ParamSpec, TypeVar, overload

from rxstream.schemas import check_name, name_from
from rxstream.tools.base import BaseTool, ToolArguments
from rxstream.tools.docstrings import Docstring, read_docstring
from rxstream.tools.parameters import ToolParameters
from rxstream.tools.signatures import function_behind

__all__ = ["Tool", "described_by", "named_after", "tool"]

_P = ParamSpec("_P")
_R = TypeVar("_R", covariant=True)


@dataclass(frozen=True, eq=False, kw_only=True)
class Tool(BaseTool[_P, _R]):
    """A function that the model can call with arguments in JSON; :func:`tool` makes it.

    Attributes:
        strict: Whether the server enforces the schema of the arguments.
    """

    strict: bool = True
    parameters: ToolParameters = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Make the entry in the request's ``tools``, a new one each time."""
        described = {} if self.description is None else {"description": self.description}
        return {
            "type": "function",
            "name": self.name,
            **described,
            "parameters": copy.deepcopy(self.parameters.schema),
            "strict": self.strict,
        }

    def validate(self, arguments: str) -> ToolArguments:
        """Read the arguments as the model wrote them.

        Raises:
            ArgumentsError: They are not JSON, or do not fit the parameters.
        """
        return ToolArguments(arguments, self.parameters.validate(arguments))

    def run(self, arguments: ToolArguments) -> Any:
        """Call the function; return what it returns: a value, an awaitable, a generator or an async generator."""
        call: Callable[..., Any] = self.function
        return call(**arguments.values)


@overload
def tool(
    fn: Callable[_P, _R],
    *,
    name: str | None = None,
    description: str | None = None,
    strict: bool = True,
    timeout_seconds: float | None = None,
) -> Tool[_P, _R]: ...
@overload
def tool(
    fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    strict: bool = True,
    timeout_seconds: float | None = None,
) -> Callable[[Callable[_P, _R]], Tool[_P, _R]]: ...
def tool(
    fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    strict: bool = True,
    timeout_seconds: float | None = None,
) -> Any:
    """Make a tool of a function: as ``@tool``, as ``@tool(…)`` above it, or as ``tool(function)``.

    The function may be plain or ``async``, a generator or an async generator, a bound method, a ``functools.partial``
    or an object with ``__call__``. It can still be called as before. Its parameters become the schema of the arguments:
    annotations say the type, ``Annotated[…, Field(description=…)]`` or the docstring (as Google, NumPy or Sphinx write
    it) what each is for. Parameters that are models or dataclasses get instances.

    In strict mode the model must write every argument. One with a default is offered as nullable, null means the
    default, and its description tells it; where the type itself has ``None``, null is ``None``. Without strict mode the
    argument may be left out.

    Args:
        fn: The function.
        name: What the model calls it; the function's name by default.
        description: What the model is told of it; by default the docstring up to its first section.
        strict: ``False`` for types that strict mode cannot express, such as ``dict[str, int]``. Arguments are validated
            in any case.
        timeout_seconds: How long a call of it may take; ``None`` leaves it to the loop that runs it.

    Returns:
        A :class:`Tool`, or a decorator that makes one.

    Raises:
        TypeError: A parameter has no annotation, or cannot be given by keyword, or its type cannot be expressed.
        ValueError: The API would not take the name; ``timeout_seconds`` is not above 0.

    Example:
        >>> @tool
        ... def add(a: int, b: int = 1) -> int:
        ...     '''Add two numbers.'''
        ...     return a + b
        >>> add(2, 3)
        5
        >>> add.to_dict()["parameters"]["properties"]["a"], add.to_dict()["parameters"]["required"]
        ({'type': 'integer'}, ['a', 'b'])
        >>> add.run(add.validate('{"a": 2, "b": null}'))
        3
    """
    frame = inspect.currentframe()
    caller = None if frame is None else frame.f_back
    del frame  # it would refer to itself

    def make(function: Callable[..., Any]) -> Tool[..., Any]:
        return _made(function, name, description, strict, timeout_seconds, caller)

    return make if fn is None else make(fn)


def _made(
    function: Callable[..., Any],
    name: str | None,
    description: str | None,
    strict: bool,
    timeout_seconds: float | None,
    caller: FrameType | None,
) -> Tool[..., Any]:
    chosen = named_after(function) if name is None else check_name(name)
    docstring = described_by(function)
    return Tool(
        function=function,
        name=chosen,
        description=docstring.description or None if description is None else description,
        timeout_seconds=timeout_seconds,
        strict=strict,
        parameters=ToolParameters(chosen, function, caller=caller, descriptions=docstring.parameters, strict=strict),
    )


def named_after(function: Any) -> str:
    """Name a tool after its function.

    Raises:
        TypeError: It is no function, or has no name.
    """
    if not callable(function) or inspect.isclass(function):
        raise TypeError(f"expected a function, but got {function!r}")
    behind = function_behind(function)
    found = type(function).__name__ if behind.__name__ == "__call__" else behind.__name__
    if found == "<lambda>":
        raise TypeError("expected a function with a name, or name=…, but got a lambda")
    return name_from(found)


def described_by(function: Any) -> Docstring:
    """Read the docstring of a function; of an object that can be called, that of ``__call__`` or of its class."""
    behind = function_behind(function)
    text: str | None = behind.__doc__
    if text is None and behind.__name__ == "__call__":
        text = type(function).__doc__
    return read_docstring(text or "")
