"""One request and what goes wrong with it: the part that synchronous and asynchronous transports have in common."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from rxstream.testing.faults.engine import FaultyBody
from rxstream.testing.faults.fault import Answer, CloseFault, Fault, HeadFault
from rxstream.testing.faults.pieces import Ending

__all__ = ["Exchange"]

_FAMILIES = ("httpx", "httpx2")


class Exchange:
    """Knows what to raise, in the family of HTTP client that sent the request, and what has gone wrong so far.

    Attributes:
        faults: All that may strike.
        head_seconds: How long the answer is late.
        instead: What comes instead of the answer.
        close_seconds: How long closing takes.
        close_fails: Closing raises.
        read_seconds: How long the client waits for bytes; ``None`` for ever.
        body: The machine for the body.
    """

    def __init__(self, request: Any, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        roots = (cls.__module__.partition(".")[0] for cls in type(request).__mro__)
        self._family: Any = sys.modules[next(root for root in roots if root in _FAMILIES)]
        self._request = request
        self.read_seconds: float | None = request.extensions.get("timeout", {}).get("read")
        heads = [fault for fault in self.faults if isinstance(fault, HeadFault)]
        self.head_seconds = sum(fault.seconds for fault in heads)
        self.instead: Answer | Ending | None = next((fault.instead for fault in heads if fault.instead), None)
        closes = [fault for fault in self.faults if isinstance(fault, CloseFault)]
        self.close_seconds = sum(fault.seconds for fault in closes)
        self.close_fails = any(fault.fails for fault in closes)
        self.body = FaultyBody(self.faults)
        self._heads: list[Fault] = [*heads]
        self._closes: list[Fault] = [*closes]
        self._closed = False

    @property
    def injected(self) -> list[Fault]:
        """The faults that did their harm."""
        return [*self._heads, *self.body.injected, *(self._closes if self._closed else ())]

    def is_late(self, seconds: float) -> bool:
        """Tell whether the client has stopped waiting by then."""
        return self.read_seconds is not None and seconds > self.read_seconds

    def time_out(self) -> NoReturn:
        """Raise what a client raises that has waited long enough."""
        raise self._family.ReadTimeout("the read timed out (injected)", request=self._request)

    def refuse(self) -> NoReturn:
        """Raise what a client raises that gets no connection."""
        raise self._family.ConnectError("the connection was refused (injected)", request=self._request)

    def break_off(self, ending: Ending) -> None:
        """Raise what a client raises whose body ends so; nothing, if it ends well."""
        if ending is Ending.RESET:
            raise self._family.ReadError("the connection was reset (injected)", request=self._request)
        if ending is Ending.INCOMPLETE:
            raise self._family.RemoteProtocolError(
                "the connection was closed before the body was complete (injected)", request=self._request
            )

    def close(self) -> None:
        """Raise what a client raises that cannot close, if that is planned. The connection is closed all the same."""
        self._closed = True
        if self.close_fails:
            raise self._family.CloseError("closing failed (injected)", request=self._request)

    def answer(self, instead: Answer) -> Any:
        """Make a response of the request's own family, which alone the client accepts."""
        content = self._family.ByteStream(instead.body)
        return self._family.Response(instead.status_code, headers=instead.headers, stream=content)

    def wrapped(self, response: Any, body: type, base: str) -> Any:
        """Make the response with another body, as long as the faults make it."""
        content = type(body.__name__, (body, getattr(self._family, base)), {})(self, response.stream)
        headers = [(name, value) for name, value in response.headers.raw if name.lower() != b"content-length"]
        return self._family.Response(
            response.status_code, headers=headers, stream=content, extensions=response.extensions
        )
