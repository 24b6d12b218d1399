"""A conversation as one response: snapshots, the final response, the outcome, the text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream import (
    MaxTurnsError,
    ProtocolError,
    ResponseAccumulator,
    accumulate_text,
    collect_now,
    collect_sync,
    final_response,
    from_events,
    function_calls,
    outcome,
    parse_event,
    run_tools,
    snapshots,
    text_deltas,
    tool,
)
from rxstream.tools import TurnStarted
from tests.accumulators.test_growth import calls_made
from tests.laws.probes import Source, Subscriber
from tests.laws.registry import law
from tests.strategies import Stream, streams
from tests.tools.scripted import USAGE, Scripted, call, says, turn


@tool
def one() -> int:
    """One."""
    return 1


TURNS = (
    turn("resp_1", says("First"), call("one", call_id="c1"), model="gpt-a"),
    turn("resp_2", call("one", call_id="c2"), model="gpt-b"),
    turn("resp_3", says("Done"), model="gpt-c"),
)
OUTPUT = {"type": "function_call_output", "output": "1"}
ITEMS = [
    *(says("First"), call("one", call_id="c1"), {**OUTPUT, "call_id": "c1"}),
    *(call("one", call_id="c2"), {**OUTPUT, "call_id": "c2"}),
    says("Done"),
]


def stream(*turns: Any, **options: Any) -> Any:
    """A conversation of three turns."""
    return run_tools(Scripted(*(turns or TURNS)), tools=[one], input="Hi", **options)


EVENTS = collect_sync(stream())


def test_the_final_response_is_the_whole_conversation_once():
    """Law: the items of all turns with the outputs between them; the rest is that of the last turn; usage is summed."""
    [final] = collect_sync(stream().final_response())
    assert [item.to_dict() for item in final.output] == ITEMS
    assert (final.id, final.model, final.status) == ("resp_3", "gpt-c", "completed")
    assert final.usage.to_dict() == {
        "input_tokens": 30,
        "input_tokens_details": {"cached_tokens": 3},
        "output_tokens": 15,
        "output_tokens_details": {"reasoning_tokens": 6},
        "total_tokens": 45,
    }
    assert final.output_text == "FirstDone"


def test_the_final_response_of_a_conversation_comes_at_its_completion():
    """Law: not with the terminal event of a turn, which another may follow."""
    source, subscriber = Source(), Subscriber()
    final_response()(source).subscribe(subscriber)
    for event in EVENTS:
        source.next(event)
    assert subscriber.items == []
    source.complete()
    assert [response.id for response in subscriber.items] == ["resp_3"]


def test_the_final_response_comes_at_once_where_no_turn_can_follow():
    """Law: what failed or was cut is the end."""
    for status in ("failed", "incomplete"):
        source, subscriber = Source(), Subscriber()
        final_response()(source).subscribe(subscriber)
        for event in [TurnStarted.of(1), *turn("resp_1", says("Fir"), status=status)]:
            source.next(event)
        assert [response.status for response in subscriber.items] == [status]


def test_a_snapshot_comes_after_each_event_and_nothing_is_lost_on_the_way():
    """Law: the output only grows, from the first turn to the last; so does the usage."""
    taken = collect_now(snapshots(), EVENTS)
    assert len(taken) == len(EVENTS)
    lengths = [len(response.output) for response in taken]
    tokens = [response.usage.total_tokens if response.usage else 0 for response in taken]
    assert lengths == sorted(lengths)
    assert tokens == sorted(tokens)
    assert (lengths[-1], tokens[-1]) == (len(ITEMS), 45)


def test_a_snapshot_is_a_value():
    """Law 12: what it says does not change, whenever it is read."""
    accumulator = ResponseAccumulator()
    taken, at_once = [], []
    for event in EVENTS:
        accumulator.feed(event)
        taken.append(accumulator.snapshot())
        at_once.append(fresh(EVENTS[: len(taken)]))
    assert [snapshot.to_dict() for snapshot in taken] == at_once


@law
@given(st.lists(streams("message", "function_call", "reasoning"), min_size=1, max_size=4), st.data())
def test_a_conversation_is_its_turns_one_after_the_other(turns: list[Stream], data: st.DataObject):
    """Law: the output of each turn, with what was added before the next, and the sum of the usage; for any prefix."""
    added = [[] if n == 0 else [{**OUTPUT, "call_id": f"c{n}"}] for n in range(len(turns))]
    events = [
        event
        for n, (stream, items) in enumerate(zip(turns, added, strict=True))
        for event in (TurnStarted.of(n + 1, items), *stream.events)
    ]
    whole = fresh(events)
    apart = [fresh(stream.events) for stream in turns]
    between = [items if any(stream.events for stream in turns[:n]) else [] for n, items in enumerate(added)]
    assert whole["output"] == [
        item for items, response in zip(between, apart, strict=True) for item in (*items, *response["output"])
    ]
    totals = [response["usage"]["total_tokens"] for response in apart if response.get("usage")]
    assert (whole.get("usage") or {}).get("total_tokens", 0) == sum(totals)
    count = data.draw(st.integers(0, len(events)))
    assert collect_now(snapshots(), events)[:count] == collect_now(snapshots(), events[:count])


def fresh(events: list[Any]) -> dict[str, Any]:
    """What an accumulator says that is asked once."""
    accumulator = ResponseAccumulator()
    for event in events:
        accumulator.feed(event)
    return accumulator.snapshot().to_dict()


def test_between_two_turns_the_conversation_is_in_progress():
    """The outputs are there; the id is that of the turn before until the next one has its own."""
    started = [n for n, event in enumerate(EVENTS) if event.type == "rxstream.turn.started"]
    snapshot = collect_now(snapshots(), EVENTS)[started[1]]
    assert (snapshot.id, snapshot.status) == ("resp_1", "in_progress")
    assert [item.to_dict() for item in snapshot.output] == ITEMS[:3]


def test_turns_are_told_apart_without_ids():
    """Law: the start of a turn begins another response, whatever the ids are."""
    nameless = tuple(turn(None, *(item.to_dict() for item in events[-1].response.output)) for events in TURNS)
    [final] = collect_sync(stream(*nameless).final_response())
    assert [item.to_dict() for item in final.output] == ITEMS
    assert len(collect_sync(stream(*nameless).pipe(function_calls()))) == 2


def test_the_same_conversation_twice_in_a_stream_is_told_from_the_first_turn_on():
    """A first turn begins anew, as a response with another id does."""
    assert collect_now(snapshots(), [*EVENTS, *EVENTS])[-1] == collect_now(snapshots(), EVENTS)[-1]


def test_the_text_of_all_turns_comes():
    """Law 8: each turn's text begins anew."""
    assert collect_sync(stream().pipe(text_deltas())) == ["First", "Done"]
    assert collect_sync(stream().pipe(accumulate_text())) == ["First", "Done"]


