"""The README says what the code does today."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import re
from pathlib import Path
from typing import Any

import pytest

import rxstream
from rxstream import operators
from rxstream.simulated import running_server

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
CI = (Path(__file__).resolve().parent.parent / ".ci" / "run").read_text()


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


def test_the_examples_run_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """All Python of the README runs as it stands, against a simulated server, and prints what it should."""
    printed = io.StringIO()
    with running_server() as base_url:
        monkeypatch.setenv("OPENAI_BASE_URL", base_url)
        with contextlib.redirect_stdout(printed):
            asyncio.run(_run_blocks())
    assert printed.getvalue().startswith("hello|")
    assert "double bubble bath" in printed.getvalue()


async def _run_blocks() -> None:
    names: dict[str, Any] = {}
    for block in BLOCKS:
        code = compile(block, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        made = eval(code, names)
        if inspect.isawaitable(made):
            await made
    while others := asyncio.all_tasks() - {asyncio.current_task()}:  # what the last example subscribed to
        await asyncio.wait(others)
    await names["client"].aclose()
