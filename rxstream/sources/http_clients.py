"""What is needed of an HTTP client, of whichever library."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Protocol

from rxstream.errors import ConfigurationError

__all__ = ["AsyncHTTPClient", "HTTPClient", "check_open", "checked_http_client", "is_url"]


class HTTPClient(Protocol):
    """What is needed of a synchronous HTTP client: ``httpx.Client`` and ``httpx2.Client`` have it."""

    @property
    def stream(self) -> Any:
        """``stream(method, url, *, json, headers, timeout, …)``, a context manager."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


class AsyncHTTPClient(Protocol):
    """What is needed of an asynchronous HTTP client: ``httpx.AsyncClient`` and ``httpx2.AsyncClient`` have it."""

    @property
    def stream(self) -> Any:
        """``stream(method, url, *, json, headers, timeout, …)``, an asynchronous context manager."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


def check_open(http_client: Any) -> None:
    """Look at a client before it sends, and when it has an answer.

    A connection that was made while the client was closed is in no pool any more.

    Raises:
        ConfigurationError: It was closed.
    """
    if getattr(http_client, "is_closed", False):
        raise ConfigurationError("expected an open HTTP client, but it was closed")


def is_url(url: str) -> bool:
    """Tell whether httpx takes a string for a URL, and its host for one.

    Example:
        >>> is_url("http://127.0.0.1:8000/v1"), is_url("http://256.1.1.1/v1")
        (True, False)
    """
    import httpx

    try:
        return bool(httpx.URL(url).host)
    except (httpx.InvalidURL, UnicodeError):
        return False


def checked_http_client(http_client: Any, *, is_async: bool) -> Any:
    """Return an HTTP client, if it is one, of the right kind.

    Raises:
        TypeError: It is not.
    """
    if http_client is None:
        return None
    kind = "an asynchronous HTTP client, as httpx.AsyncClient()" if is_async else "a synchronous one, as httpx.Client()"
    if isinstance(http_client, (type, ModuleType)):
        what = "class" if isinstance(http_client, type) else "module"
        raise TypeError(f"expected http_client to be {kind}, but got the {what} {http_client.__name__}")
    if not hasattr(http_client, "stream") or hasattr(http_client, "aclose") != is_async:
        raise TypeError(f"expected http_client to be {kind}, but got {type(http_client).__name__}")
    return http_client
