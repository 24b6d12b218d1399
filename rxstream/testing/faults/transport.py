"""Faults between an HTTP client and its transport."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import httpx

from rxstream.testing.faults.exchange import Exchange
from rxstream.testing.faults.fault import Answer, Fault
from rxstream.testing.faults.pieces import Ending
from rxstream.testing.faults.plans import FaultPlan, drawn_faults, plan_of
from rxstream.testing.faults.streams import AsyncFaultyStream, SyncFaultyStream, wait, wait_async

__all__ = ["FaultTransport"]


class FaultTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Do harm to what another transport answers.

    Clients of httpx and httpx2, sync and async, see the faults as they see those of a network: by exceptions of their
    own family, late bytes, or none. Async delays are the event loop's, so that in virtual time they take none; in a
    synchronous client they are real, and a connection that falls silent stays so until its read timeout.

    Args:
        inner: The transport to ask: ``rxstream.simulated.SimulatedTransport()``, ``httpx.HTTPTransport()``, ….
        seed: Draws the faults of each request, by its number; see :func:`drawn_faults`. The same seed plans the same
            faults; what a client does about them may differ: how long it pauses before it tries again is drawn by the
            module ``random``, which has a seed of its own.
        faults: These instead: the same for each request, or a function from a request's number, from 1, to its faults,
            such as :func:`in_turn` and :func:`drawn_faults` make.

    Raises:
        TypeError: ``faults`` holds something else than faults.

    Attributes:
        inner: The transport that is asked.

    Example:
        >>> import rxstream
        >>> from rxstream.simulated import SimulatedTransport
        >>> from rxstream.testing.faults import reset_after
        >>> transport = FaultTransport(SimulatedTransport(), faults=[reset_after(3000)])
        >>> with httpx.Client(transport=transport) as http_client:
        ...     client = rxstream.Client(base_url="http://simulated/v1", http_client=http_client)
        ...     rxstream.last_sync(client.stream(model="gpt-5", input="Hello").outcome()).status
        'truncated'
        >>> transport.injected
        [reset_after(3000)]
    """

    def __init__(self, inner: Any, *, seed: int | str = 0, faults: Iterable[Fault] | FaultPlan | None = None) -> None:
        self.inner = inner
        self._plan = drawn_faults(seed) if faults is None else plan_of(faults)
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []

    @property
    def plans(self) -> list[tuple[Fault, ...]]:
        """The faults that were planned, for each request so far; given as ``in_turn(*plans)`` they come again."""
        return [exchange.faults for exchange in self._exchanges]

    @property
    def injected(self) -> list[Fault]:
        """The faults that did their harm; a body that is too short for one escapes it."""
        return [fault for exchange in self._exchanges for fault in exchange.injected]

    def _begin(self, request: Any) -> Exchange:
        with self._lock:
            exchange = Exchange(request, self._plan(len(self._exchanges) + 1))
            self._exchanges.append(exchange)
            return exchange

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of a sync client."""
        exchange = self._begin(request)
        wait(exchange, exchange.head_seconds, threading.Event())
        if exchange.instead is Ending.RESET:
            exchange.refuse()
        while exchange.instead is Ending.SILENCE:
            wait(exchange, 3600.0, threading.Event())
        if isinstance(exchange.instead, Answer):
            return exchange.answer(exchange.instead)
        return exchange.wrapped(self.inner.handle_request(request), SyncFaultyStream, "SyncByteStream")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an async client."""
        exchange = self._begin(request)
        await wait_async(exchange, exchange.head_seconds)
        if exchange.instead is Ending.RESET:
            exchange.refuse()
        while exchange.instead is Ending.SILENCE:
            await wait_async(exchange, 3600.0)
        if isinstance(exchange.instead, Answer):
            return exchange.answer(exchange.instead)
        response = await self.inner.handle_async_request(request)
        return exchange.wrapped(response, AsyncFaultyStream, "AsyncByteStream")

    def close(self) -> None:
        """Close the transport that is asked."""
        self.inner.close()

    async def aclose(self) -> None:
        """Close the transport that is asked."""
        await self.inner.aclose()
