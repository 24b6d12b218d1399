"""The bytes that all contenders read: one valid stream, cut as asked."""

from __future__ import annotations

import httpx

from rxstream.simulated import SimulatedTransport

__all__ = ["frames_of"]


def frames_of(deltas: int) -> list[bytes]:
    """Return the frames of a stream of about ``deltas`` text deltas, an event each, as OpenAI's servers write them."""
    with httpx.Client(transport=SimulatedTransport(scenario=f"long:{deltas}")) as client:
        body = client.post(
            "http://simulated/v1/responses", json={"model": "gpt-5", "input": "Go", "stream": True}
        ).read()
    return [frame + b"\n\n" for frame in body.split(b"\n\n") if frame]
