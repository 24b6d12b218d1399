"""A step verifier: what comes next, and what comes after that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from reactivex import Observable

from rxstream.testing.clock import VirtualScheduler, clock_for
from rxstream.testing.differences import difference, indented
from rxstream.testing.probe import check_expected, error_wanted, is_the_error
from rxstream.testing.watching import Note, watch_from_now

__all__ = ["Steps", "verify"]

_T = TypeVar("_T")


def verify(observable: Observable[_T], *, scheduler: VirtualScheduler | None = None) -> Steps[_T]:
    """Subscribe to an Observable in virtual time, and check it step by step.

    Each step is taken when it is called, and raises ``AssertionError`` when something else has come, with everything
    that came before. Time goes on in :meth:`Steps.advance_by` and :meth:`Steps.expect_nothing_for` alone.

    Args:
        observable: What to subscribe to.
        scheduler: The clock, to share it with others; by default a new one.

    Raises:
        TypeError: It is no Observable, or the clock is not a virtual one.

    Example:
        >>> from rxstream import ResponseTimeoutError, timeouts
        >>> from rxstream.testing import created, script
        >>> stalled = script([created()], never_ends=True)
        >>> _ = (
        ...     verify(stalled.pipe(timeouts(total_seconds=600)))
        ...     .expect_next(created())
        ...     .expect_nothing_for(599)
        ...     .advance_by(1)
        ...     .expect_error(ResponseTimeoutError, match="total_seconds")
        ... )
        >>> verify(script(["a", "b"])).expect_next("a", "c")
        Traceback (most recent call last):
        AssertionError: the next items at 0.0 s are not those that were expected (- expected, + came)
          'a'
        - 'c'
        + 'b'
    """
    return Steps(observable, clock_for(scheduler))


class Steps(Generic[_T]):
    """What :func:`verify` returns; each method returns it again.

    Attributes:
        scheduler: The clock.
    """

    def __init__(self, observable: Observable[_T], scheduler: VirtualScheduler) -> None:
        self.scheduler = scheduler
        self._checked = 0
        self._watcher = watch_from_now(observable, scheduler)

    def __repr__(self) -> str:
        if "_watcher" not in vars(self):  # tracebacks that print variables show steps that are not made yet
            return "<Steps: not subscribed yet>"
        came = len(self._watcher.notes)
        return f"<Steps at {self.scheduler.seconds} s: came={came}, expected={self._checked}>"

    def expect_next(self, first: _T, /, *more: _T) -> Steps[_T]:
        """Expect these items, in this order; further ones may have come already."""
        wanted = [first, *more]
        notes = self._waiting()[: len(wanted)]
        if [note.kind for note in notes] != ["next"] * len(wanted) or [note.value for note in notes] != wanted:
            got = [note.value if note.kind == "next" else note for note in notes]
            raise AssertionError(
                f"the next items at {self.scheduler.seconds} s are not those that were expected "
                f"(- expected, + came)\n{difference(wanted, got)}"
            )
        return self._went_on(len(wanted))

    def expect_next_count(self, count: int) -> Steps[_T]:
        """Expect so many items, whatever they are.

        Raises:
            ValueError: The count is below 1.
        """
        if count < 1:
            raise ValueError(f"expected a count of at least 1, but got {count!r}")
        items = [note for note in self._waiting()[:count] if note.kind == "next"]
        if len(items) < count:
            self._fail(f"expected {count} items")
        return self._went_on(count)

    def expect_next_matching(self, fits: Callable[[_T], bool]) -> Steps[_T]:
        """Expect an item of which a function returns ``True``."""
        waiting = self._waiting()
        if not waiting or waiting[0].kind != "next" or not fits(waiting[0].value):
            self._fail("expected an item that fits")
        return self._went_on(1)

    def expect_completed(self) -> Steps[_T]:
        """Expect the completion, and no item before it."""
        if [note.kind for note in self._waiting()] != ["completed"]:
            self._fail("expected completion")
        return self._went_on(1)

    def expect_error(self, expected: type[Exception] | Exception = Exception, *, match: str = "") -> Steps[_T]:
        """Expect an error, and no item before it.

        Args:
            expected: The class of the error, or the very error.
            match: A regular expression that is found in its message.

        Raises:
            TypeError: ``expected`` is neither.
        """
        check_expected(expected)
        waiting = self._waiting()
        if [note.kind for note in waiting] != ["error"] or not is_the_error(waiting[0].value, expected, match):
            self._fail(f"expected {error_wanted(expected, match)}")
        return self._went_on(1)

    def expect_nothing(self) -> Steps[_T]:
        """Expect that everything which has come was expected before."""
        return self._fail("expected nothing more") if self._waiting() else self

    def expect_nothing_for(self, seconds: float) -> Steps[_T]:
        """Expect that nothing is waiting, let the clock go on, and expect that nothing has come."""
        return self.expect_nothing().advance_by(seconds).expect_nothing()

    def advance_by(self, seconds: float) -> Steps[_T]:
        """Let the clock go on."""
        self.scheduler.advance_by(seconds)
        return self

    def then(self, action: Callable[[], Any]) -> Steps[_T]:
        """Do something, and what is due at once because of it."""
        action()
        return self.advance_by(0)

    def then_dispose(self) -> Steps[_T]:
        """Unsubscribe; whatever comes after that makes the next expectation fail."""
        self._watcher.dispose()
        return self

    def _waiting(self) -> list[Note]:
        breach = self._watcher.breach()
        if breach is not None:
            raise AssertionError(breach)
        return self._watcher.notes[self._checked :]

    def _went_on(self, count: int) -> Steps[_T]:
        self._checked += count
        return self

    def _fail(self, expected: str) -> Steps[_T]:
        waiting = ", ".join(map(str, self._waiting())) or "nothing"
        before = [note.value for note in self._watcher.notes[: self._checked] if note.kind == "next"]
        raise AssertionError(
            f"{expected} at {self.scheduler.seconds} s, but got {waiting}, after these items:\n{indented(before)}"
        )
