"""A server on loopback, in a process of its own, that sends given frames, an HTTP chunk for each."""

from __future__ import annotations

import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

__all__ = ["sending"]

_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
)


@contextmanager
def sending(frames: list[bytes], *, writes: str) -> Iterator[str]:
    """Serve the frames to every request, in one write (``"one"``) or in a write for each (``"each"``).

    Yields the base URL.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, frames, writes), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/v1"
    finally:
        process.terminate()
        process.join()


def _serve(parent: Connection, frames: list[bytes], writes: str) -> None:
    chunks = [b"%x\r\n%b\r\n" % (len(frame), frame) for frame in frames]
    chunks = chunks if writes == "each" else [b"".join(chunks)]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        parent.send(listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _answer(connection, chunks)


def _answer(connection: socket.socket, chunks: list[bytes]) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    try:
        connection.sendall(_HEAD)
        for chunk in chunks:
            connection.sendall(chunk)
        connection.sendall(b"0\r\n\r\n")
    except OSError:
        return  # the client had what it wanted
