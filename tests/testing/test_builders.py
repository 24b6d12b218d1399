"""Event builders: harmless defaults, and what the API would send."""

from __future__ import annotations

from typing import Any

import openai.types.responses
import pytest
from pydantic import TypeAdapter

from rxstream import (
    ResponseFailedError,
    ResponseStreamError,
    collect_sync,
    from_events,
    function_calls,
    outcome,
    parse_event,
    reasoning_deltas,
    refusal_deltas,
    text_deltas,
)
from rxstream.events import ResponseStreamEvent, UnknownEvent
from rxstream.testing import (
    arguments_delta,
    completed,
    created,
    event,
    failed,
    function_call,
    incomplete,
    message,
    reasoning_delta,
    refusal_delta,
    response,
    stream_error,
    text_delta,
)

WHOLE = response(message("Hel", "lo"), function_call("add", {"a": 1, "b": 2}), function_call("sql", "select 1"))
SINGLE = [
    *(created(), text_delta("Hel"), refusal_delta("No"), reasoning_delta("Hm"), arguments_delta("{")),
    *(completed(), incomplete(), failed(), stream_error()),
]


@pytest.mark.parametrize("one", [*SINGLE, *WHOLE], ids=lambda one: one.type)
def test_events_are_known_and_fit_their_classes(one: ResponseStreamEvent):
    """Each is one of ours, without a field of the wrong shape, and survives its own JSON."""
    assert not isinstance(one, UnknownEvent)
    assert one.mismatches == ()
    assert parse_event(one.to_json()) == one


def test_a_whole_response_is_numbered_and_ends_with_its_items():
    """What its parts say and what its end says agree."""
    assert [one.sequence_number for one in WHOLE] == list(range(len(WHOLE)))
    [ended] = collect_sync(from_events(WHOLE).pipe(outcome()))
    assert (ended.status, ended.response.output_text) == ("completed", "Hello")
    assert collect_sync(from_events(WHOLE).pipe(text_deltas())) == ["Hel", "lo"]
    calls = collect_sync(from_events(WHOLE).pipe(function_calls()))
    assert [(call.name, call.call_id, call.arguments, call.output_index) for call in calls] == [
        ("add", "call_1", '{"a": 1, "b": 2}', 1),
        ("sql", "call_2", "select 1", 2),
    ]
    assert [item.id for item in ended.response.output] == ["item_0", "item_1", "item_2"]


def test_the_sdk_takes_whole_responses():
    """OpenAI's own types fit them, to the letter."""
    strict = TypeAdapter(openai.types.responses.ResponseStreamEvent)
    for one in WHOLE:
        assert strict.validate_python(one.to_dict()).type == one.type


@pytest.mark.parametrize("one", SINGLE, ids=lambda one: one.type)
def test_a_single_event_lacks_nothing_but_its_number(one: ResponseStreamEvent):
    """With one, OpenAI's own types fit it, to the letter."""
    strict = TypeAdapter(openai.types.responses.ResponseStreamEvent)
    assert "sequence_number" not in one.to_dict()
    assert strict.validate_python({**one.to_dict(), "sequence_number": 0}, strict=True).type == one.type


def test_small_events_lead_to_what_they_say():
    """Each by its operator."""
    assert collect_sync(from_events([refusal_delta("No"), completed()]).pipe(refusal_deltas())) == ["No"]
    assert collect_sync(from_events([reasoning_delta("Hm"), completed()]).pipe(reasoning_deltas())) == ["Hm"]
    [ended] = collect_sync(from_events([incomplete("content_filter")]).pipe(outcome()))
    assert (ended.status, ended.reason) == ("incomplete", "content_filter")


@pytest.mark.parametrize(
    ("end", "error", "code"),
    [
        (failed("Too hot.", code="overheated"), ResponseFailedError, "overheated"),
        (stream_error("Too hot.", code="overheated"), ResponseStreamError, "overheated"),
    ],
)
def test_failures_say_what_they_are_told(end: ResponseStreamEvent, error: type[Exception], code: str):
    """The message and the code reach the error."""
    with pytest.raises(error, match=r"Too hot\.") as raised:
        collect_sync(from_events([created(), end]))
    assert getattr(raised.value, "code") == code  # noqa: B009


@pytest.mark.parametrize(
    ("kind", "wire"),
    [
        ("output_text.delta", "response.output_text.delta"),
        ("response.queued", "response.queued"),
        ("keepalive", "keepalive"),
        ("error", "error"),
        ("telepathy.delta", "response.telepathy.delta"),
    ],
)
def test_any_event_can_be_made(kind: str, wire: str):
    """The ``response.`` may be left out."""
    fields: dict[str, Any] = {"sequence_number": 5}
    assert event(kind, **fields).to_dict() == {"type": wire, **fields}


def test_a_call_id_of_ones_own_stays():
    """Only the default one follows its item."""
    stream = response(message("Hi"), function_call("add", {}, call_id="mine"))
    [call] = collect_sync(from_events(stream).pipe(function_calls()))
    assert call.call_id == "mine"


def test_a_single_event_is_no_item() -> None:
    """A response is made of the events of each item; the error says what makes them."""
    with pytest.raises(TypeError, match="expected the events of each item, as message"):
        response(text_delta("a"))  # type: ignore[arg-type]
