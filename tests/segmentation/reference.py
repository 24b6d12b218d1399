"""Segmentation of a whole text at once, to hold the machines against: by ``uniseg``, and by the rules as written.

``uniseg`` passes Unicode's own tests of UAX #29. For sentences it looks ahead less far than rule SB8 says; here that
rule stands as in the annex.
"""

from __future__ import annotations

import re
from itertools import pairwise
from unicodedata import category

from uniseg.graphemecluster import grapheme_clusters
from uniseg.sentencebreak import sentence_break
from uniseg.wordbreak import word_break, words

__all__ = ["characters_of", "lines_of", "sentences_of", "words_of"]

_LETTER = {
    "Lower": "l", "Upper": "u", "OLetter": "o", "Numeric": "n", "ATerm": ".", "STerm": "!", "Close": "c", "Sp": "s",
    "Sep": "p", "CR": "r", "LF": "f", "SContinue": "k", "Extend": "e", "Format": "e",
}  # fmt: skip
_WORDLIKE = {"ALetter", "Hebrew_Letter", "Numeric", "Katakana", "ExtendNumLet"}


def characters_of(text: str) -> list[str]:
    """The grapheme clusters of a text."""
    return list(grapheme_clusters(text))


def lines_of(text: str) -> list[str]:
    """The lines of a text, with their ends."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def words_of(text: str) -> list[str]:
    """The words of a text, put together out of UAX #29's as the operator says."""
    found: list[str] = []
    has_word = False
    for segment in words(text):
        if not found or _begins(found[-1], segment, has_word):
            found.append("")
            has_word = False
        found[-1] += segment
        has_word = has_word or any(map(_is_wordlike, segment))
    return found


def _begins(before: str, segment: str, has_word: bool) -> bool:
    if before[-1].isspace():
        return not segment[0].isspace()
    opens = category(segment[0]) in ("Ps", "Pi") and word_break(segment[0]).value == "Other"
    return has_word and (_is_wordlike(segment[0]) or opens)


def _is_wordlike(character: str) -> bool:
    return word_break(character).value in _WORDLIKE or character.isalnum()


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, each with the white space after it."""
    classes = "".join(_LETTER.get(sentence_break(character).value, "x") for character in text)
    bounds = [0, *(place for place in range(1, len(text)) if _is_boundary(classes[:place], classes[place:])), len(text)]
    found: list[str] = []
    for start, end in pairwise(bounds):
        white = re.match(r"(?:se*|[prf])*", classes[start:end])
        assert white is not None
        first = start + (white.end() if found else 0)
        if found:
            found[-1] += text[start:first]
        if text[first:end]:
            found.append(text[first:end])
    return found


def _is_boundary(before: str, after: str) -> bool:
    if before.endswith("r") and after.startswith("f"):  # SB3
        return False
    if before[-1] in "prf":  # SB4
        return True
    if after[0] == "e":  # SB5
        return False
    before, after = (re.sub(r"([^prf])e+", r"\1", part) for part in (before, after))
    kept_together = (
        ("[.]$", "n"),  # SB6
        ("[ul][.]$", "u"),  # SB7
        ("[.]c*s*$", "[^oluprf.!]*l"),  # SB8
        ("[.!]c*s*$", "[k.!]"),  # SB8a
        ("[.!]c*$", "[csprf]"),  # SB9
        ("[.!]c*s*$", "[sprf]"),  # SB10
    )
    if any(re.search(left, before) and re.match(right, after) for left, right in kept_together):
        return False
    return re.search("[.!]c*s*[prf]?$", before) is not None  # SB11, SB998
