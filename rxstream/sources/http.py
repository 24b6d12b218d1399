"""What a request to the Responses API looks like, and what its answer must be: pure, for both clients."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, cast
from urllib.parse import SplitResult, parse_qsl, urlsplit

from rxstream._version import __version__
from rxstream.errors import APIStatusError, ConfigurationError, NotAnEventStreamError
from rxstream.sources.encoding import IDENTITY, checked_accept_encoding
from rxstream.sources.query import query_string
from rxstream.sse import is_event_stream

__all__ = [
    "MAX_ERROR_BYTES",
    "MAX_EXCERPT_BYTES",
    "Arguments",
    "Endpoint",
    "Headers",
    "check_answer",
    "refuse",
    "request_id",
]

MAX_ERROR_BYTES = 1 << 20
MAX_EXCERPT_BYTES = 2048

_DEFAULT_BASE_URL = "https://api.openai.com/v1"
_ENVIRONMENT = {
    "api_key": "OPENAI_API_KEY",
    "base_url": "OPENAI_BASE_URL",
    "organization": "OPENAI_ORG_ID",
    "project": "OPENAI_PROJECT_ID",
}
_KEY_HEADERS = ("authorization", "api-key", "x-api-key")
_SHORTEST_KEY = 8  # what is shorter is found in other words, too
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")  # RFC 9110, section 5.6.2, in lower case


class Arguments(dict[str, Any]):
    """What a caller gave, by names, that does not show what it holds, not even in a traceback's variables.

    Its methods look at what may be secret without keeping it in a variable.
    """

    def text(self, name: str) -> str | None:
        """Return an argument that is a string; that of the environment where there is none.

        Raises:
            TypeError: It is something else.
        """
        if not isinstance(self.get(name), str | None):
            raise TypeError(f"expected {name} to be a string, but got {type(self[name]).__name__}")
        return os.environ.get(_ENVIRONMENT[name]) if self.get(name) is None else self[name]

    def mapping(self, name: str) -> Arguments:
        """Return an argument that is a mapping; an empty one where there is none.

        Raises:
            TypeError: It is something else, or not by strings.
        """
        if not isinstance(self.get(name), Mapping | None):
            raise TypeError(f"expected {name} to be a mapping, but got {type(self[name]).__name__}")
        wrong = {type(key).__name__ for key in self.get(name) or () if not isinstance(key, str)}
        if wrong:
            raise TypeError(f"expected the names in {name} to be strings, but got {', '.join(sorted(wrong))}")
        return Arguments(self.get(name) or {})

    def __repr__(self) -> str:
        return f"Arguments({', '.join(self)}: values hidden)"


class Headers(dict[str, str]):
    """Request headers, by names in lower case, that do not show what they hold, not even in a traceback's variables."""

    @classmethod
    def of(cls, given: Arguments, name: str) -> Headers:
        """Take headers of a caller.

        Raises:
            TypeError: They are no mapping by strings.
        """
        return cls({header.lower(): value for header, value in given.mapping(name).items()})

    def checked(self) -> Headers:
        """Return these headers, if they can be sent.

        Raises:
            ConfigurationError: One of them cannot; it is named, its value is not shown. An HTTP library would show it.
        """
        unnamed = [name for name in self if _TOKEN.fullmatch(name) is None]
        if unnamed:
            raise ConfigurationError(
                f"expected the names of headers to be of letters, digits and hyphens, but got {unnamed}"
            )
        wrong = [name for name in self if not _can_be_sent(self[name])]
        if wrong:
            raise ConfigurationError(
                "expected the API key and headers to be printable ASCII without spaces or line ends around them, "
                f"but that is not so of {', '.join(wrong)}"
            )
        return self

    def redacted(self, body: bytes) -> bytes:
        """Return a body without the keys that these headers carry; there are servers that quote them.

        Example:
            >>> Headers({"authorization": "Bearer sk-0123456789"}).redacted(b"wrong key: sk-0123456789")
            b'wrong key: [redacted]'
        """
        for name in _KEY_HEADERS:
            if len(self.get(name, "").split(" ")[-1]) >= _SHORTEST_KEY:
                body = body.replace(self[name].split(" ")[-1].encode(), b"[redacted]")
        return body

    def __repr__(self) -> str:
        return f"Headers({', '.join(self)}: values hidden)"


