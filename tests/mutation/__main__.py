"""Put errors into the code one at a time and see whether a test fails: ``python -m tests.mutation [MODULE …]``."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

from tests.mutation.children import KILLED, SURVIVED, TIMED_OUT, UNREACHED
from tests.mutation.mutants import Mutant, Source
from tests.mutation.table import GROUPS, modules_in
from tests.mutation.trials import BrokenTestsError, try_mutants

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Try the mutants of some modules; return 0 if at least nine of ten are found."""
    options = _options(arguments)
    began = time.monotonic()
    results: dict[str, Counter[str]] = {}
    survivors: list[str] = []

    def report(mutant: Mutant, result: str) -> None:
        results.setdefault(mutant.file, Counter())[result] += 1
        if result in (SURVIVED, UNREACHED):
            survivors.append(mutant.name + (f"  ({result})" if result == UNREACHED else ""))
            print(survivors[-1], flush=True)
        done = sum(map(Counter.total, results.values()))
        if done % 100 == 0:
            print(f"… {done} mutants in {time.monotonic() - began:.0f} s", flush=True)

    again = set(Path(options.again).read_text("utf-8").splitlines()) if options.again else None
    for group in GROUPS:
        sources = []
        for file in modules_in(group, ROOT, options.modules):
            source = Source(file, ROOT)
            mutants = source.mutants()
            if again is not None:
                mutants = [one for one in mutants if not again.isdisjoint({one.name, f"{one.name}  ({UNREACHED})"})]
            part, parts = options.part
            drawn = set(random.Random(options.seed).sample(range(len(mutants)), len(mutants))[part - 1 :: parts])
            mutants = [mutant for place, mutant in enumerate(mutants) if place in drawn]
            if mutants:
                sources.append((source, mutants))
        if not sources:
            continue
        try:
            try_mutants(
                sources,
                [test for test in group.tests if (ROOT / test).exists()],
                ROOT,
                report,
                longest_seconds=options.longest_seconds,
                total_seconds=options.total_seconds,
            )
        except BrokenTestsError as error:
            print(error)
            return 2
    return _summary(results, time.monotonic() - began)


def _summary(results: dict[str, Counter[str]], seconds: float) -> int:
    print(f"\n{'module':55} mutants  killed  timed out  survived")
    for file, counts in sorted(results.items()):
        _print_row(file, counts)
    total = sum(results.values(), Counter[str]())
    _print_row("all", total)
    found = total[KILLED] + total[TIMED_OUT]
    share = found / (total.total() or 1)
    print(f"\n{100 * share:.1f} % of {total.total()} mutants were killed or timed out, in {seconds:.0f} s")
    return 0 if share >= 0.9 else 1


def _print_row(name: str, counts: Counter[str]) -> None:
    survived = counts[SURVIVED] + counts[UNREACHED]
    print(f"{name:55} {counts.total():7} {counts[KILLED]:7} {counts[TIMED_OUT]:10} {survived:9}")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation",
        description="Put small errors into modules one at a time, and list those that no test finds. "
        "Exit code 0: at least 90 % are found; 1: fewer; 2: tests fail without any error.",
    )
    parser.add_argument(
        "modules",
        nargs="*",
        metavar="MODULE",
        help="files or folders, as rxstream/json_parser; all of the table if none",
    )
    parser.add_argument(
        "--again", metavar="FILE", help="try only mutants whose lines are in this output of a run before"
    )
    parser.add_argument(
        "--part",
        type=_part,
        default=(1, 1),
        metavar="K/N",
        help="try the Kth of N parts, drawn at random, of each module",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the drawing of parts (default: 1)")
    parser.add_argument(
        "--longest-seconds", type=float, default=3.0, help="leave out tests that take longer (default: 3)"
    )
    parser.add_argument(
        "--total-seconds", type=float, default=8.0, help="of tests for one mutant, the fastest first (default: 8)"
    )
    return parser.parse_args(arguments)


def _part(text: str) -> tuple[int, int]:
    part, parts = map(int, text.split("/"))
    if not 1 <= part <= parts:
        raise ValueError(f"expected K/N with K from 1 to N, but got {text!r}")
    return part, parts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
