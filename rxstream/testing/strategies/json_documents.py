"""JSON: values, and the many texts that mean the same value."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import isfinite
from typing import Any, NamedTuple, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from rxstream.models.base import JSONObject
from rxstream.testing.strategies.alphabet import CHARACTERS, load_unicode

__all__ = ["JSONDocument", "argument_texts", "json_documents", "json_values"]

_SPACES = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n  "])
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NO_ESCAPES = dict[str, str]()
_HEX_DIGITS: list[Callable[[str], str]] = [str.lower, str.upper, str.capitalize]
_SPELLINGS = st.sampled_from([(short, digits) for short in (_SHORT_ESCAPES, _NO_ESCAPES) for digits in _HEX_DIGITS])
_MUST_BE_ESCAPED = {'"', "\\", *map(chr, range(0x20))}


class JSONDocument(NamedTuple):
    """A JSON text and what it means.

    Attributes:
        text: The document.
        value: What ``json.loads(text)`` returns.
    """

    text: str
    value: Any


def json_values(*, max_leaves: int = 8) -> SearchStrategy[Any]:
    """Draw what JSON can hold, as ``json.loads`` returns it: no NaN, no infinity, no halves of surrogate pairs.

    Args:
        max_leaves: How many strings, numbers and constants there may be.

    Example:
        >>> from hypothesis import find
        >>> find(json_values(), lambda value: isinstance(value, list) and len(value) > 1)
        [None, None]
    """
    load_unicode()
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(CHARACTERS, max_size=20)
    )
    return st.recursive(leaves, _containers, max_leaves=max_leaves)


def _containers(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(st.text(CHARACTERS, max_size=8), inner, max_size=4)


def json_documents(values: SearchStrategy[Any] | None = None) -> SearchStrategy[JSONDocument]:
    r"""Draw JSON texts with the values they mean, in all kinds of spellings that RFC 8259 allows.

    White space stands wherever it may, round the document too. Any character may be escaped, ``\n`` as ``\u000A`` too,
    those beyond U+FFFF as two escapes, with digits in either case. Numbers that are no integers may end their fraction
    with zeros, and have an exponent with ``E``, a plus or zeros. Documents shrink to the shortest value in its shortest
    spelling.

    Args:
        values: What the documents mean; any JSON where it is not given.

    Returns:
        A strategy of :class:`JSONDocument`.

    Raises:
        TypeError: ``values`` is not a strategy.

    Example:
        >>> from hypothesis import find, strategies
        >>> find(json_documents(), lambda document: "{" in document.text)
        JSONDocument(text='{}', value={})
        >>> find(json_documents(strategies.just("é")), lambda document: "u" in document.text)
        JSONDocument(text='"\\u00e9"', value='é')
    """
    if values is not None and not isinstance(values, SearchStrategy):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"expected values to be a strategy, but got {type(values).__name__}")
    return _documents(json_values() if values is None else values)


@st.composite
def _documents(draw: DrawFn, values: SearchStrategy[Any]) -> JSONDocument:
    text = _spelled(draw, draw(values))
    text = draw(_SPACES) + text + draw(_SPACES)
    return JSONDocument(text, json.loads(text))


def _spelled(draw: DrawFn, value: Any) -> str:
    if isinstance(value, str):
        return _string(draw, value)
    if isinstance(value, list):
        return _enclosed(draw, "[]", [_spelled(draw, child) for child in cast(list[Any], value)])
    if isinstance(value, dict):
        members = cast(JSONObject, value).items()
        between = draw(_SPACES) + ":" + draw(_SPACES)
        return _enclosed(draw, "{}", [_string(draw, key) + between + _spelled(draw, child) for key, child in members])
    return _float(draw, value) if isinstance(value, float) and isfinite(value) else json.dumps(value)


def _float(draw: DrawFn, value: float) -> str:
    fraction, _, exponent = json.dumps(value).partition("e")
    power = int(exponent or 0)
    if "." in fraction:
        fraction += draw(st.sampled_from(["", "", "", "0", "00"]))
    signs = ["-"] if power < 0 else ["", "+"]
    marks = [f"{letter}{sign}{zero}{abs(power)}" for zero in ("", "0") for sign in signs for letter in "eE"]
    if not exponent:
        # An integer without it, and most numbers have none.
        marks = [""] * len(marks) + marks
    return fraction + draw(st.sampled_from(marks))


def _enclosed(draw: DrawFn, brackets: str, parts: list[str]) -> str:
    before, after = draw(_SPACES), draw(_SPACES)
    return brackets[0] + before + f"{after},{before}".join(parts) + after + brackets[1]


def _string(draw: DrawFn, text: str) -> str:
    escaped = {character for character in text if character in _MUST_BE_ESCAPED}
    if text:
        escaped |= draw(st.sets(st.sampled_from(sorted(set(text)))))
    short_escapes, digits = draw(_SPELLINGS) if escaped else (_NO_ESCAPES, str.lower)
    spelled = {character: short_escapes.get(character) or _escape(character, digits) for character in escaped}
    return f'"{"".join(spelled.get(character, character) for character in text)}"'


def _escape(character: str, digits: Callable[[str], str]) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{digits(units[at : at + 2].hex())}" for at in range(0, len(units), 2))


argument_texts: SearchStrategy[str] = st.dictionaries(
    st.sampled_from(["city", "n", "é"]), st.deferred(lambda: json_values(max_leaves=2)), max_size=2
).map(lambda value: json.dumps(value, ensure_ascii=False))
"""Arguments of calls: the text of a small JSON object."""
