"""Bytes: the body of an event stream in all its legal spellings, and the chunks that a network makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from rxstream.events import ResponseStreamEvent
from rxstream.events.base import ResponseEvent
from rxstream.models.base import JSONObject

__all__ = ["byte_chunks", "sse_bytes"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OTHER_LINES: tuple[str, ...] = (
    ": OPENROUTER PROCESSING",
    ":",
    "retry: 3000",
    "colour: green",
    "id: 7",
    "id",
    "retry: soon",
)
_IN_SINGLE_BYTES = st.sampled_from([False, False, False, True])


def byte_chunks(data: bytes) -> SearchStrategy[list[bytes]]:
    """Draw ways to cut ``data``: at any byte, with empty chunks between, a stretch or all of it byte by byte.

    Args:
        data: The bytes that the chunks join to.

    Returns:
        A strategy of lists of chunks; it shrinks to one chunk that holds everything, or to the one cut that matters.

    Raises:
        TypeError: ``data`` is not bytes.

    Example:
        >>> from hypothesis import find
        >>> find(byte_chunks(b"abc"), lambda chunks: True)
        [b'abc']
        >>> find(byte_chunks("é".encode()), lambda chunks: b"\\xc3" in chunks)
        [b'\\xc3', b'\\xa9']
    """
    if not isinstance(data, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"expected data to be bytes, but got {type(data).__name__}")
    return _chunks(data)


@st.composite
def _chunks(draw: DrawFn, data: bytes) -> list[bytes]:
    # A cut at either end makes an empty chunk, and so do two at the same place.
    cuts = draw(st.lists(st.integers(0, len(data)), max_size=8))
    if draw(_IN_SINGLE_BYTES):
        # A stretch that can become shorter, and not all or nothing: so what fails for one cut of all shrinks to that
        # cut. Half of the numbers stand for the whole.
        length = min(len(data), draw(st.integers(0, 2 * len(data))))
        end = draw(st.integers(length, len(data)))
        cuts += range(end - length, end + 1)
    return [data[start:end] for start, end in pairwise([0, *sorted(cuts), len(data)])]


def sse_bytes(events: Iterable[ResponseStreamEvent | Mapping[str, Any]]) -> SearchStrategy[bytes]:
    r"""Draw bodies that tell of the same events, in all legal spellings of ``text/event-stream``.

    Lines end in LF, CR or CRLF; ``event:`` lines are there or not; JSON stands on one or on several ``data:`` lines,
    with or without the space after the colon, in UTF-8 or escaped. Between the events come comments, ``retry:``,
    ``id:`` and fields that nobody knows; a byte order mark may come first and ``data: [DONE]`` last.

    Args:
        events: The events, or their JSON objects; a :class:`GeneratedStream` is a list of them:
            ``responses().flatmap(sse_bytes)`` draws bodies of whole responses.

    Returns:
        A strategy of bytes; it shrinks to the plain spelling: LF, ``data:`` lines alone.

    Raises:
        TypeError: One of ``events`` is neither an event nor an object.

    Example:
        >>> from hypothesis import find
        >>> find(sse_bytes([{"type": "ping"}]), lambda body: True)
        b'data: {"type": "ping"}\n\n'
        >>> find(sse_bytes([{"type": "ping"}]), lambda body: b"[DONE]" in body and b"\r" in body)
        b'data: {"type": "ping"}\n\ndata: [DONE]\r\n\r\n'
    """
    return _bodies([_object_of(event) for event in events])


def _object_of(event: Any) -> JSONObject:
    if isinstance(event, ResponseEvent):
        return event.to_dict()
    if isinstance(event, Mapping):
        return dict(cast(Mapping[str, Any], event))
    raise TypeError(f"expected events or JSON objects, but got {type(event).__name__}")


@st.composite
def _bodies(draw: DrawFn, events: list[JSONObject]) -> bytes:
    mark = draw(st.sampled_from([b"", _BYTE_ORDER_MARK]))
    named = draw(st.booleans())
    blocks = [_block(draw, event, named=named) for event in events]
    if draw(st.booleans()):
        blocks.append(_ended(draw, ["data: [DONE]"]))
    return mark + b"".join(blocks)


def _block(draw: DrawFn, event: JSONObject, *, named: bool) -> bytes:
    lines: list[str] = draw(st.lists(st.sampled_from(_OTHER_LINES), max_size=1))
    space = draw(st.sampled_from([" ", ""]))
    if named and isinstance(event.get("type"), str) and event["type"].isprintable():
        lines.append(f"event:{space}{event['type']}")
    return _ended(draw, [*lines, *(f"data:{space}{line}" for line in draw(_SPELLINGS)(event).split("\n"))])


def _ended(draw: DrawFn, lines: list[str]) -> bytes:
    # One line end for a block: an LF after the CR of another line would be part of that line's end.
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return "".join(line + end for line in [*lines, ""]).encode()


def _plain(event: JSONObject) -> str:
    text = json.dumps(event, ensure_ascii=False)
    # UTF-8 cannot hold halves of surrogate pairs.
    return _escaped(event) if any("\ud800" <= character <= "\udfff" for character in text) else text


def _escaped(event: JSONObject) -> str:
    return json.dumps(event, separators=(",", ":"))


def _on_several_lines(event: JSONObject) -> str:
    return json.dumps(event, indent=1)


_SPELLINGS: SearchStrategy[Callable[[JSONObject], str]] = st.sampled_from([_plain, _escaped, _on_several_lines])
