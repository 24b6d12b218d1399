"""An operator on the bench: a source by hand before it, an observer that hides nothing behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rxstream.testing.clock import VirtualScheduler
from rxstream.testing.view import view
from rxstream.testing.watching import Note, Watcher

__all__ = ["Declared", "EagerSource", "Endless", "HandSource", "LawBroken", "Rig", "alone"]

_LONG_SECONDS = 86_400.0
_MAX_ACTIONS = 20_000


class LawBroken(AssertionError):
    """A law is broken.

    Attributes:
        law: Its number.
        what: What was expected and what came.
    """

    def __init__(self, law: int, what: str, message: str | None = None) -> None:
        super().__init__(what if message is None else message)
        self.law = law
        self.what = what

    def __reduce__(self) -> tuple[type[LawBroken], tuple[int, str, str], dict[str, Any]]:
        return type(self), (self.law, self.what, str(self)), self.__dict__


class Endless(LawBroken):
    """A law is broken by timers that take no end."""


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
    """Emits what the hand says, to all that are subscribed; nothing to who has left, and nothing after the end.

    Attributes:
        subscriptions: How often it was subscribed to.
        schedulers: What it was given each time, to set out for later what it has to do.
    """

    def __init__(self) -> None:
        super().__init__()
        self.subscriptions = 0
        self.schedulers: list[abc.SchedulerBase | None] = []
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
        self.schedulers.append(scheduler)
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


class EagerSource(HandSource):
    """Emits all that it has within ``subscribe``, and completes, as a source does that has it all already."""

    def __init__(self, items: list[Any]) -> None:
        super().__init__()
        self._items = items

    def subscribe(self, on_next: Any = None, on_error: Any = None, on_completed: Any = None, *, scheduler: Any = None):
        """Subscribe, and be told everything before this returns."""
        subscription = super().subscribe(on_next, on_error, on_completed, scheduler=scheduler)
        for item in self._items:
            self.next(item)
        self.complete()
        return subscription


class _TooMany(Exception):
    """More actions of timers than there may be."""


class _Clock(VirtualScheduler):
    """Virtual time in which no more than so much is done at a time, so that there is a verdict on what takes no end."""

    actions_left = _MAX_ACTIONS

    def _run_next(self) -> None:
        if not self.actions_left:
            raise _TooMany
        self.actions_left -= 1
        super()._run_next()


@dataclass
class Rig:
    """One subscription to an operator, in virtual time.

    Attributes:
        declared: The operator.
        source: What stands before it.
        pipeline: What is subscribed to; by default a new operator after the source.
        during: Called with each item.
        leaves: It disposes of the subscription when it is told an item, from inside.
        ended_at_once: It ended within subscribe.
    """

    declared: Declared
    source: HandSource = field(default_factory=HandSource)
    pipeline: Observable[Any] | None = None
    during: Callable[[Any], None] | None = None
    leaves: bool = False

    def __post_init__(self) -> None:
        self.clock = _Clock()
        self.watcher = Watcher(lambda: self.clock.seconds, self._told)
        self._source_ended = False
        pipeline = self.declared.make()(self.source) if self.pipeline is None else self.pipeline
        self._do("subscribe", lambda: self.watcher.watch(pipeline, self.clock))
        self.ended_at_once = self.end is not None
        self._do("subscribe", lambda: self.clock.advance_by(self.declared.seconds_between))

    def _told(self, item: Any) -> None:
        if self.leaves:
            self.watcher.dispose()
        if self.during is not None:
            self.during(item)

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
        self._do("an item", lambda: self.clock.advance_by(self.declared.seconds_between))

    def end_source(self, error: Exception | None) -> None:
        """Complete the source, or end it with an error."""
        self._source_ended = True
        if error is None:
            self._do("the completion", self.source.complete)
        else:
            self._do("an error", lambda: self.source.error(error))

    def complete(self) -> Rig:
        """Complete the source, and wait for what the operator does then."""
        self.end_source(None)
        self._do("the completion", self._wait_for_the_end)
        return self

    def error(self, error: Exception) -> Rig:
        """End the source with an error, and wait for what the operator does then."""
        self.end_source(error)
        self._do("an error", self._wait_for_the_end)
        return self

    def wait(self) -> None:
        """Let a long time go by, in which whatever was set out for later is done."""
        self.go_on(_LONG_SECONDS)

    def go_on(self, seconds: float) -> None:
        """Let time go by; by 0: what is due now is done."""
        self._do("time", lambda: self.clock.advance_by(seconds))

    def raises(self, call: Callable[[], None]) -> bool:
        """Do something at which the observer may raise, and tell whether that came back."""
        self.clock.actions_left = _MAX_ACTIONS
        came_back = False
        for each in (call, lambda: self.clock.advance_by(self.declared.seconds_between)):
            try:
                each()
            except Exception:
                came_back = True
        return came_back

    def _wait_for_the_end(self) -> None:
        latest = self.clock.seconds + _LONG_SECONDS
        while self.end is None and (due := self.clock.next_due) is not None and due <= latest:
            self.clock.advance_to(due)

    def _do(self, what: str, call: Callable[[], None]) -> None:
        self.clock.actions_left = _MAX_ACTIONS
        try:
            call()
        except _TooMany:
            raise self._endless() from None
        except Exception as error:
            raise LawBroken(
                5, f"expected its errors to go to on_error, but it raised one into the source, at {what}: {error!r}"
            ) from error

    def _endless(self) -> LawBroken:
        done = f"after {_MAX_ACTIONS:,} actions of timers there is still one to come"
        if self.watcher.is_disposed or self.end is not None:
            return Endless(6, f"expected the timers to be released with the subscription, but {done}")
        if self._source_ended:
            return Endless(7, f"expected an end after that of the source, but {done}")
        return Endless(3, f"expected what is to be done at an item to be done, but {done}")

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
