"""The pure machine that joins the streams of one response."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.sources.splice import Splice
from tests.fault_server import created, delta, terminal

_PING = parse_event({"type": "ping"})


def _events(*numbers: int) -> list[ResponseStreamEvent]:
    return [parse_event(delta(number)) for number in numbers]


def _numbers(events: list[ResponseStreamEvent]) -> list[int | None]:
    return [event.sequence_number for event in events]


_CONNECTIONS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5)), max_size=10)


@given(count=st.integers(2, 40), first=st.integers(1, 40), connections=_CONNECTIONS)
def test_any_cuts_and_overlaps_give_the_events_once(count: int, first: int, connections: list[tuple[int, int]]) -> None:
    """Law: whatever each connection brings and repeats, the joined list is the true one."""
    whole = [parse_event(event) for event in (created(), *map(delta, range(1, count)), terminal(count))]
    splice = Splice()
    delivered = splice.feed(whole[: min(first, count)])
    for size, overlap in [*connections, (len(whole), 5)]:
        assert splice.can_go_on
        assert (splice.response_id, splice.cursor) == ("resp_1", delivered[-1].sequence_number)
        if delivered[-1] is whole[-1]:  # nobody goes on behind the end
            break
        splice.reopen()
        start = max(0, len(delivered) - overlap)
        delivered += splice.feed(whole[start : start + size])
    assert delivered == whole
    assert splice.failure is None


@given(st.lists(st.integers(0, 9), max_size=30))
def test_the_order_of_arrival_rules_in_the_first_stream(numbers: list[int]) -> None:
    """Law: gaps, doubles and numbers that start anew are delivered as they come."""
    splice = Splice()
    assert _numbers(splice.feed(_events(*numbers))) == numbers
    assert splice.failure is None
    assert splice.cursor == max(numbers, default=None)


@given(after=st.integers(0, 50), numbers=st.lists(st.integers(0, 60), max_size=30))
def test_a_joined_stream_has_no_gap_and_no_repeat(after: int, numbers: list[int]) -> None:
    """Law: whatever comes, what is delivered counts on by one; what would leave a gap ends it."""
    splice = Splice("resp_1", after)
    fresh = _numbers(splice.feed(_events(*numbers)))
    assert fresh == list(range(after + 1, after + 1 + len(fresh)))
    highest = max([after, *numbers])
    assert (splice.failure is not None) == (highest > after + len(fresh))


@pytest.mark.parametrize(
    "event", [terminal(3), {key: value for key, value in delta(5).items() if key != "sequence_number"}]
)
def test_numbers_that_mean_something_else_end_it(event: dict[str, Any]) -> None:
    """Law: an end that would have come before, and content without a number, cannot be placed."""
    splice = Splice("resp_1", 4)
    assert splice.feed([parse_event(event)]) == []
    assert "sequence_number 5" in str(splice.failure)


def test_what_keeps_a_connection_alive_has_no_number() -> None:
    """Law: it is delivered, and the stream may go on afterwards all the same."""
    splice = Splice()
    assert splice.feed([parse_event(created()), _PING]) == [parse_event(created()), _PING]
    assert splice.can_go_on
    splice.reopen()
    assert splice.feed([_PING, *_events(1)]) == [_PING, *_events(1)]


def test_content_without_a_number_cannot_be_asked_for() -> None:
    """Law: nobody could tell whether it comes again."""
    splice = Splice()
    unnumbered = {key: value for key, value in delta(1).items() if key != "sequence_number"}
    splice.feed([parse_event(created()), parse_event(unnumbered), *_events(2)])
    assert not splice.can_go_on


@pytest.mark.parametrize("response_id", ["", ".", ".."])
def test_an_id_that_is_no_part_of_a_path_is_not_asked_for(response_id: str) -> None:
    """Law: the server's own ids are data, too."""
    splice = Splice()
    splice.feed([parse_event(created(response_id))])
    assert not splice.can_go_on


def test_a_second_response_begins_a_count_of_its_own() -> None:
    """Law: what is resumed is the response that was under way."""
    splice = Splice()
    splice.feed([parse_event(created("resp_1")), *_events(1, 2), parse_event(created("resp_2")), *_events(1)])
    assert (splice.response_id, splice.cursor) == ("resp_2", 1)
