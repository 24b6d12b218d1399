"""``kill -9`` of a recorder.

20 kills in each run; 1,000 with ``RXSTREAM_ACCEPTANCE=1``.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_TIMES = 1000 if os.environ.get("RXSTREAM_ACCEPTANCE") else 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_what_was_emitted_before_a_kill_is_read_back() -> None:
    """Law: at any moment, the whole prefix; at most the event that was being written is lost."""
    program = [sys.executable, "-m", "tests.recordings.killed", str(_TIMES), "4"]
    run = subprocess.run(program, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert int(run.stdout) > _TIMES
