"""Looks, in every test, for a key that must show nowhere: security 1.

The key is that of the environment (``OPENAI_API_KEY``), so each client has it that is given no other, in processes that
tests start too. It is searched for in

- what a test prints and logs, in what it reads of that by ``capsys`` and ``capfd``, and in the outputs of processes;
- the log records, of any level, of all but httpx and httpcore, which log the URL of a request and its headers;
- the errors of ours that are made, with the variables of our frames there, and those that ``pytest.raises`` meets;
- the names of tests, the report of a failure, and the variables of our frames in its traceback;
- the files below the temporary folder of the run, at its end.

A test that shows it fails, and the report says where.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from rxstream.errors import RxstreamError
from tests.canary.key import KEY, VARIABLE, hidden

OURS = str(Path(__file__).resolve().parents[2] / "rxstream") + os.sep
_FOREIGN_LOGGERS = ("httpx", "httpcore")
_ERRORS_LOOKED_AT = 20


class Watch(logging.Handler):
    """Gathers where the key was seen since it was last asked.

    Attributes:
        hits: The places, with the line that shows it, where the key is hidden.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.hits: list[str] = []
        self._errors = 0
        self._looking = threading.local()

    def taken(self) -> list[str]:
        """Return what was found, and begin anew."""
        hits, self.hits, self._errors = list(dict.fromkeys(self.hits)), [], 0
        return hits

    def look(self, place: str, shown: Any) -> None:
        """Look at what was shown, text or bytes."""
        text = shown.decode("utf-8", "replace") if isinstance(shown, bytes | bytearray) else shown
        if isinstance(text, str) and KEY in text:
            line = next((line for line in text.splitlines() if KEY in line), text)
            before, _, after = line.partition(KEY)
            self.hits.append(hidden(f"{place}: {before[-120:]}{KEY}{after[:80]}"))

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(_FOREIGN_LOGGERS):
            self.look(f"the log of {record.name}", record.getMessage())
            if record.exc_info and record.exc_info[1] is not None:
                self.look_at_error(f"an error in the log of {record.name}", record.exc_info[1])

    def look_at_error(self, place: str, error: BaseException) -> None:
        """Look at an error and its causes, and at the variables of our frames."""
        self.look(f"{place}, its attributes", _shown(getattr(error, "__dict__", None)))
        link = [error]
        for told in link:
            text = "".join(traceback.format_exception_only(told))
            self.look(f"{place}, {hidden(text).partition(':')[0]}", text)
            for frame, _line in traceback.walk_tb(told.__traceback__):
                self._look_at_variables(place, frame)
            causes = (told.__cause__, told.__context__)
            link += [cause for cause in causes if cause is not None and all(cause is not known for known in link)]

    def look_where_made(self, error: RxstreamError, frame: FrameType | None) -> None:
        """Look at an error where it is made: what a traceback would show of our frames, and what it was made of."""
        if self._errors >= _ERRORS_LOOKED_AT or getattr(self._looking, "here", False):
            return
        self._errors += 1
        self._looking.here = True
        try:
            self.look(f"{type(error).__name__}, its text", f"{error.args}")
            cause = sys.exception()
            if cause is not None:
                self.look_at_error(f"the cause of {type(error).__name__}", cause)
            while frame is not None:
                self._look_at_variables(type(error).__name__, frame)
                frame = frame.f_back
        finally:
            self._looking.here = False

    def _look_at_variables(self, place: str, frame: FrameType) -> None:
        code = frame.f_code
        if code.co_filename.startswith(OURS):
            for name, value in list(frame.f_locals.items()):
                self.look(f"{place}, variables of {code.co_name} in {code.co_filename}", f"{name} = {_shown(value)}")


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # as a traceback does
        return ""


_WATCH = pytest.StashKey[Watch]()
_PATCHES = pytest.StashKey[pytest.MonkeyPatch]()


