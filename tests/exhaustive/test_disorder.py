from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import reactivex

import rxstream
from rxstream.accumulators import OutcomeAccumulator, ResponseAccumulator
from rxstream.errors import RxstreamError, TruncatedStreamError
from rxstream.events import ResponseStreamEvent, parse_event
from tests.exhaustive.stream import CALLS, EVENTS

_T = ResponseStreamEvent
_TERMINAL = "response.completed"


def dropped(events: list[_T], place: int) -> list[_T]:
    return events[:place] + events[place + 1 :]


def doubled(events: list[_T], place: int) -> list[_T]:
    return events[: place + 1] + events[place:]


def swapped(events: list[_T], place: int) -> list[_T]:
    return events[:place] + events[place : place + 2][::-1] + events[place + 2 :]


def ended(observable: Any) -> tuple[list[Any], Exception | None, bool]:
    """Subscribe; return the items, the error and whether it completed, having seen that it ended once."""
    items: list[Any] = []
    ends: list[Exception | None] = []

    def on_next(item: Any) -> None:
        assert not ends, "something came after the end"
        items.append(item)

    observable.subscribe(on_next, ends.append, lambda: ends.append(None))
    assert len(ends) == 1
    return items, ends[0], ends[0] is None


OPERATORS: dict[str, Callable[[], Any]] = {
    "accumulate_text": rxstream.accumulate_text,
    "accumulate_arguments": rxstream.accumulate_arguments,
    "annotations": rxstream.annotations,
    "custom_tool_calls": rxstream.custom_tool_calls,
    "function_calls": rxstream.function_calls,
    "reasoning_deltas": rxstream.reasoning_deltas,
    "sentences": lambda: reactivex.compose(rxstream.text_deltas(), rxstream.sentences()),
    "snapshots": rxstream.snapshots,
    "partial_json": rxstream.partial_json,
}


@pytest.mark.parametrize("disorder", [dropped, doubled, swapped])
@pytest.mark.parametrize("wire", [EVENTS, CALLS], ids=["text", "calls"])
def test_the_order_of_arrival_rules(wire: list[dict[str, Any]], disorder: Callable[..., list[_T]]) -> None:
    """Row P5, for each event: what arrives is delivered as it arrives; a terminal event that arrives is the truth."""
    events = [parse_event(event) for event in wire]
    final = wire[-1]["response"]
    text = "".join(event["delta"] for event in wire if event["type"] == "response.output_text.delta")
    for place in range(len(events)):
        arriving = disorder(events, place)
        types = [event.type for event in arriving]
        until = types.index(_TERMINAL) + 1 if _TERMINAL in types else len(types)
        delivered, error, _ = ended(rxstream.from_events(arriving))
        assert len(delivered) == until
        assert all(one is other for one, other in zip(delivered, arriving, strict=False))
        assert error is None if _TERMINAL in types else type(error) is TruncatedStreamError
        deltas, _, _ = ended(rxstream.from_events(arriving).pipe(rxstream.text_deltas()))
        arrived = [event.to_dict()["delta"] for event in delivered if event.type == "response.output_text.delta"]
        # The text that is done makes up for the end of one that was not delivered whole.
        assert deltas[: len(arrived)] == arrived or "".join(deltas) == text
        outcomes, nothing, _ = ended(rxstream.from_events(arriving).outcome())
        assert (nothing, len(outcomes)) == (None, 1)
        assert outcomes[0].status == ("completed" if _TERMINAL in types else "truncated")
        if _TERMINAL in types:
            assert outcomes[0].response.to_dict() == final


@pytest.mark.parametrize("disorder", [dropped, doubled, swapped])
def test_accumulators_take_disorder(disorder: Callable[..., list[_T]]) -> None:
    """Row P5, for each event: no accumulator raises, and the snapshot after each event can be made."""
    for wire in (EVENTS, CALLS):
        events = [parse_event(event) for event in wire]
        for place in range(len(events)):
            response, outcome = ResponseAccumulator(), OutcomeAccumulator()
            arriving = disorder(events, place)
            for number, event in enumerate(arriving):
                response.feed(event)
                outcome.feed(event)
                if abs(number - place) < 3:
                    assert isinstance(response.snapshot().output_text, str)
            if arriving[-1].type == _TERMINAL:
                assert response.snapshot().to_dict() == wire[-1]["response"]


@pytest.mark.parametrize("name", sorted(OPERATORS))
@pytest.mark.parametrize("disorder", [dropped, doubled, swapped])
def test_operators_take_disorder(name: str, disorder: Callable[..., list[_T]]) -> None:
    """Row P5, for each event: an operator ends once, with none but our errors."""
    for wire in (CALLS, EVENTS):
        events = [parse_event(event) for event in wire]
        for place in range(len(events)):
            arriving = disorder(events, place)
            _, error, _ = ended(rxstream.from_events(arriving).pipe(OPERATORS[name]()))
            assert error is None or isinstance(error, RxstreamError)
