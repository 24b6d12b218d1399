"""``rxstream serve``: the simulated model on a port."""

from __future__ import annotations

import argparse
from typing import Any

from rxstream.cli.exit_codes import EXIT_COMPLETED, EXIT_TRANSPORT
from rxstream.cli.output import say, show
from rxstream.simulated import SCENARIOS, serve

__all__ = ["add_parser"]


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    listed = "\n".join(f"  {name:<18} {scenario.description}" for name, scenario in SCENARIOS.items())
    parser = commands.add_parser(
        "serve",
        help="run the simulated model as a server",
        description="Run the simulated model as a server on this machine, for any client of the Responses API.",
        epilog=f"scenarios (also per request, as the model 'scenario:NAME'):\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=_port, default=8000, help="the port; 0 takes a free one (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="answers and ids depend on it alone (default: %(default)s)")
    parser.add_argument(
        "--tokens-per-second", type=_pace, metavar="N", help="how fast the model writes (default: as fast as it can)"
    )
    parser.add_argument("--scenario", metavar="NAME", help="what the model does, whatever it is asked; see below")
    parser.set_defaults(command=_serve)


def _serve(options: argparse.Namespace) -> int:
    try:
        serve(
            port=options.port,
            on_ready=_say_how_to_use,
            seed=options.seed,
            tokens_per_second=options.tokens_per_second,
            scenario=options.scenario,
        )
    except OSError as error:
        say(f"expected port {options.port} to be free: {error}")
        return EXIT_TRANSPORT
    return EXIT_COMPLETED


def _say_how_to_use(base_url: str) -> None:
    show(
        f"""The simulated model listens on {base_url} (this machine alone; Ctrl-C stops it). Point a client at it:

  export OPENAI_BASE_URL={base_url} OPENAI_API_KEY=none
  rxstream run "Say hello."

  rxstream.Client(base_url="{base_url}")
  openai.OpenAI(base_url="{base_url}", api_key="none")

"""
    )


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, but got {port}")
    return port


def _pace(text: str) -> float:
    pace = float(text)
    if not pace > 0:
        raise argparse.ArgumentTypeError(f"expected a number above 0, but got {text}")
    return pace
