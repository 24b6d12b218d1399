"""The notebooks do today what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.canary.key import KEY
from tests.notebooks.execute import NOTEBOOKS, executed, read, shown


def test_there_are_notebooks() -> None:
    """The parametrized test below would pass with none."""
    assert [path.name for path in NOTEBOOKS][:1] == ["01_first_stream.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_executed_notebook_shows_what_is_committed(path: Path) -> None:
    """Outputs are reproducible: a run from top to bottom gives the committed ones, which cannot show its key."""
    notebook = executed(path)
    assert shown(notebook) == shown(read(path))
    assert KEY not in repr(notebook)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_no_path_of_a_machine(path: Path) -> None:
    """What is committed holds no absolute path and no address of an object."""
    text = path.read_text()
    assert " at 0x" not in text
    assert str(Path.home()) not in text
    assert str(Path(__file__).resolve().parents[2]) not in text
