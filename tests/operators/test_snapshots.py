"""Operators for the response as a whole."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rxstream import (
    ConnectionLostError,
    ResponseFailedError,
    collect_now,
    collect_sync,
    final_response,
    from_events,
    outcome,
    snapshots,
)
from tests.laws.probes import COMPLETED, Source, Subscriber
from tests.marbles import END, emit, event, message, text

CREATED = event("created", response={"id": "resp_1", "status": "in_progress", "output": []})
HEL, LO = text("Hel"), text("lo")


def ended(status: str = "completed", *items: dict[str, Any], **fields: Any) -> Any:
    """The terminal event."""
    return event(status, response={"id": "resp_1", "status": status, "output": list(items), **fields})


def test_a_snapshot_comes_after_each_event():
    """Marble: one for one, at the same time, unknown events included."""
    notes = [(210, CREATED), (220, HEL), (230, event("keepalive")), (240, LO), (250, ended()), (260, END)]
    result = emit(snapshots(), *notes)
    assert result.map(lambda one: (one.status, one.output_text)) == [
        (210, ("in_progress", "")),
        (220, ("in_progress", "Hel")),
        (230, ("in_progress", "Hel")),
        (240, ("in_progress", "Hello")),
        (250, ("completed", "Hello")),
        (260, END),
    ]
    assert result.subscriptions == [(200, 260)]


def test_the_final_response_comes_with_the_terminal_event():
    """Marble: at the time of the event, not of the completion; only once, and whole though its output was empty."""
    notes = [(10, CREATED), (20, HEL), (30, ended()), (40, ended()), (50, END)]
    result = emit(final_response(), *notes, cold=True)
    assert result.map(lambda one: (one.status, one.output_text)) == [(230, ("completed", "Hel")), (250, END)]


def test_the_final_output_counts_where_it_is_there():
    """The terminal event is the authority."""
    [final] = collect_now(final_response(), [CREATED, HEL, ended("completed", message("Hello!"))])
    assert final.output_text == "Hello!"


def test_a_failed_response_is_emitted_before_the_error():
    """Marble: the response, then the error of the source, the same object."""
    error = RuntimeError("server_error")
    result = emit(final_response(), (210, HEL), (220, ended("failed")), (230, error))
    assert result.map(lambda one: one.status) == [(220, "failed"), (230, error)]
    assert result.marbles[-1][1] is error


def test_without_a_terminal_event_the_response_comes_at_the_completion():
    """Marble: as far as it is known; nothing at all where nothing came; no value before an error."""
    assert emit(final_response(), (210, HEL), (220, END)).map(lambda one: one.output_text) == [(220, "Hel"), (220, END)]
    assert emit(final_response(), (220, END)).marbles == [(220, END)]
    assert [time for time, _ in emit(final_response(), (210, HEL), (220, OSError())).marbles] == [220]


def test_a_second_response_begins_a_new_snapshot():
    """``response.created`` with another id starts anew."""
    second = event("created", response={"id": "resp_2", "status": "in_progress"})
    seen = collect_now(snapshots(), [CREATED, HEL, second, LO])
    assert [(one.id, one.output_text) for one in seen] == [
        ("resp_1", ""),
        ("resp_1", "Hel"),
        ("resp_2", ""),
        ("resp_2", "lo"),
    ]


@pytest.mark.parametrize(
    ("last", "end", "status"),
    [
        (ended("completed"), END, "completed"),
        (ended("incomplete", incomplete_details={"reason": "max_output_tokens"}), END, "incomplete"),
        (ended("failed"), END, "failed"),
        (ended("completed"), OSError("late"), "completed"),
        (LO, END, "truncated"),
        (LO, ConnectionLostError("reset"), "truncated"),
        (LO, OSError("broken"), "errored"),
        (event("error", message="overloaded"), END, "errored"),
    ],
)
def test_an_outcome_says_how_it_ended_and_is_the_only_item(last: Any, end: Any, status: str):
    """Marble: one value at the end of the source, whatever the end, with the response as far as it is known."""
    result = emit(outcome(), (210, CREATED), (220, HEL), (230, last), (240, end))
    [(time, found), (ended_at, terminal)] = result.marbles
    assert (time, ended_at, terminal) == (240, 240, END)
    assert (found.status, found.response.output_text[:3]) == (status, "Hel")
    assert found.error is (None if end is END else end)
    assert found.reason == ("max_output_tokens" if status == "incomplete" else None)
    assert result.subscriptions == [(200, 240)]


def test_a_cancelled_future_is_a_cancelled_outcome():
    """``CancelledError`` is no ``Exception``, but a future that is cancelled sends it to ``on_error`` all the same."""
    source, subscriber = Source(), Subscriber()
    source.pipe(outcome()).subscribe(subscriber)
    source.next(HEL)
    source.error(asyncio.CancelledError())  # type: ignore[arg-type]
    assert [(one.status, one.response.output_text) for one in subscriber.items] == [("cancelled", "Hel")]
    assert subscriber.ends == [COMPLETED]


def test_an_outcome_of_a_failed_stream_holds_its_error():
    """A stream that fails gives a value, not an error, and the value tells why."""
    [found] = collect_sync(from_events([CREATED, HEL, ended("failed", error={"code": "server_error"})]).pipe(outcome()))
    assert found.status == "failed"
    assert isinstance(found.error, ResponseFailedError)
    assert found.error.code == "server_error"


def test_an_outcome_is_not_emitted_to_who_has_left():
    """Marble: dispose is not an end; nothing is emitted, and the source is released."""
    result = emit(outcome(), (210, HEL), (240, END), disposed=220)
    assert (result.marbles, result.subscriptions) == ([], [(200, 220)])


@pytest.mark.parametrize("make", [snapshots, final_response, outcome])
def test_response_operators_take_no_arguments(make: Any):
    """A wrong argument raises at the call."""
    with pytest.raises(TypeError):
        make(True)
