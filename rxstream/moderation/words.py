"""A check for words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from rxstream.accumulators.moderation import Excerpt
from rxstream.moderation.verdict import Verdict

__all__ = ["word_check"]

_PASSED = Verdict(flagged=False)


def word_check(words: Iterable[str | re.Pattern[str]]) -> Callable[[str], Verdict]:
    """Make a check that flags words, phrases and patterns.

    Words are found whole and whatever their case: ``"ass"`` is not in ``"class"``, also where a window of
    :func:`~rxstream.moderate` begins or ends inside ``"class"``. Whitespace in a phrase stands for any whitespace.
    Compiled patterns are searched for as they are; they see one character beside a window, and are right for scripts
    that put no spaces between words. What is longer than half a window may be missed.

    Args:
        words: Words, phrases, or compiled patterns.

    Returns:
        A check for :func:`~rxstream.moderate`; the categories of its verdict are the words and patterns that it found,
        and its spans say where.

    Raises:
        TypeError: One of them is something else, or there is one string instead of several.
        ValueError: There are none, or one is empty.

    Example:
        >>> check = word_check(["ass", re.compile("bad(ly)? said", re.IGNORECASE)])
        >>> check("Class dismissed").flagged, check("Badly said, Ass!").categories
        (False, ('ass', 'bad(ly)? said'))
    """
    if isinstance(words, (str, re.Pattern)):
        raise TypeError(f"expected several words, as [{words!r:.60}], but got one")
    rules = [(word, _compiled(word)) for word in words]
    if not rules:
        raise ValueError("expected words to check for, but got none")

    def check(text: str) -> Verdict:
        before, after = (text.before, text.after) if isinstance(text, Excerpt) else ("", "")
        whole, start, end = f"{before}{text}{after}", len(before), len(before) + len(text)
        found: list[str] = []
        spans: list[tuple[int, int]] = []
        for word, pattern in rules:
            before_it = len(spans)
            places = (_words if isinstance(word, str) else _matches)(pattern, whole, start, end)
            spans.extend((first - start, last - start) for first, last in places)
            if len(spans) > before_it:
                found.append(word if isinstance(word, str) else word.pattern)
        return Verdict(flagged=True, categories=tuple(found), spans=tuple(sorted(spans))) if found else _PASSED

    return check


def _words(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the matches between ``start`` and ``end``; one that reaches over is whole in the next window."""
    return (match.span() for match in pattern.finditer(text, start) if match.end() <= end)


def _matches(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give what of each match is between ``start`` and ``end``; many a pattern reaches as far as it can."""
    for match in pattern.finditer(text):
        first, last = max(match.start(), start), min(match.end(), end)
        if first < last:
            yield first, last


def _compiled(word: object) -> re.Pattern[str]:
    if isinstance(word, re.Pattern):
        pattern = cast("re.Pattern[Any]", word)
        if not isinstance(pattern.pattern, str):
            raise TypeError(f"expected patterns of text, but got one of bytes: {pattern!r:.60}")
        return pattern
    if not isinstance(word, str):
        raise TypeError(f"expected words to be strings or compiled patterns, but got {word!r:.60}")
    phrase = r"\s+".join(map(re.escape, word.split()))
    if not phrase:
        raise ValueError(f"expected words that are not empty, but got {word!r}")
    return re.compile(rf"(?<!\w){phrase}(?!\w)", re.IGNORECASE)
