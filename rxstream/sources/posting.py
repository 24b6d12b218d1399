"""Requests that are answered by one JSON object, not by a stream."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any, cast

from rxstream.errors import StreamError
from rxstream.reactive.leaving import left_safely
from rxstream.sources.backoff import Attempts
from rxstream.sources.body import pieces, pieces_async
from rxstream.sources.http import MAX_ERROR_BYTES, Arguments, Endpoint, Headers, refuse
from rxstream.sources.request import Timeout
from rxstream.sources.sending import EXTENSIONS
from rxstream.sources.transport_errors import cannot_be_sent, unanswered

__all__ = ["Post", "post_json", "post_json_async"]


class Post:
    """One request, in types that belong to no HTTP library.

    Attributes:
        max_retries: How often it is sent again.
    """

    def __init__(
        self, endpoint: Endpoint, timeout: Timeout, max_retries: int, path: str, body: Mapping[str, Any]
    ) -> None:
        self.url = endpoint.url(path, Arguments())
        self.headers = endpoint.headers_with(Headers({"accept": "application/json"}))
        self.max_retries = max_retries
        self._timeout = timeout
        self._body = dict(body)

    def options(self) -> dict[str, Any]:
        """Return what both families of HTTP clients take."""
        return {"json": self._body, "headers": self.headers, "timeout": self._timeout, "follow_redirects": False}


def post_json(http_client: Any, post: Post) -> dict[str, Any]:
    """Send a request, again where that may help, and return the object that it is answered with.

    Raises:
        APIConnectionError: There is no answer, or it broke off.
        APIStatusError: The status is not 200.
        StreamError: The answer is no JSON object.
    """
    attempts = Attempts(post.max_retries)
    while True:
        try:
            return _posted(http_client, post)
        except StreamError as error:
            seconds = attempts.seconds_after_error(error) if error.retryable else None
            if seconds is None:
                raise
        time.sleep(seconds)


async def post_json_async(http_client: Any, post: Post) -> dict[str, Any]:
    """Send a request, again where that may help, and return the object that it is answered with.

    Raises: as :func:`post_json`.
    """
    attempts = Attempts(post.max_retries)
    while True:
        try:
            return await left_safely(_posted_async(http_client, post))
        except StreamError as error:
            seconds = attempts.seconds_after_error(error) if error.retryable else None
            if seconds is None:
                raise
        await asyncio.sleep(seconds)


def _posted(http_client: Any, post: Post) -> dict[str, Any]:
    try:
        with http_client.stream("POST", post.url, **post.options()) as response:
            body = bytearray()
            for chunk in pieces(response, post.headers):
                body += chunk
                if len(body) > MAX_ERROR_BYTES:
                    break
    except Exception as error:
        if not cannot_be_sent(error):
            raise
        raise unanswered(error) from error
    return _object(response.status_code, response.headers, post.headers.redacted(bytes(body)))


async def _posted_async(http_client: Any, post: Post) -> dict[str, Any]:
    try:
        async with http_client.stream("POST", post.url, **post.options(), extensions=EXTENSIONS) as response:
            body = bytearray()
            async for chunk in pieces_async(response, post.headers):
                body += chunk
                if len(body) > MAX_ERROR_BYTES:
                    break
    except Exception as error:
        if not cannot_be_sent(error):
            raise
        raise unanswered(error) from error
    return _object(response.status_code, response.headers, post.headers.redacted(bytes(body)))


def _object(status_code: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if status_code != 200:
        refuse("status", status_code, headers, body)
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise StreamError(f"expected a JSON object as answer, but got {body[:200]!r}") from error
    if not isinstance(value, dict):
        raise StreamError(f"expected a JSON object as answer, but got {body[:200]!r}")
    return cast("dict[str, Any]", value)
