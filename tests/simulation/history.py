"""What was seen of one seed: of the network, of the server, and by those who listened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from rxstream.testing.faults import Fault
from tests.simulation.listener import Listener

__all__ = ["Asked", "History", "Noticed", "Recording", "Served", "Way"]

Way = Literal["request", "background", "resumed"]
"""How the stream is asked for: by a request that is not resumed, by one that is, or by ``client.resume``."""


@dataclass(frozen=True)
class Served:
    """What the server made of a request that reached it, before the network did its harm.

    Attributes:
        status_code: The HTTP status.
        events: The events of an event stream; ``None`` where it is something else.
        body: The body of anything else.
        manner: In what the server was awkward.
        response_id: The response that the events are of.
    """

    status_code: int
    events: list[dict[str, Any]] | None
    body: bytes = b""
    manner: Fault | None = None
    response_id: str | None = None


@dataclass
class Asked:
    """A request, as it left the client.

    Attributes:
        seconds: When, in virtual time.
        method: ``POST`` or ``GET``.
        is_stream: Events are asked for.
        after: The ``starting_after``.
        response_id: The response that is asked for.
        delivered: How many events had been delivered before.
        served: What the server made of it, if it saw it.
    """

    seconds: float
    method: str
    is_stream: bool
    after: int | None
    response_id: str
    delivered: int
    served: Served | None = None


@dataclass(frozen=True)
class Noticed:
    """A notice of a reconnection, and how far things were: the requests that were sent, the events that were there."""

    seconds: float
    notice: Any
    asked: int
    delivered: int


@dataclass
class Recording:
    """What became of a recording.

    Attributes:
        room: How many bytes the disk takes; ``None``: enough.
        trouble: The number of the error with which the disk refuses more.
        warnings: What was warned of.
        content: What the file holds.
        replayed: Who listened to the replay.
        again: What the recording of the replay in its own time holds; ``None`` where it was not made.
    """

    room: int | None
    trouble: int
    warnings: list[Any] = field(default_factory=list)
    content: bytes = b""
    replayed: Listener | None = None
    again: bytes | None = None


@dataclass
class History:
    """What was seen of one seed.

    Attributes:
        after: For ``resumed``: the number behind which it begins.
        leaves_after: When the listeners leave; ``None`` where the stream ended before.
        plans: What was to go wrong with each request.
        injected: What the transport says that went wrong.
        looks: Somebody looks at reconnections.
        listens_to_all: All projections of the events are listened to, not only the outcome.
        responses: What the model made, in order: the truth.
    """

    seed: int
    scenario: str
    family: str
    way: Way
    read_seconds: float
    max_retries: int
    after: int | None = None
    leaves_after: float | None = None
    plans: list[tuple[Fault, ...]] = field(default_factory=list)
    injected: list[Fault] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    notices: list[Noticed] = field(default_factory=list)
    looks: bool = True
    listens_to_all: bool = True
    listeners: dict[str, Listener] = field(default_factory=dict)
    recording: Recording | None = None
    responses: list[Any] = field(default_factory=list)
    seconds: float = 0.0
    is_stuck: bool = False
    left_over: list[str] = field(default_factory=list)
