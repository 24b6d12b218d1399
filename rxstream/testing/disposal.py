"""The laws of dispose, each as a check of one example."""

from __future__ import annotations

from reactivex import operators

from rxstream.testing.example import Example
from rxstream.testing.rig import Declared, HandSource, LawBroken, Rig, alone

__all__ = ["dispose", "dispose_at_the_end", "dispose_inside", "take_one"]


def dispose(declared: Declared, example: Example) -> None:
    """It releases what was subscribed to and set out, and nothing comes any more."""
    rig = alone(declared, example.items[: example.cut])
    had_ended = rig.end is not None
    rig.watcher.dispose()
    _is_released(rig, f"at dispose, after {example.cut} items", timers=not had_ended)
    rig.feed(example.items[example.cut :])
    rig.wait()
    if rig.watcher.late and not had_ended:
        raise LawBroken(6, f"expected nothing after dispose, but got {rig.watcher.late[0]}")


def dispose_at_the_end(declared: Declared, example: Example) -> None:
    """So does dispose when the source has ended, where the operator has not."""
    for ending in ("completion",) if declared.handles_errors else ("completion", "an error"):
        rig = alone(declared, example.items[: example.cut])
        if rig.end is None:
            rig.end_source(None if ending == "completion" else Exception("the end of a source"))
        if rig.end is None:
            rig.watcher.dispose()
            _is_released(rig, f"at dispose after {ending} of the source", timers=True)
            rig.wait()
        if rig.end is None and rig.watcher.late:
            raise LawBroken(6, f"expected nothing after dispose, but got {rig.watcher.late[0]}")


def dispose_inside(declared: Declared, example: Example) -> None:
    """So does dispose from inside on_next; what was being emitted then may come, to an observer without a guard."""
    rig = Rig(declared, leaves=True)
    for item in example.items:
        if rig.items:
            break
        rig.push(item)
    if not rig.items:
        return
    _is_released(rig, "at dispose in on_next", timers=True)
    come = len(rig.watcher.late)
    for item in example.items:
        rig.push(item)
    rig.wait()
    if len(rig.watcher.late) > come:
        raise LawBroken(6, f"expected nothing after dispose in on_next, but got {rig.watcher.late[come]}")


def take_one(declared: Declared, example: Example) -> None:
    """An operator that has enough disposes of this one, which releases its source."""
    source = HandSource()
    rig = Rig(declared, source, source.pipe(declared.make(), operators.take(1)))
    for number, item in enumerate(example.items):
        if rig.items and source.live:
            raise LawBroken(
                6, f"expected take(1) behind it to release the source, but after {number} items it is subscribed still"
            )
        if rig.end is None:
            rig.push(item)


def _is_released(rig: Rig, when: str, *, timers: bool) -> None:
    if rig.source.live:
        raise LawBroken(6, f"expected the source to be released {when}, but it is subscribed still")
    rig.go_on(0)  # what there is to clear away may be done at once
    due = rig.clock.next_due
    if timers and due is not None:
        raise LawBroken(
            6,
            f"expected its timers to be released {when}, but one is still due, in {due - rig.clock.seconds:g} s: "
            "it keeps the operator alive, and time is spent on it",
        )
