"""JSON texts and what they mean."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from rxstream.json_parser import PartialJSONParser
from rxstream.testing.strategies import JSONDocument, json_documents, json_values


@given(st.data())
def test_a_document_means_its_value(data: st.DataObject) -> None:
    """In whichever spelling: what was drawn is what ``json.loads`` reads."""
    value = data.draw(json_values())
    document = data.draw(json_documents(st.just(value)))
    assert document.value == json.loads(document.text) == value


@given(json_documents())
def test_the_partial_parser_ends_with_the_value(document: JSONDocument) -> None:
    """Fed character by character."""
    parser = PartialJSONParser()
    for character in document.text:
        parser.feed(character)
    parser.close()
    assert parser.value == document.value


@given(json_documents())
def test_documents_can_be_sent(document: JSONDocument) -> None:
    """UTF-8 holds them: there are no halves of surrogate pairs."""
    assert document.text.encode().decode() == document.text


SPELLINGS: dict[str, tuple[Any, str]] = {
    "an escape": ("é", r"\\u"),
    "a pair of escapes": ("😀", r"\\ud83d\\ude00"),
    "an escape in capitals": ("é", r"\\u00E9"),
    "an escape in both cases": ("😀", r"\\uD83d"),
    "a long escape for what has a short one": ("\n", r"\\u000a"),
    "a short escape that may be left out": ("/", r"\\/"),
    "white space inside": ([], r"\[\r\n"),
    "white space before": (1, r"^\s"),
    "white space after": (1, r"\s$"),
    "white space round a colon": ({"": 1}, r"\s:\s"),
    "an exponent": (1e300, r"1e300"),
    "an exponent in capitals": (1e300, r"1E300"),
    "a plus": (1e300, r"1e\+300"),
    "a plus after a capital": (1e300, r"1E\+300"),
    "a minus": (1e-300, r"1E-300"),
    "a zero before an exponent": (1e300, r"1e0300"),
    "an exponent of zero": (1.5, r"1\.5e0"),
    "a zero after a fraction": (1.5, r"1\.50"),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_each_spelling_is_drawn(name: str) -> None:
    """And it means the value."""
    value, spelling = SPELLINGS[name]
    document = find(json_documents(st.just(value)), lambda document: re.search(spelling, document.text) is not None)
    assert document.value == json.loads(document.text) == value
    assert len(document.text) <= 16


@pytest.mark.parametrize("looked_for", ["\\u", "\r\n", "[[", "{"])
def test_an_example_is_a_short_document(looked_for: str) -> None:
    """The value shrinks with its spelling."""
    document = find(json_documents(), lambda document: looked_for in document.text)
    assert len(document.text) <= 12


@pytest.mark.parametrize("value", [None, 1, 1.5, 1e16, "é\n/", [1.5], {"é": 1.5}])
def test_the_plain_spelling_is_the_simplest(value: Any) -> None:
    """An example has nothing odd but what matters."""
    plain = json.dumps(value, ensure_ascii=False).replace("+", "").replace(" ", "")
    assert find(json_documents(st.just(value)), lambda document: True).text == plain


@given(json_documents(st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_with_a_fraction_stays_one(document: JSONDocument) -> None:
    """In each spelling: whoever reads it does not take it for an integer."""
    assert isinstance(document.value, float)


@pytest.mark.parametrize("wrong", [["values"], "{}"])
def test_values_that_are_no_strategy_are_refused_at_the_call(wrong: Any) -> None:
    """Before anything is drawn."""
    with pytest.raises(TypeError, match="expected values to be a strategy, but got"):
        json_documents(wrong)
