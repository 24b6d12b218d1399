"""``Passage``: which windows are cut of a text, and what is decided by them."""

from __future__ import annotations

import itertools

import pytest

from rxstream.accumulators.moderation.passage import Excerpt, Passage, Window
from rxstream.accumulators.versioned import mend

HIGHS, LOWS = ("\ud800", "\ud83d", "\udbff"), ("\udc00", "\ude00", "\udfff")
LETTERS = ("a", "é", "\ud7ff", "\ue000")


def is_pair(text: str, place: int) -> bool:
    """Whether the halves of a character stand on both sides of a place."""
    return text[place - 1 : place] in HIGHS and text[place : place + 1] in LOWS


def told(window: Window) -> tuple[int, int, str, str, str]:
    """Where a window is, what it shows, and what stands beside it."""
    return window.start, window.end, window.excerpt, window.excerpt.before, window.excerpt.after


def expected(text: str, size: int) -> list[tuple[int, int, str, str, str]]:
    """What the windows of a text are, by the rule that ``Passage`` states."""
    ends: list[tuple[int, int]] = []
    at = covered = 0
    while (end := at + size + is_pair(text, at + size)) < len(text):
        ends.append((at - is_pair(text, at), end))
        at, covered = at + max(1, size // 2), end
    if len(text) > covered:
        ends.append((at - is_pair(text, at), len(text)))
    return [(start, end, mend(text[start:end]), mend(text[:start])[-1:], mend(text[end:])[:1]) for start, end in ends]


def cut(text: str, size: int, piece: int) -> list[Window]:
    """The windows of a text that comes in pieces of one length and ends."""
    passage = Passage(size)
    windows: list[Window] = []
    for at in range(0, len(text), piece):
        windows += passage.append(text[at : at + piece])
    return windows + passage.finish()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("piece", [1, 2, 3, 100])
def test_windows_begin_at_each_half_of_one_and_part_no_character(size: int, piece: int):
    """The rule, on texts of letters, whole characters and every half next to every other."""
    texts = ["", "a", "ab", "abcdefghijklm", "a😀b😀😀cd😀", "é" * 12]
    odd = (*HIGHS, *LOWS, *LETTERS)
    texts += [f"x{one}{other}yz{one}{other}{one}b" for one, other in itertools.product(odd, odd)]
    for text in texts:
        windows, rule = list(map(told, cut(text, size, piece))), expected(text, size)
        assert [window[:4] for window in windows] == [window[:4] for window in rule], ascii(text)
        for (*_, after), (_, end, *_, whole) in zip(windows, rule, strict=True):
            # Of a character that comes in halves, the first is there when a window before it is cut.
            assert after == whole or (piece < len(text) and is_pair(text, end + 1) and after == text[end]), ascii(text)


def test_a_window_is_cut_with_the_character_after_it():
    """Not before, and not later."""
    passage = Passage(4)
    assert passage.append("abcd") == []
    assert list(map(told, passage.append("e"))) == [(0, 4, "abcd", "", "e")]
    assert list(map(told, passage.append("fg"))) == [(2, 6, "cdef", "b", "g")]
    assert list(map(told, passage.finish())) == [(4, 7, "efg", "d", "")]
    assert passage.finish() == []


def test_a_text_may_go_on_after_its_end_before_that_is_decided():
    """What was cut then waits for its check; the rest is cut anew."""
    passage = Passage(8)
    passage.append("ab")
    [window] = passage.finish()
    assert passage.append("cd") == []
    passage.decide(window, flagged=False)
    assert passage.decided == 0
    [window] = passage.finish()
    assert (told(window), passage.decided) == ((0, 4, "abcd", "", ""), 0)
    passage.decide(window, flagged=False)
    assert (passage.decided, passage.text, passage.finished) == (4, "abcd", True)


def test_what_is_decided_ends_where_the_first_window_begins_that_is_not():
    """Whatever the order of the answers."""
    passage = Passage(4)
    windows = passage.append("abcdefghij") + passage.finish()
    assert [(window.start, window.end) for window in windows] == [(0, 4), (2, 6), (4, 8), (6, 10)]
    seen = []
    for place in (1, 0, 3, 2):
        passage.decide(windows[place], flagged=False)
        seen.append(passage.decided)
    assert seen == [0, 4, 4, 10]
    assert passage.replaced == []


def test_flagged_places_are_joined_where_they_touch():
    """And told as places in a part of the text."""
    passage = Passage(4)
    windows = passage.append("abcdefghijkl") + passage.finish()
    passage.decide(windows[0], flagged=True, spans=[(0, 2)])
    passage.decide(windows[1], flagged=True, spans=[(0, 1), (2, 3)])
    passage.decide(windows[2], flagged=False)
    passage.decide(windows[3], flagged=False)
    passage.decide(windows[4], flagged=True)
    assert passage.replaced == [(0, 3), (4, 5), (8, 12)]
    assert passage.replaced_in(0, 12) == [(0, 3), (4, 5), (8, 12)]
    assert passage.replaced_in(1, 4) == [(-1, 2)]
    assert passage.replaced_in(3, 4) == []
    assert passage.replaced_in(2, 9) == [(-2, 1), (2, 3), (6, 7)]
    assert passage.replaced_in(5, 8) == []


def test_places_in_an_excerpt_with_a_mended_character_are_those_of_the_whole_window():
    """The excerpt is shorter there than the text."""
    passage = Passage(8)
    [window] = passage.append("a\ud83d\ude00bc") + passage.finish()
    passage.decide(window, flagged=True, spans=[(1, 2)])
    assert window.runs == [(0, 5)]


def test_the_first_window_that_bars_is_the_bar():
    """What begins at it or after it needs no check any more."""
    passage = Passage(4)
    windows = passage.append("abcdefghij") + passage.finish()
    assert all(map(passage.needs, windows))
    assert passage.is_waiting
    passage.stop_at(windows[2])
    passage.stop_at(windows[3])
    assert passage.bar is windows[2]
    passage.stop_at(windows[1])
    assert passage.bar is windows[1]
    assert [passage.needs(window) for window in windows] == [True, False, False, False]
    passage.decide(windows[0], flagged=False)
    assert not passage.is_waiting
    assert passage.decided == 2


def test_of_two_windows_that_begin_together_the_first_that_bars_is_the_bar():
    """As of a text that went on after its end."""
    passage = Passage(8)
    passage.append("ab")
    [first] = passage.finish()
    passage.append("cd")
    [second] = passage.finish()
    assert first.start == second.start
    passage.stop_at(first)
    passage.stop_at(second)
    assert passage.bar is first


def test_an_excerpt_that_stands_alone_has_nothing_beside_it():
    """As it is for a whole text."""
    assert (Excerpt("ass").before, Excerpt("ass").after) == ("", "")
    [window] = cut("ass", 8, 3)
    assert (window.excerpt.before, window.excerpt.after) == ("", "")


@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_a_text_that_begins_and_ends_with_half_a_character_is_cut_like_any_other(size: int):
    """The two halves do not belong together."""
    text = f"{LOWS[1]}abc{HIGHS[1]}"
    for piece in (1, 100):
        assert list(map(told, cut(text, size, piece))) == expected(text, size)


@pytest.mark.parametrize(
    ("spans", "joined"),
    [
        ([(2, 4), (0, 2)], [(0, 4)]),
        ([(2, 6), (1, 4)], [(1, 6)]),
        ([(1, 2), (5, 6), (0, 8)], [(0, 8)]),
        ([(4, 5), (0, 2)], [(0, 2), (4, 5)]),
    ],
)
def test_a_check_may_name_places_in_any_order(spans: list[tuple[int, int]], joined: list[tuple[int, int]]):
    """They are joined all the same where they touch or overlap."""
    passage = Passage(8)
    passage.append("abcdefgh")
    [window] = passage.finish()
    passage.decide(window, flagged=True, spans=spans)
    assert passage.replaced == joined
