"""The faults round the body: before the answer, and while it is closed."""

from __future__ import annotations

from collections.abc import Mapping

from rxstream.testing.faults.checks import at_least, seconds_of
from rxstream.testing.faults.fault import Answer, CloseFault, HeadFault
from rxstream.testing.faults.pieces import Ending

__all__ = ["answer_status", "delay_answer", "delay_close", "fail_close", "no_answer", "refuse_connection"]


def answer_status(status_code: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> HeadFault:
    """A status comes instead of the answer, and the server never sees the request."""
    at_least(100, status_code=status_code)
    fields = dict(headers or {})
    return HeadFault("answer_status", (status_code, body, fields), instead=Answer(status_code, fields, body))


def delay_answer(seconds: float) -> HeadFault:
    """The answer begins ``seconds`` later."""
    seconds_of(seconds)
    return HeadFault("delay_answer", (seconds,), seconds=float(seconds))


def refuse_connection() -> HeadFault:
    """There is no connection to be had."""
    return HeadFault("refuse_connection", (), instead=Ending.RESET)


def no_answer() -> HeadFault:
    """The request is taken, and no answer comes."""
    return HeadFault("no_answer", (), instead=Ending.SILENCE)


def delay_close(seconds: float) -> CloseFault:
    """Closing the answer takes ``seconds``."""
    seconds_of(seconds)
    return CloseFault("delay_close", (seconds,), seconds=float(seconds))


def fail_close() -> CloseFault:
    """Closing the answer raises."""
    return CloseFault("fail_close", (), fails=True)
