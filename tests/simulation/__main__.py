"""Replay seeds: ``python -m tests.simulation SEED [UNTIL]`` prints what was planned, what came, and what was wrong."""

from __future__ import annotations

import sys
from collections import Counter
from time import perf_counter

from tests.simulation.checker import check
from tests.simulation.world import live


def replay(seed: int) -> None:
    """Print all of one seed."""
    history = live(seed)
    print(f"scenario {history.scenario}, {history.family}, {history.seconds:.3f} s of virtual time")
    for number, plan in enumerate(history.plans, start=1):
        print(f"request {number}: {list(plan)}")
    print("struck:", history.injected)
    for name, listener in history.listeners.items():
        print(f"{name}: {len(listener.items)} items, ends: {listener.ends}")
    check(history)
    print("as it should be")


def run(first: int, until: int) -> int:
    """Run many seeds; print the figures."""
    begun = perf_counter()
    injected: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    failures = 0
    for seed in range(first, until):
        history = live(seed)
        injected.update(fault.name for fault in history.injected)
        ends.update(type(end).__name__ for end in history.listeners["events"].ends)
        try:
            check(history)
        except AssertionError as error:
            failures += 1
            print(f"python -m tests.simulation {seed}: {error}"[:300])
    print(f"{until - first} seeds from {first} in {perf_counter() - begun:.1f} s: {failures} failed")
    print(f"{injected.total()} faults: {dict(injected.most_common())}")
    print(f"ends: {dict(ends.most_common())}")
    return min(failures, 1)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        replay(int(sys.argv[1]))
    else:
        sys.exit(run(int(sys.argv[1]), int(sys.argv[2])))
