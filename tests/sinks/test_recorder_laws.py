"""The laws of operators, for ``record``: a sink, but it stands in pipes as they do."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rxstream import record
from tests.laws import test_adapters, test_cold, test_dispose, test_errors, test_grammar, test_prompt
from tests.laws.registry import Case, every_case
from tests.strategies import streams

_LAWS = {
    name: law
    for module in (test_adapters, test_cold, test_dispose, test_errors, test_grammar, test_prompt)
    for name, law in vars(module).items()
    if every_case.mark in getattr(law, "pytestmark", ())
}


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.mark.parametrize("flush", ["line", "end"])
@pytest.mark.parametrize("law", _LAWS.values(), ids=_LAWS)
def test_it_obeys(law: Any, flush: Any, folder: Path) -> None:
    """Laws 2 to 7 and 11, with a file for each subscription."""
    numbers = itertools.count()
    make = partial(record, lambda: folder / str(next(numbers)), flush=flush)
    law(case=Case("record", make, streams()))
    assert next(numbers) > 0


def test_all_laws_are_found() -> None:
    """Law: those that every operator obeys."""
    assert len(_LAWS) >= 14
