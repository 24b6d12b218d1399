"""What the answer to one request comes to, by what the server meant to send and the plan for the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from rxstream.simulated.frames import event_frame
from rxstream.testing.faults import Answer, BodyFault, CloseFault, Ending, Fault, FaultyBody, HeadFault, Piece
from tests.simulation.history import Asked, History
from tests.simulation.messages import json_object, messages

__all__ = ["DROPS", "TERMINAL", "Came", "came_of", "pieces_of"]

TERMINAL = {"response.completed": "", "response.incomplete": "", "response.failed": "ResponseFailedError"}
"""The events after which nothing comes, and the error that each becomes."""

DROPS = ("ConnectionLostError", "IdleTimeoutError", "TruncatedStreamError")
"""The errors of a stream that broke off."""

_ENDED = ("completed", "incomplete", "failed")
_RUNNING = ("queued", "in_progress")


@dataclass(frozen=True)
class Came:
    """What one answer comes to, for a client that reads it to its end.

    Attributes:
        events: The events in it, as JSON.
        end: The name of the error with which it ends; ``""`` for a completion.
        is_retryable: The same request may go well another time.
        is_refusal: There is no use in asking for events again.
        seconds: How long the server asks to be left alone, where it does.
        is_running: The response has not ended yet, says the server.
        is_true: The bytes are those that were sent, as far as they came.
        received: The bytes.
        stop: After how many messages nothing more is wanted; ``None`` where the end is waited for.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    end: str = ""
    is_retryable: bool = False
    is_refusal: bool = False
    seconds: float | None = None
    is_running: bool = False
    is_true: bool = True
    received: bytes = b""
    stop: int | None = None


def came_of(history: History, asked: Asked, plan: tuple[Fault, ...]) -> Came | None:
    """Say what comes of a request; ``None`` where nothing says what became of it, since the client left."""
    heads = [fault for fault in plan if isinstance(fault, HeadFault)]
    instead = next((fault.instead for fault in heads if fault.instead), None)
    if instead is Ending.SILENCE or sum(fault.seconds for fault in heads) > history.read_seconds:
        return Came(end="APITimeoutError", is_retryable=True)
    if instead is Ending.RESET:
        return Came(end="APIConnectionError", is_retryable=True)
    if isinstance(instead, Answer):
        return _status(instead.status_code, instead.headers)
    served = asked.served
    if served is None:
        return None
    if served.status_code != 200:
        return _status(served.status_code, {})
    if served.events is not None:
        return _events(served.events, *_read(b"".join(map(event_frame, served.events)), plan, history), plan)
    if asked.is_stream or asked.method == "POST":
        return Came(end="NotAnEventStreamError", is_refusal=True)
    return _snapshot(*_read(served.body, plan, history), plan)


def _status(status_code: int, headers: dict[str, str]) -> Came:
    said = headers.get("x-should-retry")
    is_retryable = said == "true" if said else status_code in (408, 409, 429) or status_code >= 500
    seconds = {"2": 2.0, "3600": 3600.0}.get(headers.get("retry-after", ""))
    seconds = 1.5 if "retry-after-ms" in headers else seconds
    return Came(end="APIStatusError", is_retryable=is_retryable, is_refusal=not is_retryable, seconds=seconds)


def pieces_of(chunks: list[bytes], plan: Sequence[Fault], read_seconds: float) -> list[Piece]:
    """Return what a client is given of a body that it reads to its end."""
    faulty = FaultyBody(plan)
    taken: list[Piece] = []
    for piece in [*chain.from_iterable(map(faulty.feed, filter(None, chunks))), *faulty.close()]:
        taken.append(piece)
        if piece.seconds > read_seconds:
            taken[-1] = Piece(read_seconds, Ending.SILENCE)
        if isinstance(taken[-1].content, Ending):
            return taken
    raise AssertionError("a body without an end")


def _read(body: bytes, plan: tuple[Fault, ...], history: History) -> tuple[bytes, str]:
    """Return the bytes that a client can have read, and the error if the connection broke."""
    pieces = pieces_of([body], plan, history.read_seconds)
    received = b"".join(piece.content for piece in pieces if isinstance(piece.content, bytes))
    ending = pieces[-1].content
    fails = any(isinstance(fault, CloseFault) and fault.fails for fault in plan)
    # httpx2 closes before it tells that nothing came in time, and what closing raises takes the place of that.
    is_hidden = ending is Ending.COMPLETE or (ending is Ending.SILENCE and history.family == "httpx2")
    if fails and is_hidden:
        return received, "ConnectionLostError"
    if ending is Ending.COMPLETE:
        return received, ""
    return received, "IdleTimeoutError" if ending is Ending.SILENCE else "ConnectionLostError"


def _events(sent: list[dict[str, Any]], received: bytes, broken: str, plan: tuple[Fault, ...]) -> Came:
    is_true = not any(isinstance(fault, BodyFault) and fault.corrupts for fault in plan)
    read: list[dict[str, Any]] = []
    failed = ""
    stop: int | None = None
    # Without corruption, the true events: no decoder is in between.
    came = sent[: received.count(b"\n\n")] if is_true else messages(received)
    for number, one in enumerate(came, start=1):
        name, value = ("", one) if isinstance(one, dict) else (one[0], json_object(one[1]))
        if not isinstance(one, dict) and one[1] in ("", "[DONE]"):
            continue
        if value is None:
            return Came(read, failed or "EventParseError", is_true=is_true, received=received, stop=stop or number)
        read.append(value)
        kind = value["type"] if isinstance(value.get("type"), str) else name
        if kind in TERMINAL:
            return Came(read, failed or TERMINAL[kind], is_true=is_true, received=received, stop=stop or number)
        if kind == "error":
            failed, stop = "ResponseStreamError", stop or number
    end = failed or broken or "TruncatedStreamError"
    is_retryable = end in DROPS and not read
    return Came(read, end, is_retryable, is_true=is_true, received=received, stop=stop)


def _snapshot(received: bytes, broken: str, plan: tuple[Fault, ...]) -> Came:
    is_true = not any(isinstance(fault, BodyFault) and fault.corrupts for fault in plan)
    if broken:
        return Came(end=broken, is_retryable=True, is_true=is_true, received=received)
    response = json_object(received)
    status = None if response is None else response.get("status")
    if status in _ENDED:
        kind = f"response.{status}"
        return Came([{"type": kind, "response": response}], TERMINAL[kind], is_true=is_true, received=received)
    end, is_running = ("ResponseFailedError", False) if status == "cancelled" else ("StreamError", status in _RUNNING)
    return Came(end=end, is_running=is_running, is_true=is_true, received=received)
