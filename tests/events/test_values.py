"""Events are values: immutable, comparable, copied and pickled whole, made by hand as well as parsed."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from typing import Any

import pytest

from rxstream.events import ResponseEvent, ResponseTextDeltaEvent, UnknownEvent, parse_event
from rxstream.events.base import EVENT_CLASSES
from rxstream.models import Response, ResponseOutputText
from tests.accumulators.garbage import EXAMPLES

CLASSES = [*EVENT_CLASSES.values(), UnknownEvent]
WIRE = '{"type":"response.output_text.delta","delta":"Hel","sequence_number":4,"obfuscation":"x"}'


def delta() -> ResponseTextDeltaEvent:
    event = parse_event(WIRE)
    assert isinstance(event, ResponseTextDeltaEvent)
    return event


def test_every_type_has_an_example() -> None:
    """What follows is said of all 61 types."""
    assert {value["type"] for value in EXAMPLES} == EVENT_CLASSES.keys()
    assert len(EVENT_CLASSES) == 61


@pytest.mark.parametrize("cls", CLASSES)
def test_an_event_is_made_without_any_argument(cls: type[ResponseEvent]) -> None:
    """Everything is optional; what was made is JSON and comes back as the same event."""
    made = cls()
    assert parse_event(made.to_dict()) == made
    assert json.loads(made.to_json()) == made.to_dict()
    assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == copy.deepcopy(made) == made
    assert made.mismatches == ()
    assert isinstance(hash(made), int)


@pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: value["type"])
def test_an_event_survives_pickle_copy_and_comparison(value: dict[str, Any]) -> None:
    """The copy is equal, hashes the same, shows the same and holds the same JSON; another event differs."""
    event = parse_event(value)
    for twin in (pickle.loads(pickle.dumps(event)), copy.copy(event), copy.deepcopy(event), parse_event(dict(value))):
        assert twin == event
        assert hash(twin) == hash(event)
        assert repr(twin) == repr(event)
        assert twin.to_dict() == value
        assert type(twin) is type(event)
    assert event != parse_event({**value, "sequence_number": 999})
    assert event != parse_event({**value, "extra": 1})
    assert event != value


@pytest.mark.parametrize("value", EXAMPLES, ids=lambda value: value["type"])
def test_an_event_made_from_the_fields_of_another_has_its_json(value: dict[str, Any]) -> None:
    """The constructor takes what the attributes give."""
    event = parse_event(value)
    made = type(event)(**{field.name: getattr(event, field.name) for field in dataclasses.fields(event)})
    again = parse_event(made.to_dict())
    assert [getattr(again, field.name) for field in dataclasses.fields(event)] == [
        getattr(event, field.name) for field in dataclasses.fields(event)
    ]


def test_nothing_can_be_set_or_deleted() -> None:
    """Frozen, with slots."""
    event = delta()
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.delta = "x"  # type: ignore[misc]
    with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
        event.other = "x"  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del event.delta
    assert not hasattr(event, "__dict__")


def test_the_dictionary_is_a_copy() -> None:
    """Changing it, however deep, does not change the event, whatever the event was read from."""
    value = {"type": "response.created", "response": {"id": "r", "output": [{"type": "message"}]}}
    for event in (parse_event(value), parse_event(json.dumps(value)), parse_event({"type": "zz", **value})):
        event.to_dict().clear()
        event.to_dict()["response"]["output"][0]["type"] = "x"
        assert event.to_dict()["response"] == value["response"]


def test_replace_makes_an_event_of_its_own() -> None:
    """``dataclasses.replace`` changes the JSON too; what was received stays behind."""
    replaced = dataclasses.replace(delta(), delta="lo")
    assert replaced.delta == "lo"
    assert replaced.to_dict() == {
        "type": "response.output_text.delta",
        "sequence_number": 4,
        "delta": "lo",
        "logprobs": [],
    }
    assert delta().to_dict()["delta"] == "Hel"


def test_an_unknown_event_that_was_made_has_its_data_as_json() -> None:
    """It is written as the wire would have it, not as Python shows it."""
    made = UnknownEvent(type="keepalive", data={"interval": [3]})
    assert made.to_dict() == {"type": "keepalive", "interval": [3]}
    made.to_dict()["interval"].append(4)
    assert parse_event(made.to_json()).to_dict() == made.to_dict() == {"type": "keepalive", "interval": [3]}
    assert pickle.loads(pickle.dumps(made)).type == "keepalive"


def test_events_match_patterns() -> None:
    """By class and by field."""
    match delta():
        case ResponseTextDeltaEvent(delta=text, sequence_number=4):
            assert text == "Hel"
        case _:
            pytest.fail("expected the first case to match")


def test_repr_shows_what_is_set() -> None:
    """Class, fields in their order, no noise."""
    assert repr(delta()) == "ResponseTextDeltaEvent(sequence_number=4, delta='Hel', logprobs=[])"


@pytest.mark.parametrize("space", ["\n", "\r", "\r\n", " "])
def test_json_is_one_line(space: str) -> None:
    """As it was received, unless that has line ends."""
    text = '{"type":"zz",' + space + '"x":"\\n é"}'
    line = parse_event(text).to_json()
    assert len(line.splitlines()) == 1
    assert json.loads(line) == json.loads(text)
    assert (line == text) == (space == " ")


def test_json_can_always_be_encoded() -> None:
    """Half of a surrogate pair is escaped; whole characters are not."""
    for event in (parse_event({"type": "zz", "x": "é\ud83d"}), parse_event('{"type":"zz","x":"é\ud83d"}')):
        assert event.to_json().encode() == rb'{"type":"zz","x":"\u00e9\ud83d"}'
    assert parse_event({"type": "zz", "x": "é"}).to_json() == '{"type":"zz","x":"é"}'


def test_models_in_an_event_that_was_made_are_json() -> None:
    """Made by constructor or received, nested or in lists."""
    part = ResponseOutputText(text="Hel")
    made = EVENT_CLASSES["response.content_part.done"](output_index=0, part=part)  # type: ignore[call-arg]
    assert made.to_dict()["part"] == {"type": "output_text", "text": "Hel"}
    created = EVENT_CLASSES["response.created"](response=Response.lazily({"id": "r", "x": 1}))  # type: ignore[call-arg]
    assert created.to_dict() == {"type": "response.created", "response": {"id": "r", "x": 1}}
