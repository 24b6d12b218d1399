"""Law 9: unknown types and unknown fields survive a round trip."""

from __future__ import annotations

import copy
import json
import pickle

from hypothesis import given
from hypothesis import strategies as st

from rxstream import UnknownEvent, parse_event
from rxstream.events.base import EVENT_CLASSES
from tests.laws.registry import law
from tests.strategies import JSON, json_values, names, streams, unknown_events

FIELDS = ["delta", "item_id", "output_index", "content_index", "item", "part", "response", "annotation", "text", "new"]

wild_events = st.builds(
    lambda kind, fields: {"type": kind, **fields},
    st.sampled_from(sorted(EVENT_CLASSES)),
    st.dictionaries(st.sampled_from(FIELDS) | names, json_values, max_size=4),
)


def exactly(value: object) -> str:
    """JSON as text: unlike values, text tells ``1`` from ``1.0`` and ``true``, and the order of keys."""
    return json.dumps(value)


def survives(wire: JSON) -> None:
    """Check every way there and back for one event."""
    text = exactly(wire)
    event = parse_event(text)
    from_object = parse_event(json.loads(text))
    assert exactly(event.to_dict()) == text
    assert exactly(from_object.to_dict()) == text
    assert type(from_object) is type(event)
    for other in (
        parse_event(event.to_dict()),
        parse_event(event.to_json()),
        parse_event(text.encode()),
        pickle.loads(pickle.dumps(event)),
        copy.copy(event),
        copy.deepcopy(event),
    ):
        assert type(other) is type(event)
        assert exactly(other.to_dict()) == text
        assert other == event
        assert hash(other) == hash(event)
        assert repr(other) == repr(event)
        assert other.mismatches == event.mismatches


@law
@given(data=st.data())
def test_events_of_streams_survive(data: st.DataObject):
    """Parsing, ``to_dict``, pickling and copying keep an event to the letter, in whole streams."""
    for wire in data.draw(streams()).wire:
        survives(wire)


@law
@given(wild_events)
def test_known_types_with_unknown_fields_and_wrong_shapes_survive(wire: JSON):
    """Nothing but ``type`` is demanded; what does not fit is kept."""
    survives(wire)
    assert parse_event(wire).type == wire["type"]


@law
@given(unknown_events)
def test_unknown_types_survive(wire: JSON):
    """An event of a type that nobody knows is an ``UnknownEvent`` that holds all of it."""
    survives(wire)
    event = parse_event(wire)
    assert isinstance(event, UnknownEvent)
    assert exactly(event.data) == exactly(wire)


@law
@given(streams())
def test_changing_what_to_dict_returned_changes_no_event(stream):
    """``to_dict`` is a copy, to its depths."""
    for wire, event in zip(stream.wire, stream.events, strict=True):
        taken = event.to_dict()
        for value in taken.values():
            if isinstance(value, dict):
                value.clear()
        taken.clear()
        assert exactly(event.to_dict()) == exactly(wire)
