"""Targets: bytes off the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rxstream.errors import RxstreamError, SSELimitError
from rxstream.sources.decoding import BodyDecoder
from rxstream.sse import ServerSentEvent, SSEDecoder
from tests.fuzzing.cutting import chance, cut
from tests.reference_sse import place_beyond_the_limit, reference_decode

_REFERENCE_BYTES = 1024  # it is slow


def decoder(data: bytes) -> None:
    """Decode a body whole and cut; compare with the reference; then parse the events of it."""
    random = chance(data)
    chunks = cut(data, random)
    limit = random.choice([None, None, random.randrange(1, 100)])
    found = _decoded([data], limit)
    assert _decoded(chunks, limit) == found, f"cut into {chunks}: {_decoded(chunks, limit)}, but whole: {found}"
    if len(data) <= _REFERENCE_BYTES:
        place = None if limit is None else place_beyond_the_limit(data, limit)
        events, last_event_id, retry = reference_decode(data[:place])
        expected = ([ServerSentEvent(*event) for event in events], place is not None, last_event_id, retry)
        assert found == expected, f"expected {expected}, but got {found}"
    assert _parsed(chunks) == _parsed([data])


def _decoded(chunks: Sequence[bytes], limit: int | None) -> tuple[list[ServerSentEvent], bool, str, int | None]:
    decoder = SSEDecoder() if limit is None else SSEDecoder(max_event_bytes=limit)
    events: list[ServerSentEvent] = []
    is_too_large = False
    for chunk in chunks:
        try:
            events += decoder.feed(chunk)
        except SSELimitError:
            is_too_large = True
    try:
        events += decoder.close()
    except SSELimitError:
        is_too_large = True
    return events, is_too_large, decoder.last_event_id, decoder.retry


def _parsed(chunks: Sequence[bytes]) -> tuple[list[Any], str]:
    decoder = BodyDecoder()
    events: list[Any] = []
    for chunk in chunks:
        if decoder.is_over:
            break
        events += decoder.feed(chunk)
    events += decoder.close()
    error = decoder.error()
    assert error is None or isinstance(error, RxstreamError), f"expected an error of ours, but got {error!r}"
    return [(type(event).__name__, event.to_dict()) for event in events], repr(error)
