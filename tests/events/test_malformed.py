"""Whatever comes: an event that keeps its JSON, or an EventParseError."""

from __future__ import annotations

import copy
import json
import pickle
from contextlib import suppress
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.errors import EventParseError
from rxstream.events import (
    ResponseCreatedEvent,
    ResponseErrorEvent,
    ResponseTextDeltaEvent,
    UnknownEvent,
    parse_event,
)
from rxstream.events.base import EVENT_CLASSES
from rxstream.sse import ServerSentEvent
from tests.accumulators.garbage import EXAMPLES, json_values, mangled, unhurried, with_halves

DELTA = "response.output_text.delta"


def ways(text: str, hint: str) -> list[Any]:
    """All ways into the parser for one text."""
    return [text, ServerSentEvent(event=hint, data=text, id="", retry=None)]


@unhurried
@given(mangled(st.sampled_from(EXAMPLES)), st.sampled_from(["message", DELTA, "response.completed", "error", "zz"]))
def test_a_mangled_event_is_an_event_that_keeps_its_json(value: dict[str, Any], hint: str) -> None:
    """Wrong types, nulls, missing and extra fields: never an error, never a lost field, all fields readable."""
    text = json.dumps(value)
    for data in [*ways(text, hint), text.encode(), json.loads(text)]:
        event = parse_event(data)
        assert event.to_dict() == json.loads(text)
        repr(event)
        hash(event)
        assert pickle.loads(pickle.dumps(event)) == event == copy.deepcopy(event)
        assert json.loads(event.to_json().encode("utf-8")) == json.loads(text)
        name = value.get("type")
        if isinstance(name, str):
            assert type(event) is EVENT_CLASSES.get(name, UnknownEvent)


@unhurried
@given(st.data())
def test_mismatches_name_what_did_not_fit_and_nothing_else(data: st.DataObject) -> None:
    """A field of the wrong shape has its default and a line; the others have their values."""
    example = data.draw(st.sampled_from([value for value in EXAMPLES if value["type"] != "error"]))
    cls = EVENT_CLASSES[example["type"]]
    names = [field.name for field in fields(cls) if field.name in example and field.name != "type"]
    spoilt = data.draw(st.sets(st.sampled_from(names)))
    event = parse_event({**example, **dict.fromkeys(spoilt, object())})  # nothing fits that
    ones = parse_event(example)
    wrong = {line.split(":")[0].split(".")[0] for line in event.mismatches}
    anything = {"item", "part", "annotation"}  # a value that is no object is an unknown one
    assert wrong == spoilt - anything
    for name in names:
        if name not in spoilt:
            assert getattr(event, name) == getattr(ones, name)
        elif name in wrong:
            assert getattr(event, name) == getattr(cls(), name)


@unhurried
@given(with_halves(st.sampled_from(EXAMPLES)))
def test_halves_of_surrogate_pairs_may_stand_anywhere(value: dict[str, Any]) -> None:
    """In any string or key, also nested: the event is of its class, and its text is as it came."""
    text = json.dumps(value)
    for event in map(parse_event, [text, text.encode(), json.loads(text)]):
        assert type(event) is EVENT_CLASSES[value["type"]]
        assert event.to_dict() == value
        assert event.mismatches == ()
        event.to_json().encode("utf-8")
        delta = getattr(event, "delta", None)
        assert delta is None or delta == value["delta"]


