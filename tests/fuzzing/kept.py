"""The inputs that are kept: a folder a target, a file an input, named by its checksum."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path

__all__ = ["CORPUS", "kept", "replace"]

CORPUS = Path(__file__).resolve().parent / "corpus"


def kept(target: str) -> list[bytes]:
    """Return the inputs of a target, always in the same order."""
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]


def replace(target: str, inputs: list[bytes]) -> None:
    """Keep these inputs alone."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for data in inputs:
        (folder / sha1(data).hexdigest()[:16]).write_bytes(data)
