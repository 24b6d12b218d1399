"""What function tools and custom tools have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Generic, ParamSpec, TypeVar

from rxstream.schemas import check_name

__all__ = ["BaseTool", "ToolArguments"]

_P = ParamSpec("_P")
_R = TypeVar("_R", covariant=True)


@dataclass(frozen=True, slots=True)
class ToolArguments:
    """What a tool is called with, after validation.

    Attributes:
        text: The arguments, or the input of a custom tool, as the model wrote them.
        values: The values by the names of the function's parameters. A parameter that is not there has its default.
    """

    text: str
    values: Mapping[str, Any]


@dataclass(frozen=True, eq=False, kw_only=True)
class BaseTool(ABC, Generic[_P, _R]):
    """A function that the model can call, and that can still be called as it is.

    Attributes:
        function: The function.
        name: What the model calls it.
        description: What the model is told of it.
        timeout_seconds: How long a call of it may take; ``None`` means that it sets no limit of its own.
    """

    function: Callable[_P, _R] = field(repr=False)
    name: str
    description: str | None = None
    timeout_seconds: float | None = None

    def __post_init__(self) -> None:
        check_name(self.name)
        if not isinstance(self.timeout_seconds, (int, float, NoneType)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"timeout_seconds: expected a number above 0 or None, but got {self.timeout_seconds!r}")
        if self.timeout_seconds is not None and not self.timeout_seconds > 0:
            raise ValueError(f"timeout_seconds: expected a number above 0 or None, but got {self.timeout_seconds!r}")
        # What help(), inspect and doctest read of a function.
        vars(self)["__wrapped__"] = self.function
        for key in ("__module__", "__name__", "__qualname__", "__doc__"):
            if hasattr(self.function, key):
                vars(self)[key] = getattr(self.function, key)

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """Call the function as if it were no tool: nothing is validated."""
        return self.function(*args, **kwargs)

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Make the entry in the request's ``tools``, a new one each time."""

    @abstractmethod
    def validate(self, arguments: str) -> ToolArguments:
        """Read what the model wrote.

        Raises:
            ArgumentsError: The tool cannot be called with that.
        """

    @abstractmethod
    def run(self, arguments: ToolArguments) -> Any:
        """Call the function; return what it returns: a value, an awaitable, a generator or an async generator."""
