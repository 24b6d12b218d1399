"""One request to the Responses API, in types that belong to no HTTP library."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from rxstream.errors import ConfigurationError
from rxstream.sources.http import Arguments, Endpoint, Headers
from rxstream.sources.json_body import as_json
from rxstream.sources.malformed import checked_on_malformed
from rxstream.sources.persistence import Persistence
from rxstream.sources.retrieval import Retrieval

__all__ = ["DEFAULT_TIMEOUT", "Request", "Timeout"]

Timeout = float | tuple[float | None, float | None, float | None, float | None] | None
"""Seconds for everything, or seconds to connect, to read, to write and to get a connection; ``None`` waits for ever."""

DEFAULT_TIMEOUT: Timeout = (5.0, 600.0, 5.0, 5.0)

_OPTIONS = (
    "extra_headers",
    "extra_query",
    "extra_body",
    "timeout",
    "max_retries",
    "resume",
    "on_reconnect",
    "on_malformed",
)

_OF_CLIENTS = (
    "accept_encoding",
    "api_key",
    "base_url",
    "default_headers",
    "default_query",
    "http_client",
    "max_event_bytes",
)


class Request:
    """One request, ready to be sent as often as it is subscribed to.

    Raises:
        TypeError: ``stream=False`` was asked for, an argument is of the wrong type, or one of the client.
        ConfigurationError: A header or the timeout cannot be used.
        ValueError: The options of retries do not fit together.
    """

    # No Idempotency-Key is sent, as OpenAI's SDK sends none: the API does not say that it looks at one.
    method = "POST"

    def __init__(self, endpoint: Endpoint, timeout: Timeout, max_retries: int, given: Arguments) -> None:
        extra_headers, extra_body = Headers.of(given, "extra_headers"), given.mapping("extra_body")
        for came in (given, extra_body):
            if came.get("stream", True) is not True:
                raise TypeError(f"expected a streamed request, but got stream={came['stream']!r}: leave `stream` out")
        misplaced = [name for name in _OF_CLIENTS if name in given]
        if misplaced:
            raise TypeError(f"expected options of a request, but got {', '.join(misplaced)}: give that to the client")
        self.url = endpoint.url("/responses", given.mapping("extra_query"))
        self.headers = endpoint.headers_with(extra_headers)
        self.timeout = plain_timeout(given.get("timeout", timeout))
        usual = Arguments({name: given[name] for name in given if name not in _OPTIONS})
        whole = {**usual, **extra_body, "stream": True}
        self.body: dict[str, Any] = Arguments({name: as_json(value, name) for name, value in whole.items()})
        # Only what runs in the background can be fetched again, from any event on.
        self.resumable = self.body.get("background") is True
        self.persistence = Persistence.of(given, max_retries)
        if self.persistence.resume and not self.resumable:
            raise ValueError("expected background=True with resume=True: no other response can be resumed")
        options = self.body.get("stream_options")
        self.retrieval = Retrieval(
            endpoint,
            self.timeout,
            given,
            include=self.body.get("include"),
            include_obfuscation=(
                cast("Mapping[str, Any]", options).get("include_obfuscation") if isinstance(options, Mapping) else None
            ),
        )
        self.on_malformed = checked_on_malformed(given.get("on_malformed"))

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
        ConfigurationError: It is none that can be waited for.

    Example:
        >>> import httpx
        >>> plain_timeout(httpx.Timeout(5.0, read=None))
        (5.0, None, 5.0, 5.0)
    """
    if timeout is None or _is_number(timeout):
        seconds: tuple[Any, ...] = (timeout,)
        plain = timeout
    else:
        plain = seconds = (
            cast("tuple[Any, ...]", timeout)
            if isinstance(timeout, tuple)
            else tuple(getattr(timeout, name, "") for name in ("connect", "read", "write", "pool"))
        )
        if len(seconds) != 4 or not all(value is None or _is_number(value) for value in seconds):
            raise TypeError(
                "expected timeout to be seconds, or a tuple of seconds to connect, read, write and get a connection, "
                f"but got {timeout!r}"
            )
    if not all(value is None or 0 < value < math.inf for value in seconds):
        raise ConfigurationError(
            f"expected timeout to be more than 0 seconds, or None to wait for ever, but got {timeout!r}"
        )
    return cast(Timeout, plain)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
