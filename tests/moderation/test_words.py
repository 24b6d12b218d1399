"""A check for words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream import word_check
from rxstream.accumulators.moderation import Excerpt
from tests.laws.registry import law


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        (["ass"], "What an Ass!", ("ass",)),
        (["ass"], "class, assume, bass", ()),
        (["ass"], "ass", ("ass",)),
        (["bad idea"], "a BAD\n  idea.", ("bad idea",)),
        (["bad idea"], "a bad ideal", ()),
        (["c++", "$$$"], "I like C++, and $$$", ("c++", "$$$")),
        (["straße"], "Die STRASSE, die Straße", ("straße",)),
        (["a.b"], "axb", ()),
        ([re.compile("坏话")], "他说坏话了", ("坏话",)),
        ([re.compile("bad")], "BAD", ()),
        ([re.compile("b+ad", re.IGNORECASE)], "xBBADx", ("b+ad",)),
        ([re.compile("x*")], "no such letter", ()),
    ],
)
def test_words_are_found_whole_and_patterns_as_they_are(words: list[Any], text: str, found: tuple[str, ...]):
    """Words whatever their case and between no letters; patterns are searched for as they were compiled."""
    verdict = word_check(words)(text)
    assert (verdict.flagged, verdict.categories) == (bool(found), found)


@pytest.mark.parametrize(
    ("excerpt", "flagged"),
    [
        (Excerpt("ass", before="l"), False),
        (Excerpt("ass", after="u"), False),
        (Excerpt("ass", before=" ", after="."), True),
        (Excerpt("as", after="s"), False),  # whole in the next window
        (Excerpt("dumb as", after="s"), False),
    ],
)
def test_a_window_that_begins_or_ends_inside_a_word_is_judged_by_what_stands_beside_it(excerpt: Excerpt, flagged: bool):
    """The character before and after tells whether a word is whole."""
    assert bool(word_check(["ass"])(excerpt)) == flagged


def test_a_pattern_that_reaches_over_the_window_is_found():
    """``bad.*`` always takes the character after the window along."""
    assert word_check([re.compile("bad.*")])(Excerpt("so bad it", after="s"))


def test_a_match_beside_the_window_is_another_windows_business():
    """A pattern that matches in the character before alone does not flag the window."""
    assert not word_check([re.compile("x")])(Excerpt("yyy", before="x", after="x"))


@law
@given(st.data())
def test_a_word_is_found_in_the_windows_if_and_only_if_it_is_in_the_text(data: st.DataObject):
    """Cut into windows of twice the longest word and more, with what stands beside them, nothing else comes out."""
    text = data.draw(st.text("abs .", max_size=40))
    words = data.draw(st.lists(st.text("abs", min_size=1, max_size=4), min_size=1, max_size=3))
    check, window = word_check(words), data.draw(st.integers(8, 12))
    starts = range(0, max(1, len(text)), window // 2)
    excerpts = [
        Excerpt(text[at : at + window], before=text[max(0, at - 1) : at], after=text[at + window : at + window + 1])
        for at in starts
    ]
    in_windows = {word for excerpt in excerpts for word in check(excerpt).categories}
    assert in_windows == set(check(text).categories)


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        ("ass", TypeError, "expected several words"),
        (re.compile("a"), TypeError, "expected several words"),
        ([], ValueError, "but got none"),
        ([" "], ValueError, "not empty"),
        ([3], TypeError, "strings or compiled patterns, but got 3"),
        ([re.compile(b"a")], TypeError, "but got one of bytes"),
    ],
)
def test_what_are_no_words_is_refused(words: Any, error: type[Exception], message: str):
    """At the call, not at the first text."""
    with pytest.raises(error, match=message):
        word_check(words)
