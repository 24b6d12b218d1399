from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx
import pytest

import rxstream
from rxstream.errors import ConnectionLostError, IdleTimeoutError, RxstreamError, TruncatedStreamError
from rxstream.sources.decoding import BodyDecoder
from rxstream.testing import run_virtually
from rxstream.testing.faults import (
    Fault,
    FaultTransport,
    chunks_of,
    cut_after,
    drip,
    incomplete_after,
    reset_after,
    silence_after,
)
from tests.exhaustive.stream import BODY, ENDS, EVENTS, FRAMES, REQUEST, fixed_transport


def test_the_stream_is_as_long_as_it_should_be() -> None:
    """At least 300 events, in 60 to 100 KB."""
    assert len(EVENTS) >= 300
    assert 60_000 < len(BODY) < 100_000


def test_a_body_cut_after_any_byte_gives_what_was_whole_and_one_error() -> None:
    """Rows T1 and T2, for each byte: exactly the events that are whole come, then the error tells the last one."""
    decoder = BodyDecoder()
    cuts = 0
    for number, frame in enumerate(FRAMES):
        last = number - 1 if number else None
        for size in range(len(frame)):
            cut = deepcopy(decoder)
            assert cut.feed(frame[:size]) + cut.close() == []
            error = cut.error()
            assert isinstance(error, TruncatedStreamError)
            assert error.last_sequence_number == last
            lost = cut.end.connection_lost(ConnectionResetError("reset"))
            assert isinstance(lost, ConnectionLostError)
            assert lost.last_sequence_number == last
            cuts += 1
        assert [event.to_dict() for event in decoder.feed(frame)] == [EVENTS[number]]
    assert decoder.close() == []
    assert (cuts, decoder.is_over, decoder.error()) == (len(BODY), True, None)


def read(*faults: Fault) -> tuple[list[dict[str, Any]], RxstreamError | None]:
    """Read with the asynchronous client; return the events, and the error at the end."""

    async def main() -> tuple[list[dict[str, Any]], RxstreamError | None]:
        received: list[dict[str, Any]] = []
        transport = FaultTransport(fixed_transport(), faults=faults)
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = rxstream.AsyncClient(base_url="http://fixed/v1", http_client=http_client, timeout=60)
            try:
                async with rxstream.iterate(client.stream(**REQUEST)) as events:
                    async for event in events:
                        received.append(event.to_dict())
            except RxstreamError as error:
                return received, error
        return received, None

    return run_virtually(main())


_SAMPLE = sorted({*range(0, len(BODY), 311), *ENDS[::29], *(end - 1 for end in ENDS[::29]), *(ENDS[0], len(BODY))})


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (cut_after, TruncatedStreamError),
        (incomplete_after, ConnectionLostError),
        (reset_after, ConnectionLostError),
        (silence_after, IdleTimeoutError),
    ],
)
def test_the_client_delivers_what_was_whole_before_any_cut(
    end: Callable[[int], Fault], expected: type[RxstreamError]
) -> None:
    """Rows T1, T2 and T4, for cuts everywhere: exactly the whole events are delivered, then one typed error."""
    for at in _SAMPLE:
        events, error = read(end(at), chunks_of(1 + at % 7000))
        whole = bisect_right(ENDS, at)
        assert events == EVENTS[:whole], at
        if whole == len(EVENTS):
            assert error is None
        else:
            assert type(error) is expected, at


def test_a_body_byte_by_byte_is_the_same() -> None:
    """Row T5."""
    assert read(drip()) == (EVENTS, None)
