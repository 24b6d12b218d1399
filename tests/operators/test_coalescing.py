"""``coalesce``, in virtual time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex.testing import TestScheduler

import rxstream as rxs
from rxstream.accumulators.pieces import join_pieces
from tests.laws.probes import COMPLETED, Boom, Source, Subscriber
from tests.laws.registry import law
from tests.marbles import END, emit, event, text
from tests.operators.paced import arrivals, assert_same_response, brief, notes_of
from tests.strategies import streams


def test_pieces_that_come_together_are_one():
    """The time begins with the first that is held."""
    found = emit(
        rxs.coalesce(within_seconds=10), (210, "Hel"), (215, "lo"), (219, " you"), (225, "!"), (240, "?"), (245, END)
    )
    assert found.marbles == [(220, "Hello you"), (235, "!"), (245, "?"), (245, END)]


def test_anything_else_sends_what_is_held_before_it():
    """Another text, another event, an error: order is kept, and nothing but tiny pieces ever waits."""
    error = Boom()
    notes = [
        (210, text("Hel", 0, sequence_number=1)),
        (211, text("lo", 0, sequence_number=2)),
        (212, text("x", 1, sequence_number=3)),
        (213, event("in_progress", sequence_number=4)),
        (214, text("", 1)),
        (215, text("y", 1)),
        (216, error),
    ]
    found = emit(rxs.coalesce(within_seconds=100), *notes)
    assert found.map(brief) == [
        (212, ("Hello", 2)),
        (213, ("x", 3)),
        (213, "response.in_progress"),
        (214, ("", None)),
        (216, ("y", None)),
        (216, error),
    ]


@given(pieces=arrivals, seconds=st.sampled_from([1.0, 8.0, 64.0]))
def test_joined_text_is_the_same_and_no_piece_waits_longer_than_it_may(pieces: list[tuple[int, str]], seconds: float):
    """Nothing is lost, added or moved; each piece goes within the time, and none in two parts."""
    notes = notes_of(pieces)
    *found, end = emit(rxs.coalesce(within_seconds=seconds), *notes, disposed=10_000).marbles
    assert end == notes[-1]
    assert "".join(item for _, item in found) == "".join(piece for _, piece in pieces)
    came = [(time, piece) for time, piece in notes[:-1] if piece]
    for time, joined in (one for one in found if one[1]):
        first = came[0][0]
        parts = ""
        while len(parts) < len(joined):
            parts += came.pop(0)[1]
        assert parts == joined
        assert first <= time <= first + seconds


@law
@given(stream=streams(), waits=st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_snapshots_are_the_same_behind_coalesce(stream: Any, waits: list[int]):
    """Of any stream, repetitions and other faults included; other events come unchanged and in order."""
    clock, source, subscriber = TestScheduler(), Source(), Subscriber()
    rxs.coalesce(within_seconds=2, scheduler=clock)(source).subscribe(subscriber)
    for place, one in enumerate(stream.events):
        source.next(one)
        clock.advance_by(waits[place % len(waits)])
    source.complete()
    assert subscriber.ends == [COMPLETED]
    assert_same_response(stream.events, subscriber.items)


def test_halves_of_a_character_that_are_joined_are_one():
    """Behind ``coalesce`` nothing else would put them together."""
    assert join_pieces([text("\ud83d"), text("\ude00")]).delta == "😀"
    assert join_pieces(["\ud83d", "\ude00"]) == "😀"


def test_a_delta_that_is_sent_again_is_left_out_of_what_is_joined():
    """Joined, it would look like new text."""
    deltas = [text("Hello you", sequence_number=4), text(" there", sequence_number=5)]
    found = emit(rxs.coalesce(within_seconds=5), *((210, one) for one in (*deltas, *deltas)), (211, END))
    assert found.map(brief) == [(211, ("Hello you there", 5)), (211, END)]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: rxs.coalesce(within_seconds=0), ValueError),
        (lambda: rxs.coalesce(within_seconds=float("inf")), ValueError),
        (lambda: rxs.coalesce(within_seconds="1"), TypeError),  # type: ignore[arg-type]
    ],
)
def test_wrong_arguments_of_coalesce_are_refused_at_the_call(make: Any, error: type[Exception]):
    """With what was expected, and what came."""
    with pytest.raises(error, match=r"expected .* but got"):
        make()
