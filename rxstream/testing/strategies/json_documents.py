"""JSON: values, and the many texts that mean the same value."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from rxstream.models.base import JSONObject

__all__ = ["JSONDocument", "argument_texts", "json_documents", "json_values"]

_SPACES = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n  "])
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
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
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=20)
    )
    return st.recursive(leaves, _containers, max_leaves=max_leaves)


def _containers(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)


def json_documents(values: SearchStrategy[Any] | None = None) -> SearchStrategy[JSONDocument]:
    r"""Draw JSON texts with the values they mean, in all spellings that RFC 8259 allows.

    White space stands wherever it may, any character may be escaped, those beyond U+FFFF as two escapes. Documents
    shrink to the shortest value in its shortest spelling.

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
    return json.dumps(value)


def _enclosed(draw: DrawFn, brackets: str, parts: list[str]) -> str:
    before, after = draw(_SPACES), draw(_SPACES)
    return brackets[0] + before + f"{after},{before}".join(parts) + after + brackets[1]


def _string(draw: DrawFn, text: str) -> str:
    escaped = draw(st.sets(st.sampled_from(sorted(set(text))))) if text else set[str]()
    return f'"{"".join(_escape(c) if c in escaped or c in _MUST_BE_ESCAPED else c for c in text)}"'


def _escape(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


argument_texts: SearchStrategy[str] = st.dictionaries(
    st.sampled_from(["city", "n", "é"]), json_values(max_leaves=2), max_size=2
).map(lambda value: json.dumps(value, ensure_ascii=False))
"""Arguments of calls: the text of a small JSON object."""
