"""What grows out of events: pure machines, fed one event at a time."""

from rxstream.accumulators.annotations import AnnotationAccumulator
from rxstream.accumulators.call_accumulator import CallAccumulator
from rxstream.accumulators.calls import (
    Call,
    CodeInterpreterCall,
    CustomToolCall,
    FunctionCall,
    McpToolCall,
)
from rxstream.accumulators.latency import Latency, LatencyAccumulator
from rxstream.accumulators.outcome import Outcome, OutcomeAccumulator, OutcomeStatus
from rxstream.accumulators.response import ResponseAccumulator
from rxstream.accumulators.text import TextAccumulator

__all__ = [
    "AnnotationAccumulator",
    "Call",
    "CallAccumulator",
    "CodeInterpreterCall",
    "CustomToolCall",
    "FunctionCall",
    "Latency",
    "LatencyAccumulator",
    "McpToolCall",
    "Outcome",
    "OutcomeAccumulator",
    "OutcomeStatus",
    "ResponseAccumulator",
    "TextAccumulator",
]
