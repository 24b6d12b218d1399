"""Structured output has the type that was asked for."""

from __future__ import annotations

from typing import Any, assert_type

from pydantic import BaseModel
from reactivex import Observable
from reactivex import operators as ops

import rxstream as rxs
from rxstream import IterableObservable


class City(BaseModel):
    name: str


def structured(stream: rxs.ResponseStream) -> None:
    """Instances of the model, elements of the type, values with their state."""
    assert_type(stream.pipe(rxs.partial_model(City)), IterableObservable[City])
    assert_type(stream.pipe(rxs.elements("cities", City)), IterableObservable[City])
    assert_type(stream.pipe(rxs.elements("numbers", int), ops.take(2)), Observable[int])
    assert_type(stream.pipe(rxs.partial_json()), IterableObservable[rxs.PartialJSON])
    assert_type(rxs.text_format(City), dict[str, Any])


async def awaited(stream: rxs.ResponseStream) -> None:
    """And so have the sinks."""
    assert_type(await rxs.last(stream.pipe(rxs.share_replay(), rxs.partial_model(City))), City)


def calls(stream: rxs.ResponseStream) -> None:
    """Growing arguments are any JSON."""
    for call in rxs.iterate_sync(stream.pipe(rxs.accumulate_arguments())):
        assert_type(call.partial_json(), Any)
