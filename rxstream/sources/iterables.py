"""Streams of what is at hand: events, bytes."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Sequence,
)
from itertools import islice
from typing import Any, cast

from reactivex import abc

from rxstream.errors import ConfigurationError
from rxstream.events import ResponseStreamEvent
from rxstream.events.base import ResponseEvent
from rxstream.reactive import async_subscription, sync_subscription
from rxstream.reactive.leaving import moment
from rxstream.sinks.chunks import OnChunk
from rxstream.sources.backoff import checked_max_retries
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.ending import StreamEnd
from rxstream.sources.exchange import Decoder
from rxstream.sources.malformed import checked_on_malformed, counted
from rxstream.sources.notices import OnMalformed, OnReconnect, check_listener
from rxstream.sources.opening import SINGLE, Reopen, open_again, open_again_async
from rxstream.sources.persistence import DEFAULT_MAX_RETRIES
from rxstream.sources.rejoining import Rejoining
from rxstream.sources.reopening import ReopeningReader
from rxstream.sources.reopening_async import read_reopening
from rxstream.sources.stream import ResponseStream
from rxstream.sources.tapped import tapped

__all__ = ["from_events", "from_sse"]

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
    return ResponseStream(_subscription(events, _opener(events), EventsAsTheyAre))


def from_sse(
    chunks: Iterable[bytes] | AsyncIterable[bytes],
    *,
    max_event_bytes: int | None = None,
    reopen: Reopen | None = None,
    max_retries: int = DEFAULT_MAX_RETRIES,
    on_reconnect: OnReconnect | None = None,
    on_malformed: OnMalformed | None = None,
) -> ResponseStream:
    """Make a stream of the bytes of an event stream, however they are cut.

    With ``reopen``, a stream that breaks off is opened again: where the chunks end without a terminal event, or
    iterating over them raises an error of the transport (``OSError`` and its like of httpx, httpx2, aiohttp, urllib3).
    After a pause, as long as the server's ``retry:`` says or else growing, ``reopen`` is called with a
    :class:`~rxstream.Cursor`, and what it returns is joined on:

    - Where each event has a ``sequence_number``, by these. What comes again is left out, however much it is, so that
      ``reopen`` may as well begin anew; a gap is an error.
    - Where not, by the ids of the event stream. What comes first with an id that is known (among the last 1,024) is
      left out, as many events as came with it before; that nothing is missing is the server's promise, as in WHATWG's
      ``Last-Event-ID``. A response that begins again with other ids is an error.
    - Where the last event has neither a number nor an id of its own, the stream ends as without ``reopen``: nobody
      could tell what comes again. Unknown events that have none are taken for signs of life.

    Where events of another response come, it is an error, too. What the server failed at is not opened again.

    Args:
        chunks: The bytes, as they come off the wire. A list can be subscribed to many times, a generator once.
        max_event_bytes: How large one event may be, in bytes; 64 MiB by default.
        reopen: A function that takes a :class:`~rxstream.Cursor` and returns chunks again, an iterable as ``chunks``
            is; for an asynchronous one, it may be asynchronous as well. Or events: a stream of ``client.resume`` or
            ``replay``. What it raises is an error of the stream, unless it is one of the transport, or one of ours that
            is ``retryable``: then it is called again. What it returns is closed where the stream ends or is disposed
            of, if it has ``close`` (``aclose``).
        max_retries: How often ``reopen`` is called in a row without anything new. Then the stream ends with the error
            with which it broke off, and a note; likewise where ``retry:`` asks for more than two minutes.
        on_reconnect: Is called with a :class:`~rxstream.Reconnecting` before each pause and with a
            :class:`~rxstream.Resumed` when it goes on; what it raises becomes the stream's error.
        on_malformed: Is called with a :class:`~rxstream.SkippedEvent` for each event whose data is no JSON object,
            which is left out then; by default, the first is the stream's error.

    Returns:
        A cold stream, which ends as :class:`~rxstream.ResponseStream` says; what comes after the terminal event is not
        read.

    Raises:
        TypeError: What is given is not iterable, or is text or bytes at once; an option is of the wrong type.
        ValueError: The limit is below 1, or ``max_retries`` below 0; ``on_reconnect`` without ``reopen``.

    Errors:
        As :func:`from_events`, and :class:`~rxstream.errors.EventParseError`,
        :class:`~rxstream.errors.SSELimitError`; with ``reopen``, :class:`~rxstream.errors.StreamError`: what comes
        does not join. Those of the chunks pass unchanged.

    Example:
        >>> from rxstream import collect_sync
        >>> stream = from_sse([b'data: {"type":"response.comp', b'leted","response":{}}', b"\\n\\n"])
        >>> [event.type for event in collect_sync(stream)]
        ['response.completed']
        >>> def reopen(cursor):
        ...     print(f"GET with Last-Event-ID: {cursor.last_event_id}")
        ...     return [b'id: 2\\ndata: {"type":"response.completed","response":{}}\\n\\n']
        >>> begun = b'retry: 10\\nid: 1\\ndata: {"type":"response.output_text.delta","delta":"Hi"}\\n\\n'
        >>> [event.type for event in collect_sync(from_sse([begun], reopen=reopen))]
        GET with Last-Event-ID: 1
        ['response.output_text.delta', 'response.completed']
    """
    BodyDecoder(max_event_bytes=max_event_bytes)  # a wrong limit is told here, not to each subscription
    checked_max_retries(max_retries)
    checked_on_malformed(on_malformed)
    _check_functions(reopen, on_reconnect)
    open_chunks = _opener(chunks)
    if reopen is not None:

        def begin(on_chunk: OnChunk | None) -> Rejoining:
            return Rejoining(max_retries, max_event_bytes, on_reconnect, on_malformed, on_chunk)

        return ResponseStream.tappable(_reopening(chunks, open_chunks, reopen, begin))

    def subscription(on_chunk: OnChunk | None) -> abc.Subscription[ResponseStreamEvent]:
        def decoder() -> PieceDecoder:
            return tapped(BodyDecoder(max_event_bytes=max_event_bytes, skip=counted(on_malformed)), on_chunk)

        return _subscription(chunks, open_chunks, decoder, is_batched=on_chunk is None)

    return ResponseStream.tappable(subscription)


def _check_functions(reopen: object, on_reconnect: object) -> None:
    if reopen is not None and not callable(reopen):
        raise TypeError(f"expected reopen to be a function, but got {reopen!r}")
    if on_reconnect is not None:
        check_listener("on_reconnect", on_reconnect)
    if on_reconnect is not None and reopen is None:
        raise ValueError("expected reopen with on_reconnect: without it, nothing is reconnected")


def _reopening(
    chunks: Any, open_chunks: Callable[[], Any], reopen: Reopen, begin: Callable[[OnChunk | None], Rejoining]
) -> Callable[[OnChunk | None], abc.Subscription[ResponseStreamEvent]]:
    def read(on_chunk: OnChunk | None) -> ReopeningReader:
        course = begin(on_chunk)
        return ReopeningReader(open_chunks, lambda: open_again(reopen, course.cursor), course)

    def read_in_loop(on_chunk: OnChunk | None) -> AsyncGenerator[list[ResponseStreamEvent], None]:
        course = begin(on_chunk)

        async def first() -> AsyncIterator[Any]:
            return open_chunks()

        return read_reopening(first, lambda: open_again_async(reopen, course.cursor), course)

    if _is_sync(chunks):
        return lambda on_chunk: sync_subscription(lambda: read(on_chunk))
    return lambda on_chunk: async_subscription(lambda: read_in_loop(on_chunk))


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


PieceDecoder = Decoder | EventsAsTheyAre


class IterableReader(Iterable[list[ResponseStreamEvent]]):
    """Reads batches of events out of pieces that a decoder understands.

    Args:
        pieces: What the decoder is fed with.
        decoder: Makes events of it.
        size: How many pieces are taken at a time.
        close: Closes what the pieces come from.
    """

    def __init__(
        self, pieces: Iterator[Any], decoder: PieceDecoder, *, size: int = 1, close: Callable[[], object] | None = None
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


def _decoded(decoder: PieceDecoder, batch: Sequence[Any]) -> list[ResponseStreamEvent]:
    events: list[ResponseStreamEvent] = []
    for piece in batch:
        events += decoder.feed(piece)
        if decoder.is_over:
            break
    return events


def _opener(pieces: Any) -> Callable[[], Any]:
    """Return what gives an iterator, once for each subscription.

    Raises:
        TypeError: It is no iterable.
    """
    is_iterable = hasattr(pieces, "__iter__" if _is_sync(pieces) else "__aiter__")
    kind = cast("type[Any]", type(pieces))
    if not is_iterable or issubclass(kind, SINGLE):
        raise TypeError(f"expected an iterable, synchronous or asynchronous, but got {kind.__name__}")
    once = Once()

    def open_pieces() -> Any:
        found = iter(pieces) if _is_sync(pieces) else aiter(pieces)
        if found is pieces:
            once.read()
        return found

    return open_pieces


def _subscription(
    pieces: Any, open_pieces: Callable[[], Any], make_decoder: Callable[[], PieceDecoder], *, is_batched: bool = True
) -> abc.Subscription[ResponseStreamEvent]:
    if not _is_sync(pieces):
        return async_subscription(lambda: read_async(open_pieces(), make_decoder()))
    # What is in memory is taken in batches; what is made on the way is passed on at once.
    size = _BATCH if is_batched and isinstance(pieces, (list, tuple)) else 1
    return sync_subscription(lambda: IterableReader(open_pieces(), make_decoder(), size=size))


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


async def read_async(
    iterator: AsyncIterator[Any], decoder: PieceDecoder
) -> AsyncGenerator[list[ResponseStreamEvent], None]:
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
            with moment():
                await close()
    error = decoder.error()
    if error is not None:
        raise error
