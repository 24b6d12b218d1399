"""Security 1: a key shows nowhere but on the wire."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.canary.sessions import FOREIGN, REPLIES
from tests.cli.process import ROOT, environment
from tests.fault_server import FaultServer
from tests.shared_data import SHARED, needs_shared, shared_path
from tests.sources.clients import CANARY

# User info goes over the wire as this, in place of the key (httpx).
_SECRETS = (CANARY, base64.b64encode(f"user:{CANARY}".encode()).decode())

# As OpenAI's keys look.
_ANY_KEY = re.compile(rb"\bsk-[A-Za-z0-9_-]{8,}")


@dataclass(frozen=True)
class Shown:
    """What sessions showed.

    Attributes:
        output: Of the process.
        folder: Where it recorded.
    """

    output: str
    folder: Path


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """All sessions, held in a process of their own."""
    folder = tmp_path_factory.mktemp("canary")
    done = subprocess.run(
        [sys.executable, "-m", "tests.canary.sessions", str(folder)],
        cwd=ROOT,
        env=environment(OPENAI_API_KEY=CANARY),
        input=CANARY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, _without_key(done.stderr)[-2000:]
    yield Shown(done.stdout + done.stderr, folder)
    (folder / FOREIGN).unlink()  # no file of a test may hold the key at the end of the run


def _without_key(text: str) -> str:
    return text.replace(CANARY, "KEY")


def _hits(text: str) -> list[str]:
    return [_without_key(line)[:300] for line in text.splitlines() if any(secret in line for secret in _SECRETS)]


def test_the_sessions_carry_a_key_everywhere_and_fail_in_every_way(shown: Shown) -> None:
    """The searches below would find nothing in sessions that had no key, or showed nothing."""
    received = "api-key, authorization, openai-organization, openai-project, the body, the query, x-extra, x-secret"
    assert f"received in {received}\n" in shown.output
    for name in (*REPLIES, "refused"):
        assert f"session {name} 1\n" in shown.output
    for error in (
        "APIConnectionError",
        "APIStatusError",
        "ArgumentsError",
        "ConfigurationError",
        "ConnectionLostError",
        "EventParseError",
        "MaxTurnsError",
        "NotAnEventStreamError",
        "ResponseFailedError",
        "ResponseStreamError",
        "SSELimitError",
        "TruncatedStreamError",
    ):
        assert f"\n{error} {error}(" in shown.output, error
    for frame in ("sources/client.py", "sources/reading.py", "sources/posting.py"):
        assert f"frame {ROOT / 'rxstream' / frame}" in shown.output
    assert CANARY in (shown.folder / FOREIGN).read_text()


def test_no_key_is_in_what_is_printed_logged_or_raised(shown: Shown) -> None:
    """Law: no repr, log, warning, error, nor variable of a frame of ours shows one.

    Not ours, and not searched: the logs of httpx and httpcore, and the variables of their frames.
    """
    assert _hits(shown.output) == []


def test_no_key_is_in_a_recording(shown: Shown) -> None:
    """Law: files hold what the server sent."""
    files = [path for path in shown.folder.iterdir() if path.name != FOREIGN]
    assert len(files) == (len(REPLIES) + 1) * 2 * 2
    assert [path.name for path in files if _hits(f"{path}\n{path.read_text()}")] == []


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("whole", ["--events"]),
        ("unauthorized", ["--events"]),
        ("truncated", ["--events"]),
        ("no JSON", ["--events"]),
        ("broken", []),
    ],
)
def test_the_command_line_shows_no_key(name: str, view: list[str]) -> None:
    """Law: not even where the server fails and httpx would tell all."""
    with FaultServer(REPLIES[name]) as server:
        url = f"{server.url.replace('http://', f'http://user:{CANARY}@')}?key={CANARY}"
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-m", "rxstream", "run", *view, "--base-url", url, "Hi"],
            cwd=ROOT,
            env=environment(OPENAI_API_KEY=CANARY),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert CANARY in server.exchanges[0].target
        assert _SECRETS[1] in server.exchanges[0].headers["authorization"]
    assert (done.returncode == 0) == (name == "whole")
    assert done.stdout or done.stderr
    assert _hits(done.stdout + done.stderr) == []


def test_no_key_is_in_a_notebook() -> None:
    """Law: neither the canary nor anything that looks like a key is committed in one."""
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    assert {path.name: found for path in notebooks if (found := _ANY_KEY.findall(path.read_bytes()))} == {}


@needs_shared
def test_no_key_is_in_a_recorded_stream() -> None:
    """Law: nor in the streams that the tests replay."""
    assert SHARED is not None
    streams = [path for path in shared_path("corpus").rglob("*") if path.suffix in (".jsonl", ".sse", ".json")]
    assert streams
    assert {path.name: found for path in streams if (found := _ANY_KEY.findall(path.read_bytes()))} == {}


def test_what_looks_like_a_key_is_found() -> None:
    """The two searches above can find something."""
    assert _ANY_KEY.findall(b'"sk-proj-Ab12_34-x", task-12345678') == [b"sk-proj-Ab12_34-x"]
    assert _ANY_KEY.findall(CANARY.encode())
