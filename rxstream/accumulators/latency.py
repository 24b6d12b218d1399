"""How long a response took."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

from rxstream.accumulators.content import TERMINAL, is_content, is_piece
from rxstream.accumulators.turns import TURN_STARTED
from rxstream.events import ResponseStreamEvent
from rxstream.models.response import Response, ResponseUsage

__all__ = ["Latency", "LatencyAccumulator"]


@dataclass(frozen=True, slots=True)
class Latency:
    """What was measured of one stream. Seconds count from the subscription, which sends the request.

    OpenTelemetry calls the time to the first event ``gen_ai.client.operation.time_to_first_chunk``, the gaps
    ``….time_per_output_chunk``, and the total ``….duration``.

    Attributes:
        created_seconds: To ``response.created``; ``None`` where it did not come.
        first_content_seconds: To the first content; ``None`` where none came.
        total_seconds: To the end of the stream.
        contents: How many events brought content that was new.
        gap_p50_seconds: Half of the gaps between two contents are at most this; ``None`` where there is none.
        gap_p99_seconds: 99 of 100 gaps are at most this. Values between two gaps are interpolated.
        gap_max_seconds: The longest gap. The time between two turns of a conversation, in which tools run, is none.
        output_tokens: As the server counts them, reasoning included, of all turns; ``None`` where it does not say.
        tokens_per_second: How fast the answer was written: the output tokens without those of reasoning, by the time
            from the first content that is no reasoning to the last content, of each turn; ``None`` where one is not
            known or 0.
    """

    created_seconds: float | None
    first_content_seconds: float | None
    total_seconds: float
    contents: int
    gap_p50_seconds: float | None
    gap_p99_seconds: float | None
    gap_max_seconds: float | None
    output_tokens: int | None
    tokens_per_second: float | None


class LatencyAccumulator:
    """Gathers what a :class:`Latency` tells; what time it is, it is told.

    Content that comes again as a whole, in a ``.done`` event, is not counted again.

    Keeps: 8 bytes for each content.

    Args:
        start: When the request was sent, in seconds by any clock.

    Example:
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> accumulator = LatencyAccumulator(start=10.0)
        >>> for at in (10.5, 10.75, 11.25):
        ...     accumulator.feed(ResponseTextDeltaEvent(output_index=0, delta="Hel"), at=at)
        >>> latency = accumulator.latency(at=12.0)
        >>> latency.first_content_seconds, latency.gap_max_seconds, latency.total_seconds
        (0.5, 0.5, 2.0)
    """

    def __init__(self, start: float) -> None:
        self._start = start
        self._created: float | None = None
        self._gaps = array("d")
        self._contents = 0
        self._tokens_before: int | None = None
        self._written_before = 0
        self._writing_before = 0.0
        self._first: float | None = None
        self._begin_turn()

    def _begin_turn(self) -> None:
        self._first_answer: float | None = None
        self._last: float | None = None
        self._seen: set[int | None] = set()
        self._usage: ResponseUsage | None = None

    def feed(self, event: ResponseStreamEvent, at: float) -> None:
        """Take an event that came ``at`` this time."""
        if is_content(event):
            if self._is_new(event):
                self._take(event, at)
        elif event.type == TURN_STARTED:
            self._tokens_before = self._tokens()
            self._written_before, self._writing_before = self._written()
            self._begin_turn()
        elif event.type == "response.created":
            self._created = at if self._created is None else self._created
        elif event.type in TERMINAL:
            response: Response | None = getattr(event, "response", None)
            self._usage = None if response is None else response.usage

    def latency(self, at: float) -> Latency:
        """Return what was measured of a stream that ends ``at`` this time."""
        gaps = sorted(self._gaps)
        return Latency(
            created_seconds=self._after(self._created),
            first_content_seconds=self._after(self._first),
            total_seconds=at - self._start,
            contents=self._contents,
            gap_p50_seconds=_percentile(gaps, 0.5),
            gap_p99_seconds=_percentile(gaps, 0.99),
            gap_max_seconds=gaps[-1] if gaps else None,
            output_tokens=self._tokens(),
            tokens_per_second=self._speed(),
        )

    def _is_new(self, event: Any) -> bool:
        index: int | None = getattr(event, "output_index", None)  # audio belongs to no item
        is_new = is_piece(event) or index not in self._seen
        self._seen.add(index)
        return is_new

    def _take(self, event: ResponseStreamEvent, at: float) -> None:
        self._contents += 1
        self._first = at if self._first is None else self._first
        if self._last is not None:
            self._gaps.append(at - self._last)
        self._last = at
        if self._first_answer is None and not event.type.startswith("response.reasoning"):
            self._first_answer = at

    def _after(self, moment: float | None) -> float | None:
        return None if moment is None else moment - self._start

    def _tokens(self) -> int | None:
        tokens = None if self._usage is None else self._usage.output_tokens
        return self._tokens_before if tokens is None else tokens + (self._tokens_before or 0)

    def _speed(self) -> float | None:
        tokens, seconds = self._written()
        return tokens / seconds if tokens > 0 else None

    def _written(self) -> tuple[int, float]:
        """Count the tokens that are no reasoning, and the seconds in which they came, as far as both are known."""
        before = self._written_before, self._writing_before
        if self._usage is None or self._first_answer is None or self._last is None or self._last <= self._first_answer:
            return before
        details = self._usage.output_tokens_details
        hidden = 0 if details is None else details.reasoning_tokens or 0
        tokens = (self._usage.output_tokens or 0) - hidden
        return (before[0] + tokens, before[1] + self._last - self._first_answer) if tokens > 0 else before


def _percentile(values: list[float], share: float) -> float | None:
    """Return the value below which a share of sorted values lies."""
    if not values:
        return None
    place = (len(values) - 1) * share
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)
