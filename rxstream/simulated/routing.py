"""HTTP without a network: a request in plain values in, an answer in plain values out. Both fronts use it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs, unquote

from rxstream.simulated.http_errors import SimulatedHTTPError, api_error
from rxstream.simulated.model import SimulatedModel
from rxstream.simulated.moderations import moderate_input
from rxstream.simulated.stored import EventStream

__all__ = ["MAX_BODY_BYTES", "Answer", "HTTPRequest", "answer", "too_large"]

MAX_BODY_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class HTTPRequest:
    """A request.

    Attributes:
        method: The method, in capitals.
        path: The path without the query.
        query: The query string.
        headers: The headers, names in lower case.
        body: The whole body.
        now: When it came, in seconds of the front's clock.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(repr=False)  # one of them is the key
    body: bytes
    now: float


@dataclass(frozen=True)
class Answer:
    """An answer: a body, or a stream of events to be sent when they are due.

    Attributes:
        status_code: The HTTP status.
        headers: The headers.
        body: The body, empty if there is a stream.
        stream: The events to send.
        ready_at: When the body is ready, in seconds of the front's clock.
    """

    status_code: int
    headers: dict[str, str]
    body: bytes = b""
    stream: EventStream | None = None
    ready_at: float | None = None


# What a route gives: the object to send as JSON, or a stream, or the object and when it is ready.
_Result = dict[str, Any] | EventStream | tuple[dict[str, Any], float]
_Route = Callable[[SimulatedModel, HTTPRequest, str], _Result]


def answer(model: SimulatedModel, request: HTTPRequest) -> Answer:
    """Answer a request. The path may have any prefix that ends in ``/v1``, or none."""
    headers = _common_headers(model)
    try:
        return _as_answer(_dispatch(model, request), headers)
    except SimulatedHTTPError as error:
        return Answer(error.status_code, headers | error.headers, error.body)


def too_large() -> SimulatedHTTPError:
    """Make the error for a body above the limit."""
    return api_error(413, f"Request body is larger than {MAX_BODY_BYTES} bytes.", code="request_too_large")


def _common_headers(model: SimulatedModel) -> dict[str, str]:
    return {"x-request-id": model.new_request_id(), "openai-version": "2020-10-01", "openai-processing-ms": "1"}


def _dispatch(model: SimulatedModel, request: HTTPRequest) -> _Result:
    if request.headers.get("authorization", "").strip().lower() == "bearer invalid":
        raise api_error(401, "Incorrect API key provided: invalid.", code="invalid_api_key")
    if len(request.body) > MAX_BODY_BYTES:
        raise too_large()
    path = _resource(request.path)
    allowed: list[str] = []
    for method, pattern, route in _ROUTES:
        found = pattern.fullmatch(path)
        if found is None:
            continue
        if method == request.method:
            return route(model, request, unquote(found["id"]) if "id" in found.groupdict() else "")
        allowed.append(method)
    if allowed:
        raise api_error(
            405, f"Not allowed to {request.method} on {request.path}.", headers={"allow": ", ".join(allowed)}
        )
    raise api_error(404, f"Invalid URL ({request.method} {request.path})")


def _resource(path: str) -> str:
    """Give the path below ``/v1``: that of Azure or a gateway has more before it."""
    before, version, below = path.partition("/v1/")
    return (f"/{below}" if version else before).rstrip("/")


def _as_answer(result: _Result, headers: dict[str, str]) -> Answer:
    if isinstance(result, EventStream):
        kind = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
        return Answer(200, headers | kind, stream=result)
    content, ready_at = result if isinstance(result, tuple) else (result, None)
    body = json.dumps(content, separators=(",", ":")).encode()
    return Answer(200, headers | {"content-type": "application/json"}, body, ready_at=ready_at)


def _create(model: SimulatedModel, request: HTTPRequest, _: str) -> _Result:
    try:
        body: Any = json.loads(request.body, parse_constant=_refuse_constant)
        made = model.create(body, now=request.now)
    except (ValueError, RecursionError) as error:
        # A body may also be so deep that it can be read, but not copied.
        raise _unreadable(error) from error
    if cast("dict[str, Any]", body).get("stream"):
        return model.stream(made)
    return (made.events[0]["response"], request.now) if made.background else (made.snapshot(), made.ends_at)


def _moderate(model: SimulatedModel, request: HTTPRequest, _: str) -> _Result:
    try:
        return moderate_input(json.loads(request.body, parse_constant=_refuse_constant))
    except (ValueError, RecursionError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> SimulatedHTTPError:
    return api_error(400, f"We could not parse the JSON body of your request: {error}", code="invalid_json")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _retrieve(model: SimulatedModel, request: HTTPRequest, response_id: str) -> _Result:
    query = parse_qs(request.query)
    if query.get("stream", ["false"])[-1] != "true":
        return model.retrieve(response_id, now=request.now)
    after = query.get("starting_after", ["-1"])[-1]
    if re.fullmatch(r"-1|\d{1,18}", after) is None:
        raise api_error(
            400, f"Invalid 'starting_after': expected an integer, but got '{after}'.", param="starting_after"
        )
    return model.resume(response_id, starting_after=int(after))


_ROUTES: tuple[tuple[str, re.Pattern[str], _Route], ...] = (
    ("POST", re.compile(r"/responses"), _create),
    ("GET", re.compile(r"/responses/(?P<id>[^/]+)"), _retrieve),
    ("DELETE", re.compile(r"/responses/(?P<id>[^/]+)"), lambda model, request, id: model.delete(id)),
    (
        "POST",
        re.compile(r"/responses/(?P<id>[^/]+)/cancel"),
        lambda model, request, id: model.cancel(id, now=request.now),
    ),
    ("POST", re.compile(r"/moderations"), _moderate),
    ("GET", re.compile(r"/models"), lambda model, request, id: model.models()),
    ("GET", re.compile(r"/models/(?P<id>[^/]+)"), lambda model, request, id: model.model(id)),
)
