"""Rx: operators of pure machines, and the bridges between Observables and iterators."""

from rxstream.reactive.async_source import async_source, async_subscription
from rxstream.reactive.batch_reader import BatchReader
from rxstream.reactive.clock import Clock
from rxstream.reactive.iterable_observable import IterableObservable
from rxstream.reactive.iterate import iterate
from rxstream.reactive.iterate_sync import iterate_sync
from rxstream.reactive.lift import (
    NOTHING,
    IterableOperator,
    Nothing,
    Operator,
    SameOperator,
    Stepper,
    Transducer,
    lift,
    lift_step,
)
from rxstream.reactive.scope import Scope
from rxstream.reactive.settle import collect, collect_now, collect_sync, first, first_sync, last, last_sync
from rxstream.reactive.sync_scope import SyncScope
from rxstream.reactive.sync_source import sync_source, sync_subscription
from rxstream.reactive.when_done import when_done

__all__ = [
    "NOTHING",
    "BatchReader",
    "Clock",
    "IterableObservable",
    "IterableOperator",
    "Nothing",
    "Operator",
    "SameOperator",
    "Scope",
    "Stepper",
    "SyncScope",
    "Transducer",
    "async_source",
    "async_subscription",
    "collect",
    "collect_now",
    "collect_sync",
    "first",
    "first_sync",
    "iterate",
    "iterate_sync",
    "last",
    "last_sync",
    "lift",
    "lift_step",
    "sync_source",
    "sync_subscription",
    "when_done",
]
