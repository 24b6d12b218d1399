"""A simulated model that speaks the Responses API, offline and deterministic.

::

    SimulatedModel        request body in, events out: pure, no network, no clock
    SimulatedTransport    the model behind an httpx or httpx2 client, in process
    create_app, app       the model as an ASGI application
    serve                 that application on a port
    running_server        the same for the length of a with block
    SCENARIOS             the names of what the model can be told to do

Example:
    >>> final = SimulatedModel(scenario="refusal").respond({"model": "gpt-5", "input": "Hi"})
    >>> final["output"][0]["content"][0]["refusal"]
    "I'm sorry, but I can't help with that request."
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rxstream.simulated.asgi import create_app
from rxstream.simulated.http_errors import SimulatedHTTPError
from rxstream.simulated.model import SimulatedModel
from rxstream.simulated.scenarios import SCENARIOS, Scenario
from rxstream.simulated.server import RunningServer, running_server, serve
from rxstream.simulated.stored import EventStream, SimulatedResponse
from rxstream.simulated.transport import SimulatedTransport

if TYPE_CHECKING:
    from starlette.applications import Starlette

    app: Starlette

__all__ = [
    "SimulatedModel",
    "SimulatedTransport",
    "create_app",
    "app",
    "serve",
    "running_server",
    "SCENARIOS",
    "Scenario",
    "SimulatedResponse",
    "EventStream",
    "SimulatedHTTPError",
    "RunningServer",
]


def __getattr__(name: str) -> Any:
    # Made when it is asked for, so that importing this package needs no server.
    if name == "app":
        made = globals()["app"] = create_app()
        return made
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
