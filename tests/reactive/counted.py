"""Sources that count how far they were read, and whether they were closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator

from reactivex import Observable

from rxstream.reactive import async_source, sync_source

__all__ = ["Counted"]


class Counted:
    """A source of 0, 1, 2, … in batches; cold, so that each subscription reads anew.

    Args:
        length: How many items it has.
        batch: How many come at once.
        error: How it ends, instead of by completion.
        sync: Whether it blocks, or reads in asyncio.
        pause: What an asynchronous source awaits before each batch; by default one turn of the loop.

    Attributes:
        opened, closed: How often.
        read: How many items it has given, to all subscriptions.
    """

    def __init__(
        self,
        length: int = 1_000_000,
        *,
        batch: int = 1,
        error: Exception | None = None,
        sync: bool = False,
        pause: Callable[[], object] | None = None,
    ) -> None:
        self.opened = self.closed = self.read = self.interrupted = 0
        self._length, self._batch, self._error, self._pause = length, batch, error, pause
        self.items: Observable[int] = sync_source(lambda: _Reader(self)) if sync else async_source(self._batches)

    @property
    def open(self) -> int:
        return self.opened - self.closed

    def take_batch(self, start: int) -> list[int]:
        batch = list(range(start, min(start + self._batch, self._length)))
        self.read += len(batch)
        return batch

    def end(self) -> None:
        if self._error is not None:
            raise self._error

    async def _batches(self) -> AsyncGenerator[list[int], None]:
        self.opened += 1
        try:
            for start in range(0, self._length, self._batch):
                await asyncio.sleep(0)
                yield self.take_batch(start)
            self.end()
        finally:
            try:
                await asyncio.sleep(0)  # as the closing of a connection does
            finally:
                self.closed += 1

    def blocks(self) -> None:
        if self._pause is not None:
            self._pause()

    @property
    def length(self) -> int:
        return self._length

    @property
    def batch(self) -> int:
        return self._batch


class _Reader:
    def __init__(self, source: Counted) -> None:
        self._source = source
        source.opened += 1

    def __iter__(self) -> Iterator[list[int]]:
        for start in range(0, self._source.length, self._source.batch):
            self._source.blocks()
            yield self._source.take_batch(start)
        self._source.end()

    def close(self) -> None:
        self._source.closed += 1

    def interrupt(self) -> None:
        self._source.interrupted += 1
