"""``smooth``, in virtual time."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from itertools import pairwise
from typing import Any

import httpx
import pytest
import reactivex
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as rx
from reactivex.testing import TestScheduler

import rxstream as rxs
from rxstream.accumulators.versioned import mend
from rxstream.segmentation import CharacterSegmenter
from rxstream.simulated import SimulatedTransport
from tests.laws.probes import COMPLETED, Boom, Source, Subscriber
from tests.laws.registry import law
from tests.marbles import END, emit, event, text
from tests.operators.paced import Counting, arrivals, assert_same_response, brief, notes_of
from tests.strategies import streams


def test_units_go_one_by_one_at_an_even_pace():
    """The first whole unit goes at once, the others ``1 / per_second`` seconds after each other."""
    found = emit(rxs.smooth(per_second=0.1), (210, "Hel"), (220, "lo my fr"), (222, "iend. "), (225, END))
    assert found.marbles == [(220, "Hello "), (230, "my "), (240, "friend. "), (240, END)]


def test_a_unit_that_comes_after_a_silence_goes_at_once():
    """Pace is owed by what came shortly before alone; nothing is made up for."""
    found = emit(rxs.smooth(unit="char", per_second=0.1), (210, "ab"), (300, "cde"), (400, END))
    assert found.marbles == [(210, "a"), (300, "b"), (310, "c"), (320, "d"), (400, "e"), (400, END)]


def test_a_unit_that_comes_soon_after_another_waits_for_its_time():
    """The pace holds where nothing was waiting, too."""
    found = emit(rxs.smooth(unit="char", per_second=0.1), (210, "a"), (211, "b"), (214, "c"), (216, END))
    assert found.marbles == [(211, "a"), (221, "b"), (231, "c"), (231, END)]


def test_a_unit_that_goes_without_its_timer_takes_the_timer_with_it():
    """The source ends at the moment at which a timer is due, and before it: the next unit has all its time."""
    found = emit(rxs.smooth(unit="char", per_second=0.125), (210, "abcd"), (218, END))
    assert found.marbles == [(210, "a"), (218, "b"), (226, "c"), (234, "d"), (234, END)]


def test_sentences_are_units_too():
    """``unit="sentence"``."""
    found = emit(rxs.smooth(unit="sentence", per_second=0.1), (210, "One. Two. Th"), (213, "ree."), (214, END))
    assert found.marbles == [(210, "One. "), (220, "Two. "), (230, "Three."), (230, END)]


def test_what_has_come_before_an_error_goes_before_it_at_the_same_pace():
    """The error waits for the text, half a unit included."""
    error = Boom()
    found = emit(rxs.smooth(per_second=0.1), (210, "To be or n"), (215, error))
    assert found.marbles == [(210, "To "), (220, "be "), (230, "or "), (240, "n"), (240, error)]


def test_events_go_right_after_the_text_before_them():
    """An event never overtakes text, ends the unit before it, and takes no time of its own."""
    notes = [
        (210, text("Hello wo", sequence_number=1)),
        (211, text("rld", sequence_number=2)),
        (212, event("output_text.done", output_index=0, content_index=0, text="Hello world", sequence_number=3)),
        (213, event("completed", response={"id": "resp_1"}, sequence_number=4)),
        (214, END),
    ]
    found = emit(rxs.smooth(per_second=0.1), *notes)
    assert found.map(brief) == [
        (210, ("Hello ", None)),
        (220, ("world", 2)),
        (220, "response.output_text.done"),
        (220, "response.completed"),
        (220, END),
    ]


def test_an_event_goes_at_once_where_no_text_waits():
    """Also while the next unit would have to wait."""
    found = emit(rxs.smooth(unit="char", per_second=0.1), (210, text("ab")), (212, event("in_progress")), (213, END))
    assert found.map(brief) == [(210, ("a", None)), (220, ("b", None)), (220, "response.in_progress"), (220, END)]
    found = emit(rxs.smooth(unit="char", per_second=0.1), (210, event("created")), (212, event("in_progress")))
    assert found.map(brief) == [(210, "response.created"), (212, "response.in_progress")]


@pytest.mark.parametrize(
    "kind", ["output_text", "refusal", "reasoning_text", "reasoning_summary_text", "function_call_arguments"]
)
def test_every_family_of_deltas_is_paced(kind: str):
    """Refusals, reasoning and arguments as output text; each event keeps its type and place."""
    delta = event(f"{kind}.delta", output_index=3, delta="to be", sequence_number=7)
    found = emit(rxs.smooth(per_second=0.1), (210, delta), (211, END))
    assert found.map(lambda item: (item.type, item.output_index, *brief(item))) == [
        (210, (delta.type, 3, "to ", None)),
        (220, (delta.type, 3, "be", 7)),
        (220, END),
    ]


def test_texts_that_are_interleaved_are_not_mixed():
    """Each unit belongs to one text, and they keep their order."""
    notes = [(210, text("on", 0)), (210, text("tw", 1)), (210, text("e", 0)), (210, text("o", 1)), (210, END)]
    found = emit(rxs.smooth(per_second=0.1), *notes)
    assert found.map(lambda item: (item.output_index, item.delta)) == [
        (210, (0, "on")), (220, (1, "tw")), (230, (0, "e")), (240, (1, "o")), (240, END),
    ]  # fmt: skip


def test_a_character_that_comes_in_two_halves_is_whole():
    """A half waits for the other one."""
    found = emit(rxs.smooth(unit="char", per_second=0.1), (210, text("a\ud83d")), (212, text("\ude00")), (213, END))
    assert found.map(lambda item: item.delta) == [(212, "a"), (222, "😀"), (222, END)]


@pytest.mark.parametrize("unit", ["char", "word"])
@pytest.mark.parametrize(
    "pieces", [["\ud83d\ude00 b"], ["a\ud83d", "b"], ["\ude00", "\ud83d"], ["a \ud83d", "\ude00 b"]]
)
def test_halves_of_characters_are_not_lost(unit: Any, pieces: list[str]):
    """Whatever an event holds, the text behind ``smooth`` is the text before it."""
    deltas = [text(piece) for piece in pieces]
    notes = [*((210 + place, delta) for place, delta in enumerate(deltas)), (250, END)]
    found = [item for _, item in emit(rxs.smooth(unit=unit, per_second=1), *notes).marbles[:-1]]
    assert rxs.collect_now(rxs.accumulate_text(), found)[-1] == mend("".join(pieces))


def test_nothing_waits_longer_than_the_most_that_was_asked_for():
    """The pace rises with what waits: ten characters in a second instead of a hundred."""
    operator = rxs.smooth(unit="char", per_second=0.1, max_delay_seconds=10)
    found = emit(operator, (210, "abcdefghij"), (215, END))
    times = [time for time, _ in found.marbles]
    assert "".join(item for _, item in found.marbles[:-1]) == "abcdefghij"
    assert times[-1] <= 225
    assert all(later - sooner <= 10 for sooner, later in pairwise(times))
    assert len(set(times)) > 5


@given(pieces=arrivals, per_second=st.sampled_from([0.125, 0.25, 1.0]), delay=st.sampled_from([None, 4.0, 16.0]))
def test_text_is_whole_in_order_and_in_time(pieces: list[tuple[int, str]], per_second: float, delay: float | None):
    """Nothing is lost, added or moved, and no unit goes early; with a limit, none waits longer behind others.

    The n-th unit after one goes no sooner than n times the interval later.
    """
    operator = rxs.smooth(unit="char", per_second=per_second, max_delay_seconds=delay)
    notes = notes_of(pieces)
    found = emit(operator, *notes, disposed=10_000).marbles
    *units, end = found
    whole = "".join(piece for _, piece in pieces)
    segmenter = CharacterSegmenter()
    assert [unit for _, unit in units if unit] == [*segmenter.feed(whole), *segmenter.close()]
    assert end == ((max([notes[-1][0], *(time for time, _ in units)])), END)
    times = [time for time, unit in units if unit]
    if delay is None:
        assert all(
            times[later] - times[sooner] >= (later - sooner) / per_second - 1e-3
            for later in range(len(times))
            for sooner in range(later)
        )
    elif times:
        came = [time for time, piece in notes[:-1] for _ in piece]
        sizes = [len(unit) for _, unit in units if unit]
        lasts = [came[sum(sizes[: place + 1]) - 1] for place in range(len(sizes))]
        ready = [*lasts[1:], notes[-1][0]]  # a character is ready when the next one, or the end, shows that it is whole
        assert all(time <= max(moment, last) + delay for time, moment, last in zip(times, ready, lasts, strict=True))


@law
@given(stream=streams(), unit=st.sampled_from(["char", "word", "sentence"]))
def test_snapshots_are_the_same_behind_smooth(stream: Any, unit: Any):
    """Of any stream, repetitions and other faults included; events that are not cut come unchanged and in order."""
    scheduler = TestScheduler()
    subscriber = Subscriber()
    source = reactivex.from_iterable(stream.events)
    source.pipe(rxs.smooth(unit=unit, per_second=1, scheduler=scheduler)).subscribe(subscriber)
    scheduler.start()
    assert subscriber.ends == [COMPLETED]
    assert_same_response(stream.events, subscriber.items)


def test_a_delta_that_is_sent_again_is_left_out():
    """Cut anew it would look like new text."""
    deltas = [text("Hello you", sequence_number=4), text(" there", sequence_number=5)]
    found = emit(rxs.smooth(per_second=1), *((210, one) for one in (*deltas, *deltas)), (211, END))
    assert "".join(item.delta for _, item in found.marbles[:-1]) == "Hello you there"


def test_the_timer_is_disposed_of_with_the_subscription():
    """No timer is left in the scheduler's queue that would call back, and none is set while nothing waits."""
    for operator in (
        lambda clock: rxs.smooth(unit="char", per_second=0.1, scheduler=clock),
        lambda clock: rxs.coalesce(within_seconds=10, scheduler=clock),
    ):
        clock, source, subscriber = Counting(), Source(), Subscriber()
        subscription = operator(clock)(source).subscribe(subscriber)
        source.next("abc")
        assert clock.pending == 1
        subscription.dispose()
        assert (clock.pending, source.disposals) == (0, 1)
        told = subscriber.told
        clock.start()
        assert subscriber.told == told


