"""What is shipped, and that it works on a machine that has nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "PYTHON"))}


def run(*arguments: str | Path, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command and keep what it prints."""
    done = subprocess.run(
        list(map(str, arguments)), cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build wheel and sdist from a copy of the project, so that nothing is left in it."""
    source = tmp_path_factory.mktemp("source") / "rxstream"
    ignored = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, source, ignore=ignored)
    done = run(sys.executable, "-W", "error", "-m", "build", cwd=source)
    assert "warning" not in (done.stdout + done.stderr).lower()
    return source / "dist"


@pytest.fixture(scope="module")
def bare(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a virtual environment that holds the wheel and what it needs, without extras; return its folder."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=True)
    run(folder / "bin" / "pip", "install", "-q", next(built.glob("*.whl")), cwd=folder)
    return folder


def test_the_wheel_holds_the_package_alone(built: Path) -> None:
    """``rxstream/``, with ``py.typed``, and metadata; neither tests nor notebooks."""
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"rxstream"}
    assert "rxstream/py.typed" in names
    assert "rxstream/simulated/scenarios/__init__.py" in names


def test_the_sdist_holds_what_the_wheel_is_built_from(built: Path) -> None:
    """Packaging files, licence and README are there."""
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "setup.cfg", "README.md", "LICENSE", "rxstream/py.typed"} <= names


def test_the_ten_lines_of_the_readme_run_without_extras(bare: Path) -> None:
    """The first example works with the bare package."""
    readme = (ROOT / "README.md").read_text()
    example = re.search(r"## In ten lines\n\n```python\n(.*?)```", readme, re.DOTALL)
    assert example is not None
    done = run(bare / "bin" / "python", "-W", "error", "-c", example[1], cwd=bare)
    assert done.stdout.startswith("hello|")


def test_the_command_runs_without_extras(bare: Path) -> None:
    """``rxstream run`` needs no extra."""
    done = run(bare / "bin" / "rxstream", "run", "Say 'tea' twice.", cwd=bare)
    assert done.stdout == "tea, tea\n"
    assert "simulated model" in done.stderr


def test_a_missing_extra_is_named(bare: Path) -> None:
    """``rxstream serve`` says which extra it needs."""
    done = run(bare / "bin" / "rxstream", "serve", cwd=bare, check=False)
    assert done.returncode == 2
    assert "pip install 'rxstream[server]'" in done.stderr
