"""Bytes that something went wrong with on their way."""

from __future__ import annotations

from collections.abc import Callable, Collection

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from rxstream.testing.strategies.chosen import some_of

__all__ = ["BYTE_FAULTS", "faulty_bytes"]

_CHANGES: dict[str, Callable[[DrawFn, bytes, int, int], bytes]] = {
    "cut": lambda draw, body, start, end: body[:start],
    "drop": lambda draw, body, start, end: body[:start] + body[end:],
    "double": lambda draw, body, start, end: body[:end] + body[start:],
    "insert": lambda draw, body, start, end: body[:start] + draw(st.binary(min_size=1, max_size=8)) + body[start:],
    "overwrite": lambda draw, body, start, end: body[:start] + draw(st.binary(min_size=1, max_size=8)) + body[end:],
}

BYTE_FAULTS = tuple(_CHANGES)
"""The names of the faults of bytes."""


def faulty_bytes(
    bodies: SearchStrategy[bytes] | bytes, *, faults: Collection[str] = BYTE_FAULTS, max_faults: int = 3
) -> SearchStrategy[bytes]:
    """Draw bytes that something went wrong with on their way.

    The names: ``cut`` the end off; ``drop`` or ``double`` some bytes; ``insert`` or ``overwrite`` with any others.

    Args:
        bodies: The bytes, a strategy or some.
        faults: The names of what may go wrong, of :data:`BYTE_FAULTS`.
        max_faults: How many faults there are at most; there is one at least.

    Returns:
        A strategy of bytes.

    Raises:
        TypeError: ``bodies`` is neither, or ``faults`` is a string.
        ValueError: A name that is not known, none at all, or ``max_faults`` below 1.

    Example:
        >>> from hypothesis import find
        >>> find(faulty_bytes(b"abc", faults=["cut"]), lambda body: b"a" in body)
        b'a'
    """
    if isinstance(bodies, bytes):
        bodies = st.just(bodies)
    elif not isinstance(bodies, SearchStrategy):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"expected bytes or a strategy of them, but got {type(bodies).__name__}")
    return _faulty_bytes(bodies, some_of("faults", faults, BYTE_FAULTS, max_faults))


@st.composite
def _faulty_bytes(draw: DrawFn, bodies: SearchStrategy[bytes], faults: SearchStrategy[list[str]]) -> bytes:
    body = draw(bodies)
    for name in draw(faults):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(start + 8, len(body))))
        body = _CHANGES[name](draw, body, start, end)
    return body
