"""The checker finds whatever is wrong with a history that was as it should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rxstream import Reconnecting, Resumed, parse_event
from rxstream.errors import ConnectionLostError, RecordingWarning, TruncatedStreamError
from rxstream.testing.faults import reset_after
from tests.reference_sse import reference_decode
from tests.simulation.checker import check, check_what_is_certain
from tests.simulation.course import Course
from tests.simulation.history import History, Noticed, Recording
from tests.simulation.messages import messages
from tests.simulation.world import live

_MOST_SEEDS = 3_000


def _ended_well(history: History) -> bool:
    return history.leaves_after is None and history.listeners["events"].ends == [None] and history.listens_to_all


def _is_plain(history: History) -> bool:
    return _ended_well(history) and history.way == "request" and not history.injected


def _is_resumed(history: History) -> bool:
    """Say whether a stream went on twice, by its events alone, and somebody looked."""
    gone_on = [noticed for noticed in history.notices if getattr(noticed.notice, "source", "") == "events"]
    is_late = all(noticed.delivered > 3 for noticed in history.notices)
    is_true = not any(getattr(fault, "corrupts", False) for fault in history.injected)
    has_numbers = all(event.sequence_number is not None for event in history.listeners["events"].items)
    is_long = len(history.listeners["events"].items) - max((noticed.delivered for noticed in gone_on), default=0) > 3
    return _ended_well(history) and is_true and has_numbers and is_late and is_long and len(gone_on) > 1


def _is_from_snapshot(history: History) -> bool:
    return _ended_well(history) and any(
        getattr(noticed.notice, "source", "") == "snapshot" for noticed in history.notices
    )


def _is_recorded(history: History) -> bool:
    recording = history.recording
    return _ended_well(history) and recording is not None and recording.room is None and bool(recording.again)


def _is_recorded_in_part(history: History) -> bool:
    recording = history.recording
    return recording is not None and len(recording.warnings) == 1 and recording.content.count(b"\n") > 4


@cache
def _seed(wanted: Callable[[History], bool]) -> int:
    return next(seed for seed in range(_MOST_SEEDS) if wanted(live(seed)))


def _recording(history: History) -> Recording:
    assert history.recording is not None
    return history.recording


# Of any stream.


def _drop(history: History) -> None:
    del history.listeners["events"].items[3]


def _drop_the_last(history: History) -> None:
    history.listeners["events"].items.pop()
    history.listeners["snapshots"].items.pop()


def _double(history: History) -> None:
    items = history.listeners["events"].items
    items.insert(3, items[3])


def _swap(history: History) -> None:
    items = history.listeners["events"].items
    items[3], items[4] = items[4], items[3]


def _invent(history: History) -> None:
    history.listeners["events"].items.append(parse_event({"type": "response.telepathy"}))


def _end_otherwise(history: History) -> None:
    history.listeners["events"].ends[:] = [TruncatedStreamError("expected more")]


def _end_twice(history: History) -> None:
    history.listeners["text"].ends.append(None)


def _never_end(history: History) -> None:
    history.listeners["calls"].ends.clear()


def _go_on_after_the_end(history: History) -> None:
    history.listeners["text"].after.append("more")


def _raise_what_is_not_ours(history: History) -> None:
    history.listeners["snapshots"].ends[:] = [KeyError("id")]


def _lose_a_snapshot(history: History) -> None:
    history.listeners["snapshots"].items.pop()


def _rewrite_the_text(history: History) -> None:
    history.listeners["text"].items[1:1] = ["Another", "text"]


def _hang(history: History) -> None:
    history.is_stuck = True


def _leave_a_task(history: History) -> None:
    history.left_over.append("a task")


def _send_again(history: History) -> None:
    history.plans.append(())
    history.asked.append(history.asked[0])


def _reconnect_what_cannot_be(history: History) -> None:
    history.notices.append(Noticed(0.0, Resumed("resp_1", 1, "events"), 1, 0))


# Of one that was resumed.


def _place(history: History) -> int:
    """Return how many events had come before the stream broke off for the last time."""
    return history.asked[-1].delivered


def _repeat_the_overlap(history: History) -> None:
    items, place = history.listeners["events"].items, _place(history)
    items.insert(place, items[place - 1])


def _lose_the_first_after_it(history: History) -> None:
    del history.listeners["events"].items[_place(history)]


def _swap_round_it(history: History) -> None:
    items, place = history.listeners["events"].items, _place(history)
    items[place - 1], items[place] = items[place], items[place - 1]


def _ask_for_too_much(history: History) -> None:
    asked = history.asked[-1]
    assert asked.after is not None
    asked.after -= 1


def _ask_for_another_response(history: History) -> None:
    history.asked[-1].response_id = "resp_another"


def _ask_for_the_whole(history: History) -> None:
    history.asked[-1].is_stream = False


def _begin_anew(history: History) -> None:
    history.asked[-1].method = "POST"


def _deliver_late(history: History) -> None:
    history.asked[-1].delivered -= 1


def _do_not_ask(history: History) -> None:
    history.asked.pop()
    history.plans.pop()


def _try_too_often(history: History) -> None:
    history.max_retries = 0


def _end_as_it_broke_off(history: History) -> None:
    place = _place(history)
    for listener in history.listeners.values():
        del listener.items[place:]
    history.listeners["events"].ends[:] = [ConnectionLostError("expected more")]
    history.listeners["outcome"].items[:] = [type("Outcome", (), {"status": "lost"})]
    _do_not_ask(history)
    history.notices[:] = [noticed for noticed in history.notices if noticed.asked < len(history.asked)]


def _do_not_announce(history: History) -> None:
    del history.notices[0]


def _do_not_say_that_it_goes_on(history: History) -> None:
    history.notices.pop()


def _say_so_twice(history: History) -> None:
    history.notices.append(history.notices[-1])


def _say_so_too_late(history: History) -> None:
    history.notices[-1] = replace(history.notices[-1], delivered=history.notices[-1].delivered + 1)


def _count_tries_wrongly(history: History) -> None:
    first = history.notices[0]
    history.notices[0] = replace(first, notice=replace(first.notice, attempt=first.notice.attempt + 1))


def _come_too_early(history: History) -> None:
    first = history.notices[0]
    assert isinstance(first.notice, Reconnecting)
    history.notices[0] = replace(first, notice=replace(first.notice, seconds=first.notice.seconds + 5))


def _mix_notices_in(history: History) -> None:
    history.listeners["events"].items.insert(_place(history), history.notices[-1].notice)
    history.listeners["snapshots"].items.append(None)


# Of one that ended with a snapshot.


def _change_the_snapshot(history: History) -> None:
    last = history.listeners["events"].items.pop().to_dict()
    changed = {**last, "response": {**last["response"], "output": ["another"]}}
    history.listeners["events"].items.append(parse_event(changed))


def _number_the_snapshot(history: History) -> None:
    items = history.listeners["events"].items
    items.append(parse_event({**items.pop().to_dict(), "sequence_number": len(items)}))


def _call_it_events(history: History) -> None:
    last = history.notices[-1]
    history.notices[-1] = replace(last, notice=replace(last.notice, source="events"))


# Of one that was recorded.


def _change_content(change: Callable[[list[bytes]], object]) -> Callable[[History], None]:
    def tamper(history: History) -> None:
        lines = _recording(history).content.splitlines(keepends=True)
        change(lines)
        _recording(history).content = b"".join(lines)

    return tamper


def _replay_less(history: History) -> None:
    replayed = _recording(history).replayed
    assert replayed is not None
    replayed.items.pop()


def _replay_another_end(history: History) -> None:
    replayed = _recording(history).replayed
    assert replayed is not None
    replayed.ends[:] = [TruncatedStreamError("expected more")]


def _replay_two_ends(history: History) -> None:
    replayed = _recording(history).replayed
    assert replayed is not None
    replayed.ends.append(None)


def _record_other_bytes(history: History) -> None:
    _recording(history).again = b"{}"


def _warn(history: History) -> None:
    _recording(history).warnings.append(RecordingWarning("again"))


# Of one whose disk was full.


def _do_not_warn(history: History) -> None:
    _recording(history).warnings.clear()


def _warn_otherwise(history: History) -> None:
    _recording(history).warnings[:] = [UserWarning("full")]


def _write_more(history: History) -> None:
    _recording(history).content += b"{}"


_TAMPERS: dict[Callable[[History], bool], list[Callable[[History], None]]] = {
    _is_plain: [
        _drop,
        _drop_the_last,
        _double,
        _swap,
        _invent,
        _end_otherwise,
        _end_twice,
        _never_end,
        _go_on_after_the_end,
        _raise_what_is_not_ours,
        _lose_a_snapshot,
        _rewrite_the_text,
        _hang,
        _leave_a_task,
        _send_again,
        _reconnect_what_cannot_be,
    ],
    _is_resumed: [
        _drop,
        _double,
        _swap,
        _repeat_the_overlap,
        _lose_the_first_after_it,
        _swap_round_it,
        _ask_for_too_much,
        _ask_for_another_response,
        _ask_for_the_whole,
        _begin_anew,
        _deliver_late,
        _do_not_ask,
        _try_too_often,
        _end_as_it_broke_off,
        _do_not_announce,
        _do_not_say_that_it_goes_on,
        _say_so_twice,
        _say_so_too_late,
        _count_tries_wrongly,
        _come_too_early,
        _mix_notices_in,
    ],
    _is_from_snapshot: [
        _drop_the_last,
        _change_the_snapshot,
        _number_the_snapshot,
        _call_it_events,
        _do_not_say_that_it_goes_on,
    ],
    _is_recorded: [
        _change_content(lambda lines: lines.pop(2)),
        _change_content(lambda lines: lines.insert(2, lines[2])),
        _change_content(lambda lines: lines.insert(2, lines.pop(3))),
        _change_content(lambda lines: lines.pop()),
        _change_content(lambda lines: lines.append(lines.pop()[:-1])),
        _change_content(lambda lines: lines.pop(0)),
        _replay_less,
        _replay_another_end,
        _replay_two_ends,
        _record_other_bytes,
        _warn,
    ],
    _is_recorded_in_part: [_do_not_warn, _warn_otherwise, _warn, _write_more, _replay_less, _replay_two_ends],
}


@pytest.mark.parametrize(
    ("wanted", "tamper"),
    [(wanted, tamper) for wanted, tampers in _TAMPERS.items() for tamper in tampers],
    ids=lambda function: function.__name__.strip("_"),
)
def test_the_checker_finds_what_is_wrong(wanted: Callable[[History], bool], tamper: Callable[[History], None]) -> None:
    """A history that is as it should be passes; with any one thing wrong it does not."""
    history = live(_seed(wanted))
    check(history)
    tamper(history)
    with pytest.raises(AssertionError):
        check(history)


def test_the_checker_knows_who_gives_up_too_soon() -> None:
    """Law: an error is right only where there were as many tries as were asked for."""
    history = live(_seed(_is_resumed))
    history.plans[-1] = (reset_after(0),)
    place = _place(history)
    for listener in history.listeners.values():
        del listener.items[place:]
    history.listeners["events"].ends[:] = [ConnectionLostError("expected more")]
    with pytest.raises(AssertionError, match="it should have gone on"):
        check(history)


def _double_after_it(history: History) -> None:
    items, place = history.listeners["events"].items, _place(history)
    items.insert(place + 1, items[place])


def _swap_after_it(history: History) -> None:
    items, place = history.listeners["events"].items, _place(history)
    items[place], items[place + 1] = items[place + 1], items[place]


def _complete_without_an_end(history: History) -> None:
    history.listeners["events"].items.pop()


@pytest.mark.parametrize(
    "tamper",
    [_repeat_the_overlap, _lose_the_first_after_it, _double_after_it, _swap_after_it, _complete_without_an_end],
)
def test_where_little_is_certain_the_numbers_are(tamper: Callable[[History], None]) -> None:
    """Law: whatever bytes were made up, what is resumed is delivered in order, without gap or repeat."""
    history = live(_seed(_is_resumed))
    course = Course(history)
    course.follow()
    check_what_is_certain(history, course)
    tamper(history)
    with pytest.raises(AssertionError):
        check_what_is_certain(history, course)


@given(
    st.lists(
        st.sampled_from(
            [b"data: x\n", b"event: a\n", b"\n", b"\r", b":", b"data", b"\xff", b"\xef\xbb\xbf", b"id: 1\n"]
        )
    )
)
@example([b"\xef\xbb\xbf", b"data\n", b"\n"])
def test_the_quick_decoder_is_the_reference(pieces: list[bytes]) -> None:
    """Law: the checker reads bytes as the standard says, whatever was done to them."""
    stream = b"".join(pieces)
    assert messages(stream) == [(message.event, message.data) for message in reference_decode(stream).events]


@pytest.mark.parametrize("seed", range(1000, 1400, 4))
def test_what_was_corrupted_is_read_as_the_standard_says(seed: int) -> None:
    """Law: the same, of the bytes of the simulation."""
    history = live(seed)
    course = Course(history)
    course.follow()
    for came in course.came:
        if came is not None and not came.is_true:
            assert messages(came.received) == [(one.event, one.data) for one in reference_decode(came.received).events]
