"""Plans that end in an answer of HTTP instead of a response."""

from __future__ import annotations

import json

from rxstream.simulated.http_errors import SimulatedHTTPError, api_error
from rxstream.simulated.scenarios.default import default_plan
from rxstream.simulated.scenarios.scene import Scene
from rxstream.simulated.script import Step

__all__ = ["plan_flaky", "plan_html", "plan_json_error", "plan_redirect", "plan_status"]

_PAGE = b"<!doctype html><title>Sign in</title><p>Please sign in to the network."
_STATUSES = {
    401: ("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    429: ("Rate limit reached. Please try again later.", "requests", "rate_limit_exceeded"),
}
_SERVER_ERROR = ("The server had an error while processing your request.", "server_error", "server_error")
_WAITING = (429, 503)


def plan_status(scene: Scene) -> list[Step]:
    """Answer with a status, 500 by default; with ``retry-after`` where that is usual or asked for."""
    code, _, seconds = (scene.parameter or "500").partition(":")
    status = int(code) if code in map(str, range(400, 600)) else 500
    message, kind, name = _STATUSES.get(status, _SERVER_ERROR)
    headers = {"retry-after": seconds or "1"} if seconds or status in _WAITING else {}
    raise api_error(status, message, type=kind, code=name, headers=headers)


def plan_flaky(scene: Scene) -> list[Step]:
    """Answer the model's first requests with status 500, later ones as usual."""
    if scene.request_number > scene.number(1):
        return default_plan(scene)
    message, kind, name = _SERVER_ERROR
    raise api_error(500, message, type=kind, code=name)


def plan_html(scene: Scene) -> list[Step]:
    """Answer with the page of a captive portal."""
    raise SimulatedHTTPError(200, _PAGE, {"content-type": "text/html; charset=utf-8"})


def plan_json_error(scene: Scene) -> list[Step]:
    """Answer with an error that claims to be a success."""
    error = {"message": "The model is overloaded.", "type": "server_error", "param": None, "code": "overloaded"}
    raise SimulatedHTTPError(200, json.dumps({"error": error}).encode(), {"content-type": "application/json"})


def plan_redirect(scene: Scene) -> list[Step]:
    """Send the client to another host."""
    raise SimulatedHTTPError(307, b"", {"location": "http://elsewhere.invalid/v1/responses"})
