"""Streams that tell of the chunks in which they came off the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from reactivex import Observable

__all__ = ["OnChunk", "TellsChunks"]

OnChunk = Callable[[int], object]
"""Is called with the number of bytes of a chunk, before the events that it completes are emitted."""


@runtime_checkable
class TellsChunks(Protocol):
    """A source that can tell of chunks, perhaps."""

    def with_chunks(self, on_chunk: OnChunk) -> Observable[Any]:
        """Return the same stream, which tells of the chunks of each of its subscriptions.

        Raises:
            ConfigurationError: It sees none.
        """
        ...
