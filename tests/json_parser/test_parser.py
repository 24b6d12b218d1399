"""The parser against ``json.loads``, which it has to equal."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.errors import JSONParseError
from rxstream.json_parser import PartialJSONParser

from .documents import TRAILING_COMMA, UNFINISHED, VALID, WRONG, cuts, texts

SIZES = [1, 2, 3, 4, 7, 10_000]


def fragments(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def is_prefix(part: Any, whole: Any) -> bool:
    """A value is a view of the beginning of another: strings and lists begin alike, dicts have fewer of the keys."""
    if type(part) is not type(whole):
        return False
    if isinstance(part, str):
        return whole.startswith(part)
    if isinstance(part, list):
        *done, last = part or [None]
        return not part or (
            done == whole[: len(done)] and len(part) <= len(whole) and is_prefix(last, whole[len(done)])
        )
    if isinstance(part, dict):
        return all(key in whole for key in part) and list(whole)[: len(part)] == list(part)
    return part == whole


def is_view(part: Any, whole: Any) -> bool:
    """As :func:`is_prefix`, and in dicts all values but the last are finished."""
    if not is_prefix(part, whole):
        return False
    if isinstance(part, dict) and part:
        *done, last = part
        return all(part[key] == whole[key] for key in done) and is_view(part[last], whole[last])
    return not (isinstance(part, list) and part) or is_view(part[-1], whole[len(part) - 1])


def read(text: str, size: int) -> Any:
    parser = PartialJSONParser()
    for fragment in fragments(text, size):
        parser.feed(fragment)
    return parser.close()


def error_of(text: str, size: int) -> JSONParseError:
    with pytest.raises(JSONParseError) as raised:
        read(text, size)
    return raised.value


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", VALID, ids=lambda text: repr(text[:20]))
def test_the_last_value_is_that_of_json_loads(text: str, size: int) -> None:
    """Law 10: last value = json.loads, whatever the fragments, order of keys and types of numbers included."""
    parser = PartialJSONParser()
    for fragment in fragments(text, size):
        parser.feed(fragment)
    assert repr(parser.close()) == repr(json.loads(text)) == repr(parser.value)
    assert parser.complete


@pytest.mark.parametrize(
    "text", [text for text in VALID if '"a":1,"a"' not in text and ',"a":' not in text], ids=lambda t: repr(t[:20])
)
def test_the_value_of_every_prefix_is_a_view_of_the_last_one(text: str) -> None:
    """Law 10: no prefix of valid JSON raises, and its value is the beginning of the last one."""
    whole = json.loads(text)
    parser = PartialJSONParser()
    for character in text:
        parser.feed(character)
        assert not parser.has_value or is_view(parser.value, whole)


@given(st.data())
def test_any_text_in_any_fragments_has_prefix_views_and_the_value_of_json_loads(data: st.DataObject) -> None:
    """Law 10, on documents of Hypothesis."""
    text = data.draw(texts())
    whole = json.loads(text)
    parser = PartialJSONParser()
    for fragment in data.draw(cuts(text)):
        parser.feed(fragment)
        assert not parser.has_value or is_view(parser.value, whole)
    assert repr(parser.close()) == repr(whole)


@given(st.data())
def test_a_prefix_has_the_same_value_however_it_was_cut(data: st.DataObject) -> None:
    """Law 1: what is known depends on the text alone, not on its fragments."""
    text = data.draw(texts())
    part = text[: data.draw(st.integers(0, len(text)))]
    at_once, in_pieces = PartialJSONParser(), PartialJSONParser()
    at_once.feed(part)
    for fragment in data.draw(cuts(part)):
        in_pieces.feed(fragment)
    assert repr(at_once.value) == repr(in_pieces.value)
    assert at_once.complete == in_pieces.complete


@given(st.data())
def test_a_snapshot_never_changes(data: st.DataObject) -> None:
    """Law 12: snapshots are values, read at once or later."""
    text = data.draw(texts() | st.sampled_from(VALID))
    parser = PartialJSONParser()
    taken = []
    for fragment in data.draw(cuts(text)):
        parser.feed(fragment)
        taken.append((parser.snapshot(), copy.deepcopy(parser.value), parser.complete))
        if data.draw(st.booleans()):
            assert taken[-1][0].value == parser.value
    assert [(repr(one.value), one.complete) for one, _, _ in taken] == [(repr(value), end) for _, value, end in taken]


def test_a_key_that_comes_again_does_not_change_a_snapshot() -> None:
    """The last value of a key counts, but not in what was handed out before."""
    parser = PartialJSONParser()
    taken = []
    for character in '[{"a":[1],"b":"x","a":{"c":2},"b":"yz","a":3}]':
        parser.feed(character)
        taken.append((parser.snapshot(), copy.deepcopy(parser.value)))
    assert [one.value for one, _ in taken] == [value for _, value in taken]
    assert parser.value == [{"a": 3, "b": "yz"}]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", [*WRONG, *TRAILING_COMMA], ids=lambda text: repr(text[:20]))
def test_what_json_loads_refuses_is_refused(text: str, size: int) -> None:
    """Bad JSON raises; NaN and Infinity, which json.loads takes, are no JSON."""
    error = error_of(text, size)
    assert 0 <= error.offset <= len(text)
    assert text[error.offset :].startswith(error.found)


@pytest.mark.parametrize(
    "text",
    [text for text in WRONG if "N" not in text and "Inf" not in text and "9" * 4301 not in text and "\\u" not in text],
    ids=lambda text: repr(text[:20]),
)
def test_it_is_refused_where_json_loads_refuses_it(text: str) -> None:
    """The offset is the one that json.loads names."""
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(text)
    assert error_of(text, 1).offset == error_of(text, 10_000).offset == raised.value.pos


@given(st.data())
def test_one_wrong_character_is_refused_as_json_loads_does(data: st.DataObject) -> None:
    """Texts with one character changed: both refuse, or both give the same value."""
    text = data.draw(texts())
    place = data.draw(st.integers(0, len(text) - 1))
    text = text[:place] + data.draw(st.sampled_from('{}[],:"\\ \n0-1.eatn\x00')) + text[place + 1 :]
    parser = PartialJSONParser()
    try:
        expected = repr(json.loads(text))
    except ValueError:
        error_of(text, 1)
    else:
        parser.feed(text)
        assert repr(parser.close()) == expected


@pytest.mark.parametrize("text", UNFINISHED, ids=repr)
def test_a_text_that_ends_too_soon_is_refused_when_it_is_closed(text: str) -> None:
    """No prefix raises before its end; close says what was expected there."""
    parser = PartialJSONParser()
    parser.feed(text)
    with pytest.raises(JSONParseError, match="expected"):
        parser.close()


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("[1 2]", 3, "',' or ']'"),
        ('{"a" 1}', 5, "':'"),
        ('{"a":1 "b"}', 7, "',' or '}'"),
        ("{1}", 1, "a key in double quotes or '}'"),
        ('{"a":1,1}', 7, "a key in double quotes"),
        ("[1,]", 3, "a value"),
        ("[}", 1, "a value"),
        ("1 1", 2, "the end of the text"),
        ('"\n"', 1, "no control character in a string"),
        (r'"\x"', 1, r"one of \", \\, \/, \b, \f, \n, \r, \t and \u with four hexadecimal digits"),
        ("[" * 201, 200, "values nested at most 200 deep (max_depth)"),
    ],
)
def test_errors_say_where_and_what_was_expected(text: str, offset: int, expected: str) -> None:
    """The offset counts characters of the whole text, the fragments before included."""
    error = error_of(text, 1)
    assert error.offset == offset
    assert error.expected == expected
    assert f"offset {offset}: expected" in str(error)


def test_what_was_read_before_an_error_stays() -> None:
    """Nothing that had arrived is lost; the same error comes again."""
    parser = PartialJSONParser()
    parser.feed('{"a": "b", "c": [1, 2')
    with pytest.raises(JSONParseError) as first:
        parser.feed(", x]}")
    with pytest.raises(JSONParseError) as second:
        parser.feed("1")
    with pytest.raises(JSONParseError) as third:
        parser.close()
    assert first.value is second.value is third.value
    assert parser.value == {"a": "b", "c": [1, 2]}


def test_scalars_are_withheld_until_their_end_is_seen() -> None:
    """A number may go on, and half a literal is none."""
    parser = PartialJSONParser()
    seen = []
    for character in '{"a":12,"b":true,"c":[null]} ':
        parser.feed(character)
        seen.append(copy.deepcopy(parser.value))
    assert [value for place, value in enumerate(seen) if place == 0 or value != seen[place - 1]] == [
        {},
        {"a": 12},
        {"a": 12, "b": True},
        {"a": 12, "b": True, "c": []},
        {"a": 12, "b": True, "c": [None]},
    ]


def test_half_an_escape_waits_for_its_rest() -> None:
    """No half of an escape, or of an escaped surrogate pair, is ever seen."""
    parser = PartialJSONParser()
    seen = []
    for character in r'"a\n\u00e9\ud83d\ude00b"':
        parser.feed(character)
        seen.append(parser.value)
    assert set(seen) == {"", "a", "a\n", "a\né", "a\né😀", "a\né😀b"}


def test_a_number_that_is_the_whole_text_is_known_when_it_is_closed() -> None:
    """Nothing else can end it."""
    parser = PartialJSONParser()
    parser.feed("12")
    assert not parser.has_value
    assert parser.close() == 12


def test_depth_is_bounded_by_the_setting() -> None:
    """100,000 brackets are an error of ours, not one of Python's stack."""
    parser = PartialJSONParser(max_depth=3)
    parser.feed("[[[")
    with pytest.raises(JSONParseError, match=r"nested at most 3 deep \(max_depth\)"):
        parser.feed("[")
    with pytest.raises(JSONParseError):
        PartialJSONParser().feed("[" * 100_000)
    with pytest.raises(ValueError, match="max_depth"):
        PartialJSONParser(max_depth=0)


