"""Trying mutants, each until the first test fails."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.children import ARGUMENTS, fork
from tests.mutation.cold import try_cold
from tests.mutation.mutants import Mutant, Source
from tests.mutation.warm import COLD, Warm

__all__ = ["BrokenTestsError", "try_mutants"]

Report = Callable[[Mutant, str], None]


class BrokenTestsError(Exception):
    """Tests fail without any mutant."""


def try_mutants(
    sources: Sequence[tuple[Source, Sequence[Mutant]]],
    tests: Sequence[str],
    root: Path,
    report: Report,
    *,
    longest_seconds: float,
    total_seconds: float,
) -> None:
    """Run tests against mutants, each until the first fails.

    Args:
        sources: Modules, and those of their mutants that are to be tried.
        tests: What is handed to pytest.
        root: The root of the repository.
        report: Called with each mutant and what became of it.
        longest_seconds: Tests that take longer are left out.
        total_seconds: So much time one mutant's tests may take without it; the fastest are chosen.

    Raises:
        BrokenTestsError: Tests fail without any mutant.
    """
    with tempfile.TemporaryDirectory() as folder:

        def warm() -> int:
            plugin = Warm(sources, Path(folder), longest_seconds=longest_seconds, total_seconds=total_seconds)
            return int(pytest.main([*ARGUMENTS, "-s", f"--rootdir={root}", *tests], plugins=[plugin]))

        # Fresh imports wait until this is over: only this process has everything but the mutated package imported.
        process = fork(warm, Path(folder, "output"))
        cold: dict[str, dict[str, float]] = {}
        names = {mutant.name: mutant for _, mutants in sources for mutant in mutants}
        modules: list[str] = []
        for answer in _follow(Path(folder), process):
            if "modules" in answer:
                modules = answer["modules"]
                continue
            mutant = names[answer["name"]]
            if answer["result"] == COLD:
                cold[mutant.name] = answer["tests"]
            else:
                report(mutant, answer["result"])
        if cold:
            _import(modules)
        for source, mutants in sources:
            for mutant in mutants:
                if mutant.name in cold:
                    report(mutant, try_cold(source, mutant, cold[mutant.name], root))


def _import(modules: list[str]) -> None:
    """Import what is not the project's, so that no child has to."""
    for name in modules:
        with contextlib.suppress(Exception), warnings.catch_warnings(action="ignore"):
            importlib.import_module(name)


def _follow(folder: Path, process: int) -> Iterator[Any]:
    """Yield what a process answers, until it ends."""
    answers = folder / "answers"
    answers.touch()
    status, line = None, ""
    with answers.open() as lines:
        while True:
            line += lines.readline()  # of which the end may not be written yet
            if line.endswith("\n"):
                yield json.loads(line)
                line = ""
            elif status is None:
                ended, code = os.waitpid(process, os.WNOHANG)
                status = code if ended else None
                time.sleep(0.05 if status is None else 0)
            else:
                break
    if status:
        raise BrokenTestsError("expected tests that pass\n" + (folder / "output").read_text("utf-8", "replace"))
