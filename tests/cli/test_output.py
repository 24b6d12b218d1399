"""Stdout and stderr that are closed, full, or of another encoding; input that is not text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.process import ROOT, environment, rxstream


def in_shell(redirected: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``rxstream ARGUMENTS`` with a redirection of the shell."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-m", "rxstream", *arguments],
        cwd=ROOT,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("arguments", [["run", "hi"], ["run", "--final", "hi"], ["serve", "--port", "0"]])
def test_a_full_disk_is_said_in_one_line(arguments: list[str]) -> None:
    """Exit code 4; the last line of stderr says what was expected."""
    done = in_shell(">/dev/full", *arguments)
    assert done.returncode == 4
    assert b"Traceback" not in done.stderr
    assert b"expected to write to stdout" in done.stderr.splitlines()[-1]


def test_a_closed_stdout_is_said_before_anything_is_sent() -> None:
    """Exit code 4 and one line, though nobody listens at the base URL."""
    done = in_shell(">&-", "run", "--base-url", "http://127.0.0.1:9/v1", "hi")
    assert (done.returncode, done.stderr) == (4, b"rxstream: expected to write to stdout, but it is closed\n")


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full"])
def test_a_stderr_that_cannot_be_written_changes_nothing_on_stdout(redirected: str) -> None:
    """The text is there, no notice beside it, and the exit code is that of the outcome."""
    if "full" in redirected and not Path("/dev/full").exists():
        pytest.skip("a device of Linux")
    done = in_shell(redirected, "run", "Say 'tea' twice.")
    assert (done.returncode, done.stdout) == (0, b"tea, tea\n")
    assert in_shell(redirected, "run", "--model", "scenario:failed", "hi").returncode == 1


def test_usage_errors_do_not_reach_stdout_where_stderr_is_closed() -> None:
    """What argparse says of an unknown command is for stderr alone."""
    done = in_shell("2>&-", "swim")
    assert (done.returncode, done.stdout) == (2, b"")


def test_text_that_stdout_cannot_express_is_written_as_escapes() -> None:
    """ASCII alone: the quotation marks come as escapes."""
    done = rxstream("run", "hi", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.startswith(r"You asked: \u201chi\u201d")


def test_an_error_handler_that_was_chosen_stays() -> None:
    """``PYTHONIOENCODING=ascii:replace`` means question marks."""
    assert rxstream("run", "hi", PYTHONIOENCODING="ascii:replace").stdout.startswith("You asked: ?hi?")


@pytest.mark.parametrize("option", ["--events", "--final"])
def test_json_stays_json_in_every_encoding(option: str) -> None:
    """Escapes of JSON, in pairs above U+FFFF, never ``\\xe9``: the objects are the same."""
    prompt = "Say 'caf\u00e9 \U0001f600' once."
    in_ascii, in_utf_8 = (rxstream("run", option, prompt, PYTHONIOENCODING=name) for name in ("ascii", "utf-8"))
    assert in_ascii.stdout.isascii()
    assert not in_utf_8.stdout.isascii()
    lines = [done.stdout.splitlines() if option == "--events" else [done.stdout] for done in (in_ascii, in_utf_8)]
    assert list(map(json.loads, lines[0])) == list(map(json.loads, lines[1]))


@pytest.mark.parametrize("encoding", ["utf-8:strict", "utf-8:surrogateescape"])
def test_a_prompt_of_other_bytes_on_stdin_is_a_usage_error(encoding: str) -> None:
    """It says what was expected, whether Python refuses the bytes or hands them on."""
    done = subprocess.run(
        [sys.executable, "-m", "rxstream", "run"],
        cwd=ROOT,
        env=environment(PYTHONIOENCODING=encoding),
        input=b"caf\xe9",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"expected a prompt in utf-8" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("named", "arguments"),
    [
        (b"a prompt", [b"\xff"]),
        (b"--model", [b"--model", b"\xff", b"hi"]),
        (b"--instructions", [b"--instructions", b"\xff", b"hi"]),
        (b"--base-url", [b"--base-url", b"http://\xff", b"hi"]),
    ],
)
def test_arguments_of_other_bytes_are_usage_errors(named: bytes, arguments: list[bytes]) -> None:
    """The message names the argument."""
    done = subprocess.run(
        [sys.executable, "-m", "rxstream", "run", *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"expected " + named + b" in utf-8" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ('{"not":' * 100_000 + "true" + "}" * 100_000, "nested too deeply"),
        ('{"const": NaN}', "not JSON"),
        ('{"const": "\\ud83d"}', "surrogate"),
        ("[]", "no JSON object"),
    ],
    ids=["deep", "NaN", "half of a pair", "no object"],
)
def test_a_schema_that_cannot_be_sent_is_a_usage_error(tmp_path: Path, schema: str, said: str) -> None:
    """It is refused before anything is sent."""
    path = tmp_path / "schema.json"
    path.write_text(schema)
    done = rxstream("run", "--json-schema", str(path), "hi")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_exit_code() -> None:
    """The epilog of ``run --help`` lists them all."""
    shown = " ".join(rxstream("run", "--help").stdout.split())
    for code in ("0 completed", "1 failed", "2 usage", "3 transport", "4 stdout", "130 interrupted", "141 the reader"):
        assert code in shown
