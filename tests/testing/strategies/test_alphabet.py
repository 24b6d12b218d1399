"""The map of Unicode: no draw waits for it, however new the directory is in which tests run."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

STORED = """
import sys
from pathlib import Path
from hypothesis import HealthCheck, given, settings
from rxstream import testing

def stored():
    return sorted(path.name for path in Path(sys.argv[1]).rglob("*.json.gz"))

print(stored())
strategy = {strategy}
print(stored())

@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategy)
def draw(drawn):
    pass

draw()
print(stored())
"""

DRAWN = """
from hypothesis import given, settings, strategies as st
from rxstream import testing

# Hypothesis reads the user's own modules in its first draw; installed, this library is none of them.
@settings(deadline=None)
@given(st.integers())
def read(number):
    pass

read()
for strategy in [
    testing.gateway_streams(),
    testing.faulty(testing.responses()),
    testing.json_documents(),
    testing.responses(),
    testing.responses().flatmap(testing.sse_bytes).flatmap(testing.byte_chunks),
]:
    @settings(max_examples=20, deadline=None)
    @given(strategy)
    def draw(drawn):
        pass

    draw()
"""


def run(script: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a script where Hypothesis has stored nothing."""
    environment = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(directory)}
    command = [sys.executable, "-c", script, str(directory)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize(
    "strategy",
    ["testing.responses()", "testing.json_documents()", "testing.faulty(testing.GeneratedStream([{'type': 'ping'}]))"],
)
def test_the_map_is_made_with_the_strategy(strategy: str, tmp_path: Path) -> None:
    """Not in a draw, which has a second for ten examples; and not by an import, which would write files."""
    done = run(STORED.replace("{strategy}", strategy), tmp_path)
    assert done.returncode == 0, done.stderr
    imported, made, drawn = done.stdout.splitlines()
    assert imported == "[]"
    assert made == drawn == "['charmap.json.gz']"


@pytest.mark.serial
def test_the_first_examples_pass_the_health_checks(tmp_path: Path) -> None:
    """With the limits that Hypothesis has by itself; it looks at the first ten that are valid.

    It measures real time, which other programs take too: of three times, once.
    """
    tried = (run(DRAWN, tmp_path / str(number)) for number in range(3))
    failed = list(takewhile(lambda done: done.returncode != 0, tried))
    assert len(failed) < 3, failed[-1].stderr
