"""The stream on which everything is tried: reasoning and text, some 300 events; and a smaller one of calls."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import httpx

from rxstream.simulated import SimulatedModel
from rxstream.simulated.frames import event_frame

REQUEST: dict[str, Any] = {
    "model": "gpt-5",
    "input": "Say 'hello' 121 times",
    "reasoning": {"effort": "high", "summary": "auto"},
}


def _events(scenario: str, **request: Any) -> list[dict[str, Any]]:
    return list(SimulatedModel(scenario=scenario).events({**REQUEST, "stream": True, **request}))


EVENTS = _events("text")
CALLS = _events("interleaved", input="What is the weather in Paris, London, Rome, Berlin and Madrid?")
FRAMES = [event_frame(event) for event in EVENTS]
BODY = b"".join(FRAMES)
ENDS = list(accumulate(map(len, FRAMES)))


def fixed_transport() -> httpx.MockTransport:
    """Return a transport that answers every request with the stream, in one chunk."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=BODY)

    return httpx.MockTransport(answer)
