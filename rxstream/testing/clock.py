"""Virtual time for Rx: a scheduler whose clock goes on when it is told to."""

from __future__ import annotations

import heapq
import math
from datetime import datetime
from itertools import count
from typing import TypeVar, cast

from reactivex import abc, typing
from reactivex.scheduler.periodicscheduler import PeriodicScheduler
from reactivex.scheduler.scheduleditem import ScheduledItem

__all__ = ["VirtualScheduler", "clock_for"]

_State = TypeVar("_State")
_DIGITS = 6  # schedulers of Rx tell the time as a datetime, in microseconds


class VirtualScheduler(PeriodicScheduler):
    """A scheduler of Rx in virtual time: ten minutes take no longer than their actions do.

    It begins at 0 and stands still until it is advanced. Actions run in the thread that advances it, in the order of
    their times, those of one time in the order in which they were scheduled; time stands still while they run. What an
    action raises is raised by the call that advanced the clock, which can be advanced again afterwards.

    It counts microseconds, as Rx does, and rounds what lies between them.

    It differs from ``reactivex.testing.TestScheduler`` where that one is not exact: what is due now runs now, any
    number of actions fit into one moment, and an error does not leave it locked.

    Example:
        >>> import reactivex
        >>> clock, told = VirtualScheduler(), []
        >>> _ = reactivex.timer(600).subscribe(lambda _: told.append(clock.seconds), scheduler=clock)
        >>> clock.advance_by(599.5); told
        []
        >>> clock.advance_by(0.5); told
        [600.0]
    """

    def __init__(self) -> None:
        super().__init__()
        self._seconds = 0.0
        self._order = count()
        self._queue: list[tuple[float, int, ScheduledItem]] = []

    @property
    def seconds(self) -> float:
        """The time, in seconds from the beginning."""
        return self._seconds

    @property
    def now(self) -> datetime:
        """The time as Rx wants it."""
        return self.to_datetime(self._seconds)

    @property
    def next_due(self) -> float | None:
        """When the next action is due; ``None`` where nothing waits."""
        while self._queue and self._queue[0][2].is_cancelled():
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def schedule(self, action: typing.ScheduledAction[_State], state: _State | None = None) -> abc.DisposableBase:
        """Run an action when the clock is advanced next, be it by 0."""
        return self._put(self._seconds, action, state)

    def schedule_relative(
        self, duetime: typing.RelativeTime, action: typing.ScheduledAction[_State], state: _State | None = None
    ) -> abc.DisposableBase:
        """Run an action after a time."""
        return self._put(self._seconds + self.to_seconds(duetime), action, state)

    def schedule_absolute(
        self, duetime: typing.AbsoluteTime, action: typing.ScheduledAction[_State], state: _State | None = None
    ) -> abc.DisposableBase:
        """Run an action at a time."""
        return self._put(self.to_seconds(duetime), action, state)

    def _put(self, due: float, action: typing.ScheduledAction[_State], state: _State | None) -> abc.DisposableBase:
        due = max(self._seconds, round(due, _DIGITS))
        item = ScheduledItem(self, state, action, self.to_datetime(due))
        heapq.heappush(self._queue, (due, next(self._order), item))
        return item.disposable

    def advance_by(self, seconds: float) -> None:
        """Go on by a time, and run what is due until then; by 0: what is due now.

        Raises:
            ValueError: The time is negative or not finite.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"expected seconds of at least 0, but got {seconds!r}")
        self.advance_to(round(self._seconds + seconds, _DIGITS))

    def advance_to(self, seconds: float) -> None:
        """Go on to a time, and run what is due until then.

        Raises:
            ValueError: That time is over.
        """
        if not self._seconds <= seconds < math.inf:
            raise ValueError(f"expected a time from {self._seconds} s on, but got {seconds!r}")
        while (due := self.next_due) is not None and due <= seconds:
            self._run_next()
        self._seconds = max(self._seconds, seconds)

    def run(self, *, max_actions: int = 100_000) -> None:
        """Go on for as long as anything waits.

        Args:
            max_actions: After how many actions it is taken for granted that there will be no end.

        Raises:
            AssertionError: There were more.
        """
        for _ in range(max_actions):
            if self.next_due is None:
                return
            self._run_next()
        raise AssertionError(
            f"expected an end, but at {self._seconds} s, after {max_actions} actions, there is still something to do"
        )

    def _run_next(self) -> None:
        due, _, item = heapq.heappop(self._queue)
        self._seconds = max(self._seconds, due)
        item.invoke()


def clock_for(given: VirtualScheduler | None) -> VirtualScheduler:
    """Return the clock that was given, or a new one.

    Raises:
        TypeError: It is another scheduler.
    """
    if given is None:
        return VirtualScheduler()
    if not isinstance(cast(object, given), VirtualScheduler):
        raise TypeError(f"expected a VirtualScheduler, but got {type(given).__name__}")
    return given
