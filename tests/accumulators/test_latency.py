"""``LatencyAccumulator``: times in, figures out."""

from __future__ import annotations

import statistics
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream import parse_event
from rxstream.accumulators import Latency, LatencyAccumulator
from tests.laws.registry import law
from tests.marbles import event, message, text

times = st.lists(st.floats(0, 1000), min_size=1, max_size=200).map(sorted)


def measured(*events: tuple[float, Any], end: float = 10.0) -> Latency:
    """What is measured of a request that was sent at 0."""
    accumulator = LatencyAccumulator(start=0.0)
    for at, one in events:
        accumulator.feed(one, at=at)
    return accumulator.latency(at=end)


def completed(output_tokens: int, reasoning_tokens: int = 0) -> Any:
    """A terminal event with usage."""
    details = {"reasoning_tokens": reasoning_tokens}
    return event("completed", response={"usage": {"output_tokens": output_tokens, "output_tokens_details": details}})


def test_all_is_counted_from_the_start():
    """``created``, the first content and the end, whatever lies between."""
    one = measured((1.0, event("created", response={})), (1.5, event("keepalive")), (2.0, text("Hel")), end=3.5)
    assert (one.created_seconds, one.first_content_seconds, one.total_seconds) == (1.0, 2.0, 3.5)
    assert (one.contents, one.gap_p50_seconds, one.gap_p99_seconds, one.gap_max_seconds) == (1, None, None, None)


def test_what_did_not_come_is_none():
    """No number is made up."""
    assert measured() == Latency(None, None, 10.0, 0, None, None, None, None, None)


@law
@given(times)
def test_percentiles_are_those_of_the_standard_library(moments: list[float]):
    """Law: p50, p99 and the longest gap are what ``statistics`` says of the gaps between the contents."""
    one = measured(*((moment, text("a")) for moment in moments))
    gaps = [after - before for before, after in pairwise(moments)]
    assert one.contents == len(moments)
    if not gaps:
        assert one.gap_max_seconds is None
        return
    hundredths = statistics.quantiles(gaps, n=100, method="inclusive") if len(gaps) > 1 else gaps * 99
    assert one.gap_p50_seconds == pytest.approx(statistics.median(gaps))
    assert one.gap_p50_seconds == pytest.approx(hundredths[49])
    assert one.gap_p99_seconds == pytest.approx(hundredths[98])
    assert one.gap_max_seconds == max(gaps)


def test_what_comes_again_as_a_whole_is_not_counted_again():
    """``.done`` events and the finished item bring nothing new after deltas, and one thing where no delta came."""
    again = [
        (3.0, event("output_text.done", output_index=0, content_index=0, text="Hello")),
        (3.0, event("content_part.done", output_index=0, content_index=0, part=message("Hello")["content"][0])),
        (3.0, event("output_item.done", output_index=0, item=message("Hello"))),
    ]
    assert measured((1.0, text("Hel")), (2.0, text("lo")), *again).contents == 2
    assert measured(*again).contents == 1
    other = event("output_item.done", output_index=1, item=message("Hello"))
    assert measured((1.0, text("Hel")), (2.0, other), (3.0, other)).contents == 2


def test_tokens_a_second_are_those_of_the_answer_while_it_is_written():
    """Reasoning counts neither by its tokens nor by its time; a single content has no speed."""
    thinking = event("reasoning_summary_text.delta", output_index=0, summary_index=0, delta="First")
    writing = [(6.0, text("Hel", 1)), (8.0, text("lo", 1))]
    one = measured((1.0, thinking), *writing, (9.0, completed(30, reasoning_tokens=20)))
    assert (one.first_content_seconds, one.output_tokens, one.tokens_per_second) == (1.0, 30, 5.0)
    assert measured(*writing, (9.0, completed(30))).tokens_per_second == 15.0
    assert measured(writing[0], (9.0, completed(30))).tokens_per_second is None
    unknown = event("completed", response={"usage": {"output_tokens": 30, "output_tokens_details": {}}})
    assert measured(*writing, (9.0, unknown)).tokens_per_second == 15.0
    assert measured(*writing, (9.0, event("completed", response={}))).tokens_per_second is None
    assert measured(*writing, (9.0, completed(20, reasoning_tokens=20))).tokens_per_second is None


@pytest.mark.parametrize("end", ["completed", "incomplete", "failed"])
def test_tokens_are_those_of_the_terminal_event(end: str):
    """Whichever it is."""
    assert measured((1.0, text("Hel")), (2.0, event(end, response={"usage": {"output_tokens": 7}}))).output_tokens == 7


def test_a_response_that_ends_in_an_error_is_measured_too():
    """An ``error`` event has no response, and so no usage."""
    one = measured((1.0, text("Hel")), (2.0, event("error", message="overloaded")))
    assert (one.contents, one.output_tokens) == (1, None)


def test_a_conversation_is_measured_turn_by_turn():
    """Tokens are those of all turns; the time in which tools run is no gap, and nobody writes in it."""
    turns = [parse_event({"type": "rxstream.turn.started", "turn": number, "input": []}) for number in (1, 2)]
    item = {"type": "function_call", "name": "f", "call_id": "c", "arguments": "{}"}
    whole = parse_event({"type": "response.output_item.done", "output_index": 0, "item": item})
    one = measured(
        *((0.0, turns[0]), (1.0, whole), (2.0, text("Hel")), (2.5, completed(10))),
        *((8.0, turns[1]), (9.0, whole), (9.5, text("lo")), (9.5, completed(20, reasoning_tokens=5))),
    )
    assert (one.contents, one.gap_max_seconds, one.first_content_seconds) == (4, 1.0, 1.0)
    assert (one.output_tokens, one.tokens_per_second) == (30, 25 / 1.5)


def test_a_turn_that_says_nothing_of_its_tokens_counts_for_nothing():
    """What is known of the others stays."""
    turn = parse_event({"type": "rxstream.turn.started", "turn": 2, "input": []})
    one = measured((1.0, text("Hel")), (2.0, text("lo")), (2.0, completed(10)), (5.0, turn), (6.0, text("Yes")))
    assert (one.output_tokens, one.tokens_per_second, one.total_seconds) == (10, 10.0, 10.0)


def test_audio_is_content_of_no_item():
    """Its events have no index, and are counted all the same."""
    audio = [(1.0, event("audio.delta", delta="QQ==")), (3.0, event("audio.transcript.delta", delta="Hel"))]
    one = measured(*audio)
    assert (one.contents, one.first_content_seconds, one.gap_max_seconds) == (2, 1.0, 2.0)


def test_a_speed_is_told_from_one_token_on():
    """And none where the server does not say how many there were."""
    writing = [(1.0, text("Hel")), (3.0, text("lo"))]
    assert measured(*writing, (4.0, completed(1))).tokens_per_second == 0.5
    unknown = event("completed", response={"usage": {"input_tokens": 3}})
    assert measured(*writing, (4.0, unknown)).tokens_per_second is None


def test_a_turn_of_which_nothing_was_written_does_not_slow_the_others():
    """Its tokens are all of reasoning, though two contents came."""
    turn = parse_event({"type": "rxstream.turn.started", "turn": 2, "input": []})
    first = [(1.0, text("Hel")), (2.0, text("lo")), (2.0, completed(10))]
    second = [(6.0, text("Hel")), (9.0, text("lo")), (9.0, completed(7, reasoning_tokens=7))]
    assert measured(*first, (5.0, turn), *second).tokens_per_second == 10.0
