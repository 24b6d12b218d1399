"""The process that has imported and collected everything, and a child of it for each mutant."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest

from tests.mutation.children import (
    SURVIVED,
    SURVIVED_CODE,
    UNREACHED,
    FirstFailure,
    fork,
    limit_memory,
    module_name,
    result_of,
    wait,
)
from tests.mutation.mutants import Mutant, Source
from tests.mutation.splicing import functions_of, splice

__all__ = ["COLD", "Warm"]

COLD = "cold"
"""What is answered of a mutant that only an import gets right."""

_NOT_SPLICED_CODE = 98
_NOT_SPLICED = _NOT_SPLICED_CODE << 8  # as os.wait gives it


class Warm:
    """A plugin that, in place of the tests, tries the mutants in children of this process.

    Args:
        sources: Modules, and those of their mutants that are to be tried.
        folder: Where the answers go, as lines of JSON in the file ``answers``: first the names of all modules that
            were imported and are not the project's, then what became of each mutant.
        longest_seconds: Tests that take longer are left out.
        total_seconds: So much time one mutant's tests may take without it.
    """

    def __init__(
        self,
        sources: Sequence[tuple[Source, Sequence[Mutant]]],
        folder: Path,
        *,
        longest_seconds: float,
        total_seconds: float,
    ) -> None:
        self._sources = sources
        self._folder = folder
        self._killer = folder / "killer"  # which test runs, for the parent of the process that it ends
        self._longest_seconds = longest_seconds
        self._total_seconds = total_seconds
        self._seconds: dict[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = [item for item in session.items if item.get_closest_marker("xfail") is None]
        for source, _ in self._sources:
            importlib.import_module(module_name(source.file))
        names = [name for name, module in sys.modules.items() if not _is_under(session.config.rootpath, module)]
        self._answer({"modules": names})
        self._measure(items)
        items = [item for item in items if self._seconds[item.nodeid] <= self._longest_seconds]
        reached = self._reach(items)
        functions = {source.file: functions_of(str(source.path)) for source, _ in self._sources}
        gc.freeze()  # children would copy what their garbage collector looks at
        for source, mutants in self._sources:
            self._try(source, mutants, functions[source.file], items, reached.get(str(source.path), {}))
        return True

    def _measure(self, items: list[pytest.Item]) -> None:
        """Run everything once: it must pass, and its times are the limits of the mutants' runs."""
        file = self._folder / "seconds"

        def measure() -> int:
            failed: list[str] = []
            watcher = _Watcher(failed)
            items[0].config.pluginmanager.register(watcher)
            seconds: dict[str, float] = {}
            for item, following in _with_next(items):
                began = time.process_time()
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                seconds[item.nodeid] = time.process_time() - began
            file.write_text(json.dumps([seconds, failed]))
            return 0

        wait(fork(measure))
        self._seconds, failed = json.loads(file.read_text())
        if failed:
            print(*failed, sep="\n", flush=True)
            os._exit(1)

    def _reach(self, items: list[pytest.Item]) -> dict[str, dict[int, set[int]]]:
        """Run everything once more, to see which lines each test reaches."""
        file = self._folder / "coverage"
        files = [str(source.path) for source, _ in self._sources]

        def trace() -> int:
            seen = coverage.Coverage(data_file=str(file), include=files, config_file=False)
            seen.start()
            for place, (item, following) in enumerate(_with_next(items)):
                seen.switch_context(str(place))
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            seen.stop()
            seen.save()
            return 0

        wait(fork(trace))
        data = coverage.CoverageData(str(file))
        data.read()
        return {
            measured: {
                line: {int(context) for context in contexts if context}
                for line, contexts in data.contexts_by_lineno(measured).items()
            }
            for measured in data.measured_files()
        }

    def _try(
        self,
        source: Source,
        mutants: Sequence[Mutant],
        functions: Mapping[tuple[str, int], list[FunctionType]],
        items: list[pytest.Item],
        reached: dict[int, set[int]],
    ) -> None:
        original = source.code()
        kills: Counter[int] = Counter()
        for mutant in mutants:
            here = set[int]().union(*(reached.get(line, set()) for line in mutant.lines))
            # Where no test passes, the line may have run at import: any test may be the one that uses what it made.
            in_place = mutant.in_function and bool(here)
            chosen = self._choose(here if in_place else set(range(len(items))), items, kills)
            if not chosen:
                self._answer({"name": mutant.name, "result": UNREACHED})
                continue
            status = (
                self._in_child(original, source.code(mutant), functions, chosen, items) if in_place else _NOT_SPLICED
            )
            if status == _NOT_SPLICED:
                tests = {items[at].nodeid: self._seconds[items[at].nodeid] for at in chosen}
                self._answer({"name": mutant.name, "result": COLD, "tests": tests})
                continue
            result = result_of(status)
            if result != SURVIVED:
                kills[int(self._killer.read_text())] += 1
            self._answer({"name": mutant.name, "result": result})

    def _in_child(
        self,
        original: CodeType,
        mutated: CodeType,
        functions: Mapping[tuple[str, int], list[FunctionType]],
        chosen: list[int],
        items: list[pytest.Item],
    ) -> int:
        def run() -> int:
            if not splice(original, mutated, functions):
                return _NOT_SPLICED_CODE
            limit_memory()
            items[0].config.pluginmanager.register(FirstFailure(self._seconds))
            for place, following in _with_next(chosen):
                self._killer.write_text(str(place))
                after = None if following is None else items[following]
                items[place].config.hook.pytest_runtest_protocol(item=items[place], nextitem=after)
            return SURVIVED_CODE

        return wait(fork(run))

    def _choose(self, reaching: set[int], items: list[pytest.Item], kills: Counter[int]) -> list[int]:
        """The tests to run: those that killed most for their time, then the fastest, as many as there is time for."""
        seconds = [self._seconds[item.nodeid] for item in items]
        likely = sorted(reaching & kills.keys(), key=lambda place: (-kills[place] / (seconds[place] + 0.01), place))
        rest = sorted(reaching - kills.keys(), key=lambda place: (seconds[place], place))
        chosen, total = [], 0.0
        for place in (*likely, *rest):
            total += seconds[place]
            if chosen and total > self._total_seconds:
                break
            chosen.append(place)
        return chosen

    def _answer(self, answer: dict[str, Any]) -> None:
        with (self._folder / "answers").open("a") as file:
            file.write(json.dumps(answer) + "\n")


class _Watcher:
    def __init__(self, failed: list[str]) -> None:
        self._failed = failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.append(report.nodeid)


def _is_under(root: Path, module: object) -> bool:
    file: str | None = getattr(module, "__file__", None)
    return file is not None and Path(file).is_relative_to(root)


def _with_next(items: list[Any]) -> Iterator[tuple[Any, Any]]:
    return zip(items, [*items[1:], None], strict=True)
