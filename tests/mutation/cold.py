"""Errors in what runs at import: for each, everything is imported and collected anew."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import signal
import sys
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from tests.mutation.children import (
    ARGUMENTS,
    KILLED_CODE,
    SURVIVED_CODE,
    FirstFailure,
    fork,
    limit_memory,
    module_name,
    result_of,
    wait,
)
from tests.mutation.mutants import Mutant, Source

__all__ = ["try_cold"]

_LONGEST_SECONDS = 300


def try_cold(source: Source, mutant: Mutant, tests: dict[str, float], root: Path) -> str:
    """Try a mutant in a child of this process, which must not have imported the module.

    Args:
        source: The module.
        mutant: The error.
        tests: The names of the tests to run, and how many seconds each takes without the error.
        root: The root of the repository.
    """
    code = source.code(mutant)
    files = sorted({name.partition("::")[0] for name in tests})

    def run() -> int:
        limit_memory()
        signal.setitimer(signal.ITIMER_REAL, _LONGEST_SECONDS)
        finder = _MutatedFinder(module_name(source.file), str(source.path), code)
        plugins = [finder, FirstFailure(tests), _Selected(tests)]
        ended = pytest.main([*ARGUMENTS, f"--rootdir={root}", *files], plugins=plugins)
        return SURVIVED_CODE if ended == pytest.ExitCode.OK else KILLED_CODE

    return result_of(wait(fork(run)))


class _Selected:
    """A plugin that leaves out all tests but some."""

    def __init__(self, names: dict[str, float]) -> None:
        self._names = names

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self._names]


class _MutatedLoader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


class _MutatedFinder:
    """A plugin that imports one module with an error in it."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        self._name = name
        self._path = path
        self._code = code

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self) -> None:
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]  # before the hook that rewrites assertions

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(
            name, self._path, loader=_MutatedLoader(name, self._path, self._code)
        )
