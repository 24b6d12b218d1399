"""What a character is to the rules of segmentation, from the package ``regex``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from rxstream.errors import MissingExtraError

__all__ = ["OTHER", "CharacterClasses", "character_classes", "pictographs", "sentence_classes", "word_classes"]

OTHER = "Other"


class CharacterClasses(dict[str, str]):
    """The class of each character, looked up once; :data:`OTHER` for one of none.

    Args:
        patterns: The name of each class, and a pattern of ``regex`` for its characters; the first that fits counts.

    Raises:
        MissingExtraError: The package ``regex`` is not installed.
    """

    def __init__(self, patterns: dict[str, str]) -> None:
        super().__init__()
        try:
            regex: Any = import_module("regex")
        except ImportError as error:
            raise MissingExtraError("cutting text into characters, words or sentences", "text", "regex") from error
        self._names = tuple(patterns)
        self._match = regex.compile("|".join(f"({pattern})" for pattern in patterns.values())).match

    def __missing__(self, character: str) -> str:
        found = self._match(character)
        self[character] = self._names[found.lastindex - 1] if found else OTHER
        return self[character]


def _by_property(name: str, *values: str) -> CharacterClasses:
    return CharacterClasses({value: rf"\p{{{name}={value}}}" for value in values})


@cache
def character_classes() -> CharacterClasses:
    """Return the classes of UAX #29, 3.1: Grapheme_Cluster_Break, with what GB9c and GB11 ask for beside it."""
    plain = ("CR", "LF", "Control", "ZWJ", "Regional_Indicator", "Prepend", "L", "V", "T", "LV", "LVT")
    return CharacterClasses(
        {
            "Linker": r"(?:\p{InCB=Linker}(?<=\p{GCB=Extend}))",
            "SeparateLinker": r"\p{InCB=Linker}",
            "IndicExtend": r"(?:\p{InCB=Extend}(?<=\p{GCB=Extend}))",
            "Extend": r"\p{GCB=Extend}",
            "SpacingMark": r"\p{GCB=SpacingMark}",
            **{value: rf"\p{{GCB={value}}}" for value in plain},
            "Pictograph": r"\p{ExtPict}",
            "Consonant": r"\p{InCB=Consonant}",
        }
    )


@cache
def word_classes() -> CharacterClasses:
    """Return the classes of UAX #29, 4.1: Word_Break."""
    return _by_property(
        "WB", "ALetter", "WSegSpace", "Numeric", "Extend", "Format", "ZWJ", "CR", "LF", "Newline", "Hebrew_Letter",
        "Katakana", "ExtendNumLet", "MidLetter", "MidNum", "MidNumLet", "Single_Quote", "Double_Quote",
    )  # fmt: skip


@cache
def pictographs() -> CharacterClasses:
    """Return the class that WB3c asks for: a letter may be in it too."""
    return CharacterClasses({"Pictograph": r"\p{ExtPict}"})


@cache
def sentence_classes() -> CharacterClasses:
    """Return the classes of UAX #29, 5.1: Sentence_Break."""
    return _by_property(
        "SB", "Lower", "Upper", "OLetter", "Sp", "Numeric", "Close", "SContinue", "ATerm", "STerm", "Extend", "Format",
        "CR", "LF", "Sep",
    )  # fmt: skip
