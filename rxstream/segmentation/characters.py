"""Characters as readers see them: extended grapheme clusters, UAX #29, 3.1."""

from __future__ import annotations

from rxstream.segmentation.classes import OTHER, character_classes
from rxstream.segmentation.segmenter import CUT, JOINED, Segmenter, Verdict

__all__ = ["CharacterSegmenter"]

_CONTROL = {"CR", "LF", "Control"}
_EXTEND = {"Extend", "IndicExtend", "Linker"}
_LINKERS = {"Linker", "SeparateLinker"}
_TRAILING = {*_EXTEND, "ZWJ", "SpacingMark"}
_PAIRS = {
    ("CR", "LF"),
    *((left, right) for left in ("L",) for right in ("L", "V", "LV", "LVT")),
    *((left, right) for left in ("LV", "V") for right in ("V", "T")),
    *((left, "T") for left in ("LVT", "T")),
}


class CharacterSegmenter(Segmenter):
    """Cuts text into characters; see :class:`~rxstream.segmentation.Segmenter`.

    Raises:
        MissingExtraError: The extra ``text`` is not installed.

    Example:
        >>> characters = CharacterSegmenter()
        >>> characters.feed("ab") + characters.feed("\\u0308c") + characters.close() == ["a", "b\\u0308", "c"]
        True
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes = character_classes()
        self._left = "Control"
        self._conjunct = 0  # 1: a consonant has come, 2: and a linker after it
        self._picture = 0  # 1: a pictograph has come, 2: and a joiner after it
        self._is_half_flag = False

    def look(self, character: str) -> Verdict:
        """Say whether a unit begins with a character."""
        left, right = self._left, self._classes[character]
        self._left = right
        if left is OTHER and right is OTHER:
            return CUT
        is_joined = self._joins(right)
        if left in _CONTROL or right in _CONTROL:  # GB4, GB5
            is_joined = False
        elif right in _TRAILING or left == "Prepend":  # GB9, GB9a, GB9b
            is_joined = True
        return JOINED if is_joined or (left, right) in _PAIRS else CUT  # GB3, GB6 to GB8

    def _joins(self, right: str) -> bool:
        """Follow the sequences that are longer than two; say whether the character ends one."""
        joins = (
            (self._conjunct == 2 and right == "Consonant")  # GB9c
            or (self._picture == 2 and right == "Pictograph")  # GB11
            or (self._is_half_flag and right == "Regional_Indicator")  # GB12, GB13
        )
        self._is_half_flag = right == "Regional_Indicator" and not self._is_half_flag
        if right == "Consonant":
            self._conjunct = 1
        elif right in _LINKERS:
            self._conjunct = 2 if self._conjunct else 0
        elif right not in ("IndicExtend", "ZWJ"):
            self._conjunct = 0
        if right == "Pictograph":
            self._picture = 1
        elif right == "ZWJ":
            self._picture = 2 if self._picture == 1 else 0
        elif right not in _EXTEND or self._picture == 2:
            self._picture = 0
        return joins
