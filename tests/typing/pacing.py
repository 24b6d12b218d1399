"""What users write with operators that emit what they take, for pyright and mypy."""

from __future__ import annotations

from typing import assert_type

import rxstream as rxs
from rxstream import IterableObservable


def paced(stream: rxs.ResponseStream) -> None:
    """Their place in the pipe does not matter."""
    events = stream.pipe(rxs.coalesce(within_seconds=0.1), rxs.smooth(per_second=20))
    assert_type(events, IterableObservable[rxs.ResponseStreamEvent])
    words = stream.pipe(rxs.text_deltas(), rxs.smooth(unit="char", per_second=40, max_delay_seconds=2), rxs.words())
    assert_type(words, IterableObservable[str])
    assert_type(rxs.collect_now(rxs.coalesce(within_seconds=1), ["a"]), list[str])
