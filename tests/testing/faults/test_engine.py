from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.testing.faults import (
    Ending,
    Fault,
    FaultyBody,
    Piece,
    answer_status,
    chunks_of,
    cut_after,
    delay_answer,
    delay_at,
    delay_close,
    double_bytes,
    double_event,
    drawn_faults,
    drip,
    drop_bytes,
    drop_event,
    fail_close,
    in_turn,
    incomplete_after,
    insert,
    no_answer,
    one_buffer,
    overwrite,
    refuse_connection,
    reset_after,
    silence_after,
    swap_bytes,
    swap_events,
)

_BODY = b"a\n\nbb\n\nccc\n\n"
_EVENTS = [b"a\n\n", b"bb\n\n", b"ccc\n\n"]


def pieces_of(faults: list[Fault], *chunks: bytes) -> list[Piece]:
    body = FaultyBody(faults)
    return [piece for chunk in chunks for piece in body.feed(chunk)] + body.close()


def harmed(faults: list[Fault], *chunks: bytes) -> tuple[bytes, Ending, float]:
    """Return the bytes, the end and the time of a body."""
    pieces = pieces_of(faults, *chunks)
    end = pieces[-1].content
    assert isinstance(end, Ending)
    contents = [piece.content for piece in pieces[:-1]]
    assert all(isinstance(content, bytes) for content in contents)
    return b"".join(contents), end, sum(piece.seconds for piece in pieces)  # type: ignore[arg-type]


@pytest.mark.parametrize("at", range(len(_BODY) + 1))
@pytest.mark.parametrize(
    ("make", "ending"),
    [
        (cut_after, Ending.COMPLETE),
        (incomplete_after, Ending.INCOMPLETE),
        (reset_after, Ending.RESET),
        (silence_after, Ending.SILENCE),
    ],
)
def test_an_end_lets_exactly_so_many_bytes_through(make: Callable[[int], Fault], ending: Ending, at: int) -> None:
    """The bytes before the end come, none after it, and the end comes once."""
    assert harmed([make(at)], _BODY) == (_BODY[:at], ending, 0.0)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (insert(1, b"XY"), b"aXY\n\nbb\n\nccc\n\n"),
        (overwrite(3, b"XY"), b"a\n\nXY\n\nccc\n\n"),
        (drop_bytes(0, 3), b"bb\n\nccc\n\n"),
        (double_bytes(3, 2), b"a\n\nbbbb\n\nccc\n\n"),
        (swap_bytes(0, 3), b"bb\na\n\n\nccc\n\n"),
        (drop_event(1), b"a\n\nccc\n\n"),
        (double_event(0), b"a\n\na\n\nbb\n\nccc\n\n"),
        (swap_events(1), b"a\n\nccc\n\nbb\n\n"),
        (swap_events(2), _BODY),
        (drop_event(3), _BODY),
        (swap_bytes(8, 3), _BODY),
    ],
)
def test_each_harm_to_the_bytes_is_the_one_that_it_is_named_for(fault: Fault, expected: bytes) -> None:
    """And a body that is too short for a fault stays as it is, and the fault is not said to have struck."""
    assert harmed([fault], _BODY) == (expected, Ending.COMPLETE, 0.0)
    body = FaultyBody([fault])
    body.feed(_BODY)
    assert body.injected == ([fault] if expected != _BODY else [])


def test_time_passes_where_it_was_planned() -> None:
    """A delay comes after so many bytes; dripping bytes come one by one, each after its silence."""
    assert pieces_of([delay_at(2, 0.5)], b"abcd") == [(0.0, b"ab"), (0.5, b"cd"), (0.0, Ending.COMPLETE)]
    assert pieces_of([delay_at(4, 0.5)], b"abcd") == [(0.0, b"abcd"), (0.5, Ending.COMPLETE)]
    assert pieces_of([delay_at(2, 0.5), one_buffer()], b"ab", b"cd") == [(0.5, b"abcd"), (0.0, Ending.COMPLETE)]
    assert pieces_of([drip(1, 2, 0.5)], b"abcd") == [
        *((0.0, b"a"), (0.5, b"b"), (0.5, b"c"), (0.0, b"d")),
        (0.0, Ending.COMPLETE),
    ]
    assert pieces_of([drip(seconds=1)], b"ab", b"c")[:-1] == [(1.0, b"a"), (1.0, b"b"), (1.0, b"c")]


def test_a_body_is_cut_anew_as_planned() -> None:
    """In one buffer, or in chunks of one size, whatever the chunks were."""
    assert pieces_of([one_buffer()], b"ab", b"c", b"d") == [(0.0, b"abcd"), (0.0, Ending.COMPLETE)]
    assert pieces_of([chunks_of(3)], b"ab", b"cdefg") == [
        *((0.0, b"abc"), (0.0, b"def"), (0.0, b"g")),
        (0.0, Ending.COMPLETE),
    ]
    assert pieces_of([reset_after(3), one_buffer()], b"ab", b"cd") == [(0.0, b"abc"), (0.0, Ending.RESET)]


def test_each_fault_counts_what_the_one_before_it_hands_on() -> None:
    """The order of a plan matters, and says what is counted."""
    assert harmed([insert(0, b"XY"), cut_after(3)], b"abc")[0] == b"XYa"
    assert harmed([cut_after(3), insert(0, b"XY")], b"abcd")[0] == b"XYabc"


