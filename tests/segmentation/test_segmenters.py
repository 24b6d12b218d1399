"""Cutting text: the same units however it comes in pieces, as soon as they are sure, in linear time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxstream.segmentation import CharacterSegmenter, LineSegmenter, SentenceSegmenter, WordSegmenter
from tests.segmentation import reference

Make = Callable[[], Any]
REFERENCES: dict[Make, Callable[[str], list[str]]] = {
    CharacterSegmenter: reference.characters_of,
    WordSegmenter: reference.words_of,
    SentenceSegmenter: reference.sentences_of,
    LineSegmenter: reference.lines_of,
}
every_machine = pytest.mark.parametrize("make", REFERENCES)

# One or two characters of every class of the three properties, so that each pair and triple of classes is tried.
TELLING = (
    "aBéǅ1٣.!?… \t\n\r\v\x85\u2028\u3000\u202f'\"’‘“”«,:;·-–()[_\u0308\u200d\u200c\u00ad\u05d0\u05f3カ好。、の한각각"
    "🇩🇪👍🏽❤\ufe0fⓂक\u093f\u094dก\u0e49\u0600\x00"
)
texts = st.text(st.sampled_from(TELLING), max_size=12) | st.text(st.sampled_from("aB1. '\n,"), max_size=20)


def cut(text: str, places: set[int]) -> list[str]:
    """Cut a text at these places, as far as it has them."""
    bounds = sorted({0, len(text), *(place for place in places if place < len(text))})
    return [text[start:end] for start, end in pairwise(bounds)]


def units(make: Make, pieces: list[str]) -> list[str]:
    """What a machine gives for a text in these pieces."""
    machine = make()
    found = [unit for piece in pieces for unit in machine.feed(piece)]
    return [*found, *machine.close()]


@every_machine
@settings(max_examples=400)
@given(text=texts, places=st.sets(st.integers(1, 20), max_size=6))
def test_units_are_those_of_the_whole_text_however_it_is_cut(make: Make, text: str, places: set[int]):
    """Any cut, and each character alone, gives what a reference finds in the whole text; joined, that is the text."""
    expected = REFERENCES[make](text)
    assert units(make, cut(text, places)) == expected
    assert units(make, ["", *text, ""]) == expected
    assert units(make, [text]) == expected
    assert "".join(expected) == text


@every_machine
@given(text=texts, more=texts)
def test_a_unit_that_was_given_cannot_change(make: Make, text: str, more: str):
    """What is given for a prefix is a prefix of what is given for any text that begins with it."""
    given_now = make().feed(text)
    assert units(make, [text + more])[: len(given_now)] == given_now


@pytest.mark.parametrize("make", [CharacterSegmenter, WordSegmenter])
@given(text=texts, more=st.sampled_from(TELLING))
def test_characters_and_words_are_given_with_the_character_that_ends_them(make: Make, text: str, more: str):
    """All units but the last are given at once: nothing that is sure is held back."""
    assert make().feed(text + more) == units(make, [text + more])[:-1]


@given(text=texts)
def test_lines_are_given_with_their_ends(text: str):
    """A line that has an end is given with it; only a carriage return waits for one more character."""
    ended = [line for line in units(LineSegmenter, [text]) if line[-1] in "\r\n"]
    assert LineSegmenter().feed(text) == (ended[:-1] if text.endswith("\r") else ended)


@pytest.mark.parametrize("ending", ["Who", "好", "?", "\n", "(5 W"])
def test_a_sentence_is_given_with_the_character_that_decides(ending: str):
    """After a full stop that is the next letter, terminator or paragraph end; a small letter decides otherwise."""
    machine = SentenceSegmenter()
    assert machine.feed("It is. \u201c5 ") == []
    assert machine.feed(ending[:-1] if ending == "(5 W" else "") == []
    assert machine.feed(ending[-1] if ending == "(5 W" else ending[0]) == ["It is. "]
    assert units(SentenceSegmenter, ["It is. ", "\u201c5 ", "km."]) == ["It is. \u201c5 km."]


@given(text=texts)
def test_no_word_but_the_first_begins_with_white_space(text: str):
    """So no emission is white space alone, but for that at the beginning of the text."""
    assert all(not word[0].isspace() for word in units(WordSegmenter, [text])[1:])


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (CharacterSegmenter, ["g\u0308", "각", "각", "\r\n", "\u0308"]),
        (CharacterSegmenter, ["🇩🇪", "🇫🇷", "🇮", "a", "🇹🇷"]),
        (CharacterSegmenter, ["👨\u200d👩\u200d👧", "👍🏽", "❤\ufe0f", "1\ufe0f\u20e3"]),
        (CharacterSegmenter, ["a\u200d", "👍", "👍\u0308\u200d👍"]),
        (CharacterSegmenter, ["क\u094dष", "क\u094d\u200dष", "क\u093f", "क", "ष"]),
        (CharacterSegmenter, ["\u0600a", "\n", "न\u094dद\u0940"]),
        (WordSegmenter, ["Don't ", "panic ", "(yet)!\n\n", "“3.5 ", "km” ", "isn’t ", "far"]),
        (WordSegmenter, ["  ", "1,234.56 ", "x.y ", "a.", "1, ", "snake_case ", "- ", "dash"]),
        (WordSegmenter, ["你", "好,", "世", "界。", "カタカナ", "と", "「日", "本」"]),
        (WordSegmenter, ["한국어 ", "띄어쓰기"]),
        (WordSegmenter, ["ส", "วั", "ส", "ดี"]),
        (WordSegmenter, ['צה"ל ', "ג'ירפה"]),
        (WordSegmenter, ["Great ", "👍🏽 ", "🇩🇪 ", "[link]", "(https://", "a.b/", "c)"]),
        (WordSegmenter, ["can\u0308'\u0308t ", "e\u0301 ", "10\u202f000"]),
        (SentenceSegmenter, ["He said “Are you going?” ", "John shook his head."]),
        (SentenceSegmenter, ["Mr. ", "Hamster is 3.5 cm long, etc. and U.S.A. ", "It is.\n\n", "Next line\n", "End"]),
        (SentenceSegmenter, ["“(What?!)” ", "he said. ", "(“Ok.”) 5 apples. ", "好。", "世界！", "はい"]),
        (SentenceSegmenter, ["c.d etc. ‘(the’ end. ", "‘(Other’ end"]),
        (SentenceSegmenter, ["No… really. ", "1. ", "One\n", "2. ", "Two"]),
        (SentenceSegmenter, [" \n ", "Lead.\r\n  ", "It\u2029", "Is"]),
        (LineSegmenter, ["\n", "a\r\n", "\r", "\r", "b\x0bc\u2028d\n", "\n", "e"]),
    ],
)
def test_units_as_unicode_means_them(make: Make, expected: list[str]):
    """Examples of the kinds that UAX #29 speaks of, whole and character by character."""
    text = "".join(expected)
    assert units(make, [text]) == expected
    assert units(make, list(text)) == expected


