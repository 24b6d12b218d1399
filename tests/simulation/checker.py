"""What may be seen of a seed: worked out from the true events and the plan, with nothing of the client's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rxstream.errors import RxstreamError
from rxstream.simulated import SimulatedModel
from rxstream.simulated.frames import event_frame
from rxstream.testing.faults import Answer, BodyFault, CloseFault, Ending, Fault, FaultyBody, HeadFault
from tests.reference_sse import reference_decode
from tests.simulation.world import History

__all__ = ["check"]

_TERMINAL = {"response.completed": "", "response.incomplete": "", "response.failed": "ResponseFailedError"}
_DECISIVE = frozenset((*_TERMINAL, "error"))


@dataclass(frozen=True)
class Expected:
    """What one request may come to.

    Attributes:
        events: What is to be delivered, as JSON.
        end: The name of the error's class; ``""`` for a completion.
        may_be_sent_again: What went wrong may go well another time, and nothing was delivered.
    """

    events: list[dict[str, Any]]
    end: str
    may_be_sent_again: bool = False


def check(history: History) -> None:
    """Hold a history against the truth.

    Raises:
        AssertionError: An event is lost, doubled, reordered or invented; it ended in another way than it should, or
            not, or twice; something was left over.
    """
    assert not history.is_stuck, "it did not end"
    assert not history.left_over, f"left over: {history.left_over}"
    for name, listener in history.listeners.items():
        assert not listener.after, f"{name}: after the end came {listener.after}"
        for error in listener.ends:
            assert error is None or isinstance(error, RxstreamError), f"{name}: a foreign exception: {error!r}"
        assert len(listener.ends) == 1 or history.leaves_after is not None, f"{name} ended {listener.ends}"
    tries = _expected_of_each_request(history)
    for first in tries[:-1]:
        assert not first.events, "a request was sent again after its first event"
        assert first.may_be_sent_again, f"a request was sent again that had ended with {first.end or 'a completion'}"
    _check_events(history, tries[-1])
    _check_the_rest(history)


def _expected_of_each_request(history: History) -> list[Expected]:
    model = SimulatedModel(history.seed, history.scenario)
    requests = iter(history.requests)
    tries: list[Expected] = []
    for plan in history.plans:
        head = _head(plan, history.read_seconds)
        if head is not None:
            tries.append(head)
        elif (request := next(requests, None)) is not None:
            tries.append(_body(list(model.events(request)), plan, history.read_seconds))
        else:
            assert history.leaves_after is not None, "the model did not see the request"
            tries.append(Expected([], ""))
    return tries or [Expected([], "")]


def _head(plan: tuple[Fault, ...], read_seconds: float) -> Expected | None:
    heads = [fault for fault in plan if isinstance(fault, HeadFault)]
    instead = next((fault.instead for fault in heads if fault.instead), None)
    if isinstance(instead, Ending) or sum(fault.seconds for fault in heads) > read_seconds:
        return Expected([], "APIConnectionError", may_be_sent_again=True)
    if isinstance(instead, Answer):
        status = instead.status_code
        return Expected([], "APIStatusError", may_be_sent_again=status in (408, 409, 429) or status >= 500)
    return None


def _body(events: list[dict[str, Any]], plan: tuple[Fault, ...], read_seconds: float) -> Expected:
    received, broken = _bytes(events, plan, read_seconds)
    if any(isinstance(fault, BodyFault) and fault.corrupts for fault in plan):
        messages = [(message.event, message.data) for message in reference_decode(received).events]
    else:
        # The true list, with no decoder in between.
        messages = [("", json.dumps(event)) for event in events[: received.count(b"\n\n")]]
    read: list[dict[str, Any]] = []
    failed = ""
    for name, data in messages:
        if data in ("", "[DONE]"):
            continue
        try:
            value = json.loads(data, parse_constant=_refuse)
        except ValueError:
            return Expected(read, failed or "EventParseError")
        if not isinstance(value, dict):
            return Expected(read, failed or "EventParseError")
        read.append(value)
        kind = value["type"] if isinstance(value.get("type"), str) else name
        if kind in _TERMINAL:
            return Expected(read, failed or _TERMINAL[kind])
        if kind == "error":
            failed = "ResponseStreamError"
    end = failed or ("ConnectionLostError" if broken else "TruncatedStreamError")
    return Expected(read, end, may_be_sent_again=not read)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _bytes(events: list[dict[str, Any]], plan: tuple[Fault, ...], read_seconds: float) -> tuple[bytes, bool]:
    """Return the bytes that a client can have read, and whether the connection broke."""
    body = FaultyBody(plan)
    pieces = body.feed(b"".join(map(event_frame, events)))
    received: list[bytes] = []
    for seconds, content in [*pieces, *body.close()]:
        if seconds > read_seconds:
            return b"".join(received), True
        if isinstance(content, Ending):
            return b"".join(received), content is not Ending.COMPLETE
        received.append(content)
    raise AssertionError("a body without an end")


def _check_events(history: History, expected: Expected) -> None:
    listener = history.listeners["events"]
    delivered = [event.to_dict() for event in listener.items]
    assert delivered == expected.events[: len(delivered)], "events are not a beginning of the true ones"
    if history.leaves_after is not None:
        return
    # What follows an `error` is waited for a second only.
    errors = [place for place, event in enumerate(expected.events, start=1) if event.get("type") == "error"]
    least = errors[0] if errors else len(expected.events)
    assert len(delivered) >= least, f"{least} events should have come, but {len(delivered)} came"
    end = listener.ends[0]
    ended = "" if end is None else type(end).__name__
    # A clean cut and then a connection that cannot be closed: either may be told.
    is_told_by_closing = expected.end == "TruncatedStreamError" and ended == "ConnectionLostError"
    is_so = ended == expected.end or (is_told_by_closing and _has(history, CloseFault))
    assert is_so, f"expected the end {expected.end!r}, but it was {end!r}"


def _check_the_rest(history: History) -> None:
    events = history.listeners["events"].items
    snapshots = history.listeners["snapshots"].items
    if history.leaves_after is None:
        assert len(snapshots) == len(events), f"{len(events)} events, but {len(snapshots)} snapshots"
        (outcome,) = history.listeners["outcome"].items
        end = history.listeners["events"].ends[0]
        assert (outcome.status in ("completed", "incomplete")) == (end is None), f"outcome {outcome.status} of {end!r}"
    if not any(isinstance(fault, BodyFault) and fault.corrupts for fault in history.plans[-1]):
        # Where deltas are lost or in disorder, the text that is done may be another than was accumulated.
        for before, text in pairwise(history.listeners["text"].items):
            assert text.startswith(before), f"the text {text!r} does not go on from {before!r}"


def _has(history: History, kind: type[Fault]) -> bool:
    return any(isinstance(fault, kind) for fault in history.plans[-1])