def test_calls_of_all_turns_come_once():
    """Each with its own id."""
    assert [one.call_id for one in collect_sync(stream().pipe(function_calls()))] == ["c1", "c2"]


def test_the_outcome_is_that_of_the_last_turn_with_the_whole_conversation():
    """Law: one value at the end."""
    [end] = collect_sync(stream().pipe(outcome()))
    assert (end.status, end.error, len(end.response.output)) == ("completed", None, len(ITEMS))


@pytest.mark.parametrize("ids", [{"call_id": None}, {"call_id": None, "id": None}, {"call_id": "c1"}])
def test_the_outcome_does_not_depend_on_the_ids_of_calls(ids: dict[str, Any]):
    """Law: a conversation is complete when its last response calls nothing; cut before, it is not."""
    turns = turn("resp_1", call("one") | ids), turn("resp_2", call("one") | ids), turn("resp_3", says("Done"))
    events = collect_sync(stream(*turns))
    last = max(n for n, event in enumerate(events) if event.type == "rxstream.turn.started")
    ends = [collect_sync(from_events(part).pipe(outcome()))[0].status for part in (events, events[:last])]
    assert ends == ["completed", "truncated"]


def test_the_outcome_of_too_many_turns_is_an_error():
    """Though the last response was complete, the conversation was not."""
    [end] = collect_sync(stream(max_turns=2).pipe(outcome()))
    assert end.status == "errored"
    assert isinstance(end.error, MaxTurnsError)
    assert [item.to_dict() for item in end.response.output] == ITEMS[:4]


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (
            turn("resp_2", says("Do"), status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
            "incomplete",
        ),
        (turn("resp_2", says("Do"), status="failed"), "failed"),
        (turn("resp_2", says("Do"))[:-1], "truncated"),
        ([parse_event({"type": "error", "message": "Broken"})], "errored"),
    ],
)
def test_the_outcome_of_a_turn_that_goes_wrong_holds_the_turns_before(last: Any, status: str):
    """Law: always with the response as far as it is known."""
    [end] = collect_sync(stream(TURNS[0], last).pipe(outcome()))
    assert end.status == status
    assert [item.to_dict() for item in end.response.output][:3] == ITEMS[:3]


def test_a_conversation_is_no_misfit():
    """Law: the loop's own events break no rule, and are not counted as unknown."""
    accumulator = ResponseAccumulator(strict=True)
    for event in EVENTS:
        accumulator.feed(event)
    assert accumulator.unplaced == 0
    with pytest.raises(ProtocolError):
        accumulator.feed(parse_event({"type": "rxstream.tool_call.dreamt"}))


def test_usage_of_any_shape_is_added_up_as_far_as_it_goes():
    """Numbers that only some turns tell, and what is no number."""
    first = turn("resp_1", call("one"), usage={"total_tokens": 3, "cost": 0.5, "tier": "a", "details": {"x": 1}})
    second = turn(
        "resp_2", says("Done"), usage={"total_tokens": 4, "cost": 0.25, "tier": "b", "new": 1, "details": None}
    )
    [final] = collect_sync(stream(first, second).final_response())
    assert final.to_dict()["usage"] == {
        "total_tokens": 7,
        "cost": 0.75,
        "tier": "b",
        "new": 1,
        "details": {"x": 1},
    }


def test_usage_that_is_missing_in_a_turn_is_that_of_the_others():
    """And null where no turn tells any."""
    [final] = collect_sync(
        stream(turn("resp_1", call("one")), turn("resp_2", says("Done"), usage=None)).final_response()
    )
    assert final.to_dict()["usage"] == USAGE


def test_an_event_costs_no_more_after_many_turns():
    """Law: a snapshot is O(1) in what came before; calls are counted, not seconds."""

    def work(turns: int) -> int:
        accumulator = ResponseAccumulator()
        for number in range(1, turns + 1):
            accumulator.feed(TurnStarted.of(number, [{**OUTPUT, "call_id": f"c{number}"}]))
            for event in turn(f"resp_{number}", says("Hello")):
                accumulator.feed(event)
        accumulator.feed(TurnStarted.of(turns + 1))
        delta = parse_event({"type": "response.output_text.delta", "output_index": 0, "delta": "x"})
        accumulator.feed(delta)
        return calls_made(lambda event: (accumulator.feed(event), accumulator.snapshot()), delta)

    assert work(1) == work(300) > 1