@unhurried
@given(st.text() | st.builds(json.dumps, json_values) | st.binary())
def test_anything_else_is_an_event_parse_error(text: Any) -> None:
    """No other exception, whatever the bytes."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    with suppress(EventParseError):
        assert parse_event(text).to_dict() == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "[]",
        "[1]",
        "null",
        "1",
        '"type"',
        "\x00",
        "[DONE]",
        "\ufeff{}",
        '{"type":"response.output_text.delta"',
        '{"type":"response.output_text.delta"}{}',
        "{'type':'response.output_text.delta'}",
        '{"type":"response.output_text.delta","delta":"\n"}',
        '{"type":"response.output_text.delta","x":1,}',
        '{"type":"response.output_text.delta","x":01}',
        '{"type":"response.output_text.delta","x":' + "1" * 5_000 + "}",
    ],
)
def test_what_is_no_json_object_is_an_event_parse_error(text: str) -> None:
    """Through every way in, with an excerpt of what came."""
    for data in [*ways(text, DELTA), *ways(text, "message"), text.encode()]:
        with pytest.raises(EventParseError) as caught:
            parse_event(data)
        assert caught.value.excerpt == text.encode()[:200]


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("place", ['"x":{0}', '"logprobs":[{{"logprob":{0}}}]', '"x":[1,{{"y":[{0}]}}]', '"delta":{0}'])
@pytest.mark.parametrize("name", [DELTA, "response.completed", "error", "zz"])
def test_not_a_number_is_not_json(constant: str, place: str, name: str) -> None:
    """Also where the validator itself would take it."""
    text = f'{{"type":"{name}",{place.format(constant)}}}'
    for data in [*ways(text, name), *ways(text, "message"), text.encode()]:
        with pytest.raises(EventParseError, match=constant):
            parse_event(data)


def test_text_that_speaks_of_infinity_is_text() -> None:
    """The names of the forbidden constants are words like others."""
    text = '{"type":"response.output_text.delta","delta":"NaN and -Infinity"}'
    event = parse_event(text)
    assert isinstance(event, ResponseTextDeltaEvent)
    assert event.delta == "NaN and -Infinity"


@pytest.mark.parametrize("depth", [201, 300, 990, 5_000, 100_000])
@pytest.mark.parametrize("around", [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize(
    "head", ['{"type":"response.output_text.delta","x":', '{"type":"zz","x":', '{"type":', '{"x":']
)
def test_deep_nesting_is_an_event_parse_error(depth: int, around: tuple[str, str], head: str) -> None:
    """Never a RecursionError, whichever parser meets it first."""
    text = head + around[0] * depth + "1" + around[1] * depth + "}"
    for data in [*ways(text, DELTA), *ways(text, "message"), text.encode()]:
        with pytest.raises(EventParseError):
            parse_event(data)


@pytest.mark.parametrize("depth", [1, 100, 199, 200])
@pytest.mark.parametrize("field", ["x", "response"])
def test_what_is_accepted_can_be_copied_and_read(depth: int, field: str) -> None:
    """200 deep inside the event is not too deep for anything that may be done with it."""
    nested: Any = 1
    for _ in range(depth):
        nested = {"output": [nested]} if isinstance(nested, dict) and depth < 100 else {"a": nested}
    for data in [{"type": "response.created", field: nested}, json.dumps({"type": "response.created", field: nested})]:
        event = parse_event(data)
        assert isinstance(event, ResponseCreatedEvent)
        assert event.to_dict() == {"type": "response.created", field: nested}
        assert pickle.loads(pickle.dumps(event)) == copy.deepcopy(event)
        assert event.response.to_dict() == (nested if field == "response" else {})
        repr(event)
        event.to_json()


def test_an_object_that_is_too_deep_or_circular_is_refused_as_well() -> None:
    """Objects of the application's own are bounded like text."""
    circle: dict[str, Any] = {"type": DELTA}
    circle["x"] = circle
    with pytest.raises(EventParseError, match="200 deep"):
        parse_event(circle)


def test_of_a_key_that_comes_twice_the_last_counts() -> None:
    """As ``json.loads`` has it; also for the type itself."""
    event = parse_event('{"type":"response.output_text.delta","delta":"a","delta":"b"}')
    assert isinstance(event, ResponseTextDeltaEvent)
    assert event.delta == "b"
    text = '{"type":"response.output_text.delta","type":"response.created","x":1}'
    assert isinstance(parse_event(text), ResponseCreatedEvent)
    assert parse_event(text).to_dict() == {"type": "response.created", "x": 1}


@pytest.mark.parametrize("value", [5, True, None, [], {"a": 1}, 1.5])
def test_a_type_that_is_no_string_is_no_type(value: Any) -> None:
    """Then the ``event:`` line tells; without it the event is unknown."""
    assert isinstance(parse_event({"type": value}), UnknownEvent)
    text = json.dumps({"type": value, "delta": "a"})
    event = parse_event(ServerSentEvent(event=DELTA, data=text, id="", retry=None))
    assert isinstance(event, ResponseTextDeltaEvent)
    assert event.delta == "a"
    assert event.type == DELTA
    assert event.to_dict() == {"type": value, "delta": "a"}
    assert event.mismatches == (() if value is None else ("type: it is no string",))


@pytest.mark.parametrize(
    ("value", "code", "message", "param"),
    [
        ({"type": "error", "code": "c", "message": "m", "param": "p"}, "c", "m", "p"),
        ({"type": "error", "error": {"type": "t", "code": "c", "message": "m", "param": "p"}}, "c", "m", "p"),
        ({"error": {"code": "c", "message": "m", "param": None}}, "c", "m", None),
        ({"error": "m"}, None, "m", None),
        ({"type": "error", "error": "m"}, None, "m", None),
        ({"type": "error", "code": None, "message": "m", "param": None}, None, "m", None),
        ({"type": "error", "code": 500, "message": "m"}, "500", "m", None),
        ({"type": "error", "error": {"code": 500, "message": "m"}}, "500", "m", None),
        ({"type": "error"}, None, "", None),
        ({"type": "error", "error": None}, None, "", None),
        ({"type": "error", "error": [1], "message": ["m"]}, None, "", None),
        ({"type": None, "error": "m"}, None, "m", None),
    ],
)
def test_an_error_is_read_in_all_its_shapes(
    value: dict[str, Any], code: str | None, message: str, param: str | None
) -> None:
    """Flat, nested, without a type, as a string; with numbers for codes."""
    for data in (value, *ways(json.dumps(value), "message"), *ways(json.dumps(value), "error")):
        event = parse_event(data)
        assert isinstance(event, ResponseErrorEvent)
        assert (event.type, event.code, event.message, event.param) == ("error", code, message, param)
        assert event.to_dict() == value