_offsets = st.integers(0, 16)
_faults = st.one_of(
    st.builds(cut_after, _offsets),
    st.builds(reset_after, _offsets),
    st.builds(delay_at, _offsets, st.sampled_from([0.25, 1.0])),
    st.builds(drip, _offsets, st.one_of(st.none(), _offsets), st.sampled_from([0.0, 0.25])),
    st.builds(insert, _offsets, st.binary(max_size=3)),
    st.builds(overwrite, _offsets, st.binary(max_size=3)),
    st.builds(drop_bytes, _offsets, _offsets),
    st.builds(double_bytes, _offsets, _offsets),
    st.builds(swap_bytes, _offsets, _offsets),
    st.builds(drop_event, _offsets),
    st.builds(double_event, _offsets),
    st.builds(swap_events, _offsets),
    st.builds(chunks_of, st.integers(1, 5)),
    st.just(one_buffer()),
)


@given(st.lists(_faults, max_size=4), st.lists(st.binary(min_size=1, max_size=8), max_size=4), _offsets)
def test_how_the_body_was_cut_changes_nothing(faults: list[Fault], chunks: list[bytes], at: int) -> None:
    """Any plan does the same harm to the same bytes, in whatever chunks they come, and takes the same time."""
    whole = b"".join(chunks) + b"\n\n" + _BODY
    single = [whole[n : n + 1] for n in range(len(whole))]
    expected = harmed(faults, whole)
    assert harmed(faults, *(part for part in (whole[:at], whole[at:]) if part)) == expected
    assert harmed(faults, *single) == expected


@given(st.lists(_faults, max_size=4))
def test_a_plan_is_printed_as_the_calls_that_make_it(faults: list[Fault]) -> None:
    """What is printed, evaluated, is the plan again."""
    import rxstream.testing.faults as names

    assert eval(repr(faults), vars(names)) == faults


@given(st.integers(), st.integers(1, 5))
def test_a_seed_draws_the_same_faults_always(seed: int, number: int) -> None:
    """Seed and number of the request decide every fault, to the letter."""
    assert repr(drawn_faults(seed)(number)) == repr(drawn_faults(seed)(number))


def test_seeds_draw_every_kind_of_fault() -> None:
    """Among 3,000 plans every fault is there, and so is the absence of any."""
    import rxstream.testing.faults as names

    plans = [drawn_faults(seed)(1) for seed in range(3_000)]
    kinds = {fault.name for plan in plans for fault in plan}
    others = {"Answer", "BodyFault", "CloseFault", "Ending", "Fault", "FaultPlan", "FaultProxy", "FaultTransport"}
    others |= {"FaultyBody", "HeadFault", "Piece", "drawn_faults", "fault_proxy", "in_turn"}
    assert kinds == set(names.__all__) - others
    assert () in plans


def test_requests_have_their_faults_in_turn() -> None:
    """The first plan is for the first request; those after the last have none."""
    plan = in_turn([cut_after(1)], [], [reset_after(2), one_buffer()])
    assert [plan(number) for number in range(1, 5)] == [(cut_after(1),), (), (reset_after(2), one_buffer()), ()]


@pytest.mark.parametrize(
    ("make", "arguments", "error"),
    [
        (cut_after, (-1,), ValueError),
        (cut_after, (True,), TypeError),
        (reset_after, (1.5,), TypeError),
        (chunks_of, (0,), ValueError),
        (delay_at, (0, -1), ValueError),
        (delay_at, (0, float("inf")), ValueError),
        (delay_at, (0, float("nan")), ValueError),
        (delay_at, (0, "1"), TypeError),
        (drip, (0, -1), ValueError),
        (drop_event, (-1,), ValueError),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(
    make: Callable[..., Fault], arguments: tuple[Any, ...], error: type[Exception]
) -> None:
    """With what was expected and what came."""
    with pytest.raises(error, match=r"expected .*, but got"):
        make(*arguments)


_round_the_body = st.one_of(
    st.builds(answer_status, st.integers(100, 599), st.binary(max_size=3), st.dictionaries(st.text(), st.text())),
    st.builds(delay_answer, st.sampled_from([0, 0.25])),
    st.builds(delay_close, st.sampled_from([0, 0.25])),
    st.sampled_from([refuse_connection(), no_answer(), fail_close(), silence_after(3), incomplete_after(3)]),
)


@given(st.lists(_faults | _round_the_body, max_size=5), st.lists(st.binary(min_size=1, max_size=8), max_size=4))
def test_faults_are_plain_values(faults: list[Fault], chunks: list[bytes]) -> None:
    """They go through pickle to another process, and do the same harm there; equal ones have one hash."""
    import rxstream.testing.faults as names

    copies = pickle.loads(pickle.dumps(faults))
    assert copies == faults == eval(repr(faults), vars(names))
    assert [hash(getattr(fault, "instead", None)) for fault in copies] == [
        hash(getattr(fault, "instead", None)) for fault in faults
    ]
    assert len({*faults, *copies, *eval(repr(faults), vars(names))}) == len({repr(fault) for fault in faults})
    assert pieces_of(copies, *chunks) == pieces_of(faults, *chunks)


@given(st.integers(1, 5), st.integers())
def test_plans_are_plain_values(number: int, seed: int) -> None:
    """They go through pickle too, and say what makes them."""
    import rxstream.testing.faults as names

    for plan in (in_turn([cut_after(1)], [], drawn_faults(seed)(1)), drawn_faults(seed, body_bytes=100)):
        for same in (pickle.loads(pickle.dumps(plan)), eval(repr(plan), vars(names))):
            assert same == plan
            assert hash(same) == hash(plan)
            assert same(number) == plan(number)
