"""An operator on the bench: a source by hand before it, an observer that hides nothing behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from reactivex import Observable
from reactivex.disposable import Disposable

from rxstream.testing.clock import VirtualScheduler
from rxstream.testing.view import view
from rxstream.testing.watching import Note, Watcher

__all__ = ["Declared", "HandSource", "LawBroken", "Rig", "alone"]

_LONG_SECONDS = 86_400.0


class LawBroken(AssertionError):
    """A law is broken.

    Attributes:
        law: Its number.
        what: What was expected and what came.
    """

    def __init__(self, law: int, what: str) -> None:
        super().__init__(what)
        self.law = law
        self.what = what


@dataclass(frozen=True)
class Declared:
    """An operator and the exceptions that are declared for it; see ``check_operator_laws``."""

    make: Callable[[], Callable[[Observable[Any]], Observable[Any]]]
    held_back: bool = False
    lets_go: bool = False
    ends_early: bool = False
    errors_are_values: bool = False
    handles_errors: bool = False
    returns_refusals: bool = False
    multicasts: bool = False
    drops_last: bool = False
    own_errors: tuple[type[Exception], ...] = ()
    poison: Callable[[Exception], Any] | None = None
    expected: Callable[[list[Any]], Iterable[Any]] | None = None
    seconds_between: float = 0.0


class HandSource(Observable[Any]):
    """Emits what the hand says, to all that are subscribed; nothing to who has left, and nothing after the end."""

    def __init__(self) -> None:
        super().__init__()
        self.subscriptions = 0
        self._observers: dict[int, tuple[Any, Any, Any]] = {}

    @property
    def live(self) -> int:
        """How many are subscribed."""
        return len(self._observers)

    def subscribe(self, on_next: Any = None, on_error: Any = None, on_completed: Any = None, *, scheduler: Any = None):
        """Subscribe, without the guard that an Observable puts before its observers."""
        if hasattr(on_next, "on_next"):
            on_next, on_error, on_completed = on_next.on_next, on_next.on_error, on_next.on_completed
        key = self.subscriptions
        self.subscriptions += 1
        self._observers[key] = on_next, on_error, on_completed
        return Disposable(lambda: self._leave(key))

    def _leave(self, key: int) -> None:
        self._observers.pop(key, None)

    def next(self, item: Any) -> None:
        """Emit an item."""
        for key in tuple(self._observers):
            if key in self._observers:
                self._observers[key][0](item)

    def error(self, error: Exception) -> None:
        """End with an error."""
        for _, on_error, _ in self._ended():
            on_error(error)

    def complete(self) -> None:
        """Complete."""
        for _, _, on_completed in self._ended():
            on_completed()

    def _ended(self) -> list[tuple[Any, Any, Any]]:
        observers = list(self._observers.values())
        self._observers.clear()
        return observers


@dataclass
class Rig:
    """One subscription to an operator, in virtual time.

    Attributes:
        declared: The operator.
        source: What stands before it.
        pipeline: What is subscribed to; by default a new operator after the source.
        during: Called with each item.
    """

    declared: Declared
    source: HandSource = field(default_factory=HandSource)
    pipeline: Observable[Any] | None = None
    during: Callable[[Any], None] | None = None

    def __post_init__(self) -> None:
        self.clock = VirtualScheduler()
        self.watcher = Watcher(lambda: self.clock.seconds, self.during)
        self._source_ended = False
        pipeline = self.declared.make()(self.source) if self.pipeline is None else self.pipeline
        self._do("subscribe", lambda: self.watcher.watch(pipeline, self.clock))

    @property
    def items(self) -> list[Any]:
        """What was emitted."""
        return self.watcher.items

    @property
    def end(self) -> Note | None:
        """How it ended, once it has."""
        return self.watcher.end

    def views(self) -> list[Any]:
        """What was emitted, as values that can be compared."""
        return [view(item) for item in self.items]

    def feed(self, items: Iterable[Any]) -> Rig:
        """Emit items."""
        for item in items:
            self.next(item)
        return self

    def next(self, item: Any) -> None:
        """Emit an item, after which the operator may end on its own only if that is declared."""
        self.push(item)
        self.check_own_end()

    def push(self, item: Any) -> None:
        """Emit an item, after which the operator may have ended."""
        self._do("an item", lambda: self.source.next(item))

    def complete(self) -> Rig:
        """Complete the source, and wait for what the operator does then."""
        self._source_ended = True
        self._do("the completion", self.source.complete, seconds=_LONG_SECONDS)
        return self

    def error(self, error: Exception) -> Rig:
        """End the source with an error, and wait for what the operator does then."""
        self._source_ended = True
        self._do("an error", lambda: self.source.error(error), seconds=_LONG_SECONDS)
        return self

    def wait(self) -> None:
        """Let a long time go by, in which whatever was set out for later is done."""
        self._do("time", lambda: None, seconds=_LONG_SECONDS)

    def raising(self, call: Callable[[], None]) -> None:
        """Do something at which the observer may raise."""
        with suppress(Exception):
            call()
        with suppress(Exception):
            self.clock.advance_by(self.declared.seconds_between)

    def _do(self, what: str, call: Callable[[], None], *, seconds: float | None = None) -> None:
        try:
            call()
            self.clock.advance_by(self.declared.seconds_between if seconds is None else seconds)
        except Exception as error:
            raise LawBroken(
                5, f"expected its errors to go to on_error, but it raised one into the source, at {what}: {error!r}"
            ) from error

    def check_own_end(self) -> None:
        """Check that an end before that of the source is a declared one."""
        end = self.end
        if end is None or self._source_ended:
            return
        if end.kind == "error" and not isinstance(end.value, self.declared.own_errors):
            raise LawBroken(
                5, f"expected no error of its own, but got {end.value!r}; own_errors declares those that may come"
            ) from end.value
        if end.kind == "completed" and not self.declared.ends_early:
            raise LawBroken(7, "expected no end before that of its source, but it completed; ends_early declares that")
        if self.source.live:
            raise LawBroken(6, f"expected its source to be released at its own end ({end}), but it is subscribed still")


def alone(declared: Declared, items: Iterable[Any], *, complete: bool = False) -> Rig:
    """Give items to a new operator; complete only where that is asked for."""
    rig = Rig(declared).feed(items)
    return rig.complete() if complete else rig
