"""``rxstream run``."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rxstream.simulated import RunningServer, running_server
from tests.cli.process import ROOT, environment, rxstream


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    """A simulated model on a socket."""
    with running_server() as running:
        yield running


def test_text_goes_to_stdout_and_everything_else_to_stderr() -> None:
    """Without key and base URL the simulated model answers, said in one line on stderr."""
    done = rxstream("run", "Say 'double bubble bath' three times.")
    assert done.returncode == 0
    assert done.stdout == "double bubble bath, double bubble bath, double bubble bath\n"
    assert done.stderr.count("\n") == 1
    assert "simulated model" in done.stderr


def test_the_prompt_may_come_on_stdin() -> None:
    """An absent prompt, or ``-``, is read from stdin."""
    assert rxstream("run", stdin="Say 'tea' twice.").stdout == "tea, tea\n"
    assert rxstream("run", "-", stdin="Say 'tea' twice.").stdout == "tea, tea\n"


def test_a_server_is_used_where_one_is_named(server: RunningServer) -> None:
    """``--base-url`` and OPENAI_BASE_URL reach the server; nothing is said of a simulated model."""
    for done in (
        rxstream("run", "--base-url", server, "Say 'tea' twice."),
        rxstream("run", "Say 'tea' twice.", OPENAI_BASE_URL=str(server)),
    ):
        assert (done.returncode, done.stdout, done.stderr) == (0, "tea, tea\n", "")


def test_events_are_json_lines_as_received() -> None:
    """``--events`` prints one JSON object a line, numbered from 0, the last terminal."""
    done = rxstream("run", "--events", "Say 'tea' twice.")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert events[-1]["type"] == "response.completed"


def test_final_is_the_whole_response() -> None:
    """``--final`` prints the response as JSON, and no text beside it."""
    response = json.loads(rxstream("run", "--final", "Say 'tea' twice.").stdout)
    assert response["status"] == "completed"
    assert response["output"][0]["content"][0]["text"] == "tea, tea"


def test_final_tells_what_is_known_of_a_response_that_failed() -> None:
    """A failure loses nothing: the response is printed, and the exit code is 1."""
    done = rxstream("run", "--final", "--model", "scenario:failed", "Hello")
    assert done.returncode == 1
    assert json.loads(done.stdout)["status"] == "failed"


def test_instructions_and_schema_reach_the_model(tmp_path: Path) -> None:
    """``--instructions`` is echoed, and the answer to ``--json-schema`` satisfies the schema."""
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"n": {"const": 7}}, "required": ["n"]}')
    done = rxstream("run", "--final", "--instructions", "Be brief.", "--json-schema", str(schema), "Hello")
    response = json.loads(done.stdout)
    assert response["instructions"] == "Be brief."
    assert json.loads(response["output"][0]["content"][0]["text"]) == {"n": 7}


@pytest.mark.parametrize(
    ("model", "code", "said"),
    [
        ("scenario:text", 0, ""),
        ("scenario:incomplete", 1, "incomplete"),
        ("scenario:failed", 1, "server_error"),
        ("scenario:error", 1, "server_error"),
        ("scenario:no_terminal", 3, "terminal event"),
        ("scenario:status:500", 3, "500"),
        ("scenario:html", 3, "text/html"),
    ],
)
def test_the_exit_code_says_how_it_ended(server: RunningServer, model: str, code: int, said: str) -> None:
    """0 completed, 1 failed or incomplete, 3 transport; stderr says why."""
    done = rxstream("run", "--base-url", server, "--model", model, "Hello")
    assert done.returncode == code
    assert said in done.stderr


def test_what_came_before_a_failure_is_shown(server: RunningServer) -> None:
    """Text that arrived stays on stdout, whatever follows."""
    done = rxstream("run", "--base-url", server, "--model", "scenario:failed", "Hello")
    assert len(done.stdout) > 10


def test_no_connection_is_a_transport_error() -> None:
    """Nobody listens: exit code 3, without a traceback."""
    done = rxstream("run", "--base-url", "http://127.0.0.1:9/v1", "Hello")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", ""],
        ["run"],
        ["run", "--events", "--final", "Hello"],
        ["run", "--json-schema", "no-such-file.json", "Hello"],
        ["run", "--base-url", "ftp://nowhere", "Hello"],
        ["run", "--no-such-option", "Hello"],
        ["swim"],
        [],
    ],
)
def test_wrong_usage_is_2_and_says_why(arguments: list[str]) -> None:
    """Usage errors name what was expected, without a traceback."""
    done = rxstream(*arguments)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_reasoning_refusals_and_calls_go_to_stderr() -> None:
    """stdout is the text of the answer alone."""
    refused = rxstream("run", "--model", "scenario:refusal", "Hello")
    assert refused.stdout == ""
    assert "refusal: " in refused.stderr
    thought = rxstream("run", "--model", "scenario:reasoning", "Hello")
    assert "reasoning: " in thought.stderr
    called = rxstream("run", "--model", "scenario:parallel_calls", "Hello")
    assert called.stderr.count("call: ") >= 2


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("custom_tool", "custom_tool_call: "),
        ("image", "image_generation_call: completed"),
        ("mcp", "mcp_call: "),
        ("mcp_approval", "mcp_approval_request: "),
        ("shell", "shell_call: "),
        ("apply_patch", "apply_patch_call: "),
        ("web_search", "web_search_call: "),
    ],
)
def test_every_item_that_is_no_text_is_told_on_stderr(scenario: str, said: str) -> None:
    """Whatever the model does, a line says so."""
    assert said in rxstream("run", "--model", f"scenario:{scenario}", "Hello").stderr


def test_an_interrupt_ends_with_130(server: RunningServer) -> None:
    """Ctrl-C: exit code 130, what had come stays, no traceback."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rxstream", "run", "--base-url", server, "--model", "scenario:stall:30", "Hello"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    begun = process.stdout.read(4)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert begun
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    """``rxstream run | head -1`` neither fails loudly nor goes on."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rxstream", "run", "--events", "--model", "scenario:long:20000", "Hello"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 141
    assert b"Traceback" not in errors
    assert b"Broken" not in errors


def test_a_terminal_sees_text_while_it_comes() -> None:
    """On a terminal the text arrives in pieces, with no control character but line ends."""
    main, sub = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "rxstream", "run", "Say 'a b' 8 times."],
        cwd=ROOT,
        env=environment(),
        stdout=sub,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    os.close(sub)
    pieces: list[bytes] = []
    try:
        while piece := os.read(main, 4096):
            pieces.append(piece)
    except OSError:  # how Linux says that the other side of a terminal has gone
        pass
    finally:
        os.close(main)
    assert process.wait(timeout=30) == 0
    assert len(pieces) > 3
    assert b"".join(pieces).replace(b"\r\n", b"\n").decode() == ", ".join(["a b"] * 8) + "\n"
