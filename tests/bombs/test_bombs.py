"""What is too large, too deep or made to take long: each ends with its error, in little memory and linear time."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.bombs.attacks import GROUPS, STEPS

_ROOT = Path(__file__).resolve().parents[2]
_GENEROUS = 3

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is that of Linux")


@cache
def _thrown(group: str) -> dict[str, tuple[str | None, float]]:
    """Run a group in a process of 512 MiB."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.bombs.attacks", group],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {name: (ended, factor) for name, ended, factor in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize(("group", "attack"), [(group, attack) for group in GROUPS for attack in GROUPS[group]])
def test_a_bomb_ends_with_its_error_in_little_memory_and_linear_time(group: str, attack: str) -> None:
    """Law: within 512 MiB, and in time that grows as the input does, if three times slower by chance."""
    ended, factor = _thrown(group)[attack]
    assert ended == GROUPS[group][attack].ends
    assert factor <= STEPS * _GENEROUS


@pytest.mark.parametrize("group", GROUPS)
def test_the_memory_is_limited(group: str) -> None:
    """Law: who takes more than the limit in such a process is told, so that the others prove something."""
    assert _thrown(group)["the limit itself"][0] == "MemoryError"
