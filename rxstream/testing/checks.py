"""The laws of an operator, each as a check of one example."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import reactivex
from reactivex import Observable

from rxstream.testing.differences import listed, shown, unlike
from rxstream.testing.disposal import dispose, dispose_at_the_end, dispose_inside, take_one
from rxstream.testing.example import Example
from rxstream.testing.poison import Unreadable, poison_for
from rxstream.testing.rig import Declared, EagerSource, HandSource, LawBroken, Rig, alone
from rxstream.testing.view import view

__all__ = ["CHECKS", "LAWS", "OF_BOTH"]

LAWS = {
    2: "cold: two subscriptions are independent",
    3: "prompt: what is emitted depends on what has come, on all of it, and comes at once",
    4: "an error of the source passes once, unchanged",
    5: "an error of its own goes to on_error, and the source is released",
    6: "dispose reaches the source and the timers at once, and silences the operator",
    7: "it ends once, and nothing comes after the end",
    12: "what is emitted is a value, which nothing changes later",
    13: "the source is given the scheduler of the subscription",
}
"""The laws that are checked here, by their numbers in the list of all laws of the library."""

_IN_VIRTUAL_TIME = " (time is virtual here: it may not use the scheduler of the subscription)"


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
    expected = [alone(declared, example.items)]
    try:
        expected.append(alone(declared, example.others))
    except LawBroken:  # what they break by themselves is found where they are the items
        return
    sources = [HandSource(), HandSource()]
    waiting = iter(sources)
    pipeline = reactivex.defer(lambda _: next(waiting)).pipe(declared.make())
    rigs = [Rig(declared, source, pipeline) for source in sources]
    remaining = [iter(example.items), iter(example.others)]
    for number in example.order:
        if sources[number].subscriptions:
            rigs[number].next(next(remaining[number]))
            for rig in rigs:
                rig.go_on(0)
    if declared.multicasts:
        expected[1] = expected[0]
    for rig, by_itself in zip(rigs, expected, strict=True):
        if rig.views() != by_itself.views():
            raise LawBroken(
                2, unlike(by_itself.items, rig.items, what="one of two subscriptions to emit what it emits alone")
            )


def begins_anew(declared: Declared, example: Example) -> None:
    sources: list[HandSource] = []

    def new_source(_: Any) -> HandSource:
        sources.append(HandSource())
        return sources[-1]

    pipeline = reactivex.defer(new_source).pipe(declared.make())
    first = _subscribed_once(declared, example, pipeline, sources)
    was = first.views()
    second = _subscribed_once(declared, example, pipeline, sources)
    if first.views() != was:
        raise LawBroken(
            2,
            f"expected a second subscription to leave what the first one emitted, but made it {listed(first.items)}",
        )
    if second.views() != was:
        at_once = ", where it ended before its source began" if second.ended_at_once else ""
        what = "a second subscription to emit what the first one did"
        raise LawBroken(2, unlike(first.items, second.items, what=what, where=at_once))


def _subscribed_once(declared: Declared, example: Example, pipeline: Observable[Any], sources: list[HandSource]) -> Rig:
    known = len(sources)
    rig = Rig(declared, pipeline=pipeline)
    if len(sources) > known and not rig.ended_at_once:
        rig.source = sources[-1]
        rig.feed(example.items).complete()
    return rig


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
            unlike(
                rig.items[: counts[example.cut]],
                part.items,
                what=f"of the first {example.cut} items alone what was emitted of them before the others",
            ),
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
        raise LawBroken(3, unlike(wanted, rig.items, what="what `expected` gives of all items"))


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
        raise LawBroken(4, _differs_before_the_error(declared, rig, wanted, example.cut))
    if rig.watcher.late and rig.watcher.late[0].kind == "error":
        raise LawBroken(4, f"expected the error of the source once, but then got {rig.watcher.late[0]}")


def _differs_before_the_error(declared: Declared, rig: Rig, wanted: Rig, count: int) -> str:
    where = f" (the error came after {count} items)"
    if rig.watcher.is_elsewhere or wanted.watcher.is_elsewhere:
        where += _IN_VIRTUAL_TIME
    elif len(rig.items) > len(wanted.items):
        where += "; lets_go declares that what waits is emitted before an error too"
    return unlike(wanted.items, rig.items, what="before an error of the source what comes without it", where=where)


def own_error(declared: Declared, example: Example) -> None:
    error = Unreadable()
    rig = alone(declared, example.items[: example.cut])
    if rig.end is not None:
        return
    rig.push(poison_for(example.items, error) if declared.poison is None else declared.poison(error))
    if rig.end is None:
        if error.was_raised and not declared.errors_are_values:
            raise LawBroken(
                5,
                "expected an error of its own, of an item that cannot be read, but it was swallowed; for an operator "
                "that leaves out what it cannot read, poison= makes an item at which it does raise",
            )
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
    refused, here = Refused(), threading.get_ident()
    is_subscribed, raised = False, 0

    def refuse(_: Any) -> None:
        nonlocal raised
        if is_subscribed:
            raised += threading.get_ident() == here  # in another thread, nobody is left to whom it could go
            raise refused

    rig = Rig(declared, during=refuse)
    is_subscribed = True
    for item in example.items:
        before = raised
        came_back = rig.raises(lambda item=item: rig.source.next(item))
        if rig.end is not None:
            break
        if raised > before and not came_back:
            raise LawBroken(5, "expected what an observer raises to go to who emitted, but it was swallowed")
    if rig.end is not None and rig.end.value is refused:
        raise LawBroken(
            5,
            "expected what an observer raises to go to who emitted, but the operator took it for an error of its own; "
            "returns_refusals declares that",
        )


def eager_source(declared: Declared, example: Example) -> None:
    source = "(the source emits within subscribe, as one does that has it all already)"
    try:
        rig = Rig(declared, EagerSource(example.items))
    except LawBroken as broken:
        raise LawBroken(broken.law, f"{broken.what} {source}") from broken.__cause__
    if rig.end is not None and rig.end.kind == "error" and not isinstance(rig.end.value, declared.own_errors):
        raise LawBroken(5, f"expected no error of its own, but got {rig.end.value!r} {source}") from rig.end.value


def scheduler_handed_on(declared: Declared, example: Example) -> None:
    rig = alone(declared, example.items[: example.cut])
    if any(scheduler is None for scheduler in rig.source.schedulers):
        raise LawBroken(
            13,
            "expected the scheduler of the subscription to be handed on to the source, but it was given none: "
            "source.subscribe(observer, scheduler=scheduler)",
        )


def ends_once(declared: Declared, example: Example) -> None:
    for ending in ("completion",) if declared.handles_errors else ("completion", "an error"):
        rig = alone(declared, example.items[: example.cut])
        if rig.end is None:
            rig.complete() if ending == "completion" else rig.error(Lost())
        rig.wait()
        if rig.end is None:
            raise LawBroken(7, f"expected an end after {ending} of the source, but got none{_IN_VIRTUAL_TIME}")
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
    values,  # before those that compare what was emitted, after it could be changed
    one_subscription,
    interleaved,
    begins_anew,
    prefix,
    completing,
    model,
    source_error,
    own_error,
    refusing_observer,
    eager_source,
    scheduler_handed_on,
    dispose,
    dispose_at_the_end,
    dispose_inside,
    take_one,
    ends_once,
)

OF_BOTH = (items_stay, interleaved)
"""Those that look at the items of both sources."""
