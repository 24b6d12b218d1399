"""The exit codes of the command line."""

from __future__ import annotations

__all__ = [
    "EXIT_BROKEN_PIPE",
    "EXIT_COMPLETED",
    "EXIT_INTERRUPTED",
    "EXIT_NOT_COMPLETED",
    "EXIT_OUTPUT",
    "EXIT_TRANSPORT",
    "EXIT_USAGE",
]

EXIT_COMPLETED = 0
EXIT_NOT_COMPLETED = 1
EXIT_USAGE = 2
EXIT_TRANSPORT = 3
EXIT_OUTPUT = 4  # stdout is closed, or its disk is full
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141  # what a shell reports of a program that SIGPIPE ended
