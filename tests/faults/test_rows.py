"""Each row of the fault matrix has its test; see ``rows.py``."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.faults.rows import OPEN, TABLE, WEAKER
from tests.shared_data import needs_shared, shared_path

_ROOT = Path(__file__).resolve().parents[2]
_ROWS = [
    f"{group}{number}" for group, count in (("T", 13), ("P", 11), ("R", 4), ("S", 6)) for number in range(1, count + 1)
]


@cache
def _tests_of(file: str) -> set[str]:
    """Return the names of the test functions that a file has; none where it is not there."""
    path = _ROOT / file
    body = ast.parse(path.read_text(encoding="utf-8")).body if path.is_file() else []
    return {one.name for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("row", _ROWS)
def test_each_row_has_a_test_or_says_what_is_missing(row: str) -> None:
    """Law: never both, and never neither."""
    assert (row in TABLE) != (row in OPEN), f"expected {row} in the table or among the open rows, in one of them"
    if row in OPEN:
        assert OPEN[row].strip(), f"expected words for why {row} is open"
    else:
        assert TABLE[row].tests, f"expected a test of {row}: {TABLE[row].promise}"


@pytest.mark.parametrize("row", TABLE)
def test_each_named_test_exists(row: str) -> None:
    """Law: a test that was renamed or removed is missed here."""
    tests = TABLE[row].tests
    missing = [test for test in tests if test.partition("::")[2] not in _tests_of(test.partition("::")[0])]
    assert not missing
    assert len(set(tests)) == len(tests)


def test_the_rows_are_in_order_and_no_others() -> None:
    """Law: what is weaker than promised is said of rows that have tests."""
    assert [row for row in _ROWS if row in TABLE] == list(TABLE)
    assert OPEN.keys() <= set(_ROWS)
    assert WEAKER.keys() <= TABLE.keys()


@needs_shared
def test_the_rows_are_those_of_the_promises() -> None:
    """Law: a row that is added to the list of promises is missed here."""
    text = shared_path("design", "faults.md").read_text(encoding="utf-8")
    security = text.partition("## Security")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([A-Z]\d+) \|", text, re.MULTILINE)
    assert [*rows, *(f"S{number}" for number in re.findall(r"^(\d+)\. ", security, re.MULTILINE))] == _ROWS
