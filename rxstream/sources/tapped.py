"""A decoder that tells of the chunks which it is fed with."""

from __future__ import annotations

from collections.abc import Mapping

from rxstream.events import ResponseStreamEvent
from rxstream.sinks.chunks import OnChunk
from rxstream.sources.exchange import Decoder

__all__ = ["size_of", "tapped"]


def tapped(decoder: Decoder, on_chunk: OnChunk | None) -> Decoder:
    """Return a decoder that calls a function with the size of each chunk, before its events are delivered."""
    return decoder if on_chunk is None else _Tapped(decoder, on_chunk)


def size_of(chunk: bytes) -> int:
    """Return how many bytes a chunk has, of whatever type of bytes it is."""
    return memoryview(chunk).nbytes


class _Tapped:
    def __init__(self, decoder: Decoder, on_chunk: OnChunk) -> None:
        self._decoder = decoder
        self._on_chunk = on_chunk

    @property
    def is_over(self) -> bool:
        return self._decoder.is_over

    @property
    def is_plain(self) -> bool:
        return self._decoder.is_plain

    def wrong(self, status_code: int, headers: Mapping[str, str]) -> str | None:
        return self._decoder.wrong(status_code, headers)

    def feed(self, chunk: bytes) -> list[ResponseStreamEvent]:
        events = self._decoder.feed(chunk)  # which raises where it is no chunk
        self._on_chunk(size_of(chunk))
        return events

    def close(self) -> list[ResponseStreamEvent]:
        return self._decoder.close()

    def error(self, lost: Exception | None = None) -> Exception | None:
        return self._decoder.error(lost)
