"""What the local server refuses before it reads anything: foreign hosts and foreign origins."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rxstream.simulated.http_errors import SimulatedHTTPError, api_error

__all__ = ["LOOPBACK_HOSTS", "check_headers"]

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def check_headers(
    headers: Mapping[str, str], allowed_hosts: Collection[str], allowed_origins: Collection[str]
) -> SimulatedHTTPError | None:
    """Give the error for a request that a web page of another site may have sent, or ``None``.

    A page can make a browser send requests to a server on the user's machine. Its ``Origin`` gives it away, or,
    if its name was rebound to the loopback address, its ``Host``.

    Example:
        >>> check_headers({"host": "localhost:8000"}, LOOPBACK_HOSTS, ()) is None
        True
        >>> check_headers({"host": "evil.example"}, LOOPBACK_HOSTS, ()).status_code
        421
    """
    host = headers.get("host", "")
    if _without_port(host) not in allowed_hosts:
        return api_error(421, f"Host '{host}' is not served here.", code="misdirected_request")
    origin = headers.get("origin")
    if origin is None or origin in allowed_origins or origin.partition("://")[2] == host:
        return None
    return api_error(403, f"Origin '{origin}' is not allowed.", code="origin_not_allowed")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()
