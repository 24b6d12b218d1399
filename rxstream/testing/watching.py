"""An observer that hides nothing: what comes after the end, or after dispose, is noticed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SingleAssignmentDisposable
from reactivex.scheduler import CurrentThreadScheduler

from rxstream.testing.clock import VirtualScheduler
from rxstream.testing.differences import shown

__all__ = ["Note", "Watcher", "watch_from_now"]

NoteKind = Literal["next", "error", "completed"]


@dataclass(frozen=True, slots=True)
class Note:
    """One notification of an Observable.

    Attributes:
        seconds: When it came.
        kind: ``next``, ``error`` or ``completed``.
        value: The item or the error; ``None`` of a completion.
    """

    seconds: float
    kind: NoteKind
    value: Any = None

    def __str__(self) -> str:
        return self.kind if self.kind == "completed" else f"{self.kind} {shown(self.value)}"


class Watcher(abc.ObserverBase[Any]):
    """Subscribes, and remembers what it is told.

    ``Observable.subscribe`` puts a guard before each observer, which drops what breaks the grammar. This one goes
    without, so as to see it; at the end it disposes of the subscription, as the guard does.

    Args:
        now: Tells the time.
        during: Called with each item, after it is remembered.

    Attributes:
        notes: What came up to the end, or to dispose.
        late: What came later: breaches of the grammar of Rx.
        is_disposed: Whether ``dispose`` was called.
        is_elsewhere: Whether anything came in another thread.
    """

    def __init__(self, now: Callable[[], float], during: Callable[[Any], None] | None = None) -> None:
        self.notes: list[Note] = []
        self.late: list[Note] = []
        self.is_disposed = False
        self.is_elsewhere = False
        self._thread = threading.get_ident()
        self._now = now
        self._during = during
        self._subscription = SingleAssignmentDisposable()

    @property
    def items(self) -> list[Any]:
        """The items that came in time."""
        return [note.value for note in self.notes if note.kind == "next"]

    @property
    def end(self) -> Note | None:
        """The end, once it has come."""
        return self.notes[-1] if self.notes and self.notes[-1].kind != "next" else None

    def watch(self, observable: Observable[Any], scheduler: abc.SchedulerBase | None) -> None:
        """Subscribe."""

        def begin(_scheduler: abc.SchedulerBase, _state: Any = None) -> None:
            self._subscribe(observable, scheduler)

        trampoline = CurrentThreadScheduler.singleton()
        if cast(Any, type(observable)).subscribe is not cast(Any, Observable).subscribe:
            self._subscription.disposable = observable.subscribe(self, scheduler=scheduler)
        elif trampoline.schedule_required():
            trampoline.schedule(begin)
        else:
            self._subscribe(observable, scheduler)

    def _subscribe(self, observable: Observable[Any], scheduler: abc.SchedulerBase | None) -> None:
        subscribe = cast(Any, observable)._subscribe_core
        try:
            made = subscribe(self, scheduler)
        except Exception as error:  # Rx makes an error of the stream of it
            if self.end is not None:
                raise
            self.on_error(error)
            return
        self._subscription.disposable = made if hasattr(made, "dispose") else Disposable(made)

    def dispose(self) -> None:
        """Unsubscribe."""
        self.is_disposed = True
        self._subscription.dispose()

    def on_next(self, value: Any) -> None:
        """Take an item."""
        self._take(Note(self._now(), "next", value))
        if self._during is not None:
            self._during(value)

    def on_error(self, error: Exception) -> None:
        """Take an error."""
        self._take(Note(self._now(), "error", error))
        self._subscription.dispose()

    def on_completed(self) -> None:
        """Take the completion."""
        self._take(Note(self._now(), "completed"))
        self._subscription.dispose()

    def _take(self, note: Note) -> None:
        self.is_elsewhere = self.is_elsewhere or threading.get_ident() != self._thread
        (self.late if self.is_disposed or self.end is not None else self.notes).append(note)

    def breach(self) -> str | None:
        """Say how the grammar of Rx was broken; ``None`` where it was not."""
        if not self.late:
            return None
        after = "the subscription was disposed of" if self.end is None else f"the end ({self.end})"
        return f"expected nothing after {after}, but got {', '.join(map(str, self.late))}"


def watch_from_now(observable: Observable[Any], scheduler: VirtualScheduler) -> Watcher:
    """Subscribe in virtual time; what is due at once has come when this returns.

    Raises:
        TypeError: It is no Observable.
    """
    if not isinstance(cast(object, observable), abc.ObservableBase):
        raise TypeError(f"expected an Observable, but got {type(observable).__name__}")
    watcher = Watcher(lambda: scheduler.seconds)
    watcher.watch(observable, scheduler)
    scheduler.advance_by(0)
    return watcher
