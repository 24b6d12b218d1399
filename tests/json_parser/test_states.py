"""The parser, one character at a time, and what it says of itself."""

from __future__ import annotations

import string
from typing import Any

import pytest

from rxstream.errors import JSONParseError
from rxstream.json_parser import PartialJSONParser, Patch

WHITE = " \t\n\r"
VALUE = WHITE + '"{[-0123456789tfn'
CHARACTERS = [chr(code) for code in range(128)]

NEXT = {
    "": VALUE,
    " ": VALUE,
    "[": VALUE + "]",
    "[ ": VALUE + "]",
    "[1,": VALUE,
    '["a"': WHITE + ",]",
    "[[]": WHITE + ",]",
    "[{}": WHITE + ",]",
    "[true": WHITE + ",]",
    "{": WHITE + '"}',
    "{ ": WHITE + '"}',
    '{"a"': WHITE + ":",
    '{"a":': VALUE,
    '{"a": ': VALUE,
    '{"a":"b"': WHITE + ",}",
    '{"a":[]': WHITE + ",}",
    '{"a":{}': WHITE + ",}",
    '{"a":null': WHITE + ",}",
    '{"a":1,': WHITE + '"',
    '{"a":1, ': WHITE + '"',
    "{}": WHITE,
    '"a"': WHITE,
    '"\\': '"\\/bfnrtu',
    '"\\u': string.hexdigits,
    '"\\u00e': string.hexdigits,
    '{"\\': '"\\/bfnrtu',
}
"""What RFC 8259 allows to come next."""


@pytest.mark.parametrize("in_one", [True, False], ids=["in one fragment", "in two"])
@pytest.mark.parametrize("begun", NEXT, ids=repr)
def test_the_next_character_is_the_one_that_the_grammar_allows(begun: str, in_one: bool) -> None:
    """Each ASCII character, in each state; a refused one is named with its place."""
    errors = {}
    for character in CHARACTERS:
        parser = PartialJSONParser()
        try:
            if not in_one:
                parser.feed(begun)
            parser.feed(begun + character if in_one else character)
        except JSONParseError as error:
            errors[character] = error
    assert list(errors) == [character for character in CHARACTERS if character not in NEXT[begun]]
    if "\\" not in begun:  # of an escape the offset is where it begins
        for character, error in errors.items():
            assert (error.offset, error.found) == (len(begun), character)


def test_one_level_is_the_least_depth() -> None:
    """It allows lists of scalars."""
    parser = PartialJSONParser(max_depth=1)
    parser.feed("[1, 2]")
    assert parser.close() == [1, 2]
    with pytest.raises(JSONParseError, match="nested at most 1 deep"):
        PartialJSONParser(max_depth=1).feed("[[")


def test_two_hundred_levels_are_the_default() -> None:
    """One more is refused where it begins."""
    parser = PartialJSONParser()
    parser.feed("[" * 199)
    with pytest.raises(JSONParseError, match="nested at most 200 deep") as raised:
        parser.feed("[[")
    assert (raised.value.offset, raised.value.found) == (200, "[")


def test_what_is_found_is_told_in_twenty_characters() -> None:
    """A fragment may be large, and its beginning says enough."""
    with pytest.raises(JSONParseError) as raised:
        PartialJSONParser().feed("x" * 30)
    assert raised.value.found == "x" * 20


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        ("", "a value"),
        ("[", "a value or ']'"),
        ("[ ", "a value or ']'"),
        ("[1, ", "a value"),
        ("[1 ", "',' or ']'"),
        ("[tru", "',' or ']'"),
        ('["a', "the end of the string"),
        ("{", "a key in double quotes or '}'"),
        ('{"a": 1, ', "a key in double quotes"),
        ('{"a', "the end of the string"),
        ('{"a"', "':'"),
        ('{"a": 1 ', "',' or '}'"),
        ('"a', "the end of the string"),
    ],
)
def test_at_the_end_of_a_text_what_was_to_come_is_told(begun: str, expected: str) -> None:
    """With the offset of the end, where nothing is found."""
    parser = PartialJSONParser()
    parser.feed(begun)
    with pytest.raises(JSONParseError) as raised:
        parser.close()
    assert (raised.value.expected, raised.value.offset, raised.value.found) == (expected, len(begun), "")


def test_the_error_is_there_after_it_was_raised() -> None:
    """And not before."""
    parser = PartialJSONParser()
    parser.feed("[1,")
    assert parser.error is None
    with pytest.raises(JSONParseError) as raised:
        parser.feed("]")
    assert parser.error is raised.value


def test_changes_are_counted() -> None:
    """A value that begins, and each piece of a string; not what opens nothing, and not a key."""
    parser = PartialJSONParser()
    assert parser.changes == 0
    counts = []
    for fragment in ['{"a', '":', ' "b', "c", "d", '"', ", ", '"e": ', "tru", "e", "}"]:
        parser.feed(fragment)
        counts.append(parser.changes)
    assert counts == [1, 1, 2, 3, 4, 4, 4, 4, 4, 4, 5]


def test_a_fragment_may_be_a_kind_of_str() -> None:
    """As an enumeration's value is."""

    class Text(str):
        __slots__ = ()

    parser = PartialJSONParser()
    parser.feed(Text("[1"))
    parser.feed(Text("]"))
    assert parser.close() == [1]


def test_a_snapshot_is_put_together_once() -> None:
    """And is the same object each time."""
    parser = PartialJSONParser()
    parser.feed('{"a": ["b')
    snapshot = parser.snapshot()
    assert snapshot.value is snapshot.value
    assert snapshot.value == {"a": ["b"]}


def test_a_patch_has_no_end_where_none_is_given() -> None:
    """As for all but ``close``."""
    assert Patch("add", (), {}, 0).end == -1


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (' "a\\n" ', [(1, 6)]),
        (' {"k": 12 , "l" :[true, "x\\u0041"] } ', [(7, 9), (18, 22), (24, 33), (17, 34), (1, 36)]),
        ('[[ ],{ }, "😀", -1.5e3]', [(1, 4), (5, 8), (10, 13), (15, 21), (0, 22)]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_offsets_count_the_characters_of_the_whole_text(text: str, spans: list[tuple[int, int]], size: int) -> None:
    """Whatever the fragments: those of ``close`` from the first character to after the last, those of others alike."""
    patches: list[Patch] = []
    parser = PartialJSONParser(on_patch=patches.append)
    for at in range(0, len(text), size):
        parser.feed(text[at : at + size])
    parser.close()
    assert [(patch.start, patch.end) for patch in patches if patch.op == "close"] == spans
    starts: dict[Any, int] = {patch.path: patch.start for patch in patches if patch.op == "close"}
    assert all((patch.start, patch.end) == (starts[patch.path], -1) for patch in patches if patch.op != "close")
