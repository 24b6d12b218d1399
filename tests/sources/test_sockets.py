"""Interrupting a read reaches the connections of that request, and no others."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from reactivex.scheduler import NewThreadScheduler

import rxstream as rxs
from rxstream.sources.sockets import Connections


class NetworkStream:
    """What httpcore shows of a connection."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def get_extra_info(self, name: str) -> Any:
        return self._socket if name == "socket" else None


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a connection."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_connection_is_shut_down_whenever_it_becomes_known(pair: tuple[socket.socket, socket.socket]) -> None:
    """Also one that is made after the interruption: the other side sees the end."""
    ours, theirs = pair
    connections = Connections()
    connections.shut_down()
    connections.trace("connection.connect_tcp.complete", {"return_value": NetworkStream(ours)})
    assert theirs.recv(1) == b""


def test_a_connection_that_goes_back_to_the_pool_is_left_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    """Once the body has been read, the connection belongs to the next request."""
    ours, theirs = pair
    connections = Connections()
    connections.add(NetworkStream(ours))
    connections.trace("http11.receive_response_body.complete", {})
    connections.shut_down()
    assert not connections.can_be_shut_down
    ours.sendall(b"x")
    assert theirs.recv(1) == b"x"


def test_a_read_over_a_unix_socket_can_be_interrupted(tmp_path: Path) -> None:
    """T10 where there is no TCP: closing from another thread ends a read that waits for a silent server."""
    path = tmp_path / "server"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as http_client:
            client = rxs.Client(base_url="http://unix/v1", http_client=http_client)
            ended = threading.Event()
            subscription = client.stream(model="m", input="Hello").subscribe(
                on_error=lambda error: None, scheduler=NewThreadScheduler()
            )
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                threading.Thread(target=lambda: (subscription.dispose(), ended.set())).start()
                connection.settimeout(5)
                while connection.recv(65536):
                    pass
            assert ended.wait(5)