def test_no_timer_is_set_where_nothing_waits():
    """An idle subscription costs nothing."""
    clock, source = Counting(), Source()
    rxs.smooth(unit="char", per_second=0.1, scheduler=clock)(source).subscribe(Subscriber())
    source.next("a")
    source.next(event("in_progress"))
    assert clock.pending == 0
    clock.advance_by(100)
    source.next("b")
    assert clock.pending == 0


def test_take_ends_the_backlog():
    """A subscriber that leaves in the middle of what goes together gets nothing more of it."""
    found = emit(
        lambda source: source.pipe(rxs.smooth(unit="char", per_second=0.1), rx.take(2)), (210, "abcd"), (400, END)
    )
    assert found.marbles == [(210, "a"), (220, "b"), (220, END)]
    assert found.subscriptions == [(200, 220)]


def test_a_source_that_is_fed_by_its_own_subscriber_keeps_its_order():
    """What a subscriber sends back while it is told something comes after what waits."""
    clock, subject, found = TestScheduler(), reactivex.Subject[Any](), list[str]()

    def tell(item: Any) -> None:
        found.append(brief(item) if not isinstance(item, str) else item)
        if item == "a":
            subject.on_next(event("in_progress"))

    subject.pipe(rxs.smooth(unit="char", per_second=0.1, scheduler=clock)).subscribe(tell)
    subject.on_next("abc")
    clock.start()
    assert found == ["a", "b", "c", "response.in_progress"]


