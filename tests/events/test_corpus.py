"""Every recorded event is an event of its own class and gives back its JSON."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from rxstream.events import UnknownEvent, parse_event
from rxstream.events.base import EVENT_CLASSES
from rxstream.models import Model, Response, UnknownAnnotation, UnknownItem, UnknownPart
from rxstream.sse import ServerSentEvent
from tests.shared_data import corpus_streams, load_lines, needs_shared

pytestmark = needs_shared

EVENTS = 14_132
_UNKNOWN = (UnknownItem, UnknownPart, UnknownAnnotation)
_MODELS = ("response", "item", "part", "annotation")


@cache
def recorded() -> list[tuple[bytes, dict[str, Any]]]:
    return [(line, json.loads(line)) for name in corpus_streams(core_only=False) for line in load_lines(name)]


def models_in(value: Any) -> Iterator[Model]:
    """Every model that is reached by reading the fields of a model."""
    if isinstance(value, Model):
        yield value
        for child in vars(value).values():
            yield from models_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from models_in(child)


def test_the_corpus_is_whole() -> None:
    """Figures mean something only if the number of events is the known one."""
    assert len(recorded()) == EVENTS


def test_every_event_is_of_the_class_that_its_type_names_and_gives_back_its_json() -> None:
    """0 raise, 0 known types are unknown, ``to_dict()`` equals the JSON in 14,132 of 14,132."""
    events = [(parse_event(line), value) for line, value in recorded()]
    assert [value["type"] for event, value in events if type(event) is not EVENT_CLASSES[value["type"]]] == []
    assert [event for event, _ in events if isinstance(event, UnknownEvent)] == []
    assert [event.mismatches for event, _ in events if event.mismatches] == []
    assert sum(event.to_dict() == value for event, value in events) == EVENTS
    assert sum(json.loads(event.to_json()) == value for event, value in events) == EVENTS


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(lambda line, value: parse_event(line.decode()), id="text"),
        pytest.param(lambda line, value: parse_event(value), id="object"),
        pytest.param(lambda line, value: parse_event(sse(value["type"], line)), id="named server-sent event"),
        pytest.param(lambda line, value: parse_event(sse("message", line)), id="nameless server-sent event"),
        pytest.param(lambda line, value: parse_event(sse("response.audio.done", line)), id="wrongly named"),
        pytest.param(lambda line, value: pickle.loads(pickle.dumps(parse_event(line))), id="pickled"),
    ],
)
def test_every_way_in_gives_the_same_event(way: Any) -> None:
    """Bytes, text, object and server-sent event are the same event, whatever the ``event:`` line says."""
    same = 0
    for line, value in recorded():
        event, expected = way(line, value), parse_event(line)
        same += type(event) is type(expected) and event == expected and repr(event) == repr(expected)
        assert event.to_dict() == value
    assert same == EVENTS


def test_models_inside_events_are_of_documented_classes_and_give_back_their_json() -> None:
    """Responses, items, parts and annotations: JSON exact, 0 unknown, 0 mismatches, down to the last field."""
    seen = 0
    for line, value in recorded():
        event: Any = parse_event(line)
        for name in _MODELS:
            model = getattr(event, name, None)
            if model is None or name not in value:
                continue
            assert model.to_dict() == value[name]
            for inner in models_in(model):
                seen += 1
                assert not isinstance(inner, _UNKNOWN), inner
                assert inner.mismatches == ()
    assert seen > 4_000


def test_recorded_responses_pass_as_plain_pydantic_input() -> None:
    """``Response.model_validate``, which forgives nothing, takes every recorded response and keeps its JSON."""
    for _, value in recorded():
        if "response" in value:
            assert Response.model_validate(value["response"]).to_dict() == value["response"]


def sse(event: str, line: bytes) -> ServerSentEvent:
    return ServerSentEvent(event=event, data=line.decode(), id="", retry=None)
