"""The folder of shared test data: conformance cases and recorded streams, read where it lies.

It is ``RXSTREAM_SHARED``, or ``../shared`` beside the checkout; tests that need it carry
:data:`needs_shared` and skip, visibly, where it is missing.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest


def _locate() -> Path | None:
    named = os.environ.get("RXSTREAM_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[1].parent / "shared"
    return folder if folder.is_dir() else None


SHARED: Path | None = _locate()

needs_shared = pytest.mark.skipif(SHARED is None, reason="the folder ../shared (or RXSTREAM_SHARED) is not there")


def shared_path(*parts: str) -> Path:
    """Return a path in the shared folder; an error names the folder where it is missing."""
    if SHARED is None:
        raise FileNotFoundError("expected the folder ../shared, or the one that RXSTREAM_SHARED names")
    return SHARED.joinpath(*parts)


@cache
def corpus_manifest() -> list[dict[str, Any]]:
    """Return what the manifest says of each recorded stream, in its order."""
    return json.loads(shared_path("corpus", "manifest.json").read_text(encoding="utf-8"))["streams"]


def corpus_streams(core_only: bool) -> list[str]:
    """Return the names of the recorded streams: the core ones or all; none where the folder is missing.

    Empty, not an error, so that it can stand in ``pytest.mark.parametrize`` anywhere.
    """
    if SHARED is None:
        return []
    return [stream["name"] for stream in corpus_manifest() if stream["core"] or not core_only]


def load_lines(name: str) -> list[bytes]:
    """Return the events of a recorded stream as the JSON bytes that the server sent, one an event."""
    # split, not splitlines: the recordings end their lines with LF, and nothing else ends one.
    lines = shared_path("corpus", "streams", f"{name}.jsonl").read_bytes().split(b"\n")
    return [line for line in lines if line]


def load_jsonl(name: str) -> list[dict[str, Any]]:
    """Return the events of a recorded stream, parsed."""
    return [json.loads(line) for line in load_lines(name)]


def load_sse(name: str) -> bytes | None:
    """Return the response body of a recorded stream, ``None`` where the recorder did not keep it."""
    path = shared_path("corpus", "streams", f"{name}.sse")
    return path.read_bytes() if path.is_file() else None
