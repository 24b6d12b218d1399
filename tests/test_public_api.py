"""The public names, on purpose."""

from __future__ import annotations

import inspect
import typing
from types import ModuleType
from typing import Any

import pytest

import rxstream
from rxstream import operators

NAMES = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "ArgumentsError",
    "AsyncClient",
    "BufferOverflowError",
    "Call",
    "Client",
    "CodeInterpreterCall",
    "ConfigurationError",
    "ConnectionLostError",
    "Cursor",
    "CustomTool",
    "CustomToolCall",
    "EventParseError",
    "FunctionCall",
    "IdleTimeoutError",
    "IterableObservable",
    "JSONParseError",
    "JSONSnapshot",
    "Latency",
    "MaxTurnsError",
    "McpToolCall",
    "MissingExtraError",
    "ModerationError",
    "NotAnEventStreamError",
    "Operator",
    "Outcome",
    "OutputIncompleteError",
    "OutputRefusedError",
    "OutputValidationError",
    "PartialJSON",
    "PartialJSONParser",
    "Patch",
    "ProtocolError",
    "Reconnecting",
    "RecordedError",
    "RecordingError",
    "RecordingWarning",
    "Response",
    "ResponseAccumulator",
    "ResponseFailedError",
    "ResponseStream",
    "ResponseStreamError",
    "ResponseStreamEvent",
    "ResponseTimeoutError",
    "Resumed",
    "RxstreamError",
    "SSEDecoder",
    "SSELimitError",
    "ServerSentEvent",
    "SkippedEvent",
    "StreamError",
    "StructuredOutputError",
    "Tool",
    "ToolArguments",
    "ToolCallFailed",
    "ToolCallFinished",
    "ToolCallProgress",
    "ToolCallStarted",
    "ToolError",
    "ToolFailedError",
    "ToolTimeoutError",
    "Transducer",
    "TruncatedStreamError",
    "TurnStarted",
    "UnknownEvent",
    "UnknownItem",
    "UnknownPart",
    "UnknownToolError",
    "Verdict",
    "__version__",
    "accumulate_arguments",
    "accumulate_code",
    "accumulate_custom_tool_input",
    "accumulate_mcp_arguments",
    "accumulate_text",
    "annotations",
    "coalesce",
    "code_interpreter_calls",
    "collect",
    "collect_now",
    "collect_sync",
    "custom_tool",
    "custom_tool_calls",
    "elements",
    "errors",
    "events",
    "fallback",
    "final_response",
    "first",
    "first_content",
    "first_sync",
    "from_events",
    "from_openai",
    "from_sse",
    "function_calls",
    "in_item",
    "iterate",
    "iterate_sync",
    "last",
    "last_sync",
    "latency",
    "lift",
    "lines",
    "mcp_calls",
    "models",
    "moderate",
    "moderation_check",
    "of_type",
    "outcome",
    "parse_event",
    "partial_json",
    "partial_model",
    "race",
    "reasoning_deltas",
    "record",
    "refusal_deltas",
    "replay",
    "run_tools",
    "sentences",
    "share_replay",
    "simulated",
    "smooth",
    "snapshots",
    "take_until_budget",
    "testing",
    "text_deltas",
    "text_format",
    "time_to_first_content",
    "timeouts",
    "tool",
    "word_check",
    "words",
]

PLAIN_VALUES = {"__version__", "Operator", "ResponseStreamEvent"}
"""Names of what cannot carry a docstring of its own: a string and two type aliases."""

SHOWN_BY = {
    "Call": "function_calls",
    "CodeInterpreterCall": "code_interpreter_calls",
    "CustomTool": "custom_tool",
    "CustomToolCall": "custom_tool_calls",
    "Latency": "latency",
    "McpToolCall": "mcp_calls",
    "Outcome": "outcome",
    "Tool": "tool",
    "ToolArguments": "tool",
    "ToolCallFailed": "run_tools",
    "ToolCallFinished": "run_tools",
    "ToolCallProgress": "run_tools",
    "ToolCallStarted": "run_tools",
    "TurnStarted": "run_tools",
    "UnknownEvent": "parse_event",
}
"""Classes that nobody makes by hand, and the function whose example makes one, or its like."""

objects = sorted(set(NAMES) - PLAIN_VALUES)
functions = [name for name in objects if inspect.isfunction(getattr(rxstream, name))]
classes = [
    name
    for name in objects
    if inspect.isclass(getattr(rxstream, name)) and not issubclass(getattr(rxstream, name), Exception)
]


def has_example(thing: Any) -> bool:
    """Say whether a docstring of a function, a class or one of its methods has something to run."""
    docs = [thing.__doc__ or "", *(getattr(member, "__doc__", None) or "" for member in vars(thing).values())]
    return any(">>>" in doc for doc in docs)


def test_the_public_names_are_these():
    """A name that comes or goes is a decision: it is made here too."""
    assert sorted(rxstream.__all__) == sorted(NAMES)


def test_every_public_name_is_there_once_and_in_order():
    """``__all__`` is sorted, has no doubles, and everything in it can be imported."""
    assert len(set(rxstream.__all__)) == len(rxstream.__all__)
    assert sorted(rxstream.__all__) == list(rxstream.__all__)
    assert all(hasattr(rxstream, name) for name in rxstream.__all__)


def test_every_operator_is_public():
    """What ``rxstream.operators`` offers, the façade offers too, as the same object."""
    assert all(getattr(rxstream, name) is getattr(operators, name) for name in operators.__all__)


def test_nothing_else_is_in_the_way():
    """Beside the public names the façade holds its own modules, and of others only what it is typed with."""
    shown = {name: value for name, value in vars(rxstream).items() if not name.startswith("_")}
    others = {name: value for name, value in shown.items() if name not in NAMES and not hasattr(typing, name)}
    assert all(isinstance(value, ModuleType) for value in others.values())
    assert all(value.__name__.startswith("rxstream.") for value in others.values())


@pytest.mark.parametrize("name", objects)
def test_every_public_name_has_a_docstring(name: str):
    """A docstring of its own: neither missing, nor one that a base class or dataclass lends."""
    documentation = getattr(rxstream, name).__doc__
    assert documentation
    assert documentation.strip()
    assert not documentation.startswith(f"{name}(")


@pytest.mark.parametrize("name", functions)
def test_every_public_function_has_an_example_that_runs(name: str):
    """Examples run as doctests; a function without one is not documented."""
    assert has_example(getattr(rxstream, name))


@pytest.mark.parametrize("name", classes)
def test_every_public_class_has_an_example_that_runs(name: str):
    """The same for classes; one that nobody makes by hand is shown by what makes it."""
    assert has_example(getattr(rxstream, SHOWN_BY.get(name, name)))
    assert name in SHOWN_BY or has_example(getattr(rxstream, name))


@pytest.mark.parametrize("name", operators.__all__)
def test_every_operator_is_documented_in_the_same_order(name: str):
    """Sentence, marble diagram, what it keeps, what it returns, errors, example: a reader knows where to look."""
    documentation = inspect.getdoc(getattr(operators, name)) or ""
    assert documentation.startswith("Emit ")
    places = [documentation.find(mark) for mark in ("::\n", "Keeps:", "Returns:", "Errors:", "Example:")]
    assert -1 not in places
    assert places == sorted(places)
