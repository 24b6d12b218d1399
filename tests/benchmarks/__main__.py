"""``python -m tests.benchmarks [--events N] [--rounds N] [--json FILE]``.

Contenders take turns on the same bytes, round by round, so that what slows the machine down slows all of them down.
What is measured is the processor time of this process; the figure of a contender is the median of its rounds, and the
ratio of two is the median of the ratios within each round.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import httpx

from tests.benchmarks.body import frames_of
from tests.benchmarks.contenders import ASYNCHRONOUS, SYNCHRONOUS
from tests.benchmarks.growth import growth
from tests.benchmarks.server import sending
from tests.benchmarks.transport import FramesTransport

Rounds = dict[str, list[float]]

RATIOS = (
    ("openai raw", "rxstream events", 8.0),
    ("openai helper", "rxstream snapshots", 10.0),
    ("httpx-sse + json", "rxstream events", 1.0),
)
GROWTH_GOAL = 1.2


def timed(run: Callable[[], int], expected: int | None) -> tuple[float, int]:
    """Return the processor time that a contender takes, and the characters that it saw (0: it looks at none)."""
    began = time.process_time()
    seen = run()
    took = time.process_time() - began
    if expected and seen and seen != expected:
        raise AssertionError(f"expected {expected} characters, but {seen} were seen")
    return took, seen or expected or 0


def race(runs: dict[str, Callable[[], int]], rounds: int, events: int, label: str) -> Rounds:
    """Let the contenders take turns; return microseconds an event, round by round."""
    took: Rounds = {name: [] for name in runs}
    expected: int | None = None
    for number in range(rounds + 1):
        for name, run in runs.items():
            seconds, expected = timed(run, expected)
            if number:  # the first round warms up
                took[name].append(seconds / events * 1e6)
        print(f"\r{label}: round {number} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return took


def synchronous(http_client: httpx.Client, url: str) -> dict[str, Callable[[], int]]:
    """Return the synchronous contenders, ready to run."""
    return {name: lambda run=run: run(http_client, url) for name, run in SYNCHRONOUS.items()}


def asynchronous(runner: asyncio.Runner, http_client: httpx.AsyncClient, url: str) -> dict[str, Callable[[], int]]:
    """Return the asynchronous contenders, ready to run in one event loop."""

    async def one(name: str) -> int:
        return await ASYNCHRONOUS[name](http_client, url)

    return {name: lambda name=name: runner.run(one(name)) for name in ASYNCHRONOUS}


def show(label: str, took: Rounds) -> dict[str, float]:
    """Print one table; return its ratios."""
    print(f"\n{label}: microseconds of processor time an event, median of {len(next(iter(took.values())))} rounds")
    for name, figures in took.items():
        print(f"  {name:<20} {median(figures):8.1f}   (from {min(figures):.1f} to {max(figures):.1f})")
    ratios: dict[str, float] = {}
    for slow, fast, goal in RATIOS:
        ratio = median(a / b for a, b in zip(took[slow], took[fast], strict=True))
        ratios[f"{slow} / {fast}"] = ratio
        print(f"  {slow} / {fast}: {ratio:.1f} (goal: at least {goal:g}{'' if ratio >= goal else ', MISSED'})")
    return ratios


def show_growth(figures: dict[str, dict[int, float]]) -> dict[str, float]:
    """Print how the cost of an event grows; return the ratios."""
    print("\ngrowth: microseconds of processor time an event")
    ratios: dict[str, float] = {}
    for name, by_size in figures.items():
        sizes = sorted(by_size)
        ratio = ratios[name] = by_size[sizes[-1]] / by_size[sizes[0]]
        columns = "  ".join(f"{size:>7}: {by_size[size]:.2f}" for size in sizes)
        missed = "" if ratio <= GROWTH_GOAL else ", MISSED"
        print(f"  {name:<16} {columns}   ratio {ratio:.2f} (goal: at most {GROWTH_GOAL:g}{missed})")
    return ratios


def main() -> None:
    """Run all races and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.split("\n\n")[1])
    parser.add_argument("--events", type=int, default=2000, help="text deltas of a stream (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each contender runs (default: %(default)s)")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()

    frames = frames_of(options.events)
    print(f"Python {platform.python_version()}, {len(frames)} events of {sum(map(len, frames)) // len(frames)} bytes")
    results: dict[str, object] = {}

    def measure(label: str, runs: dict[str, Callable[[], int]]) -> None:
        took = race(runs, options.rounds, len(frames), label)
        results[label] = {"microseconds": took, "ratios": show(label, took)}

    def measure_both(label: str, url: str, transport: FramesTransport | None) -> None:
        with httpx.Client(transport=transport) as http_client:
            measure(f"{label}, sync", synchronous(http_client, url))
        with asyncio.Runner() as runner:
            async_client = httpx.AsyncClient(transport=transport)
            measure(f"{label}, async", asynchronous(runner, async_client, url))
            runner.run(async_client.aclose())

    measure_both("in process", "http://frames/v1", FramesTransport(frames))
    for writes in ("one", "each"):
        with sending(frames, writes=writes) as url:
            label = "loopback, all in one write" if writes == "one" else "loopback, a write for each event"
            measure_both(label, url, None)
    results["growth"] = show_growth(growth((1_000, 10_000, 100_000), options.rounds))
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
