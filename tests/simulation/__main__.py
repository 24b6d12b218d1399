"""Replay seeds.

``python -m tests.simulation SEED`` prints what was planned, what came, and what was wrong.
``python -m tests.simulation SEED UNTIL`` tries all seeds from the first up to the second, and prints the figures.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from time import perf_counter

from tests.simulation.checker import check
from tests.simulation.counting import struck
from tests.simulation.history import History
from tests.simulation.world import live

_PROGRESS = 5_000


def replay(seed: int) -> int:
    """Print all of one seed."""
    history = live(seed)
    leaves = "" if history.leaves_after is None else f", they leave after {history.leaves_after:.3f} s"
    print(f"{history.way}: scenario {history.scenario}, {history.family}, {history.max_retries} retries{leaves}")
    for number, (asked, plan) in enumerate(zip(history.asked, history.plans, strict=True), start=1):
        print(f"request {number}: {_asked(asked)}")
        print(f"  faults: {list(plan)}")
        if asked.served is not None:
            events = "" if asked.served.events is None else f", {len(asked.served.events)} events"
            print(f"  server: {asked.served.status_code}{events}, {asked.served.manner or 'as asked'}")
    for noticed in history.notices:
        print(f"notice before request {noticed.asked + 1}: {noticed.notice}")
    if history.recording is not None:
        room = history.recording.room
        print(f"recorded: {len(history.recording.content)} bytes, room for {'all' if room is None else room}")
    for name, listener in history.listeners.items():
        print(f"{name}: {len(listener.items)} items, ends: {listener.ends}")
    print(f"{history.seconds:.3f} s of virtual time; struck: {struck(history)}")
    check(history)
    print("as it should be")
    return 0


def _asked(asked: object) -> str:
    shown = {name: value for name, value in vars(asked).items() if name != "served" and value not in (None, "")}
    return ", ".join(f"{name}={value}" for name, value in shown.items())


def run(first: int, until: int) -> int:
    """Run many seeds; print the figures."""
    begun = perf_counter()
    faults: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    failures = requests = recorded = 0
    for seed in range(first, until):
        try:
            history = live(seed)
            check(history)
            faults.update(fault.name for fault in struck(history))
            ends[_end(history)] += 1
            requests += len(history.asked)
            recorded += history.recording is not None
        except Exception as error:
            failures += 1
            print(f"replay with: python -m tests.simulation {seed}\n  {type(error).__name__}: {error}"[:400])
        if (seed + 1 - first) % _PROGRESS == 0 and seed + 1 < until:
            print(f"{seed + 1 - first} seeds, {faults.total()} faults, {failures} failed", flush=True)
    print(f"seeds {first} to {until - 1} in {perf_counter() - begun:.0f} s: {failures} failed")
    print(f"{requests} requests, {recorded} recordings")
    print(f"{faults.total()} faults that struck: {_counts(faults)}")
    print(f"ends: {_counts(ends)}")
    return min(failures, 1)


def _end(history: History) -> str:
    if history.leaves_after is not None:
        return "left"
    end = history.listeners["events"].ends[0]
    return "completed" if end is None else type(end).__name__


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())


def main(arguments: Sequence[str]) -> int:
    """Take the arguments of the command line."""
    try:
        numbers = [int(argument) for argument in arguments]
    except ValueError:
        numbers = []
    if len(numbers) == 1:
        return replay(numbers[0])
    if len(numbers) == 2:
        return run(*numbers)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
