"""Requests for a response that was made before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rxstream.sources.http import Arguments, Endpoint, Headers

__all__ = ["Get", "Retrieval", "is_response_id"]


@dataclass(frozen=True, repr=False)  # a query may hold a key
class Get:
    """One request without a body, in types that belong to no HTTP library."""

    url: str
    headers: Headers
    timeout: Any
    method: str = "GET"

    def options(self) -> dict[str, Any]:
        """Return what both families of HTTP clients take."""
        return {"headers": self.headers, "timeout": self.timeout, "follow_redirects": False}


class Retrieval:
    """Makes requests for a response, with the headers, query and timeout of the request that made it.

    Args:
        endpoint: Where they go.
        timeout: Of each.
        given: What the caller said of all requests.
        include: What else the server is to send, ``None`` where nothing was asked for.
        include_obfuscation: Whether deltas are to be padded, ``None`` where nothing was said.

    Raises:
        TypeError: An argument is of the wrong type.
        ConfigurationError: A header cannot be used.
    """

    def __init__(
        self, endpoint: Endpoint, timeout: Any, given: Arguments, *, include: Any, include_obfuscation: Any
    ) -> None:
        self._endpoint = endpoint
        self._timeout = timeout
        extra = Headers.of(given, "extra_headers")
        self._headers = endpoint.headers_with(extra)
        self._headers_for_json = endpoint.headers_with(Headers({**extra, "accept": "application/json"}))
        self._query = Arguments({"include": include, **given.mapping("extra_query")})
        self._include_obfuscation = include_obfuscation

    def events(self, response_id: str, after: int | None) -> Get:
        """Make the request for the events behind one; for all with ``None``."""
        ours = {"include_obfuscation": self._include_obfuscation, **self._query}
        query = Arguments({**ours, "stream": True})
        if after is not None:
            query["starting_after"] = after
        return Get(self._url(response_id, query), self._headers, self._timeout)

    def snapshot(self, response_id: str) -> Get:
        """Make the request for the response as it is now."""
        return Get(self._url(response_id, self._query), self._headers_for_json, self._timeout)

    def _url(self, response_id: str, query: Arguments) -> str:
        return self._endpoint.url(f"/responses/{quote(response_id, safe='')}", query)


def is_response_id(response_id: str) -> bool:
    """Tell whether a string can be the last part of a path; servers make up ids of any shape.

    Example:
        >>> is_response_id("resp_1"), is_response_id(".."), is_response_id("")
        (True, False, False)
    """
    return response_id not in ("", ".", "..")
