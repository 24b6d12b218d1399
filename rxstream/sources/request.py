"""One request to the Responses API, in types that belong to no HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rxstream.sources.http import Endpoint, Headers

__all__ = ["DEFAULT_TIMEOUT", "Request", "Timeout"]

Timeout = float | tuple[float | None, float | None, float | None, float | None] | None
"""Seconds for everything, or seconds to connect, to read, to write and to get a connection; ``None`` waits for ever."""

DEFAULT_TIMEOUT: Timeout = (5.0, 600.0, 5.0, 5.0)


class Request:
    """One request, ready to be sent as often as it is subscribed to."""

    def __init__(self, endpoint: Endpoint, timeout: Timeout, request: dict[str, Any]) -> None:
        extra_headers = request["extra_headers"] = Headers.of(request.get("extra_headers"))  # hidden before all else
        if request.get("stream", True) is not True:
            raise TypeError("expected a streamed request, but got stream=False: leave `stream` out")
        options = {name: request.pop(name, None) for name in ("extra_headers", "extra_query", "extra_body")}
        extra_body: Mapping[str, Any] = options["extra_body"] or {}
        self.url = endpoint.url("/responses", options["extra_query"])
        self.headers = endpoint.headers_with(extra_headers)
        self.timeout = plain_timeout(request.pop("timeout", timeout))
        self.body: dict[str, Any] = {**request, **extra_body, "stream": True}
        # Only what runs in the background can be fetched again, from any event on.
        self.resumable = self.body.get("background") is True

    def options(self) -> dict[str, Any]:
        """Return what both families of HTTP clients take."""
        return {
            "json": self.body,
            "headers": self.headers,
            "timeout": self.timeout,
            "follow_redirects": False,
        }


def plain_timeout(timeout: object) -> Timeout:
    """Return a timeout as numbers. ``Timeout`` objects of one HTTP library are misread by the other, in silence.

    Raises:
        TypeError: It is no timeout.

    Example:
        >>> import httpx
        >>> plain_timeout(httpx.Timeout(5.0, read=None))
        (5.0, None, 5.0, 5.0)
    """
    if timeout is None or (isinstance(timeout, (int, float)) and not isinstance(timeout, bool)):
        return timeout
    seconds: tuple[Any, ...] = (
        cast("tuple[Any, ...]", timeout)
        if isinstance(timeout, tuple)
        else tuple(getattr(timeout, name, "") for name in ("connect", "read", "write", "pool"))
    )
    if len(seconds) != 4 or not all(value is None or isinstance(value, (int, float)) for value in seconds):
        raise TypeError(
            "expected timeout to be seconds, or a tuple of seconds to connect, read, write and get a connection, "
            f"but got {timeout!r}"
        )
    return cast(Timeout, seconds)
