"""Sentences of UAX #29, 5.1, each with the white space after it."""

from __future__ import annotations

from rxstream.segmentation.classes import sentence_classes
from rxstream.segmentation.segmenter import CONFIRMED, CUT, JOINED, OPEN, REFUTED, Segmenter, Verdict

__all__ = ["SentenceSegmenter"]

_PARAGRAPH_ENDS = {"CR", "LF", "Sep"}
_TERMINATORS = {"ATerm", "STerm"}
_TRANSPARENT = {"Extend", "Format"}
_CASED = {"Upper", "Lower"}
_INSIDE, _TERMINATED, _CLOSED, _SPACED, _UNDECIDED, _OVER = range(6)


class SentenceSegmenter(Segmenter):
    """Cuts text into sentences; see :class:`~rxstream.segmentation.Segmenter`.

    White space after a boundary goes with the sentence before it, so that no unit but the first begins with any.

    Raises:
        MissingExtraError: The extra ``text`` is not installed.

    Example:
        >>> sentences = SentenceSegmenter()
        >>> sentences.feed("It is 3.5 km, etc. of road. W") + sentences.feed("ho knows? 好。") + sentences.close()
        ['It is 3.5 km, etc. of road. ', 'Who knows? ', '好。']
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes = sentence_classes()
        self._place = _INSIDE
        self._last = ""  # the class of the last character
        self._left = ""  # that of the last one which SB5 does not look through
        self._is_full_stop = False
        self._is_after_letter = False  # the full stop is

    def look(self, character: str) -> Verdict:
        """Say whether a sentence begins with a character, or began at the place that is open."""
        right = self._classes[character]
        last, self._last = self._last, right
        if right in _TRANSPARENT and last and last not in _PARAGRAPH_ENDS:  # SB5
            self._last = "Sp" if last == "Sp" else right
            return JOINED
        left, self._left = self._left, right
        place = self._place
        if place == _INSIDE:
            self._place = self._after(right, left)
            return JOINED
        if place == _OVER:
            return JOINED if right == "Sp" or right in _PARAGRAPH_ENDS else self._begin(right, CUT)
        if place == _UNDECIDED:
            return self._decide(right)
        return self._after_terminator(right, left)

    def _after(self, right: str, left: str) -> int:
        if right in _TERMINATORS:
            self._is_full_stop = right == "ATerm"
            self._is_after_letter = left in _CASED
            return _TERMINATED
        return _OVER if right in _PARAGRAPH_ENDS else _INSIDE

    def _begin(self, right: str, verdict: Verdict) -> Verdict:
        self._place = self._after(right, "")
        return verdict

    def _decide(self, right: str) -> Verdict:
        """SB8: a letter, a terminator or the end of the paragraph says what the full stop was, however far it is."""
        if right == "Lower":
            return self._begin(right, REFUTED)
        if right in ("Upper", "OLetter") or right in _TERMINATORS or right in _PARAGRAPH_ENDS:
            return self._begin(right, CONFIRMED)
        return JOINED

    def _after_terminator(self, right: str, left: str) -> Verdict:
        place = self._place
        if right == "SContinue" or right in _TERMINATORS or right in _PARAGRAPH_ENDS:  # SB8a to SB10
            return self._begin(right, JOINED)
        if right == "Close" and place != _SPACED:  # SB9
            self._place = _CLOSED
            return JOINED
        if right == "Sp":  # SB10
            self._place = _SPACED
            return JOINED
        if not self._is_full_stop:
            return self._begin(right, CUT)  # SB11
        goes_on = place == _TERMINATED and (right == "Numeric" or (right == "Upper" and self._is_after_letter))
        if goes_on or right == "Lower":  # SB6, SB7, SB8
            return self._begin(right, JOINED)
        if right in ("Upper", "OLetter"):
            return self._begin(right, CUT)
        self._place = _UNDECIDED
        return OPEN
