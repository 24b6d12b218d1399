"""The four ways to read a stream: synchronous and asynchronous, by httpx and by httpx2, told as one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import httpx2
import pytest

from rxstream import AsyncClient, Client, iterate, iterate_sync
from rxstream.errors import RxstreamError
from rxstream.sources import ResponseStream
from tests.canary.key import KEY
from tests.reactive.leaks import run

__all__ = ["CANARY", "Reader", "Told", "readers", "tell_async", "tell_sync"]

CANARY = KEY


@dataclass
class Told:
    """What a subscription was told, in order.

    Attributes:
        events: What came.
        ends: How it ended, once: ``None`` for a completion, or the error.
        seconds: How long it took.
    """

    events: list[Any] = field(default_factory=list)
    ends: list[Exception | None] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]

    @property
    def error(self) -> Any:
        assert len(self.ends) == 1, f"expected one end, but got {self.ends}"
        assert isinstance(self.ends[0], Exception), f"expected an error, but got {self.ends[0]}"
        return self.ends[0]

    @property
    def completed(self) -> bool:
        assert len(self.ends) == 1, f"expected one end, but got {self.ends}"
        if self.ends[0] is not None:
            raise self.ends[0]
        return True


@dataclass(frozen=True)
class Reader:
    """One way to read."""

    name: str
    family: Any
    is_async: bool

    def told(self, base_url: str, count: int = 1, *, client: dict[str, Any] | None = None, **request: Any) -> Any:
        """Subscribe ``count`` times, one after the other, on one client; return what each was told."""
        settings = {"api_key": CANARY, "base_url": base_url, "max_retries": 0, **(client or {})}
        body = {"model": "gpt-5", "input": "Hi", **request}
        tell = self._told_async if self.is_async else self._told_sync
        found = tell(settings, body, count)
        for told in found:
            _check(told)
        return found[0] if count == 1 else found

    def _told_sync(self, settings: dict[str, Any], body: dict[str, Any], count: int) -> list[Told]:
        with self.family.Client(trust_env=False) as http_client:
            stream = Client(**{"http_client": http_client, **settings}).stream(**body)
            return [tell_sync(stream) for _ in range(count)]

    def _told_async(self, settings: dict[str, Any], body: dict[str, Any], count: int) -> list[Told]:
        async def main() -> list[Told]:
            async with self.family.AsyncClient(trust_env=False) as http_client:
                stream = AsyncClient(**{"http_client": http_client, **settings}).stream(**body)
                return [await tell_async(stream) for _ in range(count)]

        return run(main())

    def leave(self, base_url: str, after: int) -> None:
        """Read ``after`` events, then leave the block."""
        settings = {"api_key": CANARY, "base_url": base_url}

        async def main() -> None:
            async with self.family.AsyncClient(trust_env=False) as http_client:
                stream = AsyncClient(**settings, http_client=http_client).stream(model="gpt-5", input="Hi")
                async with iterate(stream) as events:
                    for _ in range(after):
                        await anext(events)

        if self.is_async:
            run(main())
            return
        with self.family.Client(trust_env=False) as http_client:
            stream = Client(**settings, http_client=http_client).stream(model="gpt-5", input="Hi")
            with iterate_sync(stream) as events:
                for _ in range(after):
                    next(events)


def tell_sync(stream: ResponseStream) -> Told:
    told, begun = Told(), time.monotonic()
    stream.subscribe(told.events.append, told.ends.append, lambda: told.ends.append(None))
    told.seconds = time.monotonic() - begun
    return told


async def tell_async(stream: ResponseStream) -> Told:
    told, begun = Told(), time.monotonic()
    ended = asyncio.Event()

    def end(error: Exception | None = None) -> None:
        told.ends.append(error)
        ended.set()

    stream.subscribe(told.events.append, end, end)
    await ended.wait()
    told.seconds = time.monotonic() - begun
    return told


def _check(told: Told) -> None:
    """The invariant: ends once, in one of our errors or by completion, and without the key."""
    assert len(told.ends) == 1, told.ends
    end = told.ends[0]
    if end is not None:
        assert isinstance(end, RxstreamError), repr(end)
        assert CANARY not in str(end) + repr(end)
        assert "expected" in str(end)


readers = pytest.mark.parametrize(
    "reader",
    [
        Reader(f"{'async' if is_async else 'sync'} {family.__name__}", family, is_async)
        for family in (httpx, httpx2)
        for is_async in (False, True)
    ],
    ids=lambda reader: reader.name,
)
