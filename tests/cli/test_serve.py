"""``rxstream serve``."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest

import rxstream as rxs
from tests.cli.process import ROOT, environment, rxstream


def test_it_says_how_to_point_a_client_at_it_and_serves() -> None:
    """The printed base URL works, with the scenario and seed that were asked for; Ctrl-C stops it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rxstream", "serve", "--port", "0", "--seed", "3", "--scenario", "refusal"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = "".join(process.stdout.readline() for _ in range(7))
        base_url = re.search(r"http://127\.0\.0\.1:\d+/v1", said)
        assert base_url is not None
        with rxs.Client(base_url=base_url[0]) as client:
            response = rxs.last_sync(client.stream(model="gpt-5", input="Hello").final_response())
        assert response.output[0].to_dict()["content"][0]["type"] == "refusal"
        assert httpx.get(base_url[0] + "/models", headers={"host": "example.com"}).status_code >= 400
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert f"export OPENAI_BASE_URL={base_url[0]}" in said
    assert process.returncode == 130


def test_a_port_that_is_taken_is_said() -> None:
    """Exit code 3, and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = rxstream("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "to be free" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_usage_errors() -> None:
    """An unknown scenario is answered with those that there are."""
    done = rxstream("serve", "--scenario", "swim")
    assert done.returncode == 2
    assert "refusal" in done.stderr
    assert rxstream("serve", "--tokens-per-second", "0").returncode == 2
    assert rxstream("serve", "--port", "70000").returncode == 2


def test_help_lists_the_scenarios() -> None:
    """``--help`` of both commands says all that can be set."""
    shown = rxstream("serve", "--help").stdout
    for word in ("--port", "--seed", "--tokens-per-second", "--scenario", "refusal", "code_interpreter"):
        assert word in shown
    assert "130 interrupted" in " ".join(rxstream("run", "--help").stdout.split())


@contextmanager
def serving(*arguments: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Run ``rxstream serve`` and give the process and the host and port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rxstream", "serve", "--port", "0", *arguments],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = re.search(r"127\.0\.0\.1:\d+", process.stdout.readline())
        assert address is not None
        yield process, address[0]
    finally:
        process.kill()
        process.communicate()


def request(*, stream: bool, model: str = "gpt-5", length: int | None = None) -> bytes:
    """Write a request of HTTP/1.1, with a length that need not be true."""
    body = f'{{"model": "{model}", "input": "Hello", "stream": {str(stream).lower()}}}'.encode()
    head = "POST /v1/responses HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: "
    return head.encode() + str(length or len(body)).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("settings", "sent", "answered"),
    [
        (["--tokens-per-second", "1"], request(stream=True), True),
        ([], request(stream=True, model="scenario:long:200000"), True),
        (["--tokens-per-second", "1"], request(stream=False), False),
        ([], request(stream=True, length=9_999), False),
    ],
    ids=["slow stream", "client that does not read", "slow answer", "half of a body"],
)
def test_an_interrupt_ends_what_is_open_in_silence(settings: list[str], sent: bytes, answered: bool) -> None:
    """Ctrl-C while a client is connected: exit code 130, no traceback, one line at most on stderr."""
    with serving(*settings) as (process, address):
        host, port = address.split(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(sent)
            if answered:
                client.recv(100)
            else:
                httpx.get(f"http://{address}/v1/models")  # the server has taken up the connection before this one
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors.split() == ["rxstream:", "interrupted"]
