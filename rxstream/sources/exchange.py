"""What is needed to ask a server for something and to read the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from rxstream.events import ResponseStreamEvent
from rxstream.sources.http import Headers

__all__ = ["Decoder", "Sendable"]


class Sendable(Protocol):
    """A request, in types that belong to no HTTP library."""

    @property
    def method(self) -> str:
        """``GET`` or ``POST``."""
        ...

    @property
    def url(self) -> str:
        """Where it goes."""
        ...

    @property
    def headers(self) -> Headers:
        """What goes with it."""
        ...

    def options(self) -> dict[str, Any]:
        """Return what both families of HTTP clients take."""
        ...


class Decoder(Protocol):
    """Makes events of an answer, chunk by chunk."""

    @property
    def is_over(self) -> bool:
        """Nothing that may still come is wanted."""
        ...

    @property
    def is_plain(self) -> bool:
        """Nothing has come that ends the answer or will end it soon."""
        ...

    def wrong(self, status_code: int, headers: Mapping[str, str]) -> str | None:
        """Return what is wrong with the head of the answer, in a word."""
        ...

    def feed(self, chunk: bytes) -> list[ResponseStreamEvent]:
        """Take a chunk; return the events that it completes."""
        ...

    def close(self) -> list[ResponseStreamEvent]:
        """End the body; return what its end completes."""
        ...

    def error(self, lost: Exception | None = None) -> Exception | None:
        """Return the error with which the answer ends, if it ends now; with ``lost``, the connection broke by it."""
        ...
