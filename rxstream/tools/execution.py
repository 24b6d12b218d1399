"""What is done with a call, wherever it runs: the check before, the words after."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from rxstream.accumulators import CustomToolCall, FunctionCall
from rxstream.errors import ArgumentsError, ToolError, ToolFailedError, ToolTimeoutError, UnknownToolError
from rxstream.models.base import json_of
from rxstream.tools.base import BaseTool, ToolArguments
from rxstream.tools.custom import CustomTool
from rxstream.tools.events import ToolCall, ToolOutput, ToolRequest
from rxstream.tools.function import tool
from rxstream.tools.output import output_of

__all__ = [
    "Approve",
    "GivenTool",
    "Job",
    "Policy",
    "Toolbox",
    "exhaust",
    "exhaust_async",
    "failed",
    "output_for",
    "refused",
    "timed_out",
    "words_of",
]

GivenTool: TypeAlias = BaseTool[..., Any] | Callable[..., Any] | Mapping[str, Any]
"""A tool, a function to make one of, or the JSON of a tool that the server runs."""

Approve: TypeAlias = Callable[[ToolRequest], bool | Awaitable[bool]]
"""Says whether a call may run."""

_MOST_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Policy:
    """How calls run.

    Attributes:
        max_concurrent_calls: How many at once.
        approve: Asked before each; ``None`` lets all run.
        raises: What goes wrong ends the stream with an error.
    """

    max_concurrent_calls: int
    approve: Approve | None
    raises: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A call that may run: its tool is known and its arguments are valid.

    Attributes:
        is_async: The tool runs in an event loop and does not block it.
    """

    call: ToolCall
    tool: BaseTool[..., Any]
    arguments: ToolArguments
    timeout_seconds: float | None
    is_async: bool

    def run(self) -> Any:
        """Call the function."""
        return self.tool.run(self.arguments)


class Toolbox:
    """The tools of a request.

    Args:
        given: The tools.
        timeout_seconds: How long a call may take of a tool that does not say it itself.

    Attributes:
        declared: The request's ``tools``.

    Raises:
        TypeError: Something is no tool, and cannot be made one.
        ValueError: Two tools have the same name.
    """

    def __init__(self, given: Iterable[GivenTool], timeout_seconds: float | None) -> None:
        self.declared: list[dict[str, Any]] = []
        self._tools: dict[tuple[str, str], BaseTool[..., Any]] = {}
        self._timeout_seconds = timeout_seconds
        if isinstance(given, (str, Mapping)) or not hasattr(given, "__iter__"):
            raise TypeError(f"expected a list of tools, but got {given!r}")
        for one in given:
            self._add(one)

    def _add(self, given: GivenTool) -> None:
        if isinstance(given, Mapping):
            self._declare(dict(cast("Mapping[str, Any]", given)))
            return
        made = cast("BaseTool[..., Any]", given if isinstance(given, BaseTool) else tool(given))
        self._declare(made.to_dict())
        kind = CustomToolCall if isinstance(made, CustomTool) else FunctionCall
        self._tools[kind.item_type, made.name] = made

    def _declare(self, declared: dict[str, Any]) -> None:
        name = declared.get("name")
        if name is not None and name in (other.get("name") for other in self.declared):
            raise ValueError(f"expected tools of different names, but got two named {name!r}")
        self.declared.append(declared)

    def job(self, call: ToolCall) -> Job:
        """Check a call.

        Raises:
            UnknownToolError: There is no such tool, or no function for it.
            ArgumentsError: The arguments do not fit.
        """
        tool = self._tools.get((call.item_type, call.name))
        if tool is None:
            known = ", ".join(name for _, name in self._tools) or "none"
            raise UnknownToolError(
                f"expected a call of one of the tools ({known}), but the model called {call.name!r}",
                name=call.name,
                call_id=call.call_id,
            )
        arguments = tool.validate(_as_written(call))
        timeout_seconds = self._timeout_seconds if tool.timeout_seconds is None else tool.timeout_seconds
        return Job(call, tool, arguments, timeout_seconds, _is_async(tool))


def _as_written(call: ToolCall) -> str:
    if isinstance(call, CustomToolCall):
        return call.input
    # Some servers send the arguments as an object. Read as if there were none, the call would be another one.
    given = json_of(call.item).get("arguments")
    return call.arguments if given is None or isinstance(given, str) else json.dumps(given)


def _is_async(tool: BaseTool[..., Any]) -> bool:
    """Say whether a call gives something to await at once; a plain function around an asynchronous one may block."""
    function = tool.function
    return any(
        inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one)
        for one in (function, type(function).__call__)
    )


def refused(call: ToolCall) -> ToolError:
    """Make the error of a call that was not approved."""
    return ToolError(
        f"expected approval to call {call.name!r}, but it was refused", name=call.name, call_id=call.call_id
    )


def timed_out(job: Job) -> ToolTimeoutError:
    """Make the error of a tool that takes too long."""
    return ToolTimeoutError(
        f"tool {job.call.name!r}: expected a result within {job.timeout_seconds:g} s, but there is none",
        name=job.call.name,
        call_id=job.call.call_id,
    )


def failed(call: ToolCall, cause: BaseException) -> ToolFailedError:
    """Make the error of a tool that raised."""
    error = ToolFailedError(
        f"tool {call.name!r}: expected a result, but it raised {words_of(cause)}",
        name=call.name,
        call_id=call.call_id,
    )
    error.__cause__ = cause
    return error


def words_of(error: BaseException) -> str:
    """Say what an error is, whatever its own words are."""
    try:
        text = str(error)
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}"[:_MOST_CHARACTERS] if text else type(error).__name__


def output_for(error: ToolError | ArgumentsError) -> ToolOutput:
    """Say to the model what went wrong, in words without a traceback."""
    return output_of(f"Error: {error}")


def exhaust(generator: Generator[Any, Any, Any], emit: Callable[[Any], None], is_stopped: Callable[[], bool]) -> object:
    """Run a generator to its end: what it yields is progress; what it returns, or else yields last, is the result."""
    last: object = None
    try:
        while not is_stopped():
            last = next(generator)
            emit(last)
    except StopIteration as end:
        return last if end.value is None else end.value
    finally:
        generator.close()
    return last


async def exhaust_async(generator: AsyncGenerator[Any, Any], emit: Callable[[Any], None]) -> object:
    """Run an asynchronous generator to its end: what it yields is progress, and the last of it the result."""
    last: object = None
    async with aclosing(generator):
        async for last in generator:
            emit(last)
            await asyncio.sleep(0)  # one that awaits nothing would let nobody see it, nor stop it
    return last
