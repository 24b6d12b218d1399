"""Unknown is data, not an error: fields of any shape, in any event, at any depth."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rxstream import parse_event
from rxstream.errors import RxstreamError
from tests.laws.probes import COMPLETED, Source, Subscriber
from tests.laws.registry import Case, every_case, law

_ODD = [None, [], {}, ["x"], {"a": ["b"]}, [{"type": []}], [None], 1, -1, 10**30, 1.5, True, "", "x", "\ud83d"]


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, (dict, list)):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*place, key)
            yield from _places(child, (*place, key))


@every_case
@law
@given(data=st.data())
def test_an_operator_takes_events_of_any_shape(case: Case, data: st.DataObject) -> None:
    """Law: where a field is not what it should be, an operator emits, or ends with an error of ours; never another."""
    wire = [deepcopy(event.to_dict()) for event in data.draw(case.streams).events]
    for _ in range(data.draw(st.integers(1, 3)) if wire else 0):
        event = data.draw(st.sampled_from(wire))
        *around, last = data.draw(
            st.sampled_from([place for place in _places(event) if place != ("type",)] or [("x",)])
        )
        field = event
        for key in around:
            field = field[key]
        field[last] = deepcopy(data.draw(st.sampled_from(_ODD)))
    source, subscriber = Source(), Subscriber()
    case.make()(source).subscribe(subscriber)
    for event in wire:
        source.next(parse_event(event))
    source.complete()
    [end] = subscriber.ends
    assert end is COMPLETED or isinstance(end, RxstreamError), repr(end)
