"""Interrupting a read reaches the connections of that request, and no others."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

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
