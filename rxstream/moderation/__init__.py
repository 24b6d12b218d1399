"""Ready checks for :func:`~rxstream.moderate`, and what a check takes and says."""

from rxstream.accumulators.moderation import Excerpt
from rxstream.moderation.api import moderation_check
from rxstream.moderation.verdict import Verdict
from rxstream.moderation.words import word_check

__all__ = ["Excerpt", "Verdict", "moderation_check", "word_check"]