def _can_be_sent(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and value == value.strip()


@dataclass(frozen=True, repr=False)
class Endpoint:
    """Where requests go, and what goes with each."""

    base_url: str
    headers: Headers
    query: Arguments

    @classmethod
    def configured(cls, given: Arguments, is_url: Callable[[str], bool]) -> Endpoint:
        """Take arguments, and the environment where there is none.

        Args:
            given: The arguments.
            is_url: Tells whether an HTTP library can send to a URL.

        Raises:
            ConfigurationError: There is neither a key nor a base URL, or they cannot be used.
            TypeError: An argument is of the wrong type.
        """
        key = Headers({"authorization": f"Bearer {given.text('api_key')}"} if given.text("api_key") else {})
        headers = Headers({**key, **Headers.of(given, "default_headers")})
        default_query = given.mapping("default_query")
        if not given.text("base_url") and not headers.keys() & {*_KEY_HEADERS}:
            raise ConfigurationError(
                "expected an API key or a base URL: give api_key= or set OPENAI_API_KEY, "
                "or give base_url= or set OPENAI_BASE_URL. To work without a network, use the simulated model: "
                "http_client=httpx.Client(transport=rxstream.simulated.SimulatedTransport()) (or httpx.AsyncClient), base_url='http://simulated/v1'"
            )
        about_us = {
            "user-agent": f"rxstream/{__version__}",
            "openai-organization": given.text("organization"),
            "openai-project": given.text("project"),
            "accept": "text/event-stream",
            "accept-encoding": checked_accept_encoding(given.get("accept_encoding", IDENTITY)),
        }
        ours = {name: value for name, value in about_us.items() if value}
        headers = Headers({**ours, **headers}).checked()
        base_url, query = _base_url(given, is_url)
        return cls(base_url, headers, Arguments({**query, **default_query}))

    def url(self, path: str, extra_query: Arguments) -> str:
        """Return the URL of a path below the base URL."""
        query = Arguments({**self.query, **extra_query})
        return "?".join(filter(None, (f"{self.base_url}{path}", query_string(query))))

    def headers_with(self, extra: Headers) -> Headers:
        """Return the headers of one request."""
        return Headers({**self.headers, **extra}).checked()

    def __repr__(self) -> str:
        return f"Endpoint({_without_secrets(self.base_url)})"


def _base_url(given: Arguments, is_url: Callable[[str], bool]) -> tuple[str, Arguments]:
    """Return the base URL without its query, and the query, which goes behind the path of a request."""
    split = _split(given.text("base_url") or _DEFAULT_BASE_URL, is_url)
    if split is None:
        raise ConfigurationError(
            "expected base_url to be an http or https URL, as http://127.0.0.1:8000/v1, "
            f"but got {_without_secrets(given.text('base_url') or _DEFAULT_BASE_URL)!r}"
        )
    return split


def _split(base_url: str, is_url: Callable[[str], bool]) -> tuple[str, Arguments] | None:
    parts = _parts(base_url.strip())
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    base_url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return (base_url, Arguments(parse_qsl(parts.query))) if is_url(base_url) else None


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname  # these raise late
    except ValueError:
        return None
    return parts


def check_answer(status_code: int, headers: Mapping[str, str]) -> str | None:
    """Return what is wrong with the head of an answer, in a word; ``None`` where an event stream follows."""
    if status_code != 200:
        return "status"
    if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        return "encoding"
    return None if is_event_stream(headers.get("content-type")) else "type"


def refuse(wrong: str, status_code: int, headers: Mapping[str, str], body: bytes) -> NoReturn:
    """Raise the error of an answer that is no event stream.

    Raises:
        APIStatusError: The status is not 200.
        NotAnEventStreamError: It is, but the body is something else.
    """
    error = _api_error(body)
    if wrong == "status":
        raise _status_error(status_code, headers, body, error)
    content_type = headers.get("content-type")
    if wrong == "encoding":
        came = (
            f"the body came encoded as {headers.get('content-encoding')!r}, which was not asked for "
            "(accept_encoding may be gzip or deflate)"
        )
    elif error:
        came = f"the server answered with an error: {error.get('message')}"
    else:
        came = f"the server answered with {content_type or 'no content type'}: {body[:200]!r}"
    raise NotAnEventStreamError(
        f"expected an event stream (text/event-stream), but {came}",
        content_type=content_type,
        body=body[:MAX_EXCERPT_BYTES],
        code=error.get("code"),
        request_id=request_id(headers),
    )


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the name that the server gave to a request, by which OpenAI's support finds it."""
    return headers.get("x-request-id")


def _status_error(
    status_code: int, headers: Mapping[str, str], body: bytes, error: Mapping[str, str]
) -> APIStatusError:
    said = error.get("message") or body[:200].decode("utf-8", "replace")
    if 300 <= status_code < 400:
        location = _parts(headers.get("location", ""))
        said = f"a redirect to {(location and location.hostname) or 'another path'}, which is not followed"
    return APIStatusError(
        f"expected status 200, but the server answered {status_code}: {said}",
        status_code=status_code,
        code=error.get("code"),
        param=error.get("param"),
        type=error.get("type"),
        body=body[:MAX_ERROR_BYTES],
        request_id=request_id(headers),
        retry_after=_retry_after(headers),
        retryable=_is_retryable(status_code, headers),
    )


def _is_retryable(status_code: int, headers: Mapping[str, str]) -> bool:
    """Tell whether the same request may succeed later, as OpenAI's SDK does: the server's own word goes first."""
    said = {"true": True, "false": False}.get(headers.get("x-should-retry", ""))
    return said if said is not None else status_code in (408, 409, 429) or status_code >= 500


def _api_error(body: bytes) -> Mapping[str, str]:
    """Find the error in a body, as text: ``{"error": {…}}``, ``{"error": "…"}``, or the fields themselves."""
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    error: Any = cast("dict[str, Any]", value).get("error", cast("dict[str, Any]", value))
    if isinstance(error, str):
        return {"message": error}
    if not isinstance(error, dict) or not cast("dict[str, Any]", error).get("message"):
        return {}
    return {name: str(field) for name, field in cast("dict[str, Any]", error).items() if field is not None}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Read ``retry-after-ms`` (OpenAI), or ``retry-after`` in seconds or as a date (RFC 9110, section 10.2.3)."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        date = parsedate_to_datetime(headers.get("retry-after", ""))
        date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
        return max(0.0, (date - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def _without_secrets(url: str) -> str:
    """Leave user info and query out of a URL."""
    parts = _parts(url)
    if parts is None or (not parts.hostname and "@" in url):
        return "something else"
    if not parts.hostname:
        return url.partition("?")[0]
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
