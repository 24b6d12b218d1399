"""Streams of events and of bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from rxstream import collect, collect_sync, from_events, from_sse, iterate_sync, parse_event
from rxstream.errors import (
    ConfigurationError,
    ResponseFailedError,
    SSELimitError,
    TruncatedStreamError,
)
from rxstream.sources import ResponseStream
from tests.fault_server import created, delta, sse, terminal
from tests.reactive.leaks import run

_WHOLE = [created(), delta(1, "Hel"), delta(2, "lo"), terminal(3)]
_TYPES = [event["type"] for event in _WHOLE]
_BYTES = sse(*_WHOLE)


def _events() -> list[Any]:
    return [parse_event(event) for event in _WHOLE]


def _types(stream: ResponseStream) -> list[str]:
    return [event.type for event in collect_sync(stream)]


class Pieces:
    """An iterator that says whether it was closed."""

    def __init__(self, pieces: list[Any]) -> None:
        self._pieces = iter(pieces)
        self.taken = self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        piece = next(self._pieces)
        self.taken += 1
        return piece

    def close(self) -> None:
        self.closed += 1


class AsyncPieces(Pieces):
    """The same, asynchronously."""

    __iter__ = None  # type: ignore[assignment]

    def __aiter__(self) -> AsyncIterator[Any]:
        return self  # type: ignore[return-value]

    async def __anext__(self) -> Any:
        try:
            return next(self)
        except StopIteration:
            raise StopAsyncIteration from None

    async def aclose(self) -> None:
        self.closed += 1


def test_lists_of_events_and_of_bytes_give_the_same_many_times() -> None:
    """Law: a list is cold; bytes are cut anywhere."""
    chunked = [_BYTES[start : start + 7] for start in range(0, len(_BYTES), 7)]
    for stream in (from_events(_events()), from_events(tuple(_events())), from_sse([_BYTES]), from_sse(chunked)):
        assert _types(stream) == _types(stream) == _TYPES


@pytest.mark.parametrize(("make", "pieces"), [(from_events, _events()), (from_sse, [_BYTES])])
def test_a_generator_is_read_once(make: Callable[..., ResponseStream], pieces: list[Any]) -> None:
    """Law: a second subscription says that the source is spent, and what helps."""
    stream = make(piece for piece in pieces)
    assert _types(stream) == _TYPES
    with pytest.raises(ConfigurationError, match="share_replay"):
        collect_sync(stream)

    async def generator() -> AsyncIterator[Any]:
        for piece in pieces:
            yield piece

    async def main() -> None:
        stream = make(generator())
        assert [event.type for event in await collect(stream)] == _TYPES
        with pytest.raises(ConfigurationError, match="share_replay"):
            await collect(stream)

    run(main())


@pytest.mark.parametrize("make", [from_events, from_sse])
@pytest.mark.parametrize("wrong", ["text", b"bytes", bytearray(b"x"), {"type": "x"}, 7, None])
def test_what_is_no_iterable_raises_at_the_call(make: Callable[..., ResponseStream], wrong: Any) -> None:
    """Law: nor is one that is iterable over something else than what is meant."""
    with pytest.raises(TypeError, match=f"expected an iterable.* but got {type(wrong).__name__}"):
        make(wrong)


def test_what_is_no_event_is_an_error_after_those_before_it() -> None:
    """Law: JSON objects and bytes among events are told, with what makes events of them."""
    for wrong in (created(), b"data", None):
        seen: list[Any] = []
        errors: list[Exception] = []
        from_events([*_events()[:3], wrong]).subscribe(seen.append, errors.append)
        assert [event.type for event in seen] == _TYPES[:3]
        assert isinstance(errors[0], TypeError)
        assert "parse_event" in str(errors[0])


@pytest.mark.parametrize("wrong", ["data: 1\n\n", 7])
def test_what_is_no_chunk_is_an_error(wrong: Any) -> None:
    """Law: text instead of bytes is told to ``on_error``."""
    with pytest.raises(TypeError):
        collect_sync(from_sse([_BYTES[:20], wrong]))


def test_what_an_iterable_raises_passes_unchanged() -> None:
    """Law: after what came before."""
    broke = OSError("broke")

    def generator() -> Iterator[Any]:
        yield _BYTES[:-20]
        raise broke

    seen: list[Any] = []
    errors: list[Exception] = []
    from_sse(generator()).subscribe(seen.append, errors.append)
    assert [event.type for event in seen] == _TYPES[:3]
    assert errors[0] is broke


@pytest.mark.parametrize("taken", [0, 1, 2, 9])
def test_pieces_are_closed_wherever_the_reading_ends(taken: int) -> None:
    """Law: and not read beyond what is wanted, nor beyond the terminal event."""
    pieces = Pieces([*_events(), *_events()])
    with iterate_sync(from_events(pieces)) as events:
        assert len([next(events, None) for _ in range(taken)]) == taken
    assert pieces.taken == min(taken, 4)
    assert pieces.closed == (1 if taken else 0)  # what was never opened is left alone

    async def main() -> None:
        pieces = AsyncPieces([*_events(), *_events()])
        assert len(await collect(from_events(pieces))) == 4
        assert (pieces.taken, pieces.closed) == (4, 1)

    run(main())


def test_the_end_is_judged_as_on_the_wire() -> None:
    """Law: no terminal event is truncation, ``failed`` is a failure, a limit is a limit."""
    with pytest.raises(TruncatedStreamError):
        collect_sync(from_events(_events()[:2]))
    with pytest.raises(TruncatedStreamError):
        collect_sync(from_sse([_BYTES[:-1]]))
    with pytest.raises(ResponseFailedError):
        collect_sync(from_events([parse_event(terminal(0, "failed"))]))
    with pytest.raises(SSELimitError):
        collect_sync(from_sse([_BYTES], max_event_bytes=10))


def test_a_response_stream_is_iterable_and_an_observable() -> None:
    """Law: cold, by ``for``, by ``async for`` and by its methods, each the same as ``pipe``."""
    stream = from_events(_events())
    assert [event.type for event in stream] == _TYPES
    assert collect_sync(stream.text_deltas()) == ["Hel", "lo"]
    assert collect_sync(stream.accumulate_text()) == ["Hel", "Hello"]
    assert collect_sync(stream.function_calls()) == []
    assert len(collect_sync(stream.snapshots())) == 4
    assert collect_sync(stream.final_response())[0].status == "completed"
    assert collect_sync(stream.outcome())[0].status == "completed"

    async def main() -> None:
        assert [event.type async for event in stream] == _TYPES
        assert await collect(stream.text_deltas()) == ["Hel", "lo"]

    run(main())


def test_a_stream_of_a_stream_is_the_stream() -> None:
    """Law: a response stream is an iterable of events like others."""
    assert _types(from_events(from_events(_events()))) == _TYPES
