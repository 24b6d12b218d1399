"""The one check: ``python -m tests``.

Runs every check and every test, prints what failed, and ends with the number passed and failed. Checks and tests count
alike. ``python -m tests NAME …`` runs the named checks alone.

``pytest`` runs the tests in as many processes as there are processors, all but those that are marked ``serial``: these
measure real time, or what their process holds, and ``pytest-serial`` runs them one after the other.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_REACTIVEX = "5.1.0"
_MOST_WORKERS = 4


@dataclass(frozen=True)
class Count:
    """How many passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def command(*arguments: str) -> Callable[[], Count]:
    """A check that passes if ``python -m ARGUMENTS`` exits with 0."""

    def check() -> Count:
        code = _run([sys.executable, "-m", *arguments])
        return Count(passed=1) if code == 0 else Count(failed=1)

    return check


def run_pytest(*arguments: str, environment: Mapping[str, str] | None = None) -> Count:
    """Run tests and count them."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        options = ["-rs", "--durations=10", "--durations-min=5", f"--junitxml={report}"]
        code = _run([sys.executable, "-m", "pytest", *options, *arguments], environment)
        if not report.exists():
            return Count(failed=1)
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    if code != 0 and failed == 0:  # pytest itself failed, or ran nothing
        failed = 1
    return Count(passed=total - failures - errors - skipped, failed=failed, skipped=skipped)


def in_parallel(*arguments: str, environment: Mapping[str, str] | None = None) -> Count:
    """Run tests in several processes, but for those that must run alone."""
    workers = min(_processors(), _MOST_WORKERS)
    several = ["-n", str(workers), "--dist", "worksteal"] if workers > 1 else []
    return run_pytest("-m", "not serial", *several, *arguments, environment=environment)


def in_sequence() -> Count:
    """Run the tests that must run alone."""
    return run_pytest("-m", "serial", "tests")


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def with_oldest_reactivex() -> Count:
    """Run what touches Rx against the oldest reactivex that is supported."""
    folder = ROOT / ".compat" / f"reactivex-{OLDEST_REACTIVEX}"
    if not folder.exists():
        install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder)]
        if _run([*install, f"reactivex=={OLDEST_REACTIVEX}"]) != 0:
            return Count(failed=1)
    path = os.pathsep.join(filter(None, (str(folder), str(ROOT), os.environ.get("PYTHONPATH"))))
    return in_parallel(
        "tests/reactive", "tests/laws", "tests/operators", "rxstream/reactive", environment={"PYTHONPATH": path}
    )


CHECKS: dict[str, Callable[[], Count]] = {
    "format": command("ruff", "format", "--check", "."),
    "lint": command("ruff", "check", "."),
    "contracts": command("tests.import_contracts"),
    "pyright": command("pyright", "--pythonpath", sys.executable),
    "mypy": command("mypy"),
    "pytest": in_parallel,
    "pytest-serial": in_sequence,
    f"reactivex {OLDEST_REACTIVEX}": with_oldest_reactivex,
}


def _run(arguments: list[str], environment: Mapping[str, str] | None = None) -> int:
    return subprocess.run(
        arguments, cwd=ROOT, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, check=False
    ).returncode


def main(names: list[str]) -> int:
    """Run the checks and say how they ended; return the exit code."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"expected checks among {', '.join(CHECKS)}, but got {', '.join(unknown)}")
        return 2
    counts: dict[str, Count] = {}
    for name in names or CHECKS:
        print(f"=== {name}", flush=True)
        began = time.monotonic()
        counts[name] = CHECKS[name]()
        print(f"=== {name}: {counts[name]} in {time.monotonic() - began:.1f} s\n", flush=True)
    failed = [name for name, count in counts.items() if count.failed]
    if failed:
        print(f"failed: {', '.join(failed)}")
    total = sum(counts.values(), Count())
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
