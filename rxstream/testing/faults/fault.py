"""What a fault is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from rxstream.testing.faults.pieces import Ending
from rxstream.testing.faults.stages import Stage

__all__ = ["Answer", "BodyFault", "CloseFault", "Fault", "HeadFault"]


@dataclass(frozen=True, repr=False)
class Fault:
    """One thing that goes wrong: a plain value, which can be hashed and pickled, printed as the call that makes it.

    Attributes:
        name: The name of the function that made it.
        arguments: Its arguments, in order.
    """

    name: str
    arguments: tuple[Any, ...]

    def __hash__(self) -> int:
        return hash((self.name, *map(_hashable, self.arguments)))

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(map(repr, self.arguments))})"


@dataclass(frozen=True, repr=False)
class BodyFault(Fault):
    """A fault in the body of an answer.

    Attributes:
        stage: Makes the machine that does the harm to one body.
        corrupts: Bytes come that were not sent, or in another order, or are missing in the middle.
    """

    stage: Callable[[], Stage] = field(compare=False)
    corrupts: bool = False

    __hash__ = Fault.__hash__


@dataclass(frozen=True)
class Answer:
    """An answer that comes instead of the server's own.

    Attributes:
        status_code: The HTTP status.
        headers: Its headers.
        body: Its body.
    """

    status_code: int
    headers: dict[str, str]
    body: bytes

    def __hash__(self) -> int:
        return hash((self.status_code, _hashable(self.headers), self.body))


@dataclass(frozen=True, repr=False)
class HeadFault(Fault):
    """A fault before the answer.

    Attributes:
        seconds: The silence before the answer.
        instead: What comes instead of the answer, if anything does: another, a reset, or silence.
    """

    seconds: float = 0.0
    instead: Answer | Ending | None = None

    __hash__ = Fault.__hash__


@dataclass(frozen=True, repr=False)
class CloseFault(Fault):
    """A fault while the answer is closed.

    Attributes:
        seconds: How long closing takes.
        fails: Closing raises.
    """

    seconds: float = 0.0
    fails: bool = False

    __hash__ = Fault.__hash__


def _hashable(argument: Any) -> Any:
    return frozenset(cast("dict[str, str]", argument).items()) if isinstance(argument, dict) else argument
