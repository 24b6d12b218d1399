"""``rxstream serve``."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys

import httpx

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
