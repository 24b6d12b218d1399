"""The command line: ``rxstream run`` and ``rxstream serve``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import cast

from rxstream._version import __version__
from rxstream.cli import run, serve
from rxstream.cli.exit_codes import EXIT_BROKEN_PIPE, EXIT_INTERRUPTED, EXIT_OUTPUT, EXIT_USAGE
from rxstream.cli.output import OutputError, discard_stdout, prepare, say, tell
from rxstream.errors import ConfigurationError, MissingExtraError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What stands after ``rxstream``; the arguments of the process by default.

    Returns:
        The exit code: 0 completed, 1 failed or incomplete, 2 usage, 3 transport, 4 stdout cannot be written,
        130 interrupted, 141 the reader of stdout has left.

    Example:
        >>> main(["run", "--base-url", "ftp://nowhere", "Hello"])
        2
    """
    prepare()
    options = _parser().parse_args(arguments)
    command = cast(Callable[[argparse.Namespace], int], options.command)
    try:
        return command(options)
    except KeyboardInterrupt:
        tell("\n")
        say("interrupted")
        return EXIT_INTERRUPTED
    except OutputError as error:
        discard_stdout()
        if error.reader_left:
            return EXIT_BROKEN_PIPE
        say(str(error))
        return EXIT_OUTPUT
    except (ConfigurationError, MissingExtraError) as error:
        say(str(error))
        return EXIT_USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rxstream", description="Streamed model responses of the OpenAI Responses API, on the command line."
    )
    parser.add_argument("--version", action="version", version=f"rxstream {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    run.add_parser(commands)
    serve.add_parser(commands)
    return parser
