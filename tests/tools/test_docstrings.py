from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.tools.docstrings import Docstring, read_docstring

GOOGLE = """Fetch the weather.

    Sun, rain: all of it.

    Args:
        city (str): Where.
        days (dict[str, (int)], optional): How many
            days ahead:
            at most ten.

            More than that is a guess.
        *rest: Anything else.
        silent:

    Returns:
        city: Not a parameter.

    Example:
        >>> 1
        1
    """

NUMPY = """Fetch the weather.

    Sun, rain: all of it.

    Parameters
    ----------
    city : str
        Where.
    days : int, optional
        How many
        days ahead: at most ten.

        More than that is a guess.
    *rest
        Anything else.
    silent

    Returns
    -------
    city : str
        Not a parameter.
    """

SPHINX = """Fetch the weather.

    Sun, rain: all of it.

    :param str city: Where.
    :param days: How many
        days ahead: at most ten.

        More than that is a guess.
    :type days: int, optional
    :param *rest: Anything else.
    :param silent:
    :returns: city
        :param fake: Not a parameter.
    :raises KeyError: city
    """


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, SPHINX], ids=["google", "numpy", "sphinx"])
def test_the_three_styles_say_the_same(text: str) -> None:
    """Description, parameters with several lines, with and without types; other sections are passed over."""
    read = read_docstring(text)
    assert read.description == "Fetch the weather.\n\nSun, rain: all of it."
    assert read.parameters == {
        "city": "Where.",
        "days": "How many days ahead: at most ten. More than that is a guess.",
        "rest": "Anything else.",
    }


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_said_is_nothing_read(text: str) -> None:
    """Neither a description nor parameters."""
    assert read_docstring(text) == Docstring()


def test_a_docstring_may_begin_with_a_section() -> None:
    """There is no description then."""
    assert read_docstring("\n    Args:\n        a: The first.\n    ") == Docstring("", {"a": "The first."})


def test_text_that_looks_like_a_section_inside_of_one_line_is_text() -> None:
    """``Note: …`` in one line, and an indented ``Args:``, begin nothing."""
    text = "Do it.\n\nNote: be careful.\n\n    Args:\n        indented: yes"
    assert read_docstring(text).description == text
    assert read_docstring(text).parameters == {}


def test_numpy_names_that_share_a_description() -> None:
    """``x, y : float`` describes both."""
    text = "Add.\n\nParameters\n----------\nx, y : float\n    A side.\n\nNotes\n-----\nz : none"
    assert read_docstring(text).parameters == {"x": "A side.", "y": "A side."}


def test_text_after_a_google_section_is_no_parameter() -> None:
    """A line at the margin ends the section."""
    text = "Add.\n\nArgs:\n    a: One.\n\nThat was all.\n    b: No."
    assert read_docstring(text) == Docstring("Add.", {"a": "One."})


@given(st.text(st.sampled_from("Args: \n-abc()*:,param"), max_size=80))
def test_no_text_is_too_strange(text: str) -> None:
    """A docstring is never an error; every name is a word."""
    assert all(name.isidentifier() or name[0].isdigit() for name in read_docstring(text).parameters)


def test_a_docstring_may_begin_with_its_parameters() -> None:
    """Then nothing tells how far its first line was indented."""

    def only(a: int, b: int) -> None:
        """Args:
        a: The first
            number.
        b: The second.
        """

    def more(a: int) -> int:
        """Args:
            a: A number.

        Returns:
            b: Another.
        """

    assert read_docstring(only.__doc__ or "").parameters == {"a": "The first number.", "b": "The second."}
    assert read_docstring(more.__doc__ or "").parameters == {"a": "A number."}
    assert read_docstring(only.__doc__ or "").description == ""
