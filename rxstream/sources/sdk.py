"""Streams of OpenAI's SDK."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, cast

from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.reactive import async_subscription, sync_subscription
from rxstream.reactive.leaving import moment
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.ending import StreamEnd
from rxstream.sources.iterables import EventsAsTheyAre, IterableReader, Once, read_async
from rxstream.sources.sockets import Connections
from rxstream.sources.stream import ResponseStream
from rxstream.sources.transport_errors import is_transport_error

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
    is_async = hasattr(sdk_stream, "__aiter__")
    if not hasattr(sdk_stream, "close") or not (is_async or hasattr(sdk_stream, "__iter__")):
        raise TypeError(
            "expected a stream of the openai SDK, as create(stream=True) gives it (the asynchronous client's must be "
            f"awaited, and one of responses.stream() entered), but got {type(sdk_stream).__name__}"
        )
    once = Once()
    if is_async:
        return ResponseStream(async_subscription(lambda: _read_async(sdk_stream, once)))
    return ResponseStream(sync_subscription(lambda: _Reader(sdk_stream, once)))


class _Reader(IterableReader):
    def __init__(self, sdk_stream: Any, once: Once) -> None:
        once.read()
        response = _unread_response(sdk_stream)
        decoder = EventsAsTheyAre() if response is None else BodyDecoder()
        pieces = _converted_events(sdk_stream) if response is None else response.iter_bytes()
        super().__init__(pieces, decoder, close=sdk_stream.close)
        self._end = decoder.end
        self._connections = Connections()
        self._connections.add(_network_stream(sdk_stream))

    def __iter__(self) -> Iterator[list[ResponseStreamEvent]]:
        try:
            yield from super().__iter__()
        except Exception as error:
            raise _own_error(error, self._end) from error

    def interrupt(self) -> None:
        self._connections.shut_down()


async def _read_async(sdk_stream: Any, once: Once) -> AsyncGenerator[list[ResponseStreamEvent], None]:
    once.read()
    response = _unread_response(sdk_stream)
    decoder = EventsAsTheyAre() if response is None else BodyDecoder()
    pieces = _converted_events_async(sdk_stream) if response is None else response.aiter_bytes()
    try:
        async with aclosing(read_async(pieces, decoder)) as batches:
            async for batch in batches:
                yield batch
    except Exception as error:
        raise _own_error(error, decoder.end) from error
    finally:
        with moment():
            await sdk_stream.close()


def _own_error(error: Exception, end: StreamEnd) -> Exception:
    lost = end.connection_lost(error) if is_transport_error(error) else None
    return error if lost is None else lost


def _unread_response(sdk_stream: Any) -> Any:
    """Return the HTTP response of a stream of which nothing has been read; ``None`` where there is none."""
    response = getattr(sdk_stream, "response", None)
    return None if getattr(response, "is_stream_consumed", True) else response


def _network_stream(sdk_stream: Any) -> Any:
    extensions: Any = getattr(getattr(sdk_stream, "response", None), "extensions", {})
    return extensions.get("network_stream")


def _converted_events(sdk_stream: Any) -> Iterator[ResponseStreamEvent]:
    try:
        for event in sdk_stream:
            yield _converted(event)
    except Exception as error:
        yield _error_event(error)


async def _converted_events_async(sdk_stream: Any) -> AsyncGenerator[ResponseStreamEvent, None]:
    try:
        async for event in sdk_stream:
            yield _converted(event)
    except Exception as error:
        yield _error_event(error)


def _error_event(error: Exception) -> ResponseStreamEvent:
    """Return the event of which the SDK has made an exception; raise what is none."""
    body: Any = getattr(error, "body", None)
    if type(error).__module__.partition(".")[0] != "openai" or not isinstance(body, dict):
        raise error
    return parse_event({"type": "error", "error": cast("dict[str, Any]", body)})


def _converted(event: Any) -> ResponseStreamEvent:
    if isinstance(event, dict):
        return parse_event(cast("dict[str, Any]", event))
    # Unset fields did not come; warnings would tell of JSON that does not fit the SDK's own types.
    return parse_event(event.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False))
