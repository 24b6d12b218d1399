"""The faults round the body: before the answer, and while it is closed."""

from __future__ import annotations

from collections.abc import Mapping

from rxstream.testing.faults.checks import at_least, seconds_of
from rxstream.testing.faults.fault import Answer, CloseFault, HeadFault
from rxstream.testing.faults.pieces import Ending

__all__ = ["answer_status", "delay_answer", "delay_close", "fail_close", "no_answer", "refuse_connection"]


def answer_status(status_code: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> HeadFault:
    """A status comes instead of the answer, and the server never sees the request.

    Example:
        >>> import httpx
        >>> from rxstream.simulated import SimulatedTransport
        >>> from rxstream.testing import FaultTransport
        >>> busy = answer_status(503, b"busy", {"retry-after": "1"})
        >>> with httpx.Client(transport=FaultTransport(SimulatedTransport(), faults=[busy])) as client:
        ...     answer = client.get("http://simulated/v1/models")
        >>> answer.status_code, answer.headers["retry-after"], answer.text
        (503, '1', 'busy')
    """
    at_least(100, status_code=status_code)
    fields = dict(headers or {})
    return HeadFault("answer_status", (status_code, body, fields), instead=Answer(status_code, fields, body))


def delay_answer(seconds: float) -> HeadFault:
    """The answer begins ``seconds`` later.

    Example:
        >>> import httpx
        >>> from rxstream.simulated import SimulatedTransport
        >>> from rxstream.testing import FaultTransport, now, run_virtually
        >>> async def main():
        ...     transport = FaultTransport(SimulatedTransport(), faults=[delay_answer(3)])
        ...     async with httpx.AsyncClient(transport=transport) as client:
        ...         await client.get("http://simulated/v1/models")
        ...     return now()
        >>> run_virtually(main())
        3.0
    """
    seconds_of(seconds)
    return HeadFault("delay_answer", (seconds,), seconds=float(seconds))


def refuse_connection() -> HeadFault:
    """There is no connection to be had.

    Example:
        >>> import httpx
        >>> from rxstream.simulated import SimulatedTransport
        >>> from rxstream.testing import FaultTransport
        >>> transport = FaultTransport(SimulatedTransport(), faults=[refuse_connection()])
        >>> with httpx.Client(transport=transport) as client:
        ...     client.get("http://simulated/v1/models")
        Traceback (most recent call last):
        httpx.ConnectError: the connection was refused (injected)
    """
    return HeadFault("refuse_connection", (), instead=Ending.RESET)


def no_answer() -> HeadFault:
    """The request is taken, and no answer comes.

    Example:
        >>> import httpx
        >>> from rxstream.simulated import SimulatedTransport
        >>> from rxstream.testing import FaultTransport
        >>> transport = FaultTransport(SimulatedTransport(), faults=[no_answer()])
        >>> with httpx.Client(transport=transport, timeout=0.01) as client:
        ...     client.get("http://simulated/v1/models")
        Traceback (most recent call last):
        httpx.ReadTimeout: the read timed out (injected)
    """
    return HeadFault("no_answer", (), instead=Ending.SILENCE)


def delay_close(seconds: float) -> CloseFault:
    """Closing the answer takes ``seconds``.

    Example:
        >>> import httpx
        >>> from rxstream.simulated import SimulatedTransport
        >>> from rxstream.testing import FaultTransport, now, run_virtually
        >>> async def main():
        ...     transport = FaultTransport(SimulatedTransport(), faults=[delay_close(3)])
        ...     async with httpx.AsyncClient(transport=transport) as client:
        ...         await client.get("http://simulated/v1/models")
        ...     return now()
        >>> run_virtually(main())
        3.0
    """
    seconds_of(seconds)
    return CloseFault("delay_close", (seconds,), seconds=float(seconds))


def fail_close() -> CloseFault:
    """Closing the answer raises.

    Example:
        >>> import httpx
        >>> from rxstream.simulated import SimulatedTransport
        >>> from rxstream.testing import FaultTransport
        >>> transport = FaultTransport(SimulatedTransport(), faults=[fail_close()])
        >>> with httpx.Client(transport=transport) as client:
        ...     client.get("http://simulated/v1/models")
        Traceback (most recent call last):
        httpx.CloseError: closing failed (injected)
    """
    return CloseFault("fail_close", (), fails=True)
