"""The package as a whole."""

from __future__ import annotations

import inspect
import subprocess
import sys

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
