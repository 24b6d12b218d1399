"""JSON texts and what they mean."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize("looked_for", ["\\u", "\\ud83d\\ude00", "\\/", "\r\n", "[["])
def test_each_spelling_is_drawn(looked_for: str) -> None:
    """And shrinks to a short document."""
    values = json_values() | st.sampled_from(["😀", "/", 1e300])
    document = find(json_documents(values), lambda document: looked_for in document.text)
    assert len(document.text) <= 30


@pytest.mark.parametrize("wrong", [["values"], "{}"])
def test_values_that_are_no_strategy_are_refused_at_the_call(wrong: Any) -> None:
    """Before anything is drawn."""
    with pytest.raises(TypeError, match="expected values to be a strategy, but got"):
        json_documents(wrong)
