"""``record`` keeps the type of the events, anywhere in a pipe; it takes events alone."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import rxstream as rxs
from rxstream import IterableObservable
from rxstream.events import ResponseTextDeltaEvent


def recorded(stream: rxs.ResponseStream) -> None:
    assert_type(stream.pipe(rxs.record("recording")), IterableObservable[rxs.ResponseStreamEvent])
    assert_type(stream.pipe(rxs.record(lambda: Path("recording")), rxs.text_deltas()), IterableObservable[str])
    assert_type(stream.pipe(rxs.share_replay(), rxs.record("recording")), IterableObservable[rxs.ResponseStreamEvent])
    deltas = stream.pipe(rxs.of_type(ResponseTextDeltaEvent), rxs.record("recording", flush="end"))
    assert_type(deltas, IterableObservable[ResponseTextDeltaEvent])
    stream.pipe(rxs.text_deltas(), rxs.record("recording"))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def replayed() -> None:
    assert_type(rxs.replay(Path("recording"), speed=2.0), rxs.ResponseStream)
    assert_type(rxs.replay("recording").text_deltas(), IterableObservable[str])
