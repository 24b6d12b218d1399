"""The laws of an operator, each as a check of one example."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import reactivex
from reactivex import operators
from reactivex.disposable import SerialDisposable

from rxstream.testing.clock import VirtualScheduler
from rxstream.testing.differences import listed, shown
from rxstream.testing.poison import Unreadable, poison_for
from rxstream.testing.rig import Declared, HandSource, LawBroken, Rig, alone
from rxstream.testing.view import view

__all__ = ["CHECKS", "LAWS", "Example"]

LAWS = {
    2: "cold: two subscriptions are independent",
    3: "prompt: what is emitted depends on what has come, on all of it, and comes at once",
    4: "an error of the source passes once, unchanged",
    5: "an error of its own goes to on_error, and the source is released",
    6: "dispose reaches the source at once, and silences the operator",
    7: "it ends once, and nothing comes after the end",
    12: "what is emitted is a value, which nothing changes later",
}
"""The laws that are checked here, by their numbers in the list of all laws of the library."""


@dataclass(frozen=True)
class Example:
    """What a law is tried on.

    Attributes:
        items: What the source emits.
        others: What another source emits.
        order: Which of two sources emits next.
        cut: A place in the items.
    """

    items: list[Any]
    others: list[Any]
    order: list[int]
    cut: int


class Refused(Exception):
    """What an observer raises."""


class Lost(Exception):
    """The error of a source."""


def nothing_before_the_subscription(declared: Declared, example: Example) -> None:
    source = HandSource()
    declared.make()(source)
    if source.subscriptions:
        raise LawBroken(2, "expected no subscription to the source before somebody subscribes to the operator's result")


def one_subscription(declared: Declared, example: Example) -> None:
    rig = Rig(declared)
    if rig.source.subscriptions > 1:
        raise LawBroken(
            2,
            "expected one subscription to the source for each subscription to the operator's result, but got "
            f"{rig.source.subscriptions}: a source that is a request would be sent as often",
        )


def interleaved(declared: Declared, example: Example) -> None:
    sources = [HandSource(), HandSource()]
    waiting = iter(sources)
    pipeline = reactivex.defer(lambda _: next(waiting)).pipe(declared.make())
    rigs = [Rig(declared, source, pipeline) for source in sources]
    remaining = [iter(example.items), iter(example.others)]
    for number in example.order:
        if sources[number].subscriptions:
            rigs[number].next(next(remaining[number]))
            for rig in rigs:
                rig.clock.advance_by(0)
    expected = [alone(declared, example.items), alone(declared, example.others)]
    if declared.multicasts:
        expected[1] = expected[0]
    for rig, by_itself in zip(rigs, expected, strict=True):
        if rig.views() != by_itself.views():
            raise LawBroken(
                2,
                f"expected one of two subscriptions to emit what it emits alone, {listed(by_itself.items)}, but got "
                f"{listed(rig.items)}, where the source of the second one emits {listed(example.others)}",
            )


def begins_anew(declared: Declared, example: Example) -> None:
    sources: list[HandSource] = []

    def new_source(_: Any) -> HandSource:
        sources.append(HandSource())
        return sources[-1]

    pipeline = reactivex.defer(new_source).pipe(declared.make())
    rigs: list[Rig] = []
    for _ in range(2):
        rig = Rig(declared, pipeline=pipeline)
        if len(sources) > len(rigs):
            rig.source = sources[-1]
            rig.feed(example.items).complete()
        rigs.append(rig)
    if rigs[0].views() != rigs[1].views():
        raise LawBroken(
            2,
            f"expected a second subscription to emit what the first one did, {listed(rigs[0].items)}, but got "
            f"{listed(rigs[1].items)}",
        )


def prefix(declared: Declared, example: Example) -> None:
    rig = Rig(declared)
    counts = [len(rig.items)]
    for item in example.items:
        rig.next(item)
        counts.append(len(rig.items))
    whole = rig.views()
    part = alone(declared, example.items[: example.cut])
    if part.views() != whole[: counts[example.cut]]:
        raise LawBroken(
            3,
            f"expected {listed(rig.items[: counts[example.cut]])} of the first {example.cut} items alone too, but got "
            f"{listed(part.items)}",
        )


def completing(declared: Declared, example: Example) -> None:
    rig = alone(declared, example.items[: example.cut])
    before = len(rig.items)
    added = rig.complete().items[before:]
    if added and not (declared.held_back or declared.lets_go):
        raise LawBroken(3, f"expected nothing more at completion, but got {listed(added)}; held_back declares that")


def model(declared: Declared, example: Example) -> None:
    if declared.expected is None:
        return
    rig = alone(declared, example.items, complete=True)
    wanted = list(declared.expected(list(example.items)))
    if rig.views() != [view(item) for item in wanted] and (rig.end is None or rig.end.kind == "completed"):
        raise LawBroken(3, f"expected {listed(wanted)} of all items, but got {listed(rig.items)}")


def source_error(declared: Declared, example: Example) -> None:
    if declared.handles_errors:
        return
    error, items = Lost(), example.items[: example.cut]
    rig = alone(declared, items)
    if rig.end is not None:
        return
    rig.error(error)
    if rig.end is None:
        raise LawBroken(4, "expected the error of the source, but it was swallowed")
    if declared.errors_are_values:
        if rig.end.kind != "completed" or not rig.items:
            raise LawBroken(4, f"expected the error of the source as an item and completion, but got {rig.end}")
        return
    if rig.end.value is not error:
        raise LawBroken(4, f"expected the error of the source, the very object, but got {rig.end}")
    wanted = alone(declared, items, complete=declared.lets_go)
    if rig.views() != wanted.views():
        raise LawBroken(
            4, f"expected {listed(wanted.items)} before the error of the source, but got {listed(rig.items)}"
        )
    if rig.watcher.late and rig.watcher.late[0].kind == "error":
        raise LawBroken(4, f"expected the error of the source once, but then got {rig.watcher.late[0]}")


def own_error(declared: Declared, example: Example) -> None:
    error = Unreadable()
    rig = alone(declared, example.items[: example.cut])
    if rig.end is not None:
        return
    rig.push(poison_for(example.items, error) if declared.poison is None else declared.poison(error))
    if rig.end is None:
        if error.was_raised and not declared.errors_are_values:
            raise LawBroken(5, "expected an error of its own, of an item that cannot be read, but it was swallowed")
        return
    if rig.end.kind == "completed" and not (declared.errors_are_values or declared.ends_early):
        raise LawBroken(5, "expected an error of its own, of an item that cannot be read, but it completed")
    if rig.source.live:
        raise LawBroken(5, f"expected its source to be released after {rig.end}, but it is subscribed still")


def refusing_observer(declared: Declared, example: Example) -> None:
    if (
        declared.returns_refusals or declared.multicasts or declared.lets_go
    ):  # where no source takes the error, on_error is better than nowhere
        return
    refused, is_subscribed = Refused(), False

    def refuse(_: Any) -> None:
        if is_subscribed:
            raise refused

    rig = Rig(declared, during=refuse)
    is_subscribed = True
    for item in example.items:
        rig.raising(lambda item=item: rig.source.next(item))
    if rig.end is not None and rig.end.value is refused:
        raise LawBroken(
            5,
            "expected what an observer raises to go to who emitted, but the operator took it for an error of its own; "
            "returns_refusals declares that",
        )


def dispose(declared: Declared, example: Example) -> None:
    rig = alone(declared, example.items[: example.cut])
    rig.watcher.dispose()
    if rig.source.live:
        raise LawBroken(
            6, f"expected the source to be released at dispose, after {example.cut} items, but it is subscribed still"
        )
    rig.feed(example.items[example.cut :])
    rig.wait()
    if rig.watcher.late and rig.end is None:
        raise LawBroken(6, f"expected nothing after dispose, but got {rig.watcher.late[0]}")


def dispose_inside(declared: Declared, example: Example) -> None:
    source, clock, subscription = HandSource(), VirtualScheduler(), SerialDisposable()
    seen: list[Any] = []

    def take(item: Any) -> None:
        seen.append(item)
        subscription.dispose()

    subscription.disposable = declared.make()(source).subscribe(take, lambda _: None, scheduler=clock)
    for item in example.items:
        source.next(item)
        clock.advance_by(declared.seconds_between)
    if len(seen) > 1:
        raise LawBroken(6, f"expected nothing after dispose in on_next, but got {shown(seen[1])}")
    if seen and source.live:
        raise LawBroken(6, "expected the source to be released at dispose in on_next, but it is subscribed still")


def take_one(declared: Declared, example: Example) -> None:
    source = HandSource()
    rig = Rig(declared, source, source.pipe(declared.make(), operators.take(1)))
    for number, item in enumerate(example.items):
        if rig.items and source.live:
            raise LawBroken(
                6, f"expected take(1) behind it to release the source, but after {number} items it is subscribed still"
            )
        if rig.end is None:
            rig.push(item)


def ends_once(declared: Declared, example: Example) -> None:
    for ending in ("completion",) if declared.handles_errors else ("completion", "an error"):
        rig = alone(declared, example.items[: example.cut])
        if rig.end is None:
            rig.complete() if ending == "completion" else rig.error(Lost())
        rig.wait()
        if rig.end is None:
            raise LawBroken(7, f"expected an end after {ending} of the source, but got none")
        breach = rig.watcher.breach()
        if breach is not None:
            raise LawBroken(7, breach)
        own = rig.end.kind == "error" and isinstance(rig.end.value, declared.own_errors)
        if ending == "completion" and rig.end.kind == "error" and not own:
            raise LawBroken(5, f"expected completion, but got an error of its own, which is not declared: {rig.end}")


def items_stay(declared: Declared, example: Example) -> None:
    for items in (example.items, example.others):
        before = [view(item) for item in items]
        with suppress(LawBroken):  # of another law, which is checked by itself
            alone(declared, items, complete=True)
        for number, (item, was) in enumerate(zip(items, before, strict=True)):
            if view(item) != was:
                raise LawBroken(
                    12, f"expected item {number} of the source to stay what it was, but it was made {shown(item)}"
                )


def values(declared: Declared, example: Example) -> None:
    at_once: list[Any] = []
    rig = Rig(declared, during=lambda item: at_once.append(view(item)))
    rig.feed(example.items).complete()
    for number, (before, after) in enumerate(zip(at_once, rig.views(), strict=False)):
        if before != after:
            raise LawBroken(
                12, f"expected item {number} to stay what it was, but later it is {shown(rig.items[number])}"
            )


CHECKS: tuple[Callable[[Declared, Example], None], ...] = (
    nothing_before_the_subscription,
    items_stay,  # before the others, which give the same items again
    one_subscription,
    interleaved,
    begins_anew,
    prefix,
    completing,
    model,
    source_error,
    own_error,
    refusing_observer,
    dispose,
    dispose_inside,
    take_one,
    ends_once,
    values,
)
