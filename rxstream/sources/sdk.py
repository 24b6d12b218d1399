"""Streams of OpenAI's SDK."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.reactive import async_subscription, sync_subscription
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.iterables import EventsAsTheyAre, IterableReader, Once, in_batches, read_async
from rxstream.sources.stream import ResponseStream

__all__ = ["from_openai"]


def from_openai(sdk_stream: Any) -> ResponseStream:
    """Make a stream of a stream object of OpenAI's SDK.

    Where nothing has been read of it yet, its bytes are read, so that nothing is lost on the way through the SDK's own
    types. Otherwise its further events are converted by their JSON.

    Args:
        sdk_stream: What ``client.responses.create(stream=True)`` or ``client.responses.retrieve(stream=True)`` gave,
            of the synchronous or the asynchronous client (awaited).

    Returns:
        A stream that can be subscribed to once, since the request has been sent. Disposing of it closes the SDK's
        stream.

    Raises:
        TypeError: It is no stream.

    Errors:
        As :func:`~rxstream.from_events`.

    Example:
        >>> from rxstream import collect_sync
        >>> class SDKStream:  # stands for openai.Stream
        ...     def __iter__(self):
        ...         yield {"type": "response.completed", "response": {"status": "completed"}}
        ...     def close(self):
        ...         print("closed")
        >>> [event.type for event in collect_sync(from_openai(SDKStream()))]
        closed
        ['response.completed']
    """
    once = Once()
    if hasattr(sdk_stream, "__aiter__"):
        return ResponseStream(async_subscription(lambda: _read_async(sdk_stream, once)))
    if hasattr(sdk_stream, "__iter__"):
        return ResponseStream(sync_subscription(lambda: _reader(sdk_stream, once)))
    raise TypeError(f"expected a stream of the openai SDK, but got {type(sdk_stream).__name__}")


def _reader(sdk_stream: Any, once: Once) -> IterableReader:
    once.read()
    response = _unread_response(sdk_stream)
    if response is None:
        events = (_converted(event) for event in sdk_stream)
        return IterableReader(in_batches(events, 1), EventsAsTheyAre(), sdk_stream.close)
    return IterableReader(in_batches(response.iter_bytes(), 1), BodyDecoder(), sdk_stream.close)


async def _read_async(sdk_stream: Any, once: Once) -> AsyncGenerator[list[ResponseStreamEvent], None]:
    once.read()
    response = _unread_response(sdk_stream)
    try:
        if response is None:
            batches = read_async((_converted(event) async for event in sdk_stream), EventsAsTheyAre())
        else:
            batches = read_async(response.aiter_bytes(), BodyDecoder())
        async with aclosing(batches):
            async for batch in batches:
                yield batch
    finally:
        await sdk_stream.close()


def _unread_response(sdk_stream: Any) -> Any:
    """Return the HTTP response of a stream of which nothing has been read; ``None`` where there is none."""
    response = getattr(sdk_stream, "response", None)
    return None if getattr(response, "is_stream_consumed", True) else response


def _converted(event: Any) -> ResponseStreamEvent:
    if isinstance(event, dict):
        return parse_event(cast("dict[str, Any]", event))
    # Unset fields did not come; warnings would tell of JSON that does not fit the SDK's own types.
    return parse_event(event.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False))
