"""The server's side: a simulated model whose responses can be resumed, and manners that are drawn."""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import httpx

from rxstream.simulated import SimulatedModel, SimulatedTransport
from rxstream.testing.faults import Fault
from tests.simulation.history import Asked, History, Served

__all__ = ["KeptModel", "Server"]

_HEADERS = {
    "empty_suffix": {"content-type": "text/event-stream"},
    "answer_html": {"content-type": "text/html"},
}
_JSON = {"content-type": "application/json"}
_RUNNING = ("queued", "in_progress")
_GONE = json.dumps({"error": {"message": "it is too old", "code": "gone"}}).encode()


class KeptModel(SimulatedModel):
    """Keeps what it made: the true events."""

    def __init__(self, history: History, tokens_per_second: float | None) -> None:
        super().__init__(history.seed, history.scenario, tokens_per_second)
        self._kept = history.responses

    def create(self, body: object, *, now: float = 0.0) -> Any:
        """Make a response, and keep it."""
        made = super().create(body, now=now)
        self._kept.append(made)
        return made


class Server(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Stands between the network and the model; what it does to requests for the rest of a response is drawn.

    - The rest begins up to five events before the place that was asked for (``overlap``), or is empty
      (``empty_suffix``), or is refused (``refuse_suffix``), or a page comes instead (``answer_html``).
    - The response as a whole is not to be had (``refuse_snapshot``), or it is said to run still (``still_running``), or
      what comes is none (``strange_snapshot``).

    Attributes:
        inner: Makes what the model answers an answer to an HTTP client.
    """

    def __init__(self, history: History, model: KeptModel) -> None:
        self.inner = SimulatedTransport(model=model)
        self._asked = history.asked
        self._responses = history.responses
        self._random = random.Random(f"server {history.seed}")
        self._is_stern = self._random.random() < 0.3

    async def handle_async_request(self, request: Any) -> Any:
        """Answer, in asyncio."""
        asked = self._asked[-1]
        manner = self._manner(asked)
        if (instead := self._instead(request, asked, manner)) is not None:
            return instead
        return self._answered(request, asked, manner, await self.inner.handle_async_request(request))

    def handle_request(self, request: Any) -> Any:
        """Answer, in a thread."""
        asked = self._asked[-1]
        manner = self._manner(asked)
        if (instead := self._instead(request, asked, manner)) is not None:
            return instead
        return self._answered(request, asked, manner, self.inner.handle_request(request))

    def _manner(self, asked: Asked) -> Fault | None:
        if asked.method == "POST":
            return None
        chance, is_odd = self._random.random(), self._random.random() < (0.35 if self._is_stern else 0.12)
        if not asked.is_stream:
            status = self._random.choice((404, 404, 500, 503))
            odd = (Fault("refuse_snapshot", (status,)), Fault("still_running", ()), Fault("strange_snapshot", ()))
            return self._random.choice(odd) if is_odd else None
        if is_odd:
            status = self._random.choice((400, 404, 404, 410))
            odd = (Fault("refuse_suffix", (status,)), Fault("empty_suffix", ()), Fault("answer_html", ()))
            return self._random.choice((*odd, odd[0]))
        if chance < 0.2 or asked.after is None:
            return None
        return Fault("overlap", (min(self._random.randint(1, 5), asked.after + 1),))

    def _instead(self, request: Any, asked: Asked, manner: Fault | None) -> Any:
        """Return an answer that the model has no part in, where that is the manner; else turn to the model."""
        if manner is None:
            return None
        if manner.name == "overlap" and asked.after is not None:
            request.url = request.url.copy_set_param("starting_after", asked.after - manner.arguments[0])
            return None
        if manner.name in ("still_running", "strange_snapshot"):
            return None
        is_empty = manner.name == "empty_suffix"
        status = manner.arguments[0] if manner.arguments else 200
        body = b"" if is_empty else b"<html>" if manner.name == "answer_html" else _GONE
        asked.served = Served(status, [] if is_empty else None, body, manner, asked.response_id)
        return _response(request, status, _HEADERS.get(manner.name, _JSON), body)

    def _answered(self, request: Any, asked: Asked, manner: Fault | None, response: Any) -> Any:
        if response.status_code != 200:
            asked.served = Served(response.status_code, None, response.content)
            return response
        if asked.method == "POST" or asked.is_stream:
            made = self._response(asked)
            overlap = manner.arguments[0] if manner is not None else 0
            start = 0 if asked.after is None else asked.after + 1 - overlap
            asked.served = Served(200, made.events[start:], b"", manner if overlap else None, made.id)
            return response
        body = response.content
        if manner is not None:
            body = json.dumps(self._odd(manner, json.loads(body))).encode()
            response = _response(request, 200, _JSON, body)
        asked.served = Served(200, None, body, manner)
        return response

    def _response(self, asked: Asked) -> Any:
        if asked.method == "POST":
            return self._responses[-1]
        return next(made for made in self._responses if made.id == asked.response_id)

    def _odd(self, manner: Fault, response: dict[str, Any]) -> Any:
        if manner.name == "still_running":
            return {**response, "status": self._random.choice(_RUNNING)}
        return self._random.choice(([], {}, {**response, "status": "strange"}, {**response, "status": "cancelled"}))

    def close(self) -> None:
        """Nothing to close."""

    async def aclose(self) -> None:
        """Nothing to close."""


def _response(request: Any, status_code: int, headers: dict[str, str], body: bytes) -> Any:
    family: Any = sys.modules[type(request).__module__.partition(".")[0]]
    return family.Response(status_code, headers=headers, content=body)
