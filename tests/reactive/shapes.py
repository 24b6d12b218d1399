"""The shapes of a pipeline, and how far each lets its sources be read ahead.

``ahead`` is how many items all sources together may be read while the consumer takes nothing, on top of
``limit * ratio`` (asynchronous; one item more may be on its way in each source that waits for room). ``ratio`` is how
many items of the sources one item of the pipeline takes. ``FREE`` marks the shapes through which no demand can reach
the source, because of what they are for (they drop items, or hold them for a time) or because reactivex subscribes
without the scheduler that was handed down; the reason stands beside each.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reactivex
from reactivex import Observable
from reactivex import operators as ops

__all__ = ["FREE", "SHAPES", "Shape"]

FREE = math.inf
_SECONDS = 0.005  # how long the shapes that take time take

Source = Observable[int]


@dataclass(frozen=True)
class Shape:
    """One shape.

    Attributes:
        build: Makes the pipeline of two sources; most use the first alone.
        sources: How many of them are read before the first item comes out.
        ratio: How many items of the sources one of the pipeline takes.
        ahead: How many more than ``limit * ratio`` are read while the consumer takes nothing, asynchronously.
        ahead_sync: How many are read beyond what the consumer took, times ``ratio``, synchronously.
        waits_for_all: Nothing comes out until each source has given an item. Without asyncio each reads in a thread of
            its own, so that until then a fast one runs ahead of a slow one; ``ahead_sync`` counts from there.
        lossy: Items are dropped, or come late, so that a count of what comes out says nothing.
    """

    build: Callable[[Source, Source], Observable[Any]]
    sources: int = 1
    ratio: int = 1
    ahead: float = 1
    ahead_sync: float = 1
    waits_for_all: bool = False
    lossy: bool = False


def _one(build: Callable[[Source], Observable[Any]], **bounds: Any) -> Shape:
    return Shape(lambda first, _second: build(first), **bounds)


def _connected(source: Source) -> Observable[int]:
    """``publish()``, connected by whoever subscribes, with the scheduler of the subscription."""
    published = source.pipe(ops.publish())

    def subscribe(observer: Any, scheduler: Any = None) -> Any:
        subscription = published.subscribe(observer, scheduler=scheduler)
        connection = published.connect(scheduler)
        return reactivex.disposable.CompositeDisposable(subscription, *([connection] if connection else []))

    return Observable(subscribe)


SHAPES: dict[str, Shape] = {
    "none": _one(lambda source: source),
    "merge": Shape(lambda first, second: reactivex.merge(first, second), sources=2, ahead=2, ahead_sync=2),
    "concat": Shape(lambda first, second: reactivex.concat(first, second)),
    # The demand of the subscriber that connects holds for all: what a second, slower one has waiting has no bound.
    "share": _one(lambda source: source.pipe(ops.share())),
    "publish, connect(scheduler)": _one(_connected),
    "publish, ref_count": _one(lambda source: source.pipe(ops.publish(), ops.ref_count())),
    "replay, ref_count": _one(lambda source: source.pipe(ops.replay(), ops.ref_count())),
    # The outer source is not waited for by the inner ones: flat_map has no bound of its own.
    "flat_map": Shape(
        lambda first, second: reactivex.of(first, second).pipe(ops.flat_map(lambda inner: inner)),
        2,
        ahead=2,
        ahead_sync=2,
    ),
    "group_by": _one(lambda source: source.pipe(ops.group_by(lambda i: i % 3), ops.flat_map(lambda group: group))),
    "catch": Shape(lambda first, second: first.pipe(ops.catch(second))),
    "retry": _one(lambda source: source.pipe(ops.retry(3))),
    "timeout": _one(lambda source: source.pipe(ops.timeout(5.0))),
    "take": _one(lambda source: source.pipe(ops.take(1000))),
    "take_until": _one(lambda source: source.pipe(ops.take_until(reactivex.never()))),
    "buffer": _one(lambda source: source.pipe(ops.buffer(reactivex.never())), ahead=FREE, ahead_sync=FREE, lossy=True),
    "buffer_with_count": _one(lambda source: source.pipe(ops.buffer_with_count(3)), ratio=3),
    "window": _one(lambda source: source.pipe(ops.window_with_count(3), ops.flat_map(lambda window: window))),
    # What the faster source is ahead of the other waits inside; without asyncio each has a thread, and its own speed.
    "zip": Shape(lambda first, second: reactivex.zip(first, second), sources=2, ratio=2, ahead=2, ahead_sync=FREE),
    "combine_latest": Shape(
        lambda first, second: reactivex.combine_latest(first, second),
        sources=2,
        ahead=3,
        ahead_sync=2,
        waits_for_all=True,
    ),
    # What the second gives makes nothing come out, so nothing holds it back but the buffer of the first.
    "with_latest_from": Shape(
        lambda first, second: first.pipe(ops.with_latest_from(second)), sources=2, ratio=2, ahead=4, ahead_sync=FREE
    ),
    "switch_latest": _one(lambda source: reactivex.of(source).pipe(ops.switch_latest())),
    # Items are under way for a time, and the source knows nothing of them.
    "delay": _one(lambda source: source.pipe(ops.delay(_SECONDS)), ahead=FREE, ahead_sync=FREE, lossy=True),
    "debounce": _one(lambda source: source.pipe(ops.debounce(_SECONDS)), ahead=FREE, ahead_sync=FREE, lossy=True),
    "throttle_first": _one(
        lambda source: source.pipe(ops.throttle_first(_SECONDS)), ahead=FREE, ahead_sync=FREE, lossy=True
    ),
    "sample": _one(lambda source: source.pipe(ops.sample(_SECONDS)), ahead=FREE, ahead_sync=FREE, lossy=True),
    "start_with": _one(lambda source: source.pipe(ops.start_with(-1)), sources=0),
    "using": _one(lambda source: reactivex.using(reactivex.disposable.Disposable, lambda _resource: source)),
}
