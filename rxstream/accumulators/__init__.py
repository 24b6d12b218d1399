"""What grows out of events: pure machines, fed one event at a time."""

from rxstream.accumulators.response import ResponseAccumulator

__all__ = ["ResponseAccumulator"]
