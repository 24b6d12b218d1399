"""The README says what the code does today."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import rxstream
from rxstream import operators
from rxstream.simulated import running_server

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
CI = (ROOT / ".ci" / "run").read_text()


def test_the_table_names_every_operator() -> None:
    """No operator is missing in the README."""
    assert [name for name in operators.__all__ if f"`{name}(" not in README] == []


def test_every_name_that_the_readme_uses_exists() -> None:
    """``rxs.NAME`` in the README is a public name."""
    assert [name for name in re.findall(r"rxs\.(\w+)", README) if not hasattr(rxstream, name)] == []


def test_ci_calls_the_test_command_of_the_readme() -> None:
    """The one command that passes the tests is the one that is documented."""
    commands = re.search(r"\.venv/bin/pip install (-e '\.\[dev\]') && (\.venv/bin/python -m tests)", README)
    assert commands is not None
    assert commands[1] in CI
    assert commands[2] in CI


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_each_example_runs_by_itself(number: int) -> None:
    """All Python of the README runs as it stands, against a simulated server, and prints something."""
    with running_server() as base_url:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", BLOCKS[number]],
            cwd=ROOT,
            env={**os.environ, "OPENAI_BASE_URL": base_url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert done.stderr == ""
