"""Streamed model responses of the OpenAI Responses API, as reactive streams.

The event stream of a response is an Observable of :mod:`reactivex`; operators make of it what an application needs.

The floor plan; a line imports only from lines above it::

    errors          every error
    json_parser     JSON, cut anywhere -> the value so far
    sse             bytes, cut anywhere -> server-sent events
    segmentation    text, cut anywhere -> lines, sentences, words, characters
    models          OpenAI's objects: Response, output items, content parts, usage
    schemas         JSON schemas as the API's strict mode wants them
    events          a class for each type of event; parse_event
    recordings      the format of recordings
    accumulators    pure machines: what grows out of events
    reactive        lift, demand, and the bridges between Observables and iterators
    operators       Observable of events -> Observable of what people use
    sinks           record: a stream to a file
    sources         clients, lists of events, bytes, recordings, OpenAI's SDK
    simulated       a simulated model that speaks the protocol
    tools           functions that the model calls
    moderation      ready checks for moderate
    testing         what users' own tests need: streams at random, scripted sources, probes, virtual time, faults
    cli             the command line
"""

from typing import TYPE_CHECKING, Any

from rxstream import errors, events, models
from rxstream._version import __version__
from rxstream.accumulators import (
    Call,
    CodeInterpreterCall,
    CustomToolCall,
    FunctionCall,
    Latency,
    McpToolCall,
    Outcome,
    ResponseAccumulator,
)
from rxstream.accumulators.structured import PartialJSON
from rxstream.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ArgumentsError,
    BufferOverflowError,
    ConfigurationError,
    ConnectionLostError,
    EventParseError,
    IdleTimeoutError,
    JSONParseError,
    MaxTurnsError,
    MissingExtraError,
    ModerationError,
    NotAnEventStreamError,
    OutputIncompleteError,
    OutputRefusedError,
    OutputValidationError,
    ProtocolError,
    RecordedError,
    RecordingError,
    RecordingWarning,
    ResponseFailedError,
    ResponseStreamError,
    ResponseTimeoutError,
    RxstreamError,
    SSELimitError,
    StreamError,
    StructuredOutputError,
    ToolError,
    ToolFailedError,
    ToolTimeoutError,
    TruncatedStreamError,
    UnknownToolError,
)
from rxstream.events import ResponseStreamEvent, UnknownEvent, parse_event
from rxstream.json_parser import JSONSnapshot, PartialJSONParser, Patch
from rxstream.models import Response, UnknownItem, UnknownPart
from rxstream.moderation import Verdict, moderation_check, word_check
from rxstream.operators import (
    accumulate_arguments,
    accumulate_code,
    accumulate_custom_tool_input,
    accumulate_mcp_arguments,
    accumulate_text,
    annotations,
    coalesce,
    code_interpreter_calls,
    custom_tool_calls,
    elements,
    final_response,
    first_content,
    function_calls,
    in_item,
    latency,
    lines,
    mcp_calls,
    moderate,
    of_type,
    outcome,
    partial_json,
    partial_model,
    reasoning_deltas,
    refusal_deltas,
    sentences,
    share_replay,
    smooth,
    snapshots,
    take_until_budget,
    text_deltas,
    time_to_first_content,
    timeouts,
    words,
)
from rxstream.reactive import (
    IterableObservable,
    Operator,
    Transducer,
    collect,
    collect_now,
    collect_sync,
    first,
    first_sync,
    iterate,
    iterate_sync,
    last,
    last_sync,
    lift,
)
from rxstream.schemas import text_format
from rxstream.sinks import record
from rxstream.sources import (
    AsyncClient,
    Client,
    Cursor,
    Reconnecting,
    ResponseStream,
    Resumed,
    SkippedEvent,
    fallback,
    from_events,
    from_openai,
    from_sse,
    race,
    replay,
)
from rxstream.sse import ServerSentEvent, SSEDecoder
from rxstream.tools import (
    CustomTool,
    Tool,
    ToolArguments,
    ToolCallFailed,
    ToolCallFinished,
    ToolCallProgress,
    ToolCallStarted,
    TurnStarted,
    custom_tool,
    run_tools,
    tool,
)

if TYPE_CHECKING:
    from rxstream import simulated, testing

__all__ = [
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


def __getattr__(name: str) -> Any:
    # Imported when it is asked for: most programs never do.
    if name in ("simulated", "testing"):
        from importlib import import_module

        return import_module(f"rxstream.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
