"""Child processes, in which tests run against a mutant until the first fails."""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

__all__ = [
    "ARGUMENTS",
    "KILLED",
    "KILLED_CODE",
    "SURVIVED",
    "SURVIVED_CODE",
    "TIMED_OUT",
    "UNREACHED",
    "FirstFailure",
    "fork",
    "limit_memory",
    "module_name",
    "result_of",
    "wait",
]

KILLED, SURVIVED, TIMED_OUT, UNREACHED = "killed", "survived", "timed out", "no test reaches it"
SURVIVED_CODE, KILLED_CODE = 0, 99
ARGUMENTS = (
    *("-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=mutation", "--tb=no", "-q"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # Hypothesis is imported before pytest starts
)
"""How pytest is called."""

_MEMORY_BYTES = 4 * 2**30

# A failing example need not be small here, and a slow machine must not look like a failing test.
hypothesis.settings.register_profile(
    "mutation",
    derandomize=True,
    deadline=None,
    database=None,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    suppress_health_check=list(hypothesis.HealthCheck),
)


class FirstFailure:
    """A plugin: the first test that fails ends the process, as does one that takes too long."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        seconds = self._seconds.get(item.nodeid, 1.0)
        signal.setitimer(signal.ITIMER_PROF, 5 * seconds + 1)  # of this process's work, however busy the machine is
        signal.setitimer(signal.ITIMER_REAL, 20 * seconds + 20)  # for threads that wait for each other

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            os._exit(KILLED_CODE)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            os._exit(KILLED_CODE)


def module_name(file: str) -> str:
    """The name that a file, relative to the root, is imported by."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def result_of(status: int) -> str:
    """What became of a mutant, by how its process ended."""
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGALRM):
        return TIMED_OUT
    return SURVIVED if status == 0 else KILLED


def limit_memory() -> None:
    """Keep a mutant from taking the machine's memory."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def fork(action: Callable[[], int], output: Path = Path(os.devnull)) -> int:
    """Do something in a child of this process, which ends with its result."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    try:
        nowhere = os.open(output, os.O_RDWR | os.O_CREAT)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        code = action()
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
        code = KILLED_CODE
    os._exit(code)


def wait(process: int) -> int:
    """Wait for a child's end, and return how it was."""
    return os.waitpid(process, 0)[1]
