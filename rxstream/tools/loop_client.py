"""What a tool loop needs of a client."""

from __future__ import annotations

from typing import Any, Protocol

from reactivex import Observable

from rxstream.events import ResponseStreamEvent

__all__ = ["StreamingClient"]


class StreamingClient(Protocol):
    """Something that makes streams of requests: ``Client`` and ``AsyncClient`` do."""

    def stream(self, **request: Any) -> Observable[ResponseStreamEvent]:
        """Describe a request; it is sent at each subscription."""
        ...
