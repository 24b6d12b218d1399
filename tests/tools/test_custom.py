from __future__ import annotations

import functools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.responses.custom_tool_param import CustomToolParam
from pydantic import TypeAdapter

import rxstream as rxs

GRAMMAR = {"type": "grammar", "syntax": "regex", "definition": "[0-9+ ]+"}


def compute(expression: str) -> int:
    """Add numbers up.

    Args:
        expression: Numbers with plus signs between them.
    """
    return sum(map(int, expression.split("+")))


def test_a_custom_tool_comes_from_a_function() -> None:
    """Bare, with options, and by a call."""

    @rxs.custom_tool
    def bare(text: str) -> str:
        return text

    @rxs.custom_tool(name="sum", format=GRAMMAR, timeout_seconds=3)
    def with_options(text: str) -> str:
        return text

    assert bare.to_dict() == {"type": "custom", "name": "bare"}
    assert with_options.to_dict() == {"type": "custom", "name": "sum", "format": GRAMMAR}
    assert with_options.timeout_seconds == 3
    assert rxs.custom_tool(compute).to_dict() == {
        "type": "custom",
        "name": "compute",
        "description": "Add numbers up.",
    }
    assert rxs.custom_tool(compute, description="Sums.").description == "Sums."


def test_the_sdk_s_types_accept_it() -> None:
    """It is what the SDK sends."""
    adapter: TypeAdapter[Any] = TypeAdapter(CustomToolParam)
    for made in (rxs.custom_tool(compute), rxs.custom_tool(compute, format=GRAMMAR)):
        assert adapter.validate_python(made.to_dict(), strict=True) == made.to_dict()


@given(st.text())
def test_the_input_comes_unchanged(text: str) -> None:
    """Whatever the model wrote: JSON is not looked for."""

    @rxs.custom_tool
    def echo(text: str) -> str:
        return text

    assert echo.run(echo.validate(text)) == echo.validate(text).text == text


def test_a_custom_tool_is_still_the_function() -> None:
    """Called directly, with any name of its parameter."""
    made = rxs.custom_tool(compute)
    assert made("1+2") == made(expression="1+2") == made.run(made.validate("1 + 2")) == 3
    assert made.__doc__ == compute.__doc__


def test_each_entry_is_a_new_one() -> None:
    """What one request changes in it, another does not see."""
    made = rxs.custom_tool(compute, format=GRAMMAR)
    made.to_dict()["format"].clear()
    assert made.to_dict()["format"] == GRAMMAR


@pytest.mark.parametrize(
    "function",
    [lambda: None, lambda a, b: None, lambda *, a: None, functools.partial(compute, "1")],
    ids=["nothing", "two", "a keyword", "a full partial"],
)
def test_a_function_that_takes_no_single_text_is_refused(function: Any) -> None:
    """At once, not at the first call."""
    with pytest.raises(TypeError, match="tool 'made': expected a function that takes one text, but got"):
        rxs.custom_tool(function, name="made")


def test_positional_only_parameters_and_further_defaults_are_fine() -> None:
    """The text is given by place."""

    def bounded(text: str, /, most: int = 2) -> str:
        return text[:most]

    made = rxs.custom_tool(bounded)
    assert made.run(made.validate("hello")) == "he"
