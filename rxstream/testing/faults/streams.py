"""Bodies as HTTP clients read them, with faults, in a thread's time or an event loop's."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any, Self

from rxstream.testing.faults.exchange import Exchange
from rxstream.testing.faults.pieces import Ending, Piece

__all__ = ["AsyncFaultyStream", "SyncFaultyStream", "wait", "wait_async"]

_HOUR = 3600.0


def wait(exchange: Exchange, seconds: float, closed: threading.Event) -> None:
    """Let time pass, as long as the client waits."""
    late = exchange.is_late(seconds)
    closed.wait(exchange.read_seconds if late else seconds)
    if late and not closed.is_set():
        exchange.time_out()


async def wait_async(exchange: Exchange, seconds: float) -> None:
    """Let time pass, as long as the client waits. Without a delay other tasks get their turn, as on a socket."""
    late = exchange.is_late(seconds)
    await asyncio.sleep(exchange.read_seconds or 0.0 if late else seconds)
    if late:
        exchange.time_out()


class SyncFaultyStream:
    """A body to be read in a thread."""

    def __init__(self, exchange: Exchange, inner: Any) -> None:
        self._exchange = exchange
        self._inner = inner
        self._chunks = iter(inner)
        self._pending: deque[Piece] = deque()
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        # Not itself: `yield from` closes what it reads when it is left, even long afterwards, and closing may raise.
        return iter(self._next, None)

    def _next(self) -> bytes | None:
        while not self._closed.is_set():
            if not self._pending:
                if self._exchange.body.is_over:
                    break
                self._read()
                continue
            seconds, content = self._pending.popleft()
            wait(self._exchange, seconds, self._closed)
            if isinstance(content, Ending):
                self._end(content)
            elif content:
                return content
        return None

    def _read(self) -> None:
        body, chunk = self._exchange.body, next(self._chunks, None)
        self._pending += body.close() if chunk is None else body.feed(chunk)

    def _end(self, ending: Ending) -> None:
        self._exchange.break_off(ending)
        while ending is Ending.SILENCE and not self._closed.is_set():
            wait(self._exchange, _HOUR, self._closed)

    def close(self) -> None:
        """Close the body that is read."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._inner.close()
        threading.Event().wait(self._exchange.close_seconds)
        self._exchange.close()


class AsyncFaultyStream:
    """A body to be read in an event loop."""

    def __init__(self, exchange: Exchange, inner: Any) -> None:
        self._exchange = exchange
        self._inner = inner
        self._chunks = aiter(inner)
        self._pending: deque[Piece] = deque()
        self._closed = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while not self._closed:
            if not self._pending:
                await self._read()
                continue
            seconds, content = self._pending.popleft()
            await wait_async(self._exchange, seconds)
            if isinstance(content, Ending):
                await self._end(content)
            elif content:
                return content
        raise StopAsyncIteration

    async def _read(self) -> None:
        body = self._exchange.body
        if body.is_over:
            raise StopAsyncIteration
        chunk = await anext(self._chunks, None)
        self._pending += body.close() if chunk is None else body.feed(chunk)

    async def _end(self, ending: Ending) -> None:
        self._exchange.break_off(ending)
        while ending is Ending.SILENCE:
            await wait_async(self._exchange, _HOUR)

    async def aclose(self) -> None:
        """Close the body that is read."""
        if self._closed:
            return
        self._closed = True
        await self._inner.aclose()
        await asyncio.sleep(self._exchange.close_seconds)
        self._exchange.close()
