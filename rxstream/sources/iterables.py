"""Streams of what is at hand: events, bytes, recordings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

from rxstream.errors import ConfigurationError
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.reactive import async_subscription, sync_subscription
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.ending import StreamEnd
from rxstream.sources.stream import ResponseStream

__all__ = ["from_events", "from_sse", "replay"]

_T = TypeVar("_T")
_BATCH = 64


def from_events(events: Iterable[ResponseStreamEvent] | AsyncIterable[ResponseStreamEvent]) -> ResponseStream:
    """Make a stream of events.

    Args:
        events: The events, from the first on. A list can be subscribed to many times, a generator once.

    Returns:
        A cold stream, which ends as :class:`~rxstream.ResponseStream` says; what comes after the terminal event is not
        read.

    Errors:
        :class:`~rxstream.errors.TruncatedStreamError`: no terminal event.
        :class:`~rxstream.errors.ResponseFailedError`, :class:`~rxstream.errors.ResponseStreamError`: the response
        failed.
        :class:`~rxstream.errors.ConfigurationError`: a second subscription to a generator.

    Example:
        >>> from rxstream import last_sync
        >>> from rxstream.events import ResponseCompletedEvent, ResponseTextDeltaEvent
        >>> stream = from_events([ResponseTextDeltaEvent(output_index=0, delta="Hello"), ResponseCompletedEvent()])
        >>> last_sync(stream.accumulate_text())
        'Hello'
    """
    return _stream_of(events, EventsAsTheyAre)


def from_sse(chunks: Iterable[bytes] | AsyncIterable[bytes], *, max_event_bytes: int | None = None) -> ResponseStream:
    """Make a stream of the bytes of an event stream, however they are cut.

    Args:
        chunks: The bytes, as they come off the wire. A list can be subscribed to many times, a generator once.
        max_event_bytes: How large one event may be, in bytes; 64 MiB by default.

    Returns:
        A cold stream, which ends as :class:`~rxstream.ResponseStream` says; what comes after the terminal event is not
        read.

    Errors:
        As :func:`from_events`, and :class:`~rxstream.errors.EventParseError`,
        :class:`~rxstream.errors.SSELimitError`.

    Example:
        >>> from rxstream import collect_sync
        >>> stream = from_sse([b'data: {"type":"response.comp', b'leted","response":{}}', b"\\n\\n"])
        >>> [event.type for event in collect_sync(stream)]
        ['response.completed']
    """
    return _stream_of(chunks, lambda: BodyDecoder(max_event_bytes=max_event_bytes))


def replay(path: str | Path) -> ResponseStream:
    """Make a stream of a recording, all at once.

    Args:
        path: A file of events, one JSON object a line, or of an event stream as it came off the wire.

    Returns:
        A cold stream; each subscription reads the file anew.

    Errors:
        As :func:`from_sse`, and ``OSError`` where the file cannot be read.

    Example:
        >>> import tempfile, pathlib
        >>> from rxstream import collect_sync
        >>> path = pathlib.Path(tempfile.mkdtemp(), "recording.jsonl")
        >>> _ = path.write_text('{"type": "response.completed", "response": {"status": "completed"}}\\n')
        >>> [event.type for event in collect_sync(replay(path))]
        ['response.completed']
    """
    return ResponseStream(sync_subscription(lambda: _replayed(Path(path))))


def _replayed(path: Path) -> IterableReader:
    file = path.open("rb")
    try:
        lines = file.read(1) in (b"{", b" ")
        file.seek(0)
        if lines:
            return IterableReader(in_batches(_parsed_lines(file), 1), EventsAsTheyAre(), file.close)
        return IterableReader(in_batches(iter(lambda: file.read(65536), b""), 1), BodyDecoder(), file.close)
    except BaseException:
        file.close()
        raise


def _parsed_lines(lines: Iterable[bytes]) -> Iterator[ResponseStreamEvent]:
    return (parse_event(line) for line in lines if line.strip())


class EventsAsTheyAre:
    """Has the form of a :class:`~rxstream.sources.decoding.BodyDecoder`, for a source that holds events already."""

    def __init__(self) -> None:
        self.end = StreamEnd()

    @property
    def is_over(self) -> bool:
        return self.end.is_over

    def feed(self, event: ResponseStreamEvent) -> list[ResponseStreamEvent]:
        self.end.feed(event)
        return [event]

    def close(self) -> list[ResponseStreamEvent]:
        return []

    def error(self) -> Exception | None:
        return self.end.error()


Decoder = BodyDecoder | EventsAsTheyAre


class IterableReader(Iterable[list[ResponseStreamEvent]]):
    """Reads batches of events out of pieces that a decoder understands."""

    def __init__(
        self, batches: Iterator[Sequence[Any]], decoder: Decoder, close: Callable[[], object] = lambda: None
    ) -> None:
        self._batches = batches
        self._decoder = decoder
        self._close = close

    def __iter__(self) -> Iterator[list[ResponseStreamEvent]]:
        for batch in self._batches:
            events = _decoded(self._decoder, batch)
            if events:
                yield events
            if self._decoder.is_over:
                break
        else:
            yield self._decoder.close()
        error = self._decoder.error()
        if error is not None:
            raise error

    def close(self) -> None:
        """Close what the pieces come from."""
        close = getattr(self._batches, "close", None)
        if close is not None:
            close()
        self._close()

    def interrupt(self) -> None:
        """Nothing that can be interrupted."""


def _decoded(decoder: Decoder, batch: Sequence[Any]) -> list[ResponseStreamEvent]:
    events: list[ResponseStreamEvent] = []
    for piece in batch:
        events += decoder.feed(piece)
        if decoder.is_over:
            break
    return events


def _stream_of(pieces: Any, make_decoder: Callable[[], Decoder]) -> ResponseStream:
    if isinstance(pieces, (str, bytes, dict)) or not hasattr(pieces, "__iter__" if _is_sync(pieces) else "__aiter__"):
        raise TypeError(f"expected an iterable, synchronous or asynchronous, but got {type(pieces).__name__}")
    once = Once()

    def iterator() -> Any:
        found = iter(pieces) if _is_sync(pieces) else aiter(pieces)
        if found is pieces:
            once.read()
        return found

    if _is_sync(pieces):
        # What is in memory is taken in batches; what is made on the way is passed on at once.
        size = _BATCH if isinstance(pieces, (list, tuple)) else 1
        return ResponseStream(sync_subscription(lambda: IterableReader(in_batches(iterator(), size), make_decoder())))
    return ResponseStream(async_subscription(lambda: read_async(iterator(), make_decoder())))


def _is_sync(pieces: Any) -> bool:
    return not hasattr(pieces, "__aiter__") or isinstance(pieces, ResponseStream)


class Once:
    """Lets something be read once."""

    def __init__(self) -> None:
        self._read = False

    def read(self) -> None:
        """Note that it is read.

        Raises:
            ConfigurationError: It was read before.
        """
        if self._read:
            raise ConfigurationError(
                "expected one subscription to a stream whose source can be read once; "
                "give a list, or share the stream by share_replay()"
            )
        self._read = True


def in_batches(iterator: Iterator[_T], size: int) -> Iterator[Sequence[_T]]:
    """Take up to ``size`` at a time; close the iterator in the end."""
    try:
        while batch := list(islice(iterator, size)):
            yield batch
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()


async def read_async(iterator: AsyncIterator[Any], decoder: Decoder) -> AsyncGenerator[list[ResponseStreamEvent], None]:
    """Read batches of events out of pieces that a decoder understands; close what they come from."""
    try:
        async for piece in iterator:
            events = decoder.feed(piece)
            if events:
                yield events
            if decoder.is_over:
                break
        else:
            yield decoder.close()
    finally:
        close = cast(Any, getattr(iterator, "aclose", None))
        if close is not None:
            await close()
    error = decoder.error()
    if error is not None:
        raise error
