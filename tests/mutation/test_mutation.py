"""The runner of mutation tests, on a module of a few lines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.mutants import Source
from tests.mutation.table import GROUPS, modules_in

ROOT = Path(__file__).resolve().parents[2]

MODULE = '''"""Small numbers."""

__all__ = ["fits", "smaller"]

LARGEST = 9


def smaller(one: int, other: int) -> int:
    """Return the smaller of two numbers."""
    return one if one < other else other


def fits(number: int) -> bool:
    return number <= LARGEST


def untested() -> int:
    return 1


def _next(number: int) -> int:
    return number + 1


SECOND_LARGEST = _next(7)
'''

QUIET = '''"""Text."""

__all__ = ["f"]


def f(x: "str | None") -> "int":
    """Text."""
    raise ValueError(f"text {x}", "text")
'''

TESTS = """
from tiny import SECOND_LARGEST, fits, smaller


def test_smaller():
    assert (smaller(1, 2), smaller(2, 1)) == (1, 1)


def test_fits():
    assert fits(9) and not fits(10) and SECOND_LARGEST == 8
"""

RUN = """
import sys
from pathlib import Path
from tests.mutation.mutants import Source
from tests.mutation.trials import try_mutants

root = Path(sys.argv[1])
source = Source("tiny.py", root)


def report(mutant, result):
    print(f"{mutant.before} -> {mutant.after}: {result}")


try_mutants([(source, source.mutants())], ["test_tiny.py"], root, report, longest_seconds=5, total_seconds=5)
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    (tmp_path / "tiny.py").write_text(MODULE)
    (tmp_path / "test_tiny.py").write_text(TESTS)
    return tmp_path


def test_what_no_input_tells_apart_survives_and_the_rest_is_killed(tiny: Path) -> None:
    """Errors in functions are put in where they are, those that run at import by importing it anew."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(tiny)))}
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(tiny)], cwd=tiny, env=environment, capture_output=True, text=True, check=True
    )
    assert sorted(ran.stdout.splitlines()) == [
        "1 -> 2: killed",
        "1 -> 2: survived",
        "7 -> 8: killed",
        "9 -> 10: killed",
        "number + 1 -> number - 1: killed",
        "number <= LARGEST -> number < LARGEST: killed",
        "number <= LARGEST -> number > LARGEST: killed",
        "one < other -> one <= other: survived",
        "one < other -> one >= other: killed",
        "return number + 1 -> return None: killed",
        "return number <= LARGEST -> return None: killed",
        "return one if one < other else other -> return None: killed",
    ]


def test_tests_that_fail_without_an_error_are_told(tiny: Path) -> None:
    """Else everything would count as killed."""
    (tiny / "test_tiny.py").write_text("def test_nothing():\n    assert False\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(tiny)))}
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(tiny)], cwd=tiny, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert "BrokenTestsError: expected tests that pass" in ran.stderr
    assert "test_nothing" in ran.stderr


def test_messages_annotations_and_docstrings_are_left_alone(tmp_path: Path) -> None:
    """An error there is none that a test should find."""
    (tmp_path / "quiet.py").write_text(QUIET)
    assert [mutant.kind for mutant in Source("quiet.py", tmp_path).mutants()] == ["statement"]


def test_every_mutant_has_a_name_of_its_own_and_compiles() -> None:
    """Of one real module (one of ten is compiled); a run is told by the names which mutants to try again."""
    source = Source("rxstream/json_parser/parser.py", ROOT)
    mutants = source.mutants()
    assert len({mutant.name for mutant in mutants}) == len(mutants) > 300
    whole = source.code()
    assert all(source.code(mutant) != whole for mutant in mutants[::10])
    assert source.code() == whole


def test_the_table_names_modules_and_tests_that_are_there() -> None:
    """Of each group."""
    for group in GROUPS:
        assert modules_in(group, ROOT, [])
        assert all((ROOT / test).exists() for test in group.tests)


def test_a_module_is_chosen_by_its_file_or_by_a_folder_round_it() -> None:
    """But not by the beginning of its name."""
    group = GROUPS[1]
    assert modules_in(group, ROOT, ["rxstream/json_parser/scalars.py"]) == ["rxstream/json_parser/scalars.py"]
    assert modules_in(group, ROOT, ["rxstream/json_parser/"]) == modules_in(group, ROOT, ["rxstream"])
    assert modules_in(group, ROOT, ["rxstream/json"]) == []
