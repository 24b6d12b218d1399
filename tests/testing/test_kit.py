"""The package as a whole."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from rxstream import testing


def test_without_hypothesis_the_extra_is_named():
    """A missing extra is an error that says what to install, at the import."""
    code = "import sys; sys.modules['hypothesis'] = None; import rxstream; rxstream.testing"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == (
        "rxstream.errors.base.MissingExtraError: rxstream.testing needs the package 'hypothesis': "
        "pip install 'rxstream[testing]'"
    )


@pytest.mark.parametrize("name", testing.__all__)
def test_every_public_name_is_there_and_documented(name: str):
    """The list of names is the truth, and each says what it is."""
    assert inspect.getdoc(getattr(testing, name))


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(function, id=f"{package.__name__}.{name}")
        for package in (testing, testing.faults, testing.strategies)
        for name, function in ((name, getattr(package, name)) for name in package.__all__)
        if inspect.isfunction(function)
    ],
)
def test_every_public_function_shows_its_use(function: Callable[..., Any]):
    """An example in its docstring, which runs with the other tests."""
    _, _, example = (inspect.getdoc(function) or "").partition("Example:\n")
    assert ">>> " in example


def test_what_is_completed_at_a_prompt_is_public():
    """``dir`` lists the names that are there to be used, the two packages inside, and nothing else."""
    shown = [name for name in dir(testing) if not name.startswith("__")]
    assert shown == sorted([*testing.__all__, "faults", "strategies"])
    assert all(hasattr(testing, name) for name in dir(testing))
