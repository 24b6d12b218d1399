"""Schedulers that run at once do not let a source run away."""

from __future__ import annotations

from typing import Any

import pytest
from reactivex import operators as ops
from reactivex.scheduler import CurrentThreadScheduler, ImmediateScheduler, TrampolineScheduler

import rxstream as rxs


@pytest.mark.parametrize("make", [ImmediateScheduler, TrampolineScheduler, CurrentThreadScheduler, lambda: None])
@pytest.mark.parametrize("shift", [False, True], ids=["subscribe", "subscribe_on"])
def test_take_ends_the_reading(make: Any, shift: bool) -> None:
    """``take(2)`` disposes before the third event is read, whatever scheduler is given."""
    read: list[int] = []

    def events() -> Any:
        for number in range(1000):
            read.append(number)
            yield rxs.events.ResponseTextDeltaEvent(output_index=0, delta=str(number))

    scheduler = make()
    piped = rxs.from_events(events()).pipe(ops.take(2))
    if shift and scheduler is not None:
        piped.pipe(ops.subscribe_on(scheduler)).subscribe()
    else:
        piped.subscribe(scheduler=scheduler)
    assert read == [0, 1]
