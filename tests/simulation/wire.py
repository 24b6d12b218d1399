"""The network, which notes what the client asks for."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import httpx

from rxstream.testing import now
from rxstream.testing.faults import FaultPlan, FaultTransport
from tests.simulation.history import Asked, History

__all__ = ["Wire"]


class Wire(FaultTransport):
    """A transport with faults that knows what had been delivered when each request was sent."""

    def __init__(self, history: History, inner: Any, plan: FaultPlan) -> None:
        super().__init__(inner, faults=plan)
        self._history = history

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, in asyncio."""
        self._note(request, now())
        return await super().handle_async_request(request)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, in a thread."""
        self._note(request, 0.0)
        return super().handle_request(request)

    def _note(self, request: httpx.Request, seconds: float) -> None:
        query = parse_qs(request.url.query.decode())
        events = self._history.listeners.get("events")
        self._history.asked.append(
            Asked(
                seconds=seconds,
                method=request.method,
                is_stream="stream" in query,
                after=int(query["starting_after"][0]) if "starting_after" in query else None,
                response_id=request.url.path.rpartition("/")[2],
                delivered=0 if events is None else len(events.items),
            )
        )
