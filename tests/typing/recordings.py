"""``record`` keeps the type of the events, anywhere in a pipe; it takes events alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
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


def recorded_with_chunks(stream: rxs.ResponseStream) -> None:
    assert_type(stream.pipe(rxs.record("recording", chunks=True)), IterableObservable[rxs.ResponseStreamEvent])
    assert_type(stream.with_chunks(print), rxs.ResponseStream)


def opened_again(chunks: Iterator[bytes], more: AsyncIterator[bytes], client: rxs.Client) -> None:
    async def reopen(cursor: rxs.Cursor) -> AsyncIterator[bytes]:
        return more

    assert_type(rxs.from_sse(chunks, reopen=lambda _cursor: [b""]), rxs.ResponseStream)
    rxs.from_sse(more, reopen=reopen)
    rxs.from_sse(chunks, reopen=lambda cursor: rxs.replay("recording", starting_after=cursor.sequence_number))
    rxs.from_sse(chunks, reopen=lambda cursor: client.resume(cursor.response_id or "", starting_after=7))
    rxs.from_sse(chunks, reopen=lambda cursor: cursor.last_event_id)  # type: ignore[arg-type,return-value] # pyright: ignore


def replayed() -> None:
    assert_type(rxs.replay(Path("recording"), starting_after=7), rxs.ResponseStream)
    assert_type(rxs.replay(Path("recording"), speed=2.0), rxs.ResponseStream)
    assert_type(rxs.replay("recording").text_deltas(), IterableObservable[str])
