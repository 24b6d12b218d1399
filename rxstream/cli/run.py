"""``rxstream run``: send a prompt, show the answer while it comes."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rxstream.accumulators.outcome import Outcome, OutcomeAccumulator
from rxstream.cli.exit_codes import EXIT_COMPLETED, EXIT_NOT_COMPLETED, EXIT_TRANSPORT
from rxstream.cli.output import say, to_terminal
from rxstream.cli.terminal import escape_json
from rxstream.cli.views import EventsView, FinalView, TextView
from rxstream.errors import ConfigurationError, ResponseStreamError, RxstreamError
from rxstream.reactive import iterate_sync
from rxstream.sources import Client, HTTPClient, ResponseStream

__all__ = ["add_parser"]

_SIMULATED = "http://simulated/v1"
_PACE = 40.0  # tokens a second of the simulated model, where a person looks on


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "run",
        help="send a prompt and show the answer while it comes",
        description="Send a prompt and show the answer while it comes: text on stdout, everything else on stderr.",
        epilog="The key is taken from OPENAI_API_KEY. Without a key and without a base URL (--base-url, "
        "OPENAI_BASE_URL) a simulated model answers, in this process. "
        "Exit codes: 0 completed, 1 failed or incomplete, 2 usage, 3 transport, 4 stdout cannot be "
        "written, 130 interrupted, 141 the reader of stdout has left.",
    )
    parser.add_argument("prompt", nargs="?", help="the prompt; read from stdin if absent or '-'")
    parser.add_argument("--model", default="gpt-5", help="the model (default: %(default)s)")
    parser.add_argument("--base-url", metavar="URL", help="where the API is (default: OPENAI_BASE_URL)")
    parser.add_argument("--instructions", metavar="TEXT", help="instructions for the model")
    parser.add_argument(
        "--json-schema", metavar="FILE", help="a file with the JSON schema that the answer must satisfy"
    )
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--events", action="store_true", help="print the events instead, a JSON object a line")
    shown.add_argument("--final", action="store_true", help="print the whole response instead, as JSON, at the end")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    request = _request(options)
    pace = _PACE if to_terminal() else None
    view = EventsView() if options.events else FinalView() if options.final else TextView()
    with ExitStack() as opened:
        client = opened.enter_context(_client(options.base_url, opened, pace))
        outcome = _show(client.stream(**request), view)
    view.end(outcome)
    return _report(outcome)


def _request(options: argparse.Namespace) -> dict[str, Any]:
    prompt: str | None = options.prompt
    if prompt in (None, "-"):
        prompt = _read_stdin(even_from_terminal=prompt == "-")
    if not prompt or not prompt.strip():
        raise ConfigurationError("expected a prompt, but it is empty")
    request: dict[str, Any] = {"model": _unicode("--model", options.model), "input": _unicode("a prompt", prompt)}
    if options.instructions is not None:
        request["instructions"] = _unicode("--instructions", options.instructions)
    if options.json_schema is not None:
        request["text"] = {"format": _format(Path(options.json_schema))}
    return request


def _read_stdin(*, even_from_terminal: bool) -> str:
    if sys.stdin is None or (not even_from_terminal and sys.stdin.isatty()):
        raise ConfigurationError("expected a prompt, as an argument or on stdin")
    try:
        return sys.stdin.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"expected a prompt in {sys.stdin.encoding} on stdin: {error}") from error


def _unicode(name: str, text: str) -> str:
    """Refuse bytes of another encoding, which Python hands on as halves of surrogate pairs (PEP 383)."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ConfigurationError(
            f"expected {name} in {sys.getfilesystemencoding()}, but got {text[error.start : error.end]!a} "
            f"at character {error.start}"
        ) from error
    return text


def _format(path: Path) -> dict[str, Any]:
    try:
        schema = json.loads(path.read_bytes())
        # Python reads more than JSON may hold (NaN) and than a request can send (half of a surrogate pair).
        json.dumps(schema, ensure_ascii=False, allow_nan=False).encode()
    except OSError as error:
        raise ConfigurationError(f"expected a file with a JSON schema: {error}") from error
    except ValueError as error:
        raise ConfigurationError(f"expected a JSON schema in {path}, but it is not JSON: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(f"expected a JSON schema in {path}, but it is nested too deeply") from error
    if not isinstance(schema, dict):
        raise ConfigurationError(f"expected a JSON schema in {path}, but it is no JSON object")
    return {"type": "json_schema", "name": "answer", "strict": True, "schema": schema}


def _client(base_url: str | None, opened: ExitStack, pace: float | None) -> Client:
    _unicode("--base-url", base_url or "")
    from_environment = _unicode("OPENAI_BASE_URL", os.environ.get("OPENAI_BASE_URL", ""))
    if base_url or from_environment or os.environ.get("OPENAI_API_KEY"):
        return Client(base_url=base_url)
    say("no OPENAI_API_KEY, no OPENAI_BASE_URL and no --base-url: the simulated model answers")
    return Client(base_url=_SIMULATED, http_client=opened.enter_context(_simulated(pace)))


def _simulated(pace: float | None) -> Any:
    import httpx

    from rxstream.simulated import SimulatedTransport

    http_client: HTTPClient = httpx.Client(transport=SimulatedTransport(tokens_per_second=pace))
    return http_client


def _show(stream: ResponseStream, view: TextView | EventsView | FinalView) -> Outcome:
    gathered = OutcomeAccumulator()
    failure: RxstreamError | None = None
    with iterate_sync(stream) as events:
        try:
            for event in events:
                gathered.feed(event)
                view.show(event)
        except RxstreamError as error:
            failure = error
    return gathered.outcome(failure)


def _report(outcome: Outcome) -> int:
    if outcome.status == "completed":
        return EXIT_COMPLETED
    if outcome.error is not None:
        said = str(outcome.error)
    else:
        said = f"the response is {outcome.status}" + (f": {outcome.reason}" if outcome.reason else "")
    say(escape_json(said))
    by_the_model = outcome.status in ("failed", "incomplete", "cancelled") or isinstance(
        outcome.error, ResponseStreamError
    )
    return EXIT_NOT_COMPLETED if by_the_model else EXIT_TRANSPORT
