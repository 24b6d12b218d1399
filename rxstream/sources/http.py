"""What a request to the Responses API looks like, and what its answer must be: pure, for both clients."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, cast
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from rxstream._version import __version__
from rxstream.errors import APIStatusError, ConfigurationError, NotAnEventStreamError
from rxstream.sse import is_event_stream

__all__ = ["MAX_ERROR_BYTES", "MAX_EXCERPT_BYTES", "Endpoint", "Headers", "check_answer", "credentials", "refuse"]

MAX_ERROR_BYTES = 1 << 20
MAX_EXCERPT_BYTES = 2048

_DEFAULT_BASE_URL = "https://api.openai.com/v1"


class Headers(dict[str, str]):
    """Request headers, by names in lower case, that do not show what they hold, not even in a traceback's variables."""

    @classmethod
    def of(cls, headers: Mapping[str, str] | None) -> Headers:
        """Take headers of a caller."""
        return cls({name.lower(): value for name, value in (headers or {}).items()})

    def checked(self) -> Headers:
        """Return these headers, if they can be sent.

        Raises:
            ConfigurationError: One of them cannot; it is named, its value is not shown. An HTTP library would show it.
        """
        wrong = [name for name in self if not _can_be_sent(self[name])]
        if wrong:
            raise ConfigurationError(
                "expected the API key and headers to be printable ASCII without spaces or line ends around them, "
                f"but that is not so of {', '.join(wrong)}"
            )
        return self

    def __repr__(self) -> str:
        return f"Headers({', '.join(self)}: values hidden)"


def _can_be_sent(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and value == value.strip()


def credentials(api_key: str | None, default_headers: Mapping[str, str] | None) -> Headers:
    """Hide what may be secret, before anything can raise."""
    api_key = api_key if api_key is not None else os.environ.get("OPENAI_API_KEY")
    key = {"authorization": f"Bearer {api_key}"} if api_key else {}
    return Headers({**key, **Headers.of(default_headers)})


@dataclass(frozen=True, repr=False)
class Endpoint:
    """Where requests go, and what goes with each."""

    base_url: str
    headers: Headers
    query: Mapping[str, str]

    @classmethod
    def configured(
        cls,
        headers: Headers,
        *,
        base_url: str | None,
        organization: str | None,
        project: str | None,
        default_query: Mapping[str, str] | None,
    ) -> Endpoint:
        """Take arguments, and the environment where there is none.

        Raises:
            ConfigurationError: There is neither a key nor a base URL, or they cannot be used.
        """
        base_url = base_url if base_url is not None else os.environ.get("OPENAI_BASE_URL")
        if not base_url and not headers:
            raise ConfigurationError(
                "expected an API key or a base URL: give api_key= or set OPENAI_API_KEY, "
                "or give base_url= or set OPENAI_BASE_URL. To work without a network, use the simulated model: "
                "http_client=httpx.Client(transport=rxstream.simulated.SimulatedTransport()), base_url='http://simulated/v1'"
            )
        base_url, query = _split_base_url(base_url or _DEFAULT_BASE_URL)
        about_us = {
            "user-agent": f"rxstream/{__version__}",
            "openai-organization": organization or os.environ.get("OPENAI_ORG_ID"),
            "openai-project": project or os.environ.get("OPENAI_PROJECT_ID"),
            "accept": "text/event-stream",
            "accept-encoding": "identity",  # an encoded body would have to be inflated before it could be bounded
        }
        ours = {name: value for name, value in about_us.items() if value}
        return cls(base_url, Headers({**ours, **headers}).checked(), {**query, **(default_query or {})})

    def url(self, path: str, extra_query: Mapping[str, str] | None) -> str:
        """Return the URL of a path below the base URL."""
        query = {**self.query, **(extra_query or {})}
        return f"{self.base_url}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")

    def headers_with(self, extra: Headers) -> Headers:
        """Return the headers of one request."""
        return Headers({**self.headers, **extra}).checked()

    def __repr__(self) -> str:
        return f"Endpoint({_without_secrets(self.base_url)})"


def _split_base_url(base_url: str) -> tuple[str, dict[str, str]]:
    """Return a base URL without its query, and the query, which goes behind the path of a request."""
    parts = _parts(base_url.strip())
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            f"expected base_url to be an http or https URL, but got {_without_secrets(base_url)!r}"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", dict(parse_qsl(parts.query))


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
        came = f"the body came encoded as {headers.get('content-encoding')!r}"
    elif error:
        came = f"the server answered with an error: {error.get('message')}"
    else:
        came = f"the server answered with {content_type or 'no content type'}: {body[:200]!r}"
    raise NotAnEventStreamError(
        f"expected an event stream (text/event-stream), but {came}",
        content_type=content_type,
        body=body[:MAX_EXCERPT_BYTES],
        code=_text(error.get("code")),
    )


def _status_error(
    status_code: int, headers: Mapping[str, str], body: bytes, error: Mapping[str, Any]
) -> APIStatusError:
    said = _text(error.get("message")) or body[:200].decode("utf-8", "replace")
    if 300 <= status_code < 400:
        location = _parts(headers.get("location", ""))
        said = f"a redirect to {(location and location.hostname) or 'another path'}, which is not followed"
    return APIStatusError(
        f"expected status 200, but the server answered {status_code}: {said}",
        status_code=status_code,
        code=_text(error.get("code")),
        param=_text(error.get("param")),
        body=body[:MAX_ERROR_BYTES],
        request_id=headers.get("x-request-id"),
        retry_after=_retry_after(headers),
        retryable=status_code in (408, 409, 429) or status_code >= 500,
    )


def _api_error(body: bytes) -> Mapping[str, Any]:
    """Find the error in a body: ``{"error": {…}}``, ``{"error": "…"}``, or the fields themselves."""
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    error: Any = cast("dict[str, Any]", value).get("error", cast("dict[str, Any]", value))
    if isinstance(error, str):
        return {"message": error}
    if isinstance(error, dict) and cast("dict[str, Any]", error).get("message"):
        return cast("dict[str, Any]", error)
    return {}


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
    if parts is None:
        return "something else"
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
