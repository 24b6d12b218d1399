"""A small HTTP server on a loopback port that answers in any way, right or wrong."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

__all__ = ["Exchange", "FaultServer", "created", "delta", "sse", "terminal"]

EVENT_STREAM = "text/event-stream; charset=utf-8"


class Exchange:
    """One request, and the connection to answer it on.

    Attributes:
        method, target, headers, body: Of the request; names of headers in lower case.
        number: Which request on its connection it is, from 1.
    """

    def __init__(self, connection: socket.socket, head: bytes, body: bytes, number: int) -> None:
        self._connection = connection
        self.number = number
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _version = lines[0].split(" ")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def head(self, status: int = 200, *, chunked: bool = True, **headers: str | None) -> None:
        """Send the head of an answer; an event stream in chunks, unless told otherwise."""
        fields = {"content-type": EVENT_STREAM, **({"transfer-encoding": "chunked"} if chunked else {})}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [
            f"HTTP/1.1 {status} Status",
            *(f"{name}: {value}" for name, value in fields.items() if value is not None),
        ]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def answer(self, status: int, body: bytes, **headers: str | None) -> None:
        """Send a whole answer."""
        self.head(status, chunked=False, content_length=str(len(body)), **headers)
        self.send(body)

    def chunk(self, data: bytes) -> None:
        self.send(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        self.send(b"0\r\n\r\n")

    def stream(self, *events: bytes) -> None:
        """Send an event stream, well-formed to the end."""
        self.head()
        for event in events:
            self.chunk(event)
        self.end()

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def reset(self) -> None:
        """Break the connection off, so that the client sees a reset."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    def wait_for_close(self, seconds: float = 5.0) -> float:
        """Wait until the client closes; return how long it took, in seconds."""
        begun = time.monotonic()
        self._connection.settimeout(seconds)
        try:
            while self._connection.recv(4096):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return float("inf")
        return time.monotonic() - begun


class FaultServer:
    """Serves each connection in a thread, until the block is left.

    Args:
        reply: Answers one request; when it returns, the next one on the connection is awaited.

    Attributes:
        exchanges: What was asked, in order.
        connected: How many connections were made.
        open: How many are open now.
        failures: What ``reply`` raised, but for connections that the client closed.
    """

    def __init__(self, reply: Callable[[Exchange], None]) -> None:
        self._reply = reply
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._connections: set[socket.socket] = set()
        self.exchanges: list[Exchange] = []
        self.connected = 0
        self.failures: list[BaseException] = []

    @property
    def open(self) -> int:
        with self._lock:
            return len(self._connections)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # it was reset
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        if error is None and self.failures:
            raise self.failures[0]

    def _start(self, call: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=call, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._connections.add(connection)
                self.connected += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            number = 0
            while (request := _read_request(connection)) is not None:
                number += 1
                exchange = Exchange(connection, *request, number)
                self.exchanges.append(exchange)
                self._reply(exchange)
        except OSError:  # the client went, or the answer broke the connection off
            pass
        except BaseException as error:
            self.failures.append(error)
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()


def _read_request(connection: socket.socket) -> tuple[bytes, bytes] | None:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return None
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return None
        body += piece
    return head, body


def sse(*events: dict[str, Any]) -> bytes:
    """Return the bytes of events as OpenAI's server sends them."""
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


def created(response_id: str = "resp_1") -> dict[str, Any]:
    """Return the first event of a response."""
    response = {"id": response_id, "object": "response", "status": "in_progress", "output": []}
    return {"type": "response.created", "sequence_number": 0, "response": response}


def delta(number: int, text: str = "a") -> dict[str, Any]:
    """Return an event in the middle of a response."""
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    return {"type": "response.output_text.delta", "sequence_number": number, **place, "delta": text, "logprobs": []}


def terminal(number: int, status: str = "completed", **fields: Any) -> dict[str, Any]:
    """Return the last event of a response."""
    response = {"id": "resp_1", "object": "response", "status": status, "output": [], **fields}
    return {"type": f"response.{status}", "sequence_number": number, "response": response}