@pytest.mark.parametrize("disposes", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        lambda clock: rxs.smooth(unit="char", per_second=0.1, scheduler=clock),
        lambda clock: rxs.coalesce(within_seconds=10, scheduler=clock),
    ],
    ids=["smooth", "coalesce"],
)
def test_what_a_subscriber_raises_when_a_timer_told_it_ends_the_subscription(make: Any, disposes: bool):
    """No source is above that would take it. It is told of its own error, or, having left, the scheduler is."""
    clock, source, boom, ends = Counting(), Source(), Boom(), list[Exception]()

    def tell(_item: str) -> None:
        if clock.clock > 0:
            if disposes:
                subscription.dispose()
            raise boom

    subscription = make(clock)(source).subscribe(tell, ends.append)
    source.next("abcd")
    with pytest.raises(Boom) if disposes else nullcontext():
        clock.advance_by(100)
    assert ends == ([] if disposes else [boom])
    assert (source.disposals, clock.pending) == (1, 0)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: rxs.smooth(unit="line", per_second=1), ValueError),  # type: ignore[arg-type]
        (lambda: rxs.smooth(per_second=0), ValueError),
        (lambda: rxs.smooth(per_second=float("nan")), ValueError),
        (lambda: rxs.smooth(per_second=10**400), ValueError),
        (lambda: rxs.smooth(per_second="1"), TypeError),  # type: ignore[arg-type]
        (lambda: rxs.smooth(per_second=1, max_delay_seconds=-1), ValueError),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(make: Any, error: type[Exception]):
    """With what was expected, and what came."""
    with pytest.raises(error, match=r"expected .* but got"):
        make()


def test_both_work_in_asyncio_and_in_a_plain_loop():
    """The scheduler of the consumer is the clock: the text of the simulated model comes out whole, and ends."""

    async def read() -> list[Any]:
        async with httpx.AsyncClient(transport=SimulatedTransport()) as http:
            client = rxs.AsyncClient(base_url="http://simulated/v1", http_client=http)
            stream = client.stream(model="gpt-5", input="Say 'one two' three times.")
            paced = stream.pipe(rxs.coalesce(within_seconds=0.002), rxs.smooth(per_second=5000))
            async with rxs.iterate(paced) as events:
                return [one async for one in events]

    client = rxs.Client(base_url="http://simulated/v1", http_client=httpx.Client(transport=SimulatedTransport()))
    stream = client.stream(model="gpt-5", input="Say 'one two' three times.")
    paced = stream.pipe(rxs.coalesce(within_seconds=0.002), rxs.smooth(per_second=5000))
    with rxs.iterate_sync(paced) as events:
        plain = list(events)
    for events in (plain, asyncio.run(read())):
        assert "".join(rxs.collect_now(rxs.text_deltas(), events)) == "one two, one two, one two"
        assert events[-1].type == "response.completed"
