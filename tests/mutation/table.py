"""Which tests are run against which modules: those that are fast and reach them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["GROUPS", "Group", "modules_in"]


@dataclass(frozen=True)
class Group:
    """Modules that the same tests are run against.

    Attributes:
        modules: Files, and folders with all that is in them.
        tests: What is handed to pytest.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]


_OPERATORS = (
    *("budgets", "calls", "citations", "coalescing", "filtering", "snapshots", "text", "timing"),
    *("moderation", "moderation_leaks", "moderation_marbles"),
    *("structured", "structured_models", "structured_servers", "structured_simulated"),
)

GROUPS = (
    Group(("rxstream/sse.py",), ("tests/test_sse.py", "tests/conformance", "rxstream/sse.py")),
    Group(
        ("rxstream/json_parser",),
        ("tests/json_parser", "rxstream/json_parser", "tests/operators/test_structured.py"),
    ),
    Group(
        ("rxstream/accumulators",),
        (
            "tests/accumulators",
            *(f"tests/moderation/test_{name}.py" for name in ("gate", "passage", "speech", "telling_errors", "words")),
            *(f"tests/operators/test_{name}.py" for name in _OPERATORS),
            "tests/laws/test_snapshots.py",
            "tests/laws/test_text_agrees.py",
            "rxstream/accumulators",
            "rxstream/operators",
        ),
    ),
)


def modules_in(group: Group, root: Path, wanted: list[str]) -> list[str]:
    """The files of a group that are in one of the wanted files and folders; all of them where none is wanted.

    Args:
        root: The root of the repository.
    """
    files: list[str] = []
    for module in group.modules:
        path = root / module
        found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        files += [file.relative_to(root).as_posix() for file in found]
    return [file for file in files if not wanted or any(_is_in(file, one.rstrip("/")) for one in wanted)]


def _is_in(file: str, place: str) -> bool:
    return file == place or file.startswith(f"{place}/")
