"""Streams of what is at hand: events, bytes."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from itertools import islice
from typing import Any, cast

from rxstream.errors import ConfigurationError
from rxstream.events import ResponseStreamEvent
from rxstream.events.base import ResponseEvent
from rxstream.reactive import async_subscription, sync_subscription
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.ending import StreamEnd
from rxstream.sources.stream import ResponseStream

__all__ = ["from_events", "from_sse"]

_SINGLE = (str, bytes, bytearray, memoryview, Mapping)  # iterable, but not over what is meant
_BATCH = 64


def from_events(events: Iterable[ResponseStreamEvent] | AsyncIterable[ResponseStreamEvent]) -> ResponseStream:
    """Make a stream of events.

    Args:
        events: The events, from the first on. A list can be subscribed to many times, a generator once.

    Returns:
        A cold stream, which ends as :class:`~rxstream.ResponseStream` says; what comes after the terminal event is not
        read.

    Raises:
        TypeError: What is given is not iterable, or is one event.

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

    Raises:
        TypeError: What is given is not iterable, or is text or bytes at once; or the limit is no integer.
        ValueError: The limit is below 1.

    Errors:
        As :func:`from_events`, and :class:`~rxstream.errors.EventParseError`,
        :class:`~rxstream.errors.SSELimitError`.

    Example:
        >>> from rxstream import collect_sync
        >>> stream = from_sse([b'data: {"type":"response.comp', b'leted","response":{}}', b"\\n\\n"])
        >>> [event.type for event in collect_sync(stream)]
        ['response.completed']
    """
    BodyDecoder(max_event_bytes=max_event_bytes)  # a wrong limit is told here, not to each subscription
    return _stream_of(chunks, lambda: BodyDecoder(max_event_bytes=max_event_bytes))


class EventsAsTheyAre:
    """Has the form of a :class:`~rxstream.sources.decoding.BodyDecoder`, for a source that holds events already."""

    def __init__(self) -> None:
        self.end = StreamEnd()
        self.failure: Exception | None = None

    @property
    def is_over(self) -> bool:
        return self.end.is_over or self.failure is not None

    def feed(self, event: Any) -> list[ResponseStreamEvent]:
        if not isinstance(event, ResponseEvent):
            self.failure = TypeError(
                f"expected an event, but got {type(event).__name__}: "
                "parse_event makes events of JSON, and from_sse of bytes"
            )
            return []
        known = cast(ResponseStreamEvent, event)
        self.end.feed(known)
        return [known]

    def close(self) -> list[ResponseStreamEvent]:
        return []

    def error(self) -> Exception | None:
        return self.failure or self.end.error()


Decoder = BodyDecoder | EventsAsTheyAre


class IterableReader(Iterable[list[ResponseStreamEvent]]):
    """Reads batches of events out of pieces that a decoder understands.

    Args:
        pieces: What the decoder is fed with.
        decoder: Makes events of it.
        size: How many pieces are taken at a time.
        close: Closes what the pieces come from.
    """

    def __init__(
        self, pieces: Iterator[Any], decoder: Decoder, *, size: int = 1, close: Callable[[], object] | None = None
    ) -> None:
        self._pieces = pieces
        self._decoder = decoder
        self._size = size
        self._close = close

    def __iter__(self) -> Iterator[list[ResponseStreamEvent]]:
        while batch := list(islice(self._pieces, self._size)):
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
        """Close what the pieces come from, though none was taken."""
        close_pieces: Callable[[], object] | None = getattr(self._pieces, "close", None)
        if close_pieces is not None:
            close_pieces()
        if self._close is not None:
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
    is_iterable = hasattr(pieces, "__iter__" if _is_sync(pieces) else "__aiter__")
    kind = cast("type[Any]", type(pieces))
    if not is_iterable or issubclass(kind, _SINGLE):
        raise TypeError(f"expected an iterable, synchronous or asynchronous, but got {kind.__name__}")
    once = Once()

    def iterator() -> Any:
        found = iter(pieces) if _is_sync(pieces) else aiter(pieces)
        if found is pieces:
            once.read()
        return found

    if _is_sync(pieces):
        # What is in memory is taken in batches; what is made on the way is passed on at once.
        size = _BATCH if isinstance(pieces, (list, tuple)) else 1
        return ResponseStream(sync_subscription(lambda: IterableReader(iterator(), make_decoder(), size=size)))
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
