"""``python -m tests.benchmarks.structured [--rounds N]``: structured output of 1,000 and of 10,000 elements.

Prints microseconds of processor time an element, and the ratio of the two.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import reactivex
from pydantic import BaseModel

import rxstream as rxs
from rxstream.events import ResponseTextDeltaEvent

SIZES = (1_000, 10_000)
GOAL = 1.2


class Line(BaseModel):
    """One element."""

    article: str
    count: int
    price: float


class Order(BaseModel):
    """The whole output."""

    customer: str
    lines: list[Line]


OPERATORS: dict[str, Callable[[], Any]] = {
    "partial_json": rxs.partial_json,
    "partial_model": lambda: rxs.partial_model(Order),
    "elements": lambda: rxs.elements("lines", Line),
}


def events_of(size: int) -> list[ResponseTextDeltaEvent]:
    """The output, in deltas of four characters."""
    lines = [{"article": f"A-{number:05}", "count": number % 7, "price": number / 4} for number in range(size)]
    text = json.dumps({"customer": "Ada", "lines": lines})
    return [ResponseTextDeltaEvent(output_index=0, delta=text[start : start + 4]) for start in range(0, len(text), 4)]


def timed(events: list[Any], operator: Callable[[], Any]) -> float:
    """Seconds."""
    gc.collect()
    began = time.process_time()
    reactivex.from_iterable(events).pipe(operator()).subscribe(lambda item: None, _raise)
    return time.process_time() - began


def _raise(error: Exception) -> None:
    raise error


def main() -> int:
    """Print the table; return 1 where the cost of an element grows."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.structured", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds: int = parser.parse_args().rounds
    best: dict[tuple[str, int], float] = {}
    for size in SIZES:
        events = events_of(size)
        for _ in range(rounds):
            for name, operator in OPERATORS.items():
                best[name, size] = min(best.get((name, size), float("inf")), timed(events, operator) / size * 1e6)
    print(f"{'µs an element':16}" + "".join(f"{size:>10,}" for size in SIZES) + f"{'ratio':>8}")
    is_met = True
    for name in OPERATORS:
        ratio = best[name, SIZES[1]] / best[name, SIZES[0]]
        is_met = is_met and ratio <= GOAL
        print(f"{name:16}" + "".join(f"{best[name, size]:10.1f}" for size in SIZES) + f"{ratio:8.2f}")
    print(f"\nat most {GOAL}: {'met' if is_met else 'MISSED'}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
