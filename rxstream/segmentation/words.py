"""Words for readers, out of the words of UAX #29, 4.1."""

from __future__ import annotations

from unicodedata import category

from rxstream.segmentation.classes import OTHER, pictographs, word_classes
from rxstream.segmentation.segmenter import CUT, JOINED, Segmenter, Verdict

__all__ = ["WordSegmenter"]

_LINE_ENDS = {"CR", "LF", "Newline"}
_TRANSPARENT = {"Extend", "Format", "ZWJ"}
_LETTERS = ("ALetter", "Hebrew_Letter")
_WORDLIKE = {*_LETTERS, "Numeric", "Katakana", "ExtendNumLet"}
_BETWEEN_LETTERS = {"MidLetter", "MidNumLet", "Single_Quote"}
_BETWEEN_DIGITS = {"MidNum", "MidNumLet", "Single_Quote"}
_PAIRS = {
    *((left, right) for left in (*_LETTERS, "Numeric") for right in (*_LETTERS, "Numeric")),  # WB5, WB8 to WB10
    ("Katakana", "Katakana"),  # WB13
    *((left, "ExtendNumLet") for left in _WORDLIKE),  # WB13a
    *(("ExtendNumLet", right) for right in _WORDLIKE),  # WB13b
}


class WordSegmenter(Segmenter):
    """Cuts text into words with what readers see as theirs; see :class:`~rxstream.segmentation.Segmenter`.

    Of the boundaries of UAX #29 those count that are after white space, before a word where the unit has one, or before
    an opening bracket or quotation mark where the unit has a word.

    Raises:
        MissingExtraError: The extra ``text`` is not installed.

    Example:
        >>> words = WordSegmenter()
        >>> words.feed("Don't panic (y") + words.feed("et)! 你好。") + words.close()
        ["Don't ", 'panic ', '(yet)! ', '你', '好。']
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes = word_classes()
        self._pictographs = pictographs()
        self._last = ""  # the class of the last character
        self._left = ""  # that of the last one which WB4 does not look through, and of the one before it
        self._before = ""
        self._is_spaced = False
        self._has_word = False

    def look(self, character: str) -> Verdict:
        """Say whether a unit begins with a character."""
        right = self._classes[character]
        last, self._last = self._last, right
        if right in _TRANSPARENT and last and last not in _LINE_ENDS:  # WB4
            self._is_spaced = False
            return JOINED
        is_spaced, self._is_spaced = self._is_spaced, character.isspace()
        is_joined = self._is_joined(last, right, character)
        self._before, self._left = self._left, right
        is_wordlike = right in _WORDLIKE or (right is OTHER and character.isalnum())
        if is_joined:
            self._has_word = self._has_word or is_wordlike
            return JOINED
        if is_spaced:
            begins = not self._is_spaced
        else:
            begins = self._has_word and (is_wordlike or (right is OTHER and category(character) in ("Ps", "Pi")))
        self._has_word = is_wordlike or (self._has_word and not begins)
        return CUT if begins else JOINED

    def _is_joined(self, last: str, right: str, character: str) -> bool:
        """Say whether UAX #29 sees no boundary here, as far as a unit could begin.

        Before a mark inside a word (WB6, WB7b, WB12) none could, whatever follows the mark. Nor could one between the
        halves of a flag (WB15, WB16), which are no words.
        """
        left, before = self._left, self._before
        if last in _LINE_ENDS:
            return False  # WB3a
        if last == "ZWJ" and self._pictographs[character] is not OTHER:
            return True  # WB3c
        return (
            (left, right) in _PAIRS
            or (left in _BETWEEN_LETTERS and before in _LETTERS and right in _LETTERS)  # WB7
            or (left == "Double_Quote" and before == right == "Hebrew_Letter")  # WB7c
            or (left in _BETWEEN_DIGITS and before == right == "Numeric")  # WB11
        )
