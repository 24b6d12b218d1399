"""What may be shown of a stream, and when."""

from rxstream.accumulators.moderation.gate import Gate
from rxstream.accumulators.moderation.passage import Excerpt, Passage, Span, Window
from rxstream.accumulators.moderation.speech import KINDS, Kind, Speech
from rxstream.accumulators.moderation.telling_errors import event_of_error, retold

__all__ = ["KINDS", "Excerpt", "Gate", "Kind", "Passage", "Span", "Speech", "Window", "event_of_error", "retold"]