def test_the_value_stays_the_same_dict_when_a_key_comes_again() -> None:
    """Nothing is copied for the snapshots before, so that keys that come again and again cost what they are long."""
    parser = PartialJSONParser()
    parser.feed('{"a": {"x": 7, "y": [2]')
    whole, inner = parser.value, parser.value["a"]
    taken = []
    for count in range(1, 100):
        taken.append(parser.snapshot())
        parser.feed(f', "x": {count}, "y": [{count}')
        taken.append(parser.snapshot())
        parser.feed("0]")
    parser.feed(', "x": 7}, "a": null}')
    assert parser.value is whole
    assert inner == {"x": 7, "y": [990]}
    assert [one.value["a"] for one in taken[:4]] == [
        {"x": 7, "y": [2]},
        {"x": 1, "y": []},
        {"x": 1, "y": [10]},
        {"x": 2, "y": []},
    ]
    assert parser.close() == {"a": None}


@pytest.mark.parametrize("wrong", [b"[1]", None, ["["], 1, bytearray(b"1")])
def test_a_fragment_that_is_no_text_changes_nothing(wrong: Any) -> None:
    """The mistake is told at the call, and the text goes on."""
    parser = PartialJSONParser()
    parser.feed("[1,")
    with pytest.raises(TypeError, match=f"expected a fragment of text .str., but got {type(wrong).__name__}"):
        parser.feed(wrong)
    parser.feed("2]")
    assert parser.close() == [1, 2]
