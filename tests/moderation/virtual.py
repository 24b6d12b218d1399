"""A moderated stream in virtual time: what was checked, when a check answered, and what was shown."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import reactivex
from reactivex import Observable
from reactivex import operators as rx
from reactivex.disposable import CompositeDisposable, Disposable
from reactivex.testing import ReactiveTest, TestScheduler

from rxstream import moderate
from tests.laws.probes import COMPLETED

SUBSCRIBED = 200


@dataclass
class Played:
    """What happened, in order.

    Attributes:
        log: ``("asked", text)``, ``("passed", text)``, ``("flagged", text)`` and ``("shown", item)``.
        end: :data:`COMPLETED`, the error, or ``None`` where it did not end.
        most_at_once: The largest number of checks that ran at once.
        running: The checks that run.
        left_running: The checks that ran still when it had ended, or been left.
        released: The source was released.
    """

    log: list[tuple[str, Any]] = field(default_factory=list)
    end: Any = None
    most_at_once: int = 0
    running: int = 0
    left_running: int = 0
    released: bool = False

    def of(self, what: str) -> list[Any]:
        """What was asked, passed, flagged or shown."""
        return [thing for kind, thing in self.log if kind == what]

    @property
    def shown(self) -> list[Any]:
        """The items that were shown."""
        return self.of("shown")


def play(
    notes: Sequence[tuple[float, Any]],
    verdict: Callable[[str], object],
    latency: Callable[[int], float] = lambda number: 0,
    *,
    end: Any = COMPLETED,
    end_at: float | None = None,
    disposed: float = 100_000,
    **options: Any,
) -> Played:
    """Moderate a hot source.

    Args:
        notes: When the source emits which item, after the subscription.
        verdict: What a check says of a text.
        latency: How long the check of a number takes.
        end: :data:`COMPLETED`, an exception, or ``None`` for a source that does not end.
        end_at: When it ends; with its last item by default.
        disposed: When the subscriber leaves.
        options: Those of ``moderate``.
    """
    scheduler, played = TestScheduler(), Played()
    messages = [ReactiveTest.on_next(SUBSCRIBED + 1 + time, item) for time, item in notes]
    last = SUBSCRIBED + 1 + (end_at if end_at is not None else max((time for time, _ in notes), default=0))
    if end is COMPLETED:
        messages.append(ReactiveTest.on_completed(last))
    elif end is not None:
        messages.append(ReactiveTest.on_error(last, end))
    source = scheduler.create_hot_observable(*messages)

    def check(text: str) -> Observable[object]:
        number = len(played.of("asked"))
        played.log.append(("asked", str(text)))

        def answer(_: Any) -> object:
            said = verdict(str(text))
            played.log.append(("flagged" if said else "passed", str(text)))
            return said

        waiting = reactivex.timer(max(1, latency(number)), scheduler=scheduler).pipe(rx.map(answer))

        def subscribe(observer: Any, scheduler: Any = None) -> Any:
            played.running += 1
            played.most_at_once = max(played.most_at_once, played.running)
            return CompositeDisposable(waiting.subscribe(observer, scheduler=scheduler), Disposable(leave))

        def leave() -> None:
            played.running -= 1

        return Observable(subscribe)

    def on_next(item: Any) -> None:
        assert played.end is None
        played.log.append(("shown", item))

    def on_end(what: Any) -> None:
        assert played.end is None
        played.end = what
        played.left_running += played.running

    def start(_scheduler: Any, _state: Any) -> None:
        subscription = source.pipe(moderate(check, **options)).subscribe(
            on_next, on_end, lambda: on_end(COMPLETED), scheduler=scheduler
        )

        def leave(_scheduler: Any, _state: Any) -> None:
            subscription.dispose()
            played.left_running += played.running

        scheduler.schedule_absolute(SUBSCRIBED + disposed, leave)

    scheduler.schedule_absolute(SUBSCRIBED, start)
    scheduler.start()
    played.released = all(one.unsubscribe < 2**31 for one in source.subscriptions)
    return played


def lottery(seed: int, *, one_in: int = 6) -> Callable[[str], bool]:
    """Flag texts by chance, the same text always alike."""
    return lambda text: zlib.crc32(f"{seed}:{text}".encode("utf-8", "surrogatepass")) % one_in == 0


def flagged_places(text: str, window: int, verdict: Callable[[str], object]) -> set[int]:
    """Return the places that flagged windows cover: the definition, with nothing clever in it."""
    stride = max(1, window // 2)
    places: set[int] = set()
    start = 0
    while start < len(text):
        if verdict(text[start : start + window]):
            places.update(range(start, min(start + window, len(text))))
        if start + window >= len(text):
            break
        start += stride
    return places


def replaced(text: str, places: set[int], replacement: str) -> str:
    """Return a text with a replacement for each run of places."""
    shown = [
        (replacement if place - 1 not in places else "") if place in places else character
        for place, character in enumerate(text)
    ]
    return "".join(shown)
