"""Execute a notebook in a fresh kernel; ``python -m tests.notebooks.execute`` writes all outputs anew."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import Any

# The kernel runs on the interpreter that runs this, whatever kernels are installed for the user.
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of Jupyter's own modules
    import nbclient
    import nbformat

from tests.canary.key import KEY

__all__ = ["NOTEBOOKS", "executed", "read", "shown"]

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def read(path: Path) -> Any:
    """Read a notebook as it is in the project."""
    return nbformat.read(path, as_version=4)


def executed(path: Path) -> Any:
    """Execute a notebook from its first cell on, with a key that must not show, and without a base URL."""
    notebook = read(path)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    environment |= {"PYTHONPATH": str(ROOT), "OPENAI_API_KEY": KEY}
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT / "notebooks")}}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client.execute(env=environment)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # the times
    return notebook


def shown(notebook: Any) -> list[list[Any]]:
    """Return the outputs of each cell, without what differs from run to run."""
    return [_joined(cell.get("outputs", [])) for cell in notebook.cells]


def _joined(outputs: list[Any]) -> list[Any]:
    """Return outputs; one for what is printed in one go, of which chance says in how many pieces it comes."""
    joined: list[Any] = []
    last = None
    for output in outputs:
        name = output.get("name")
        if name is not None and name == last:
            joined[-1] += output["text"]
        else:
            joined.append(output.get("text") or output.get("data") or (output.get("ename"), output.get("evalue")))
        last = name
    return joined


if __name__ == "__main__":
    for notebook_path in NOTEBOOKS:
        fresh = executed(notebook_path)
        fresh.metadata.language_info = {"name": "python"}
        nbformat.write(fresh, notebook_path)
        print(notebook_path.name, file=sys.stderr)
