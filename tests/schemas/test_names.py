from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.schemas import check_name, name_from


@given(st.text())
def test_what_is_made_of_a_name_is_taken_or_empty(text: str) -> None:
    """Whatever Python calls it."""
    name = name_from(text)
    assert name == "" or check_name(name) == name


@given(st.from_regex(re.compile(r"[a-zA-Z0-9_-]{1,64}", re.ASCII), fullmatch=True))
def test_names_that_are_taken_stay(name: str) -> None:
    """Leading underscores too."""
    assert name_from(name) == check_name(name) == name


@pytest.mark.parametrize("name", ["", "a b", "a.b", "ä", "a" * 65, "a\n"])
def test_other_names_are_refused(name: str) -> None:
    """The error says what the API takes."""
    with pytest.raises(ValueError, match="expected 1 to 64 of a-z"):
        check_name(name)


def test_a_name_that_is_no_text_is_refused() -> None:
    """With what came."""
    with pytest.raises(TypeError, match="name: expected text, but got 5"):
        check_name(5)  # type: ignore[arg-type]
