"""What may be shown of a stream, and when."""

from rxstream.accumulators.moderation.gate import Gate
from rxstream.accumulators.moderation.passage import Excerpt, Passage, Window
from rxstream.accumulators.moderation.speech import KINDS, Kind, Speech

__all__ = ["KINDS", "Excerpt", "Gate", "Kind", "Passage", "Speech", "Window"]
