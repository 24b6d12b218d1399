"""What HTTP libraries raise when the transport fails, told by name: none of them needs to be imported."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from rxstream.errors import APIConnectionError, APITimeoutError

__all__ = ["cannot_be_sent", "is_timeout", "is_transport_error", "said", "unanswered", "unheard"]

_NAMES = {
    "httpx": ("TransportError", "StreamClosed"),
    "httpx2": ("TransportError", "StreamClosed"),
    "openai": ("APIConnectionError",),  # what the SDK makes of the others
    "aiohttp": ("ClientConnectionError", "ClientPayloadError"),
    "urllib3": ("ProtocolError", "TimeoutError"),
    "http": ("HTTPException",),
}
_TIMEOUTS = {"httpx": ("TimeoutException",), "httpx2": ("TimeoutException",), "openai": ("APITimeoutError",)}


def is_transport_error(error: Exception) -> bool:
    """Tell whether an error is one of the transport, by the classes that it is made of."""
    classes = type(error).__mro__
    return OSError in classes or any(
        cls.__name__ in _NAMES.get(cls.__module__.partition(".")[0], ()) for cls in classes
    )


def is_timeout(error: Exception) -> bool:
    """Tell whether an error of the transport says that something did not come in time."""
    return any(
        cls is TimeoutError or cls.__name__ in _TIMEOUTS.get(cls.__module__.partition(".")[0], ())
        for cls in type(error).__mro__
    )


def said(error: Exception) -> str:
    """Return the name and the text of an error."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


@contextmanager
def unheard() -> Generator[None, None, None]:
    """Let pass what a transport says while it is closed: nobody wants anything of it any more.

    Example:
        >>> with unheard():
        ...     raise ConnectionResetError("reset")
    """
    try:
        yield
    except Exception as error:
        if not is_transport_error(error):
            raise


def cannot_be_sent(error: Exception) -> bool:
    """Tell whether an error that came instead of an answer is one of the transport, or of a URL.

    URLs are looked at late: hosts when they are connected to, and that of a redirect though it is not followed.
    """
    return is_transport_error(error) or _is_of_url(error)


def _is_of_url(error: Exception) -> bool:
    is_told_by_name = any(cls.__name__ == "InvalidURL" for cls in type(error).__mro__)
    return is_told_by_name or isinstance(error, UnicodeError) or "Invalid URL in location header" in str(error)


def unanswered(error: Exception) -> APIConnectionError:
    """Make the error of a request that got no answer; a URL that is wrong stays wrong."""
    kind = APITimeoutError if is_timeout(error) else APIConnectionError
    text = f"expected an answer, but the request failed: {said(error)}"
    return kind(text, retryable=not _is_of_url(error))
