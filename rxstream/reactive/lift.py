"""From a pure machine to an operator: the one place where items meet Rx."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Protocol, TypeAlias, TypeVar, cast

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxstream.reactive.iterable_observable import IterableObservable

__all__ = [
    "NOTHING",
    "IterableOperator",
    "Nothing",
    "Operator",
    "SameOperator",
    "Stepper",
    "Transducer",
    "lift",
    "lift_step",
]

_A = TypeVar("_A")
_B = TypeVar("_B")
_A_contra = TypeVar("_A_contra", contravariant=True)
_B_co = TypeVar("_B_co", covariant=True)

Operator: TypeAlias = Callable[[Observable[_A]], Observable[_B]]
"""What ``pipe`` takes: a function from one Observable to another."""


IterableOperator: TypeAlias = Callable[[Observable[_A]], IterableObservable[_B]]
"""What our operators are: functions to an Observable that ``for`` and ``async for`` can read."""


class SameOperator(Protocol):
    """An operator that emits items of the type that it takes, whatever that is.

    A type checker follows it anywhere in a pipe; with ``Operator[T, T]`` mypy cannot, but at the beginning.
    """

    def __call__(self, source: Observable[_A], /) -> IterableObservable[_A]:
        """Apply it."""
        ...


class Transducer(Protocol[_A_contra, _B_co]):
    """A machine that takes items and gives items; it knows nothing of Rx.

    Any class with these two methods is one; :func:`lift` makes an operator of it.

    Example:
        >>> class Doubled:
        ...     def feed(self, item: int) -> list[int]:
        ...         return [item, item]
        ...     def close(self) -> list[int]:
        ...         return []
        >>> machine: Transducer[int, int] = Doubled()
        >>> machine.feed(1)
        [1, 1]
    """

    def feed(self, item: _A_contra, /) -> Iterable[_B_co]:
        """Take an item; return what it leads to."""
        ...

    def close(self) -> Iterable[_B_co]:
        """End; return what was held back."""
        ...


class Nothing(Enum):
    """The type of :data:`NOTHING`."""

    NOTHING = "nothing"


NOTHING = Nothing.NOTHING
"""What a :class:`Stepper` returns when an item leads to nothing."""


class Stepper(Protocol[_A_contra, _B_co]):
    """A machine that gives at most one item for each that it takes; cheaper than a :class:`Transducer`."""

    def step(self, item: _A_contra, /) -> _B_co | Nothing:
        """Take an item; return the one that it leads to, or :data:`NOTHING`."""
        ...

    def close(self) -> Iterable[_B_co]:
        """End; return what was held back."""
        ...


def lift(make: Callable[[], Transducer[_A, _B]]) -> IterableOperator[_A, _B]:
    """Make an operator of a machine.

    Each subscription gets a machine of its own. What the machine raises goes to ``on_error``, after what it had given;
    the source is released. Errors of the source pass unchanged, and the machine is not closed then; one that has a
    method ``salvage()`` gives what is to be emitted before such an error. ``feed`` and
    ``close`` may be generators: each value is pushed as it is given, and dispose ends the generator where it is.

    Args:
        make: Makes a machine in its first state; called once for each subscription.

    Example:
        >>> from rxstream.reactive import collect_now
        >>> class Pairs:
        ...     def __init__(self):
        ...         self.held = []
        ...     def feed(self, item):
        ...         self.held.append(item)
        ...         if len(self.held) == 2:
        ...             yield tuple(self.held)
        ...             self.held.clear()
        ...     def close(self):
        ...         return self.held
        >>> collect_now(lift(Pairs), [1, 2, 3])
        [(1, 2), 3]
    """

    def operator(source: Observable[_A]) -> IterableObservable[_B]:
        def subscribe(observer: abc.ObserverBase[_B], scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
            machine = make()
            feed, push = machine.feed, observer.on_next
            stopped = False

            def on_next(item: _A) -> None:
                nonlocal stopped
                if stopped:
                    return
                try:
                    emitted = feed(item)
                except Exception as error:
                    stopped = True
                    observer.on_error(error)
                    return
                # Pushed outside the `try`: what a subscriber raises is not the machine's error.
                if isinstance(emitted, (list, tuple)):
                    for value in cast("list[_B]", emitted):
                        push(value)
                elif not _push_all(lambda: emitted, observer, lambda: stopped):
                    stopped = True

            def on_completed() -> None:
                if not stopped and _push_all(machine.close, observer, lambda: stopped):
                    observer.on_completed()

            def on_error(error: Exception) -> None:
                salvage = cast("Callable[[], Iterable[_B]] | None", getattr(machine, "salvage", None))
                if salvage is None or (not stopped and _push_all(salvage, observer, lambda: stopped)):
                    observer.on_error(error)

            def stop() -> None:
                nonlocal stopped
                stopped = True

            subscription = source.subscribe(on_next, on_error, on_completed, scheduler=scheduler)
            return CompositeDisposable(Disposable(stop), subscription)

        return IterableObservable(subscribe)

    return operator


def lift_step(make: Callable[[], Stepper[_A, _B]]) -> IterableOperator[_A, _B]:
    """Make an operator of a machine that gives at most one item for each; otherwise as :func:`lift`.

    Example:
        >>> from rxstream.reactive import collect_now
        >>> class Evens:
        ...     def step(self, item):
        ...         return NOTHING if item % 2 else item
        ...     def close(self):
        ...         return ()
        >>> collect_now(lift_step(Evens), [1, 2, 3, 4])
        [2, 4]
    """

    def operator(source: Observable[_A]) -> IterableObservable[_B]:
        def subscribe(observer: abc.ObserverBase[_B], scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
            machine = make()
            step, push = machine.step, observer.on_next
            stopped = False

            def on_next(item: _A) -> None:
                nonlocal stopped
                if stopped:
                    return
                try:
                    value = step(item)
                except Exception as error:
                    stopped = True
                    observer.on_error(error)
                    return
                if value is not NOTHING:
                    push(value)

            def on_completed() -> None:
                if not stopped and _push_all(machine.close, observer, lambda: stopped):
                    observer.on_completed()

            def stop() -> None:
                nonlocal stopped
                stopped = True

            subscription = source.subscribe(on_next, observer.on_error, on_completed, scheduler=scheduler)
            return CompositeDisposable(Disposable(stop), subscription)

        return IterableObservable(subscribe)

    return operator


def _push_all(
    produce: Callable[[], Iterable[_B]], observer: abc.ObserverBase[_B], is_stopped: Callable[[], bool]
) -> bool:
    """Push what a machine gives, one by one as it gives it; say whether all was given and somebody listens still."""
    values: Iterator[_B] | None = None
    try:
        try:
            values = iter(produce())
        except Exception as error:
            observer.on_error(error)
            return False
        while not is_stopped():
            try:
                value = next(values)
            except StopIteration:
                return True
            except Exception as error:
                observer.on_error(error)
                return False
            observer.on_next(value)
        return False
    finally:
        # Nobody listens any more, or a subscriber raised: a generator is to end where it is.
        close = getattr(values, "close", None)
        if close is not None:
            close()
