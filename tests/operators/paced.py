"""What the tests of operators that look at the time have in common."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from reactivex import abc
from reactivex.disposable import CompositeDisposable, Disposable
from reactivex.testing import TestScheduler

from rxstream.accumulators import ResponseAccumulator
from rxstream.accumulators.pieces import piece_of
from tests.marbles import END

arrivals = st.lists(st.tuples(st.integers(0, 40), st.text("ab é👍 .", max_size=6)), max_size=8)
"""How long after the one before a piece comes, and the piece."""


def notes_of(pieces: list[tuple[int, Any]], end: Any = END) -> list[tuple[float, Any]]:
    """Notes for ``emit``: the times added up from 210, and the end just after the last one."""
    notes: list[tuple[float, Any]] = []
    time = 210
    for wait, piece in pieces:
        time += wait
        notes.append((time, piece))
    return [*notes, (time + 1, end)]


def brief(item: Any) -> Any:
    """The text of a piece and its number; the type of all else."""
    piece = piece_of(item)
    return item.type if piece is None else (piece[1], item.sequence_number)


def assert_same_response(before: list[Any], after: list[Any]) -> None:
    """Hold that events which were cut anew tell of the same response, and that the others are what they were."""
    assert [item for item in after if piece_of(item) is None] == [item for item in before if piece_of(item) is None]
    snapshots: list[Any] = []
    for events in (before, after):
        accumulator = ResponseAccumulator()
        for one in events:
            accumulator.feed(one)
        snapshots.append(accumulator.snapshot().to_dict())
    assert snapshots[0] == snapshots[1]


class Counting(TestScheduler):
    """A virtual clock that knows how many timers are set and not disposed of."""

    def __init__(self) -> None:
        super().__init__()
        self._live: set[object] = set()

    @property
    def pending(self) -> int:
        """How many timers would still call back."""
        return len(self._live)

    def schedule_absolute(self, duetime: Any, action: Any, state: Any = None) -> abc.DisposableBase:
        """Set a timer, and count it."""
        timer = object()
        self._live.add(timer)

        def run(*arguments: Any) -> Any:
            self._live.discard(timer)
            return action(*arguments)

        set_one = super().schedule_absolute(duetime, run, state)
        return CompositeDisposable(set_one, Disposable(lambda: self._live.discard(timer)))


class Hasty(TestScheduler):
    """A scheduler whose actions have begun when one disposes of them, as in another thread."""

    def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> abc.DisposableBase:
        """Schedule, for good."""
        super().schedule_relative(duetime, action, state)
        return Disposable()
