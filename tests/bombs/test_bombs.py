"""What is too large, too deep or made to take long: each ends with its error, in little memory and linear time.

The strings are 10 MB long; those that take seconds, 2 MB, and whole with ``RXSTREAM_ACCEPTANCE=1``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bombs.attacks import GROUPS, STEPS, Attack, measured

_ROOT = Path(__file__).resolve().parents[2]
_GENEROUS = 3

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is that of Linux")


@pytest.mark.parametrize("group", GROUPS)
def test_bombs_end_with_their_errors_in_little_memory_and_linear_time(group: str) -> None:
    """Law: within 512 MiB, and in time that grows as the input does, if three times slower by chance.

    Who takes more than the limit in such a process is told, so that this proves something.
    """
    thrown = _thrown(group)
    expected = {"the limit itself": "MemoryError", **{name: attack.ends for name, attack in GROUPS[group].items()}}
    assert {name: ended for name, (ended, _) in thrown.items()} == expected
    assert {name: factor for name, (_, factor) in thrown.items() if factor > STEPS * _GENEROUS} == {}


def test_time_that_grows_as_the_square_is_told() -> None:
    """Law: of what takes 64 times as long for 8 times the input, however often it is measured."""
    _, factor = measured(Attack(None, 2_400, lambda size: lambda: [None for _ in range(size) for _ in range(size)]))
    assert factor > STEPS * _GENEROUS


def _thrown(group: str) -> dict[str, tuple[str | None, float]]:
    """Run a group in a process of 512 MiB; return of each attack how it ended, and how much longer it took."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.bombs.attacks", group],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {name: (ended, factor) for name, ended, factor in map(json.loads, done.stdout.splitlines())}