@every_machine
@pytest.mark.parametrize(
    "pattern",
    ["a", "1.", "a.'", "\u0308", "🇩", "a\u200d", "? ", ". '", "'", " ", "\n", "\r", "ᄀ", "👍\u200d", "क\u094d"],
)
def test_the_work_for_a_text_is_linear_in_its_length(make: Make, pattern: str):
    """Four times the text, without an end of a unit in it, takes four times the steps, which are counted."""
    work = [_steps(make, pattern, length) for length in (1000, 4000)]
    assert work[1] <= 4.5 * work[0] + 50


def _steps(make: Make, pattern: str, length: int) -> int:
    machine = make()
    steps = 0

    def count(frame: Any, event: str, argument: Any) -> Any:
        nonlocal steps
        steps += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        for character in pattern * (length // len(pattern)):
            machine.feed(character)
        machine.close()
    finally:
        sys.settrace(before)
    return steps


def test_the_machines_for_lines_and_the_package_need_no_extra():
    """``import rxstream`` does not import ``regex``, and ``lines()`` works where it is missing."""
    code = (
        "import sys; sys.modules['regex'] = None\n"
        "import rxstream\n"
        "assert rxstream.collect_now(rxstream.lines(), ['a\\nb']) == ['a\\n', 'b']\n"
        "makers = [rxstream.words, rxstream.sentences]\n"
        "units = ['char', 'word', 'sentence']\n"
        "makers += [lambda unit=unit: rxstream.smooth(unit=unit, per_second=1) for unit in units]\n"
        "for make in makers:\n"
        "    try:\n"
        "        make()\n"
        "    except rxstream.MissingExtraError as error:\n"
        "        assert error.extra == 'text' and 'rxstream[text]' in str(error)\n"
        "    else:\n"
        "        raise AssertionError(make)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
