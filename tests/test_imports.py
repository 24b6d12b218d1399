"""What importing the package brings along."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "starlette",
    "uvicorn",
    "hypothesis",
    "IPython",
    "rich",
    "openai",
    "httpx",
    "httpx2",
    "rxstream.simulated",
    "rxstream.testing",
)


def imported_by(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter holds after a statement."""
    code = f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_importing_rxstream_imports_no_server_no_display_and_no_test_library() -> None:
    """``import rxstream`` stays light."""
    assert imported_by("import rxstream").isdisjoint(HEAVY)


def test_the_simulated_model_needs_no_server_in_process() -> None:
    """The extra ``server`` is for sockets alone."""
    modules = imported_by("import rxstream; rxstream.simulated.SimulatedTransport")
    assert "rxstream.simulated" in modules
    assert modules.isdisjoint({"starlette", "uvicorn"})


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The façade's lazy attribute does not swallow misspelt names."""
    import rxstream

    with pytest.raises(AttributeError, match="has no attribute 'simulatd'"):
        _ = rxstream.simulatd
