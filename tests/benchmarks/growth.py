"""What an event costs at the end of a long stream, beside a short one."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

import reactivex

import rxstream as rxs
from rxstream.simulated import SimulatedModel

__all__ = ["growth"]

_OPERATORS: dict[str, Callable[[], Any]] = {
    "accumulate_text": rxs.accumulate_text,
    "snapshots": rxs.snapshots,
    "function_calls": rxs.function_calls,
    "text_deltas": rxs.text_deltas,
    "final_response": rxs.final_response,
}


def growth(sizes: tuple[int, ...], rounds: int) -> dict[str, dict[int, float]]:
    """Return the microseconds an event takes, by operator and by the number of events; the best of ``rounds``."""
    best: dict[str, dict[int, float]] = {name: {} for name in _OPERATORS}
    for size in sizes:
        body = {"model": "gpt-5", "input": "Go"}
        events = [rxs.parse_event(event) for event in SimulatedModel(scenario=f"long:{size}").events(body)]
        for _ in range(rounds):
            for name, operator in _OPERATORS.items():
                best[name][size] = min(best[name].get(size, float("inf")), _timed(events, operator))
    return best


def _timed(events: list[Any], operator: Callable[[], Any]) -> float:
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        reactivex.from_iterable(events).pipe(operator()).subscribe(lambda item: None)
        return (time.process_time() - began) / len(events) * 1e6
    finally:
        gc.enable()
