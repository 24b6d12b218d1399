"""Making a synchronous read return that blocks in another thread."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

__all__ = ["Connections"]


_CONNECTED = frozenset(f"connection.{step}.complete" for step in ("connect_tcp", "connect_unix_socket", "start_tls"))


class Connections:
    """The sockets of one request, as far as the HTTP client lets them be seen."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # who shuts down may be a signal handler, in the thread that adds
        self._streams: list[Any] = []
        self._shut_down = False

    def trace(self, name: str, info: dict[str, Any]) -> None:
        """Take a trace event of httpcore (extension ``trace``)."""
        if name in _CONNECTED:
            self.add(info.get("return_value"))
        elif name.endswith(".receive_response_body.complete"):
            # The connection goes back to the pool next, to other requests.
            with self._lock:
                self._streams.clear()

    def add(self, network_stream: Any) -> None:
        """Take a connection (extension ``network_stream`` of httpcore)."""
        if network_stream is None or _is_multiplexed(network_stream):
            return
        with self._lock:
            self._streams.append(network_stream)
            if self._shut_down:
                _shut_down(network_stream)

    @property
    def can_be_shut_down(self) -> bool:
        """There is a connection, and it is known."""
        return bool(self._streams)

    def shut_down(self) -> None:
        """End all reading and writing, now: a read that blocks sees the end of its input."""
        with self._lock:
            self._shut_down = True
            for network_stream in self._streams:
                _shut_down(network_stream)


def _shut_down(network_stream: Any) -> None:
    sock = network_stream.get_extra_info("socket")
    if sock is not None:
        with suppress(OSError):  # it was closed already
            sock.shutdown(socket.SHUT_RDWR)


def _is_multiplexed(network_stream: Any) -> bool:
    """HTTP/2: other requests go over the same connection, which must not be shut down for one of them."""
    tls = network_stream.get_extra_info("ssl_object")
    return tls is not None and tls.selected_alpn_protocol() == "h2"
