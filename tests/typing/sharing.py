"""``moderate`` and ``share_replay`` keep the type of the items, anywhere in a pipe."""

from __future__ import annotations

from typing import assert_type

import rxstream as rxs
from rxstream import IterableObservable
from rxstream.moderation import word_check


def of_events(stream: rxs.ResponseStream) -> None:
    """Events stay events."""
    assert_type(stream.pipe(rxs.share_replay()), IterableObservable[rxs.ResponseStreamEvent])
    assert_type(stream.pipe(rxs.moderate(word_check(["x"])), rxs.text_deltas()), IterableObservable[str])


def of_text(stream: rxs.ResponseStream) -> None:
    """Strings stay strings."""
    assert_type(stream.pipe(rxs.text_deltas(), rxs.moderate(lambda text: "x" in text)), IterableObservable[str])
    assert_type(stream.pipe(rxs.text_deltas(), rxs.share_replay()), IterableObservable[str])
