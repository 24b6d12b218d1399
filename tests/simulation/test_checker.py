from __future__ import annotations

from collections.abc import Callable

import pytest

from rxstream.errors import TruncatedStreamError
from rxstream.events import parse_event
from tests.simulation.checker import check
from tests.simulation.world import History, live

_SEED = next(seed for seed in range(1000) if live(seed).listeners["events"].ends == [None] and not live(seed).injected)


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
    history.requests.append(history.requests[0])


@pytest.mark.parametrize(
    "tamper",
    [
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
    ],
)
def test_the_checker_finds_what_is_wrong(tamper: Callable[[History], None]) -> None:
    """A history that is as it should be passes; with any one thing wrong it does not."""
    history = live(_SEED)
    check(history)
    tamper(history)
    with pytest.raises(AssertionError):
        check(history)
