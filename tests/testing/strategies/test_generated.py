"""What is drawn: how it looks in the report of a failure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rxstream.testing.strategies import KINDS, GeneratedStream, faulty, gateway_streams, json_values, responses

from .examples import many


def pasted(stream: GeneratedStream) -> GeneratedStream:
    return eval(repr(stream), {"GeneratedStream": GeneratedStream})


def assert_same(first: GeneratedStream, second: GeneratedStream) -> None:
    assert first == second
    # By their looks, because the order of keys matters, and 1 == True.
    assert repr(first.wire) == repr(second.wire)
    assert repr(first.output) == repr(second.output)
    assert first.oddities == second.oddities


@pytest.mark.parametrize(
    "streams",
    [responses(kinds=KINDS), gateway_streams(), faulty(responses()), faulty(gateway_streams())],
    ids=["responses", "gateway_streams", "faulty", "faulty gateways"],
)
def test_what_is_shown_makes_the_same_stream(streams: SearchStrategy[GeneratedStream]) -> None:
    """So that it can be pasted into an ``@example``."""

    @many
    @given(streams)
    def look(stream: GeneratedStream) -> None:
        assert_same(pasted(stream), stream)

    look()


TEXTS = st.text(st.sampled_from("ab'\\n")) | st.text(st.characters())
RUNS = st.lists(st.tuples(TEXTS, st.sampled_from([1, 2, 79, 80, 500])), max_size=4)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(RUNS.map(lambda runs: "".join(text * times for text, times in runs)), json_values())
def test_any_event_is_shown_exactly(text: str, value: Any) -> None:
    """However long its strings, and wherever they stand."""
    stream = GeneratedStream([{"type": "ping", text: text, "deep": [{"text": [text]}, value]}])
    assert_same(pasted(stream), stream)


def test_what_repeats_is_shown_briefly() -> None:
    """A body of 100 kB takes no more than a line; what surrounds it is shown too."""
    stream = GeneratedStream([{"type": "ping", "padding": "<" + "x" * 100_000 + ">"}])
    assert (
        repr(stream)
        == """GeneratedStream([
    {'type': 'ping', 'padding': '<' + 'x' * 100000 + '>'},
])"""
    )


def test_the_output_is_shown_where_the_events_do_not_tell_it() -> None:
    """One item on a line; it is not repeated where the events say it."""
    item = {"type": "message", "id": "msg_1"}
    done = {"type": "response.output_item.done", "output_index": 0, "item": item}
    assert repr(GeneratedStream([done], output=[item])) == f"GeneratedStream([\n    {done},\n])"
    lost = GeneratedStream([], output=[item], oddities=["drop"])
    assert repr(lost) == f"GeneratedStream([\n], output=[\n    {item},\n], oddities=('drop',))"


@pytest.mark.parametrize(
    "changes", [{"output_index": None}, {"output_index": "0"}, {"output_index": []}, {"item": None}, {"type": 3}]
)
def test_events_that_make_no_sense_tell_of_no_item(changes: dict[str, Any]) -> None:
    """A stream can be made of any objects; those without the fields that an item needs are left out."""
    done = {"type": "response.output_item.done", "output_index": 0, "item": {"id": "msg_1"}}
    for name in changes:
        assert GeneratedStream([{key: value for key, value in done.items() if key != name}]).output == []
    assert GeneratedStream([{**done, **changes}, {**done, "output_index": 1}]).output == [{"id": "msg_1"}]
