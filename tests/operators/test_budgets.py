"""``take_until_budget``: a response that ends when enough has come."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex.testing import TestScheduler

from rxstream import (
    AsyncClient,
    accumulate_text,
    collect,
    collect_now,
    final_response,
    from_events,
    function_calls,
    last,
    outcome,
    refusal_deltas,
    take_until_budget,
    text_deltas,
)
from rxstream.accumulators.text import OUTPUT_TEXT, REFUSAL, TextAccumulator
from rxstream.simulated import SimulatedTransport
from rxstream.testing import now, run_virtually
from tests.laws.probes import COMPLETED as ENDED
from tests.laws.probes import Boom, Source, Subscriber
from tests.laws.registry import law
from tests.marbles import END, emit, event, text
from tests.strategies import Stream, streams, valid_streams

CREATED = event("created", response={"id": "resp_1", "status": "in_progress", "model": "gpt-5"})
ADDED = event("output_item.added", output_index=0, item={"type": "message", "status": "in_progress", "content": []})
COMPLETED = event("completed", response={"id": "resp_1", "status": "completed"})
THINKING = event("reasoning_summary_text.delta", output_index=0, summary_index=0, delta="First")


def short(one: Any) -> Any:
    """A delta's text, or the reason of the end and the text that is in its response, or the type."""
    if one.type == "response.incomplete":
        return one.response.incomplete_details.reason, one.response.output_text
    return getattr(one, "delta", one.type)


def test_the_delta_that_exceeds_the_budget_is_cut_and_the_request_ends():
    """Marble: five characters of text, then the end, at the same moment; the source is released."""
    result = emit(take_until_budget(characters=5), (210, CREATED), (220, text("Hel")), (230, text("lo!")), (240, END))
    expected = [(210, "response.created"), (220, "Hel"), (230, "lo"), (230, ("budget_characters", "Hello")), (230, END)]
    assert result.map(short) == expected
    assert result.subscriptions == [(200, 230)]


def test_a_response_within_its_budget_passes_unchanged():
    """Marble: the very same events, though the budget is used up to the last character, second and token."""
    notes = [(210, CREATED), (220, text("Hel")), (230, text("lo")), (240, COMPLETED), (250, END)]
    result = emit(take_until_budget(characters=5, tokens=2, seconds=50), *notes)
    assert result.marbles == notes
    assert all(got is sent for (_, got), (_, sent) in zip(result.marbles, notes, strict=True))


def test_seconds_end_a_response_too():
    """Marble: from the subscription on."""
    result = emit(take_until_budget(seconds=30), (210, text("Hel")), (250, text("lo")))
    assert result.map(short) == [(210, "Hel"), (230, ("budget_seconds", "Hel")), (230, END)]
    assert result.subscriptions == [(200, 230)]


def test_seconds_after_the_terminal_event_add_nothing():
    """Marble: a response is ended by the server or here, not by both; a failure is not taken for an end."""
    error = Boom()
    failed = event("failed", response={"status": "failed"})
    assert emit(take_until_budget(seconds=30), (210, COMPLETED), (250, END)).marbles == [(210, COMPLETED), (230, END)]
    assert emit(take_until_budget(seconds=30), (210, failed), (250, error)).marbles == [(210, failed), (250, error)]


def test_tokens_are_estimated_by_four_characters():
    """Two tokens are eight characters; reasoning costs tokens, and no characters."""
    events = [THINKING, text("Hello", 1)]
    assert [short(one) for one in collect_now(take_until_budget(tokens=2), events)] == [
        "First",
        "Hel",
        ("budget_tokens", "Hel"),
    ]
    assert collect_now(take_until_budget(characters=5), events) == events


def test_tokens_are_counted_where_somebody_can():
    """``count_tokens`` gets each delta by itself."""
    counted: list[str] = []

    def count(piece: str) -> int:
        counted.append(piece)
        return len(piece.split())

    found = collect_now(take_until_budget(tokens=3, count_tokens=count), [text("to be "), text("or not to be")])
    assert [short(one) for one in found] == ["to be ", "or ", ("budget_tokens", "to be or ")]
    assert counted[:2] == ["to be ", "or not to be"]


def test_the_budget_that_goes_less_far_decides():
    """Both are looked at."""
    events = [text("Hello, world")]
    assert short(collect_now(take_until_budget(characters=4, tokens=2), events)[-1]) == ("budget_characters", "Hell")
    assert short(collect_now(take_until_budget(characters=9, tokens=2), events)[-1]) == ("budget_tokens", "Hello, w")


def test_what_counting_raises_is_told_and_the_source_released():
    """A counter that fails is an error of the pipeline, after what had passed."""
    error, source, subscriber = Boom(), Source(), Subscriber()

    def count(piece: str) -> int:
        raise error

    take_until_budget(tokens=3, count_tokens=count)(source).subscribe(subscriber)
    source.next(CREATED)
    source.next(text("Hel"))
    assert (subscriber.items, subscriber.ends, source.disposals) == ([CREATED], [error], 1)


