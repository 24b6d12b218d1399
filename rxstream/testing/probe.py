"""A subscriber that remembers everything and can be asked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, Generic, TypeVar, cast

from reactivex import Observable

from rxstream.testing.clock import VirtualScheduler, clock_for
from rxstream.testing.differences import difference, indented
from rxstream.testing.watching import Note, watch_from_now

__all__ = ["Probe", "probe"]

_T = TypeVar("_T")
_SAME_SECONDS = 1e-5  # clocks round to microseconds, once per timer


def probe(observable: Observable[_T], *, scheduler: VirtualScheduler | None = None) -> Probe[_T]:
    """Subscribe to an Observable in virtual time, and remember what comes, and when.

    What is due at once has come when this returns; for the rest, advance the clock. Nothing that the Observable does is
    hidden: items after the end, a second end and notifications after dispose, which ``subscribe`` drops, make every
    assertion fail.

    Args:
        observable: What to subscribe to.
        scheduler: The clock, to share it with others; by default a new one.

    Raises:
        TypeError: It is no Observable, or the clock is not a virtual one.

    Example:
        >>> from rxstream import accumulate_text
        >>> from rxstream.testing import script, text_delta
        >>> seen = probe(script([text_delta("Hel"), text_delta("lo")], delays=1).pipe(accumulate_text()))
        >>> seen.items
        []
        >>> seen.run().assert_items(["Hel", "Hello"]).assert_completed().times
        [1.0, 2.0]
        >>> seen.assert_items(["Hel", "Help"])
        Traceback (most recent call last):
        AssertionError: the items are not those that were expected (- expected, + came)
          'Hel'
        - 'Help'
        + 'Hello'
    """
    return Probe(observable, clock_for(scheduler))


class Probe(Generic[_T]):
    """What :func:`probe` returns. Assertions return the probe itself, so that they can be chained.

    Attributes:
        scheduler: The clock.
    """

    def __init__(self, observable: Observable[_T], scheduler: VirtualScheduler) -> None:
        self.scheduler = scheduler
        self._watcher = watch_from_now(observable, scheduler)

    def __repr__(self) -> str:
        if "_watcher" not in vars(self):  # tracebacks that print variables show probes that are not made yet
            return "<Probe: not subscribed yet>"
        end = self._watcher.end or ("disposed of" if self._watcher.is_disposed else "open")
        return f"<Probe at {self.scheduler.seconds} s: items={len(self.items)}, {end}>"

    @property
    def notes(self) -> list[Note]:
        """All notifications, with their times, up to the end or dispose."""
        return list(self._watcher.notes)

    @property
    def items(self) -> list[_T]:
        """The items."""
        return self._watcher.items

    @property
    def times(self) -> list[float]:
        """When each item came, in seconds."""
        return [note.seconds for note in self.notes if note.kind == "next"]

    @property
    def has_completed(self) -> bool:
        """Whether it completed."""
        return self._watcher.end is not None and self._watcher.end.kind == "completed"

    @property
    def error(self) -> Exception | None:
        """The error with which it ended."""
        return self._watcher.end.value if self._watcher.end is not None else None

    def advance_by(self, seconds: float) -> Probe[_T]:
        """Let the clock go on."""
        self.scheduler.advance_by(seconds)
        return self

    def run(self) -> Probe[_T]:
        """Let the clock go on for as long as anything waits."""
        self.scheduler.run()
        return self

    def dispose(self) -> Probe[_T]:
        """Unsubscribe."""
        self._watcher.dispose()
        return self

    def assert_grammar(self) -> Probe[_T]:
        """Assert that nothing came after the end, or after dispose. All other assertions do so too."""
        breach = self._watcher.breach()
        if breach is not None:
            raise AssertionError(breach)
        return self

    def assert_items(self, expected: Iterable[_T]) -> Probe[_T]:
        """Assert which items have come, in order."""
        wanted = list(expected)
        if self.assert_grammar().items != wanted:
            raise AssertionError(
                "the items are not those that were expected (- expected, + came)\n"
                f"{difference(wanted, self.items)}{self._told_error()}"
            ) from self.error
        return self

    def assert_timeline(self, expected: Iterable[tuple[float, _T]]) -> Probe[_T]:
        """Assert which items have come, and when: pairs of seconds and item.

        Clocks count microseconds: a time is the expected one where it differs by 10 of them at most.
        """
        wanted = list(expected)
        times, items = self.assert_grammar().times, self.items
        are_due = [abs(seconds - time) <= _SAME_SECONDS for (seconds, _), time in zip(wanted, times, strict=False)]
        if [item for _, item in wanted] != items or not all(are_due):
            shown = [(_as_seen(seconds, times), item) for seconds, item in wanted]
            raise AssertionError(
                "the timeline is not the one that was expected (- expected, + came)\n"
                f"{difference(shown, list(zip(times, items, strict=True)))}{self._told_error()}"
            ) from self.error
        return self

    def assert_completed(self) -> Probe[_T]:
        """Assert that it has completed."""
        return self if self.assert_grammar().has_completed else self._fail("expected completion")

    def assert_error(self, expected: type[Exception] | Exception = Exception, *, match: str = "") -> Probe[_T]:
        """Assert that it has ended with an error.

        Args:
            expected: The class of the error, or the very error.
            match: A regular expression that is found in its message.

        Raises:
            TypeError: ``expected`` is neither.
        """
        check_expected(expected)
        error = self.assert_grammar().error
        if error is None or not is_the_error(error, expected, match):
            self._fail(f"expected {error_wanted(expected, match)}")
        return self

    def assert_open(self) -> Probe[_T]:
        """Assert that it has not ended."""
        return self if self.assert_grammar()._watcher.end is None else self._fail("expected no end yet")

    def _told_error(self) -> str:
        end = self._watcher.end
        return "" if end is None or end.kind == "completed" else f"\nat {end.seconds} s came: {end}"

    def _fail(self, expected: str) -> Probe[_T]:
        end = self._watcher.end
        came = f"no end had come by {self.scheduler.seconds} s" if end is None else f"at {end.seconds} s came: {end}"
        raise AssertionError(f"{expected}, but {came}, after these items:\n{indented(self.items)}") from self.error


def _as_seen(seconds: float, times: list[float]) -> float:
    """Return the time that was seen, where it is the expected one but for rounding."""
    nearest = min(times, key=lambda time: abs(time - seconds), default=math.inf)
    return nearest if abs(nearest - seconds) <= _SAME_SECONDS else float(seconds)


def check_expected(expected: Any) -> None:
    """Refuse what no error can be.

    Raises:
        TypeError: It is neither an error nor a class of errors.
    """
    found = cast("type[Any]", expected if isinstance(expected, type) else type(expected))
    if not issubclass(found, BaseException):
        raise TypeError(f"expected an error or a class of errors, but got {expected!r}")


def is_the_error(error: Exception, expected: type[Exception] | Exception, match: str) -> bool:
    """Tell whether an error is the one that was expected."""
    fits = isinstance(error, expected) if isinstance(expected, type) else error is expected
    return fits and re.search(match, str(error)) is not None


def error_wanted(expected: type[Exception] | Exception, match: str) -> str:
    """Say which error was expected."""
    wanted = f"an error of class {expected.__name__}" if isinstance(expected, type) else f"the error {expected!r}"
    return f"{wanted} that says {match!r}" if match else wanted
