"""What goes wrong in the network: drawn, and in some ways bounded, so that thousands of seeds can be tried."""

from __future__ import annotations

import random

from rxstream.testing.faults import (
    BodyFault,
    Fault,
    FaultPlan,
    answer_status,
    cut_after,
    drawn_faults,
    drip,
    incomplete_after,
    reset_after,
    silence_after,
)
from tests.simulation.history import Way

__all__ = ["drawn_plan"]

_ENDS = (cut_after, incomplete_after, reset_after, silence_after)
_NAMES_OF_ENDS = tuple(end.__name__ for end in _ENDS)
_MOST_DRIPPED = 8
_LONGEST_SECONDS = (0.05, 5.0, 5.0, 400.0)
_RETRY_AFTER = (
    {"retry-after": "2"},
    {"retry-after-ms": "1500"},
    {"retry-after": "3600"},
    {"retry-after": "soon"},
    {"x-should-retry": "false"},
    {"x-should-retry": "true"},
)


def drawn_plan(seed: int, way: Way, *, longest_seconds: tuple[float, ...] = _LONGEST_SECONDS) -> FaultPlan:
    """Draw the plan of a seed. Where delays are short, since they are real, a server asks for none either.

    In most plans of streams that can be resumed the bytes stay what they are: they only come late, in other pieces, or
    not all. What is corrupted ends a stream soon, and so do bodies that all break off at their beginning.
    """
    chance = random.Random(f"plan {seed}")
    is_tame = chance.random() < (0.5 if way == "request" else 0.8)
    break_off = chance.choice((0.2, 0.5, 1.0) if way == "request" else (0.3, 0.9, 0.9))
    longest = chance.choice(longest_seconds)
    # Of delays that are longer than clients wait, there need not be many; of others, many do no harm.
    drawn = drawn_faults(
        seed,
        body_bytes=chance.choice((3_000, 6_000, 9_000)),
        longest_seconds=longest,
        most_in_body=chance.choice((3, 6) if longest > 60 else (20, 40, 60) if is_tame else (4, 8, 16)),
    )

    def plan(number: int) -> tuple[Fault, ...]:
        own = random.Random(f"{seed}/{number}")
        faults = [_bounded(fault) for fault in drawn(number) if not (is_tame and _corrupts(fault))]
        if longest_seconds is _LONGEST_SECONDS:
            faults = [_with_retry_after(fault, own) for fault in faults]
        breaks_off, is_further_on = own.random() < break_off, way != "request" and own.random() < 0.8
        if is_further_on or not breaks_off:
            faults = [fault for fault in faults if fault.name not in _NAMES_OF_ENDS]
        if is_further_on and breaks_off:
            faults.append(own.choice(_ENDS)(own.randrange(500, 4_000)))
        return tuple(faults)

    return plan


def _corrupts(fault: Fault) -> bool:
    return isinstance(fault, BodyFault) and fault.corrupts


def _bounded(fault: Fault) -> Fault:
    if fault.name != "drip":  # byte by byte is the slowest of all
        return fault
    at, size, seconds = fault.arguments
    return drip(at, min(size or _MOST_DRIPPED, _MOST_DRIPPED), seconds)


def _with_retry_after(fault: Fault, own: random.Random) -> Fault:
    if fault.name != "answer_status" or own.random() < 0.6:
        return fault
    status, body, headers = fault.arguments
    return answer_status(status, body, {**headers, **own.choice(_RETRY_AFTER)})
