"""Bodies that come encoded: refused, or inflated within bounds; row T11 of the fault matrix."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rxstream as rxs
from rxstream.errors import (
    APIStatusError,
    ConfigurationError,
    ConnectionLostError,
    NotAnEventStreamError,
    SSELimitError,
    TruncatedStreamError,
)
from rxstream.sources.encoding import InflateError, Inflater, checked_accept_encoding, coding_of
from tests.fault_server import Exchange, FaultServer, created, delta, sse, terminal
from tests.sources.clients import Reader, readers

_PARTS = [sse(created()), sse(delta(1)), sse(delta(2)), sse(terminal(3))]
_WHOLE = b"".join(_PARTS)
_TYPES = ["response.created", "response.output_text.delta", "response.output_text.delta", "response.completed"]
_ASKS = {"accept_encoding": "gzip, deflate"}


def _raw_deflate(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


def _members(content: bytes) -> bytes:
    """Compress as many gzip members, some of them empty, with padding behind the last."""
    return b"".join(gzip.compress(content[at : at + 50]) + gzip.compress(b"") for at in range(0, len(content), 50))


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("gzip", gzip.compress),
    "members": ("gzip", _members),
    "padded": ("gzip", lambda content: gzip.compress(content) + bytes(1000)),
    "zlib": ("deflate", zlib.compress),
    "zlib and more": ("deflate", lambda content: zlib.compress(content) + b"\x1f\x8bmore"),
    "raw": ("deflate", _raw_deflate),
}
encoders = pytest.mark.parametrize("encoder", ENCODERS)


@readers
@encoders
def test_T11_a_body_in_a_coding_that_was_asked_for_is_inflated(reader: Reader, encoder: str) -> None:
    """Law: the events are those of the plain body."""
    coding, encode = ENCODERS[encoder]
    header = "x-gzip" if encoder == "x-gzip" else coding.upper()
    body = encode(_WHOLE)
    with FaultServer(lambda exchange: exchange.answer(200, body, content_encoding=header)) as server:
        told = reader.told(server.url, client={"accept_encoding": coding})
        assert server.exchanges[0].headers["accept-encoding"] == coding
    assert told.completed
    assert told.types == _TYPES


@readers
def test_T11_what_is_flushed_is_delivered_at_once(reader: Reader) -> None:
    """Law: inflating holds nothing back; the server sends the next event when the one before can have been seen."""
    compressor = zlib.compressobj(wbits=31)

    def reply(exchange: Exchange) -> None:
        exchange.head(content_encoding="gzip")
        for part in _PARTS:
            exchange.chunk(compressor.compress(part) + compressor.flush(zlib.Z_SYNC_FLUSH))
        exchange.wait_for_close()

    with FaultServer(reply) as server:
        told = reader.told(server.url, client=_ASKS)
    assert told.types == _TYPES
    assert told.seconds < 1  # the gzip stream never ends: its terminal event does


@readers
@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, gzip", "zstd"])
def test_T11_a_coding_that_was_not_asked_for_is_refused(reader: Reader, coding: str) -> None:
    """Law: nothing is inflated but what was asked for; the error names the coding and the setting."""
    with FaultServer(lambda exchange: exchange.answer(200, gzip.compress(_WHOLE), content_encoding=coding)) as server:
        told = reader.told(server.url, client={"accept_encoding": "identity, deflate"})
    assert isinstance(told.error, NotAnEventStreamError)
    assert coding in str(told.error)
    assert "accept_encoding" in str(told.error)


@readers
def test_T11_a_header_of_the_caller_asks_as_well(reader: Reader) -> None:
    """Law: what the request says it accepts is accepted."""
    with FaultServer(lambda exchange: exchange.answer(200, gzip.compress(_WHOLE), content_encoding="gzip")) as server:
        told = reader.told(server.url, client={"default_headers": {"Accept-Encoding": "gzip;q=1.0, br"}})
    assert told.completed
    assert told.types == _TYPES


@readers
def test_T11_a_body_that_breaks_is_a_lost_connection(reader: Reader) -> None:
    """Law: what could be inflated is delivered, then one error says what is wrong."""
    compressor = zlib.compressobj(wbits=31)
    half = compressor.compress(b"".join(_PARTS[:2])) + compressor.flush(zlib.Z_FULL_FLUSH)
    with FaultServer(lambda exchange: exchange.answer(200, half + b"\xff" * 100, content_encoding="gzip")) as server:
        told = reader.told(server.url, client=_ASKS)
    assert told.types == _TYPES[:2]
    assert type(told.error) is ConnectionLostError
    assert "encoded as gzip" in str(told.error)


@readers
def test_T11_a_body_that_is_cut_is_truncated(reader: Reader) -> None:
    """Law: a gzip stream without its end is no better than a plain one."""
    compressor = zlib.compressobj(wbits=31)
    half = compressor.compress(b"".join(_PARTS[:3])) + compressor.flush(zlib.Z_SYNC_FLUSH)
    with FaultServer(lambda exchange: exchange.answer(200, half, content_encoding="gzip")) as server:
        told = reader.told(server.url, client=_ASKS)
    assert told.types == _TYPES[:3]
    assert isinstance(told.error, TruncatedStreamError)


@readers
@pytest.mark.parametrize("client", [{}, _ASKS], ids=["not asked", "asked"])
def test_T7_the_body_of_an_error_is_inflated_in_any_case(reader: Reader, client: dict[str, str]) -> None:
    """Law: code and message are found, up to 1 MiB of the plain body is kept."""
    plain = b'{"error": {"message": "No such key.", "code": "invalid_api_key"}}'
    for content in (plain, plain + b" " * (50 << 20)):
        body = gzip.compress(content)
        with FaultServer(lambda exchange, body=body: exchange.answer(401, body, content_encoding="gzip")) as server:
            told = reader.told(server.url, client=client)
        assert isinstance(told.error, APIStatusError)
        assert len(told.error.body) == min(len(content), 1 << 20)
        assert told.error.body.startswith(plain)


@readers
def test_T11_a_bomb_ends_at_the_limit_and_is_not_in_memory(reader: Reader) -> None:
    """Law: of 100 MB in 100 KB no more is ever there than twice the limit of one event."""
    bomb = gzip.compress(b"data: " + b"x" * 100_000_000)
    with FaultServer(lambda exchange: exchange.answer(200, bomb, content_encoding="gzip")) as server:
        tracemalloc.start()
        try:
            told = reader.told(server.url, client={**_ASKS, "max_event_bytes": 1 << 20})
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert isinstance(told.error, SSELimitError)
    assert peak < 6 << 20


@pytest.mark.parametrize("value", ["br", "", "gzip, zstd", "*", "gzip;q=0", "br;q=1.0, gzip;q=0.000"])
def test_a_coding_that_cannot_be_undone_is_refused_at_the_call(value: str) -> None:
    """Law: what the client cannot inflate it does not ask for."""
    with pytest.raises(ConfigurationError, match="identity, gzip and deflate"):
        rxs.Client(base_url="http://127.0.0.1/v1", accept_encoding=value)
    with pytest.raises(TypeError, match="accept_encoding"):
        rxs.AsyncClient(base_url="http://127.0.0.1/v1", accept_encoding=1)  # type: ignore[arg-type]


def test_weights_do_not_make_a_refusal_a_request() -> None:
    """Law: what a list of codings refuses is not asked for; other weights say only which the server may prefer."""
    assert checked_accept_encoding("identity; q=0, GZIP ;q=0.5, deflate") == "gzip, deflate"
    for accepted, coding in (("deflate, gzip;q=0", None), ("gzip; Q=0.00", None), ("gzip;q=0.001", "gzip")):
        assert coding_of(200, {"content-encoding": "gzip"}, accepted) == coding


def test_moderations_are_inflated_too() -> None:
    """Law: every answer to a request that asked for a coding may come in it."""
    body = gzip.compress(b'{"results": []}')
    reply = {"content_type": "application/json", "content_encoding": "gzip"}
    with (
        FaultServer(lambda exchange: exchange.answer(200, body, **reply)) as server,
        rxs.Client(base_url=server.url, accept_encoding="gzip") as client,
    ):
        assert client.post("/moderations", {"input": "Hi"}) == {"results": []}


@encoders
@given(content=st.binary(max_size=400), times=st.integers(1, 2000), sizes=st.lists(st.integers(1, 300), min_size=1))
def test_any_cuts_inflate_to_the_same_in_small_pieces(
    encoder: str, content: bytes, times: int, sizes: list[int]
) -> None:
    """Law: the joined pieces are the content, none is empty, none larger than 64 KiB."""
    coding, encode = ENCODERS[encoder]
    plain = content * times
    encoded = encode(plain)
    inflater = Inflater(coding)
    found: list[bytes] = []
    at = 0
    while at < len(encoded):
        size = sizes[len(found) % len(sizes)]
        found += inflater.pieces(encoded[at : at + size])
        at += size
    assert b"".join(found) == plain
    assert all(0 < len(piece) <= 1 << 16 for piece in found)


@given(content=st.binary(), coding=st.sampled_from(["gzip", "deflate"]))
def test_any_bytes_are_inflated_or_refused(content: bytes, coding: str) -> None:
    """Law: nothing but our own error comes out, and what is inflated before it is a beginning of the same."""
    pieces: list[bytes] = []
    with suppress(InflateError):
        for piece in Inflater(coding).pieces(content):
            pieces.append(piece)
    again: list[bytes] = []
    with suppress(InflateError):
        inflater = Inflater(coding)
        for at in range(len(content)):
            again += inflater.pieces(content[at : at + 1])
    assert b"".join(pieces) == b"".join(again)
    assert all(pieces)


@given(content=st.binary(max_size=400), times=st.integers(1, 2000), size=st.integers(1, 10_000))
def test_what_came_before_a_fault_is_inflated(content: bytes, times: int, size: int) -> None:
    """Law: a block that is none ends it, after all that was flushed before, though in the same chunk."""
    compressor = zlib.compressobj(wbits=31)
    encoded = compressor.compress(content * times) + compressor.flush(zlib.Z_FULL_FLUSH) + b"\xff"
    inflater = Inflater("gzip")
    found: list[bytes] = []
    pieces = (piece for at in range(0, len(encoded), size) for piece in inflater.pieces(encoded[at : at + size]))
    with pytest.raises(InflateError, match="expected a body encoded as gzip"):
        found.extend(pieces)
    assert b"".join(found) == content * times


def test_many_members_cost_what_their_size_costs() -> None:
    """Law: thirty thousand members in one chunk are inflated one by one, without a copy of the rest for each."""
    member = gzip.compress(b"x")
    assert b"".join(Inflater("gzip").pieces(member * 30_000)) == b"x" * 30_000
