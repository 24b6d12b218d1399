"""What may be seen of a seed: worked out from the true events and the plans, with nothing of the client's own."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from rxstream import Reconnecting
from rxstream.errors import RxstreamError
from rxstream.events import ResponseEvent
from tests.simulation.answers import TERMINAL
from tests.simulation.course import Course
from tests.simulation.history import History
from tests.simulation.recordings import check_recording

__all__ = ["check", "check_what_is_certain"]


def check(history: History) -> None:
    """Hold a history against the truth.

    Raises:
        AssertionError: An event is lost, doubled, reordered or invented; it ended in another way than it should, or
            not, or twice; a request was sent that should not have been, or not sent; something was left over; a notice
            or a recording tells something else.
    """
    assert not history.is_stuck, "it did not end"
    assert not history.left_over, f"left over: {history.left_over}"
    for name, listener in history.listeners.items():
        assert not listener.after, f"{name}: after the end came {listener.after}"
        for error in listener.ends:
            assert error is None or isinstance(error, RxstreamError), f"{name}: a foreign exception: {error!r}"
        assert len(listener.ends) == 1 or history.leaves_after is not None, f"{name} ended {listener.ends}"
    course = Course(history)
    course.follow()
    if course.is_certain:
        _check_events(history, course)
        _check_end(history, course)
        _check_notices(history, course)
    else:
        check_what_is_certain(history, course)
    _check_projections(history, course)
    check_recording(history)


def _delivered(history: History) -> list[dict[str, Any]]:
    items = history.listeners["events"].items
    foreign = [item for item in items if not isinstance(item, ResponseEvent)]
    assert not foreign, f"something else came among the events: {foreign}"
    return [event.to_dict() for event in items]


def _check_events(history: History, course: Course) -> None:
    delivered = _delivered(history)
    assert delivered == course.events[: len(delivered)], "events are not a beginning of the true ones"
    if history.leaves_after is None:
        assert len(delivered) >= course.least, f"{course.least} events should have come, but {len(delivered)} came"


def _check_end(history: History, course: Course) -> None:
    if history.leaves_after is not None:
        return
    end = history.listeners["events"].ends[0]
    ended = "" if end is None else type(end).__name__
    assert course.end is not None, f"it should have gone on, but it ended with {end!r}"
    assert ended in (course.end, course.end_otherwise), f"expected the end {course.end!r}, but it was {end!r}"


def _check_notices(history: History, course: Course) -> None:
    if not history.looks:
        assert not history.notices
        return
    told = [
        (
            noticed.asked,
            noticed.delivered,
            type(noticed.notice),
            noticed.notice.starting_after,
            noticed.notice.attempt if isinstance(noticed.notice, Reconnecting) else noticed.notice.source,
        )
        for noticed in history.notices
    ]
    expected = course.notices[: len(told)] if history.leaves_after is not None else course.notices
    assert told == expected, f"expected the notices {expected}, but they were {told}"
    for noticed in history.notices:
        if isinstance(noticed.notice, Reconnecting) and noticed.asked < len(history.asked):
            assert 0 <= noticed.notice.seconds <= 60, (
                f"expected bounded pauses, but one takes {noticed.notice.seconds} s"
            )
            due = noticed.seconds + noticed.notice.seconds
            sent = history.asked[noticed.asked].seconds
            assert abs(sent - due) < 1e-3, f"announced for {due}, but sent at {sent}"


def check_what_is_certain(history: History, course: Course) -> None:
    """Hold what came by each request against what was in its answer: nothing doubled, lost or in another order.

    For histories in which bytes were made up that leave open how it goes on, as a changed id does.

    Raises:
        AssertionError: It is not so.
    """
    delivered = _delivered(history)
    bounds = [*(asked.delivered for asked in history.asked), len(delivered)]
    cursor = history.after
    for place, ((start, stop), asked, came) in enumerate(
        zip(pairwise(bounds), history.asked, course.came, strict=True)
    ):
        part = delivered[start:stop]
        if came is None:
            assert not part or place == len(bounds) - 2
            continue
        rest = iter(came.events)
        assert all(any(event == one for one in rest) for event in part), "events came that were not there, or not so"
        if asked.after is None:
            assert part == came.events[: len(part)], "events are not a beginning of those that came"
        numbers = [number for event in part if isinstance(number := event.get("sequence_number"), int)]
        if asked.after is not None and numbers:
            assert cursor is None or asked.after <= cursor
            assert numbers == list(range(asked.after + 1, asked.after + 1 + len(numbers))), (
                f"lost or doubled: {numbers}"
            )
        cursor = max(numbers, default=cursor)
    if history.leaves_after is None and history.listeners["events"].ends[0] is None:
        last = delivered[-1].get("type") if delivered else None
        # A name in the event stream stands in for a type that is no string.
        assert last in TERMINAL or not isinstance(last, str), f"it completed after {last}"


def _check_projections(history: History, course: Course) -> None:
    listeners = history.listeners
    events = listeners["events"].items
    if history.leaves_after is None:
        if "snapshots" in listeners:
            snapshots = listeners["snapshots"].items
            assert len(snapshots) == len(events), f"{len(events)} events, but {len(snapshots)} snapshots"
        (outcome,) = listeners["outcome"].items
        end = listeners["events"].ends[0]
        assert (outcome.status in ("completed", "incomplete")) == (end is None), f"outcome {outcome.status} of {end!r}"
    if "text" in listeners and history.after is None and all(came is None or came.is_true for came in course.came):
        # Where deltas are lost or in disorder, the text that is done may be another than was accumulated.
        for before, text in pairwise(listeners["text"].items):
            assert text.startswith(before), f"the text {text!r} does not go on from {before!r}"
