"""The body of an answer, in pieces, with the coding undone that was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from rxstream.sources.encoding import IDENTITY, Inflater, coding_of
from rxstream.sources.http import Headers

__all__ = ["pieces", "pieces_async", "plain_headers"]


def plain_headers(response: Any, asked: Headers) -> dict[str, str]:
    """Return the headers of an answer as they are of its pieces: without the coding that is undone."""
    headers: dict[str, str] = dict(response.headers)
    if _is_read(response) or _coding(response, asked) is not None:
        headers.pop("content-encoding", None)
    return headers


def pieces(response: Any, asked: Headers) -> Iterator[bytes]:
    """Give the body; in one piece where something, a hook or a mock, has read it already.

    Raises:
        InflateError: It is not encoded as it says.
    """
    if _is_read(response):
        return iter((response.content,))
    coding = _coding(response, asked)
    return response.iter_raw() if coding is None else _inflated(response.iter_raw(), Inflater(coding))


def pieces_async(response: Any, asked: Headers) -> AsyncIterator[bytes]:
    """Give the body; as :func:`pieces`."""
    if _is_read(response):
        return _One(response.content)
    coding = _coding(response, asked)
    return response.aiter_raw() if coding is None else _Inflated(response.aiter_raw(), Inflater(coding))


def _is_read(response: Any) -> bool:
    return getattr(response, "is_stream_consumed", False)


def _coding(response: Any, asked: Headers) -> str | None:
    return coding_of(response.status_code, response.headers, asked.get("accept-encoding", IDENTITY))


def _inflated(chunks: Iterator[bytes], inflater: Inflater) -> Iterator[bytes]:
    for chunk in chunks:
        yield from inflater.pieces(chunk)


class _One:
    # No generator: one that is left in the middle is closed by the loop, some time later.
    def __init__(self, piece: bytes) -> None:
        self._rest = [piece]

    def __aiter__(self) -> _One:
        return self

    async def __anext__(self) -> bytes:
        if not self._rest:
            raise StopAsyncIteration
        return self._rest.pop()


class _Inflated:
    def __init__(self, chunks: AsyncIterator[bytes], inflater: Inflater) -> None:
        self._chunks = chunks
        self._inflater = inflater
        self._pieces: Iterator[bytes] = iter(())

    def __aiter__(self) -> _Inflated:
        return self

    async def __anext__(self) -> bytes:
        while (piece := next(self._pieces, None)) is None:
            self._pieces = self._inflater.pieces(await anext(self._chunks))
        return piece
