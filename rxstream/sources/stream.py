"""The Observable of one response's events."""

from __future__ import annotations

from collections.abc import Callable

from reactivex import abc

from rxstream.accumulators import FunctionCall, Outcome
from rxstream.errors import ConfigurationError
from rxstream.events import ResponseStreamEvent
from rxstream.models.response import Response
from rxstream.operators import (
    accumulate_text,
    final_response,
    function_calls,
    outcome,
    snapshots,
    text_deltas,
)
from rxstream.reactive import IterableObservable
from rxstream.sinks.chunks import OnChunk
from rxstream.sources.notices import check_listener

__all__ = ["ResponseStream", "Tap"]

Tap = Callable[[OnChunk | None], abc.Subscription[ResponseStreamEvent]]
"""Makes a subscribe function that tells of chunks, if somebody wants to know."""


class ResponseStream(IterableObservable[ResponseStreamEvent]):
    """The events of a response: an Observable that can be iterated over too.

    It is cold: each subscription, and each loop, is a request of its own; ``pipe(share_replay())`` makes it one for
    all. The terminal event is delivered, then the stream ends: ``response.completed`` and ``response.incomplete``
    complete it, ``response.failed`` and ``error`` become its error, and so does an end without a terminal event.

    A plain ``for`` reads a synchronous source (``Client``); ``async for`` reads any. A loop that is left early should
    be one over :func:`~rxstream.iterate` or :func:`~rxstream.iterate_sync`, which close when their block is left.

    Example:
        >>> from rxstream import from_events
        >>> from rxstream.events import ResponseCompletedEvent, ResponseTextDeltaEvent
        >>> stream = from_events([ResponseTextDeltaEvent(output_index=0, delta="Hello"), ResponseCompletedEvent()])
        >>> [event.type for event in stream]
        ['response.output_text.delta', 'response.completed']
        >>> from rxstream import last_sync
        >>> last_sync(stream.accumulate_text())
        'Hello'
    """

    def __init__(self, subscribe: abc.Subscription[ResponseStreamEvent]) -> None:
        super().__init__(subscribe)
        self._tap: Tap | None = None

    @classmethod
    def tappable(cls, tap: Tap) -> ResponseStream:
        """Make a stream that can tell of chunks, of what makes its subscribe function; ``None`` tells nobody."""
        stream = cls(tap(None))
        stream._tap = tap
        return stream

    def with_chunks(self, on_chunk: OnChunk) -> ResponseStream:
        """Return the same stream, which tells of the chunks in which it comes.

        Args:
            on_chunk: Is called with the number of bytes of each chunk, before the events that it completes are emitted;
                where the stream is read, be it another thread. What it raises is the stream's error.

        Raises:
            TypeError: It is no function, or an asynchronous one.
            ConfigurationError: The stream is none of a client, ``from_sse`` or ``replay``.

        Example:
            >>> from rxstream import collect_sync, from_sse
            >>> sizes = []
            >>> stream = from_sse([b'data: {"type":"response.comp', b'leted","response":{}}', b"\\n\\n"])
            >>> len(collect_sync(stream.with_chunks(sizes.append))), sizes
            (1, [28, 21, 2])
        """
        check_listener("on_chunk", on_chunk)
        if self._tap is None:
            raise ConfigurationError("expected a stream of a client, from_sse or replay: of others no chunks are known")
        tap = self._tap

        def tell_both(another: OnChunk | None) -> abc.Subscription[ResponseStreamEvent]:
            def tell(size: int) -> None:
                on_chunk(size)
                if another is not None:
                    another(size)

            return tap(tell)

        return ResponseStream.tappable(tell_both)

    def text_deltas(self) -> IterableObservable[str]:
        """``pipe(text_deltas())``"""
        return self.pipe(text_deltas())

    def accumulate_text(self) -> IterableObservable[str]:
        """``pipe(accumulate_text())``"""
        return self.pipe(accumulate_text())

    def function_calls(self) -> IterableObservable[FunctionCall]:
        """``pipe(function_calls())``"""
        return self.pipe(function_calls())

    def snapshots(self) -> IterableObservable[Response]:
        """``pipe(snapshots())``"""
        return self.pipe(snapshots())

    def final_response(self) -> IterableObservable[Response]:
        """``pipe(final_response())``"""
        return self.pipe(final_response())

    def outcome(self) -> IterableObservable[Outcome]:
        """``pipe(outcome())``"""
        return self.pipe(outcome())
