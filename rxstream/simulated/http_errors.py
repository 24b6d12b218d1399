"""Answers that are not a response: API errors in OpenAI's shape, and other bodies with a status of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rxstream.errors import RxstreamError

__all__ = ["SimulatedHTTPError", "api_error"]


class SimulatedHTTPError(RxstreamError):
    """The simulated model answers a request with something else than a response.

    Attributes:
        status_code: The HTTP status.
        headers: Headers beside the usual ones, ``content-type`` among them.
        body: The whole body.

    Example:
        >>> SimulatedHTTPError(404, b"Not here", {"content-type": "text/plain"}).status_code
        404
    """

    def __init__(self, status_code: int, body: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(f"HTTP {status_code}: {body[:200].decode('utf-8', 'replace')}")
        self.status_code = status_code
        self.body = body
        self.headers = dict(headers)


def api_error(
    status_code: int,
    message: str,
    *,
    type: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> SimulatedHTTPError:
    """Make an error with a body of the API's shape, to be raised.

    Example:
        >>> api_error(400, "Missing required parameter: 'input'.", param="input").status_code
        400
    """
    body = json.dumps({"error": {"message": message, "type": type, "param": param, "code": code}})
    return SimulatedHTTPError(status_code, body.encode(), {"content-type": "application/json", **(headers or {})})
