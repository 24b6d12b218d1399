"""The search that goes on in every test finds what it should."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.canary.key import KEY, VARIABLE
from tests.cli.process import ROOT

_PLANTED = """
import logging, os, subprocess, sys
import pytest, rxstream
from rxstream.errors import RxstreamError

KEY = os.environ["OPENAI_API_KEY"]

def test_nothing(tmp_path):
    (tmp_path / "a.jsonl").write_text("nothing")
    print("nothing")
    logging.getLogger("httpx").info(KEY)

def test_stdout():
    print("a", KEY)

def test_stderr():
    sys.stderr.write(KEY)

def test_read_output(capsys):
    print(KEY)
    assert KEY in capsys.readouterr().out

def test_a_process():
    subprocess.run([sys.executable, "-c", "import os; print(os.environ['OPENAI_API_KEY'])"], capture_output=True)

def test_log():
    logging.getLogger("rxstream").debug("with %s", KEY)

def test_logged_error():
    try:
        raise ValueError(KEY)
    except ValueError:
        logging.getLogger("rxstream").exception("it failed")

def test_error():
    RxstreamError(KEY)

def test_cause():
    with pytest.raises(RxstreamError):
        try:
            raise ValueError(KEY)
        except ValueError:
            raise RxstreamError("expected something else") from None

def test_attribute():
    with pytest.raises(RxstreamError):
        error = RxstreamError("expected something else")
        error.headers = {"authorization": KEY}
        raise error

def test_variable():
    with pytest.raises(RxstreamError):
        rxstream.parse_event('{"a": ' + KEY)

def test_traceback():
    rxstream.timeouts(total_seconds=KEY)

def test_failure():
    assert KEY == "a"

@pytest.fixture
def late():
    yield
    print(KEY)

def test_teardown(late):
    pass

def test_file(tmp_path):
    (tmp_path / "recording.jsonl").write_bytes(b"x" * ((1 << 20) - 5) + KEY.encode())
"""


def _run(file: Path, *options: str) -> tuple[str, str]:
    """Run tests with a key of their own, which they may show; return what came, and the key."""
    key = f"sk-canary-{secrets.token_hex(12)}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.canary.plugin", "-c", os.devnull, *options, str(file)],
        cwd=ROOT,
        env={**os.environ, VARIABLE: key, "PYTEST_ADDOPTS": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr, key


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["one process", "two workers"])
def test_a_planted_key_is_found_wherever_it_is(tmp_path: Path, options: list[str]) -> None:
    """Law: each test that shows the key fails, with the place; the report itself does not show it."""
    file = tmp_path / "test_planted.py"
    file.write_text(_PLANTED)
    output, key = _run(file, "-rA", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'temporary'}", *options)
    ended = [(name, outcome) for outcome, name in re.findall(r"^([A-Z]+) \S+::test_(\w+)", output, re.MULTILINE)]
    names = re.findall(r"def test_(\w+)", _PLANTED)
    passing = {"nothing", "teardown", "file"}
    assert {name for name, outcome in ended if outcome == "PASSED"} == passing
    assert {name for name, outcome in ended if outcome == "FAILED"} == {*names} - passing
    found = re.findall(r"^E? *the canary key was shown by \S+::test_(\w+) in ([^:\n]+)", output, re.MULTILINE)
    places = {(name, place.replace(str(ROOT), "")) for name, place in found}
    assert places >= {
        ("a_process", "stdout of a process"),
        ("attribute", "an expected error, its attributes"),
        ("cause", "the cause of RxstreamError, ValueError"),
        ("error", "RxstreamError, its text"),
        ("failure", "the traceback, AssertionError"),
        ("log", "the log of rxstream"),
        ("logged_error", "an error in the log of rxstream, ValueError"),
        ("read_output", "stdout"),
        ("stderr", "Captured stderr call"),
        ("stdout", "Captured stdout call"),
        ("teardown", "Captured stdout teardown"),
        ("traceback", "the traceback, variables of timeouts in /rxstream/operators/timeouts.py"),
        ("variable", "EventParseError, variables of parse_event in /rxstream/events/parse.py"),
        ("variable", "an expected error, variables of parse_event in /rxstream/events/parse.py"),
    }
    assert {name for name, _ in places} == {*names} - passing | {"teardown"}
    assert re.search(r"the canary key is in files of .*: .*test_file0/recording\.jsonl", output)
    assert key not in output


def test_a_key_in_the_name_of_a_test_stops_the_run(tmp_path: Path) -> None:
    """Law: names are printed, and are in the environment of every process that a test starts."""
    file = tmp_path / "test_named.py"
    file.write_text(
        "import os, pytest\n"
        "@pytest.mark.parametrize('key', [os.environ['OPENAI_API_KEY']])\n"
        "def test_named(key): pass\n"
    )
    output, key = _run(file)
    assert "the canary key is in the names of tests" in output
    assert "test_named[<the key>]" in output
    assert key not in output


def test_every_test_carries_a_key(tmp_path: Path) -> None:
    """Law: by the environment, which processes that a test starts have too."""
    assert os.environ["OPENAI_API_KEY"] == os.environ[VARIABLE] == KEY
    assert re.fullmatch(r"sk-canary-[0-9a-f]{24}", KEY)
    told = subprocess.run(
        [sys.executable, "-c", "import os; print(os.environ['OPENAI_API_KEY'][:5])"], capture_output=True, check=True
    )
    assert told.stdout.strip() == b"sk-ca"
    (tmp_path / "recording.jsonl").write_text("")