def test_the_end_is_one_like_the_servers():
    """Whole-response operators see an incomplete response, with its items, and say why."""
    events = [CREATED, ADDED, text("Hel", sequence_number=7, logprobs=[]), text("lo", sequence_number=8, logprobs=[])]
    stream = from_events([*events, COMPLETED]).pipe(take_until_budget(characters=4))
    subscriber = Subscriber()
    stream.pipe(outcome()).subscribe(subscriber)
    [end] = subscriber.items
    assert (end.status, end.reason, end.error, end.response.output_text) == (
        "incomplete",
        "budget_characters",
        None,
        "Hell",
    )
    assert (end.response.id, end.response.model, end.response.status) == ("resp_1", "gpt-5", "incomplete")
    assert end.response.output[0].status == "incomplete"
    [*_, piece, last_event] = collect_now(take_until_budget(characters=4), events)
    assert (piece.delta, piece.sequence_number, last_event.sequence_number) == ("l", None, None)
    [response] = collect_now(final_response(), collect_now(take_until_budget(characters=4), events))
    assert response.output_text == "Hell"


def test_a_call_that_was_being_written_ends_incomplete():
    """It is handed out as one that is not to be run."""
    call = {"type": "function_call", "name": "add", "call_id": "call_1", "arguments": "", "status": "in_progress"}
    events = [
        event("output_item.added", output_index=0, item=call),
        event("function_call_arguments.delta", output_index=0, delta='{"a"'),
        text("Hello", 1),
    ]
    [found] = collect_now(function_calls(), collect_now(take_until_budget(characters=2), events))
    assert (found.arguments, found.status) == ('{"a"', "incomplete")


def all_text(events: list[Any]) -> str:
    """Texts and refusals, in order of arrival."""
    accumulator = TextAccumulator(OUTPUT_TEXT + REFUSAL)
    return "".join(accumulator.feed(one) for one in events)


@law
@given(streams("message", "reasoning"), st.integers(1, 12))
def test_never_more_is_shown_than_the_budget_allows(stream: Stream, characters: int):
    """Law: whatever a server sends, text and refusals together are within the budget, in deltas and in snapshots."""
    kept = collect_now(take_until_budget(characters=characters), stream.events)
    if any(one.type == "response.created" for one in kept[1:]):
        return  # several responses; accumulators begin anew
    assert len("".join(collect_now(text_deltas(), kept)) + "".join(collect_now(refusal_deltas(), kept))) <= characters
    assert all(len(shown) <= characters for shown in collect_now(accumulate_text(), kept))


@law
@given(valid_streams(kinds=("message",), interleave=False), st.integers(1, 30))
def test_what_is_shown_is_the_beginning_of_what_would_be(stream: Stream, characters: int):
    """Law: as much of the text as the budget allows, and the end says which of the two ended it."""
    kept = collect_now(take_until_budget(characters=characters), stream.events)
    whole = all_text(stream.events)
    assert all_text(kept) == whole[:characters]
    if len(whole) <= characters:
        assert kept == stream.events
    else:
        assert kept[-1].response.incomplete_details.reason == "budget_characters"


def test_dispose_ends_the_timer():
    """After dispose nothing is told."""
    scheduler, source, subscriber = TestScheduler(), Source(), Subscriber()
    subscription = take_until_budget(seconds=5, scheduler=scheduler)(source).subscribe(subscriber)
    subscription.dispose()
    scheduler.start()
    assert (subscriber.told, source.disposals) == (0, 1)


def test_the_source_is_released_before_the_end_is_told():
    """Whoever is told finds the request closed."""
    source, released = Source(), []
    subscriber = Subscriber(lambda: released.append(source.disposals))
    take_until_budget(characters=1)(source).subscribe(subscriber)
    source.next(text("Hello"))
    assert (released, subscriber.ends) == ([1, 1], [ENDED])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, ValueError),
        ({"characters": 0}, ValueError),
        ({"seconds": -1}, ValueError),
        ({"characters": 5, "count_tokens": len}, ValueError),
        ({"tokens": 5, "count_tokens": 4}, TypeError),
        ({"characters": 5.5}, TypeError),
        ({"tokens": "5"}, TypeError),
        ({"tokens": True}, TypeError),
    ],
)
def test_wrong_budgets_are_refused_at_the_call(arguments: Any, error: type[Exception]):
    """Messages say what was expected."""
    with pytest.raises(error, match="expected"):
        take_until_budget(**arguments)


def test_the_simulated_model_is_cut_off():
    """asyncio, in virtual time: the request is closed long before the model would have ended."""

    async def main() -> None:
        transport = SimulatedTransport(tokens_per_second=1)
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = AsyncClient(base_url="http://simulated/v1", http_client=http_client)
            stream = client.stream(model="gpt-5", input="Say 'hello' 100 times.")
            pieces = await collect(stream.pipe(take_until_budget(characters=16), text_deltas()))
            assert "".join(pieces) == "hello, hello, he"
            assert now() < 20
            end = await last(stream.pipe(take_until_budget(seconds=5), outcome()))
            assert (end.status, end.reason) == ("incomplete", "budget_seconds")
            assert transport.model.open_streams == 0

    run_virtually(main())
