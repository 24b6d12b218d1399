"""The same faults over real sockets: a proxy on a loopback port."""

from __future__ import annotations

import http.client
import os
import socket
import struct
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from rxstream.testing.faults.engine import FaultyBody
from rxstream.testing.faults.fault import Answer, CloseFault, Fault, HeadFault
from rxstream.testing.faults.pieces import Ending, Piece
from rxstream.testing.faults.plans import FaultPlan, drawn_faults, plan_of

__all__ = ["FaultProxy", "fault_proxy"]

_PER_CONNECTION = frozenset(("connection", "content-length", "host", "keep-alive", "transfer-encoding"))


class FaultProxy:
    """A running proxy; :func:`fault_proxy` makes it.

    Attributes:
        url: Where it is, with the path of the server's own URL.
        plans: The faults that were planned, for each request so far.
        injected: The faults that did their harm.
    """

    def __init__(self, upstream: str, plan: FaultPlan) -> None:
        parts = urlsplit(upstream)
        if parts.scheme != "http" or parts.hostname is None:
            raise ValueError(f"expected the URL of a server, as http://127.0.0.1:8000/v1, but got {upstream!r}")
        self._address = (parts.hostname, parts.port or 80)
        self._plan = plan
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.plans: list[tuple[Fault, ...]] = []
        self.injected: list[Fault] = []
        self.stopped = threading.Event()
        self.server = _Server(("127.0.0.1", 0), type("_Handler", (_Handler,), {"proxy": self}))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}{parts.path}"

    def begin(self) -> tuple[Fault, ...]:
        """Return the faults of the next request."""
        with self._lock:
            self.plans.append(tuple(self._plan(len(self.plans) + 1)))
            return self.plans[-1]

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection to the server, not opened yet."""
        return http.client.HTTPConnection(*self._address)

    def stop(self) -> None:
        """End all waiting and all connections."""
        self.stopped.set()
        self.server.shutdown()
        with self._lock:
            for sock in self._open:
                with suppress(OSError):  # it was closed by the other side
                    sock.shutdown(socket.SHUT_RDWR)
        self.server.server_close()

    @contextmanager
    def watching(self, sock: socket.socket) -> Generator[None, None, None]:
        """End all reading and writing of a connection when the proxy stops."""
        with self._lock:
            self._open.add(sock)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(sock)


@contextmanager
def fault_proxy(
    upstream: str, *, seed: int | str = 0, faults: Iterable[Fault] | FaultPlan | None = None
) -> Generator[FaultProxy, None, None]:
    """Run a proxy that does harm to a server's answers, until the block is left.

    It takes the requests of any HTTP client, one a connection, on a loopback port of its own; all delays are real. That
    a client has left it notices when the next bytes are to be sent.

    Args:
        upstream: The URL of the server, ``http:`` only.
        seed: As in :class:`FaultTransport`: the same one plans the same faults. What reaches the client may differ:
            a reset discards the bytes that it has not read yet, how many is up to the operating system, and pauses
            between its attempts are drawn by the module ``random``.
        faults: As in :class:`FaultTransport`. Those of closing are not looked at: a client closes for itself.

    Yields:
        The proxy: ``url`` is to be given to the client.

    Raises:
        ValueError: It is no such URL.
        TypeError: ``faults`` holds something else than faults.

    Example:
        >>> import rxstream
        >>> from rxstream.simulated import running_server
        >>> from rxstream.testing.faults import cut_after
        >>> with running_server() as server, fault_proxy(server, faults=[cut_after(3000)]) as proxy:
        ...     with rxstream.Client(base_url=proxy.url) as client:
        ...         rxstream.last_sync(client.stream(model="gpt-5", input="Hello").outcome()).status
        'truncated'
    """
    proxy = FaultProxy(upstream, drawn_faults(seed) if faults is None else plan_of(faults))
    thread = threading.Thread(target=proxy.server.serve_forever, args=(0.01,), name="fault proxy", daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for the threads
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away is none of the proxy's errors."""


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Write no log."""

    def handle(self) -> None:
        with self.proxy.watching(self.connection):
            if not self.proxy.stopped.is_set():
                super().handle()

    def _answer(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        faults = self.proxy.begin()
        heads = [fault for fault in faults if isinstance(fault, HeadFault)]
        self.proxy.injected += heads
        self._wait(sum(fault.seconds for fault in heads))
        instead = next((fault.instead for fault in heads if fault.instead), None)
        if isinstance(instead, Answer):
            self._send_answer(instead)
        elif instead is not None:
            self._end(instead)
        else:
            self._pass_on(body, FaultyBody(fault for fault in faults if not isinstance(fault, CloseFault)))

    do_GET = do_POST = do_DELETE = _answer

    def _send_answer(self, answer: Answer) -> None:
        self.send_response(answer.status_code)
        for name, value in {**answer.headers, "content-length": str(len(answer.body)), "connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def _pass_on(self, body: bytes, faulty: FaultyBody) -> None:
        upstream = self.proxy.connect()
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _PER_CONNECTION}
            upstream.connect()
            with self.proxy.watching(upstream.sock):
                upstream.request(self.command, self.path, body or None, {**headers, "connection": "close"})
                response = upstream.getresponse()
                self._send_head(response)
                self._stream(response.read1, faulty)
        finally:
            upstream.close()
            self.proxy.injected += faulty.injected

    def _send_head(self, response: http.client.HTTPResponse) -> None:
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in _PER_CONNECTION:
                self.send_header(name, value)
        self.send_header("transfer-encoding", "chunked")
        self.send_header("connection", "close")
        self.end_headers()

    def _stream(self, read: Callable[[int], bytes], faulty: FaultyBody) -> None:
        while not faulty.is_over and not self.proxy.stopped.is_set():
            chunk = read(65536)
            for piece in faulty.feed(chunk) if chunk else faulty.close():
                self._do(piece)

    def _do(self, piece: Piece) -> None:
        self._wait(piece.seconds)
        if isinstance(piece.content, Ending):
            self._end(piece.content)
        elif piece.content:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece.content), piece.content))

    def _end(self, ending: Ending) -> None:
        if ending is Ending.COMPLETE:
            self.wfile.write(b"0\r\n\r\n")
        elif ending is Ending.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())  # the files that were made of the socket would keep it open
        elif ending is Ending.SILENCE:
            self._wait_for_close()

    def _wait(self, seconds: float) -> None:
        if seconds:
            self.proxy.stopped.wait(seconds)

    def _wait_for_close(self) -> None:
        self.connection.settimeout(0.02)
        while not self.proxy.stopped.is_set():
            with suppress(TimeoutError):
                if not self.connection.recv(4096):
                    return
