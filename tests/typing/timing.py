"""What users write with limits, measurements and several requests: run by pyright (strict) and mypy, never executed."""

from __future__ import annotations

from typing import assert_type

import rxstream as rxs
from rxstream import IterableObservable
from rxstream.events import ResponseStreamEvent

client = rxs.Client(api_key="none")
stream = client.stream(model="gpt-5", input="Hello")
other = rxs.AsyncClient(api_key="none").stream(model="gpt-5", input="Hello")


def limits_keep_the_type() -> None:
    assert_type(stream.pipe(rxs.timeouts(idle_seconds=5)), IterableObservable[ResponseStreamEvent])
    assert_type(stream.pipe(rxs.timeouts(total_seconds=60), rxs.text_deltas()), IterableObservable[str])
    assert_type(stream.pipe(rxs.first_content(), rxs.text_deltas()), IterableObservable[str])
    assert_type(stream.pipe(rxs.take_until_budget(characters=500), rxs.accumulate_text()), IterableObservable[str])
    assert_type(stream.pipe(rxs.take_until_budget(tokens=5, count_tokens=len)), IterableObservable[ResponseStreamEvent])


def measurements_have_their_own() -> None:
    assert_type(stream.pipe(rxs.latency()), IterableObservable[rxs.Latency])
    assert_type(stream.pipe(rxs.time_to_first_content()), IterableObservable[float])


def several_requests_are_a_stream() -> None:
    assert_type(rxs.race(stream, other, stream.pipe(rxs.timeouts(idle_seconds=5))), rxs.ResponseStream)
    assert_type(rxs.fallback(stream, other), rxs.ResponseStream)
    assert_type(rxs.race(stream, other).text_deltas(), IterableObservable[str])
