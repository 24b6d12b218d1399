"""Writing to stdout, which must succeed, and to stderr, which may fail."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from rxstream.cli.terminal import ascii_json, escape_json

__all__ = ["OutputError", "discard_stdout", "prepare", "say", "show", "show_json", "tell", "to_terminal"]

_RAISING_ERROR_HANDLERS = ("strict", "surrogateescape")


class OutputError(Exception):
    """Stdout cannot be written.

    Attributes:
        reader_left: Stdout is a pipe that nobody reads any more.
    """

    def __init__(self, reason: OSError | None) -> None:
        super().__init__(f"expected to write to stdout, but {'it is closed' if reason is None else f'got {reason}'}")
        self.reader_left = isinstance(reason, BrokenPipeError)


def prepare() -> None:
    """Make stdout and stderr take every character, and stderr exist.

    Characters that the encoding lacks are written as escapes. An error handler that the user chose
    (``PYTHONIOENCODING=ascii:replace``) stays.
    """
    if _or_none(sys.stderr) is None:
        # argparse and print take None for stdout; and a socket must not become file descriptor 2.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (open until the process ends)
    for stream in (_or_none(sys.stdout), sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in _RAISING_ERROR_HANDLERS:
            stream.reconfigure(errors="backslashreplace")


def to_terminal() -> bool:
    """Tell whether a person looks on.

    Raises:
        OutputError: If stdout is closed.
    """
    return _stdout().isatty()


def show(text: str) -> None:
    """Write text to stdout, at once.

    Raises:
        OutputError: If it cannot be written.
    """
    stdout = _stdout()
    try:
        stdout.write(text)
        stdout.flush()
    except OSError as error:
        raise OutputError(error) from error


def show_json(json: str) -> None:
    """Write JSON to stdout as a line; what the encoding lacks becomes an escape of JSON.

    Raises:
        OutputError: If it cannot be written.
    """
    json = escape_json(json)
    try:
        json.encode(_stdout().encoding or "utf-8")
    except UnicodeEncodeError:
        json = ascii_json(json)
    show(f"{json}\n")


def tell(text: str) -> None:
    """Write text to stderr, if that is possible."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        # There is nowhere left to say so. The answer on stdout and the exit code are worth more than the notice.
        _discard(sys.stderr)


def say(message: str) -> None:
    """Write a message of the command line as a line to stderr, if that is possible."""
    tell(f"rxstream: {message}\n")


def discard_stdout() -> None:
    """Let what stdout still holds go nowhere: Python would fail once more when it flushes at exit."""
    stdout = _or_none(sys.stdout)
    if stdout is not None:
        _discard(stdout)


def _stdout() -> TextIO:
    stdout = _or_none(sys.stdout)
    if stdout is None:
        raise OutputError(None)
    return stdout


def _discard(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _or_none(stream: TextIO | None) -> TextIO | None:
    # Python sets a standard stream to None where its file descriptor is closed; its type does not say so.
    return stream