def pytest_configure(config: pytest.Config) -> None:
    """Set the key, and begin to watch."""
    watch, patches = Watch(), pytest.MonkeyPatch()
    config.stash[_WATCH], config.stash[_PATCHES] = watch, patches
    patches.setenv(VARIABLE, KEY)
    patches.setenv("OPENAI_API_KEY", KEY)
    _watch_output(watch, patches)
    _watch_errors(watch, patches)
    logging.getLogger().addHandler(watch)
    logging.getLogger("rxstream").setLevel(logging.DEBUG)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing of it behind."""
    logging.getLogger().removeHandler(config.stash[_WATCH])
    logging.getLogger("rxstream").setLevel(logging.NOTSET)
    config.stash[_PATCHES].undo()


def _watch_output(watch: Watch, patches: pytest.MonkeyPatch) -> None:
    """Look at what a test takes away before a report would show it."""
    read, communicate = pytest.CaptureFixture.readouterr, subprocess.Popen.communicate

    def readouterr(self: Any) -> Any:
        taken = read(self)
        watch.look("stdout", taken.out)
        watch.look("stderr", taken.err)
        return taken

    def communicated(self: Any, *given: Any, **named: Any) -> Any:
        outputs = communicate(self, *given, **named)
        for name, output in zip(("stdout", "stderr"), outputs, strict=True):
            watch.look(f"{name} of a process", output)
        return outputs

    patches.setattr(pytest.CaptureFixture, "readouterr", readouterr)
    patches.setattr(subprocess.Popen, "communicate", communicated)


def _watch_errors(watch: Watch, patches: pytest.MonkeyPatch) -> None:
    """Look at errors that no report shows: those that are expected."""
    leave = pytest.RaisesExc.__exit__

    def left(self: Any, kind: Any, error: Any, trace: Any) -> Any:
        if error is not None:
            watch.look_at_error("an expected error", error)
        return leave(self, kind, error, trace)

    def made(self: RxstreamError, *given: Any, **named: Any) -> None:
        super(RxstreamError, self).__init__(*given, **named)
        watch.look_where_made(self, sys._getframe(1))

    patches.setattr(pytest.RaisesExc, "__exit__", left)
    patches.setattr(RxstreamError, "__init__", made)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look at the names of the tests, which are printed, reported, and in the environment of what they start."""
    named = [hidden(item.nodeid) for item in session.items if KEY in item.nodeid]
    if named:
        raise pytest.UsageError(f"the canary key is in the names of tests: {', '.join(named)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Let a test fail that showed the key in this phase of it."""
    report: Any = yield
    watch = item.config.stash[_WATCH]
    for title, text in report.sections:
        if title.endswith(report.when):  # the others were in an earlier report too
            watch.look(title, text)
    if report.longrepr is not None:
        watch.look("the report", str(report.longrepr))
    if call.excinfo is not None:
        watch.look_at_error("the traceback", call.excinfo.value)
    hits = watch.taken()
    if hits:
        shown = "" if report.longrepr is None else f"\n{hidden(str(report.longrepr))}"
        report.sections = [(title, hidden(text)) for title, text in report.sections]
        report.outcome = "failed"
        report.longrepr = "\n".join(f"the canary key was shown by {item.nodeid} in {hit}" for hit in hits) + shown
    return report


@pytest.fixture(autouse=True, scope="session")
def _no_key_in_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Look into all that the tests of the run left in their temporary folders, which are named after them."""
    yield
    folder = tmp_path_factory.getbasetemp()
    found = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file() and _holds_key(path)]
    if found:
        pytest.fail(f"the canary key is in files of {folder}: {', '.join(map(str, found))}", pytrace=False)


def _holds_key(path: Path) -> bool:
    key, tail = KEY.encode(), b""
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                if key in tail + chunk:
                    return True
                tail = chunk[-len(key) :]
    except OSError:  # it cannot be read, on purpose
        return False
    return key in os.fsencode(path)
