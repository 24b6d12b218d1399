"""Cutting text that comes in pieces: pure machines, whose output does not depend on where the pieces were cut.

Characters, words and sentences are those of Unicode Standard Annex #29; what a character is to its rules is looked up
in the package ``regex``, of the extra ``text``.
"""

from rxstream.segmentation.characters import CharacterSegmenter
from rxstream.segmentation.lines import LineSegmenter
from rxstream.segmentation.segmenter import Segmenter
from rxstream.segmentation.sentences import SentenceSegmenter
from rxstream.segmentation.words import WordSegmenter

__all__ = ["CharacterSegmenter", "LineSegmenter", "Segmenter", "SentenceSegmenter", "WordSegmenter"]
