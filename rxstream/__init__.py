"""Streamed model responses of the OpenAI Responses API, as reactive streams.

The event stream of a response is an Observable of :mod:`reactivex`; operators make of it what an application needs.

The floor plan; a line imports only from lines above it::

    errors          every error
    sse             bytes, cut anywhere -> server-sent events
    models          OpenAI's objects: Response, output items, content parts, usage
    events          a class for each type of event; parse_event
    accumulators    pure machines: what grows out of events
    reactive        lift, demand, and the bridges between Observables and iterators
    operators       Observable of events -> Observable of what people use
    sources         clients, lists of events, bytes, recordings, OpenAI's SDK
    simulated       a simulated model that speaks the protocol
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
    McpToolCall,
    Outcome,
    ResponseAccumulator,
)
from rxstream.errors import (
    APIConnectionError,
    APIStatusError,
    ArgumentsError,
    BufferOverflowError,
    ConfigurationError,
    ConnectionLostError,
    EventParseError,
    JSONParseError,
    MaxTurnsError,
    MissingExtraError,
    ModerationError,
    NotAnEventStreamError,
    OutputIncompleteError,
    OutputRefusedError,
    OutputValidationError,
    ProtocolError,
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
from rxstream.models import Response, UnknownItem, UnknownPart
from rxstream.operators import (
    accumulate_arguments,
    accumulate_code,
    accumulate_custom_tool_input,
    accumulate_mcp_arguments,
    accumulate_text,
    annotations,
    code_interpreter_calls,
    custom_tool_calls,
    final_response,
    function_calls,
    in_item,
    mcp_calls,
    of_type,
    outcome,
    reasoning_deltas,
    refusal_deltas,
    share_replay,
    snapshots,
    text_deltas,
)
from rxstream.reactive import (
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
from rxstream.sources import AsyncClient, Client, ResponseStream, from_events, from_openai, from_sse, replay
from rxstream.sse import ServerSentEvent, SSEDecoder

if TYPE_CHECKING:
    from rxstream import simulated

__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "ArgumentsError",
    "AsyncClient",
    "BufferOverflowError",
    "Call",
    "Client",
    "CodeInterpreterCall",
    "ConfigurationError",
    "ConnectionLostError",
    "CustomToolCall",
    "EventParseError",
    "FunctionCall",
    "JSONParseError",
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
    "ProtocolError",
    "Response",
    "ResponseAccumulator",
    "ResponseFailedError",
    "ResponseStream",
    "ResponseStreamError",
    "ResponseStreamEvent",
    "ResponseTimeoutError",
    "RxstreamError",
    "SSEDecoder",
    "SSELimitError",
    "ServerSentEvent",
    "StreamError",
    "StructuredOutputError",
    "ToolError",
    "ToolFailedError",
    "ToolTimeoutError",
    "Transducer",
    "TruncatedStreamError",
    "UnknownEvent",
    "UnknownItem",
    "UnknownPart",
    "UnknownToolError",
    "__version__",
    "accumulate_arguments",
    "accumulate_code",
    "accumulate_custom_tool_input",
    "accumulate_mcp_arguments",
    "accumulate_text",
    "annotations",
    "code_interpreter_calls",
    "collect",
    "collect_now",
    "collect_sync",
    "custom_tool_calls",
    "errors",
    "events",
    "final_response",
    "first",
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
    "lift",
    "mcp_calls",
    "models",
    "of_type",
    "outcome",
    "parse_event",
    "reasoning_deltas",
    "refusal_deltas",
    "replay",
    "share_replay",
    "simulated",
    "snapshots",
    "text_deltas",
]


def __getattr__(name: str) -> Any:
    # Imported when it is asked for: most programs never do.
    if name == "simulated":
        import rxstream.simulated

        return rxstream.simulated
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
