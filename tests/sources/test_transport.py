"""Faults of the transport, over real sockets; the rows T1 to T13 of the fault matrix."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from rxstream.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ConnectionLostError,
    IdleTimeoutError,
    NotAnEventStreamError,
    SSELimitError,
    TruncatedStreamError,
)
from tests.fault_server import Exchange, FaultServer, created, delta, sse, terminal
from tests.sources.clients import Reader, readers

_WHOLE = sse(created(), delta(1), delta(2), terminal(3))
_HALF = sse(created(), delta(1), delta(2))
_HALF_TYPES = ["response.created", "response.output_text.delta", "response.output_text.delta"]
_WHOLE_TYPES = [*_HALF_TYPES, "response.completed"]


def _ends_cleanly(exchange: Exchange) -> None:
    exchange.stream(_HALF)


def _ends_by_closing(exchange: Exchange) -> None:
    exchange.head(chunked=False, connection="close")
    exchange.send(_HALF)
    raise ConnectionAbortedError


def _ends_with_done(exchange: Exchange) -> None:
    exchange.stream(_HALF, b"data: [DONE]\n\n")


@readers
@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("reply", [_ends_cleanly, _ends_by_closing, _ends_with_done])
def test_T1_a_body_without_a_terminal_event_is_truncated(
    reader: Reader, reply: Callable[[Exchange], None], background: bool
) -> None:
    """Law: however cleanly the body ends, it is an error; resumable if it ran in the background."""
    with FaultServer(reply) as server:
        told = reader.told(server.url, background=background)
    assert told.types == _HALF_TYPES
    assert isinstance(told.error, TruncatedStreamError)
    assert (told.error.response_id, told.error.last_sequence_number) == ("resp_1", 2)
    assert (told.error.retryable, told.error.resumable) == (False, background)


@readers
def test_T1_an_empty_body_is_truncated(reader: Reader) -> None:
    """Law: no event at all is no completion either."""
    with FaultServer(lambda exchange: exchange.stream()) as server:
        told = reader.told(server.url)
    assert told.types == []
    assert isinstance(told.error, TruncatedStreamError)
    assert "before the first event" in str(told.error)


def _resets(exchange: Exchange) -> None:
    exchange.head()
    exchange.chunk(_HALF)
    exchange.wait_for_close(0.02)  # so that what was sent is read before the reset
    exchange.reset()


def _breaks_a_chunk_off(exchange: Exchange) -> None:
    exchange.head()
    exchange.send(b"%x\r\n%b" % (len(_WHOLE), _HALF))
    raise ConnectionAbortedError


def _breaks_between_chunks(exchange: Exchange) -> None:
    exchange.head()
    exchange.chunk(_HALF)
    raise ConnectionAbortedError


def _breaks_content_length(exchange: Exchange) -> None:
    exchange.head(chunked=False, content_length=str(len(_WHOLE)))
    exchange.send(_HALF)
    raise ConnectionAbortedError


def _garbles_a_chunk(exchange: Exchange) -> None:
    exchange.head()
    exchange.chunk(_HALF)
    exchange.wait_for_close(0.02)
    exchange.send(b"not a chunk\r\n")


@readers
@pytest.mark.parametrize(
    "reply", [_resets, _breaks_a_chunk_off, _breaks_between_chunks, _breaks_content_length, _garbles_a_chunk]
)
def test_T2_a_broken_connection_is_lost(reader: Reader, reply: Callable[[Exchange], None]) -> None:
    """Law: what arrived before is delivered, then the connection is said to be lost, with its cause."""
    with FaultServer(reply) as server:
        told = reader.told(server.url, background=True)
    assert told.types == _HALF_TYPES
    assert isinstance(told.error, ConnectionLostError)
    assert told.error.__cause__ is not None
    assert (told.error.response_id, told.error.last_sequence_number, told.error.resumable) == ("resp_1", 2, True)


@readers
def test_T4_silence_is_a_lost_connection_and_a_timeout(reader: Reader) -> None:
    """Law: no byte for longer than the time to read breaks the stream; the error is one of both families."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(_HALF)
        exchange.wait_for_close()

    with FaultServer(reply) as server:
        told = reader.told(server.url, timeout=(5.0, 0.5, 5.0, 5.0), background=True)
    assert told.types == _HALF_TYPES
    assert isinstance(told.error, IdleTimeoutError)
    assert isinstance(told.error, ConnectionLostError)
    assert isinstance(told.error, TimeoutError)
    assert "nothing came in time after response.output_text.delta: ReadTimeout" in str(told.error)
    assert (told.error.last_sequence_number, told.error.retryable, told.error.resumable) == (2, False, True)


@readers
def test_T4_no_answer_in_time_is_a_timeout(reader: Reader) -> None:
    """Law: nothing has begun, so that the same request may be sent anew."""

    def reply(exchange: Exchange) -> None:
        exchange.wait_for_close()

    with FaultServer(reply) as server:
        told = reader.told(server.url, timeout=(5.0, 0.05, 5.0, 5.0))
    assert isinstance(told.error, APITimeoutError)
    assert isinstance(told.error, TimeoutError)
    assert told.error.retryable


@readers
def test_T2_no_connection_is_retryable(reader: Reader) -> None:
    """Law: where nobody listens, or nobody answers, nothing has begun; the same request may be sent anew."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    told = reader.told(f"http://127.0.0.1:{port}/v1")
    assert isinstance(told.error, APIConnectionError)
    assert told.error.retryable
    with FaultServer(lambda exchange: exchange.reset()) as server:
        told = reader.told(server.url)
    assert isinstance(told.error, APIConnectionError)


@pytest.mark.serial
@readers
def test_T3_a_terminal_event_completes_though_the_socket_stays_open(reader: Reader) -> None:
    """Law: it completes at once and closes the connection itself."""
    waited: list[float] = []

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(_WHOLE)
        waited.append(exchange.wait_for_close())

    with FaultServer(reply) as server:
        told = reader.told(server.url)
    assert told.types == _WHOLE_TYPES
    assert told.completed
    assert told.seconds < 0.5
    assert waited[0] < 0.5


@readers
def test_T3_nothing_after_the_terminal_event_is_delivered(reader: Reader) -> None:
    """Law: the terminal event is the last."""
    with FaultServer(lambda exchange: exchange.stream(_WHOLE + sse(delta(4), terminal(5, "failed")))) as server:
        told = reader.told(server.url)
    assert told.types == _WHOLE_TYPES
    assert told.completed


@readers
@pytest.mark.parametrize("size", [1, 7, 10**6])
def test_T5_the_same_events_however_the_bytes_come(reader: Reader, size: int) -> None:
    """Law: one byte a packet or all in one buffer."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        for start in range(0, len(_WHOLE), size):
            exchange.chunk(_WHOLE[start : start + size])
        exchange.end()

    with FaultServer(reply) as server:
        told = reader.told(server.url)
    assert told.types == _WHOLE_TYPES
    assert told.completed


@readers
@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        (
            "application/json",
            json.dumps({"error": {"message": "no such model", "code": "model_not_found"}}),
            "model_not_found",
        ),
        ("application/json", json.dumps({"error": "no such model"}), None),
        ("application/json", '{"id": "resp_1", "object": "response"}', None),
        ("text/html", "<html>Log in" + "." * 5000, None),
        (None, "plain", None),
    ],
)
def test_T6_an_answer_that_is_no_event_stream_says_what_it_is(
    reader: Reader, content_type: str | None, body: str, code: str | None
) -> None:
    """Law: a 200 with something else is an error with up to 2 KiB of it; an API error in it is parsed."""
    with FaultServer(lambda exchange: exchange.answer(200, body.encode(), content_type=content_type)) as server:
        told = reader.told(server.url)
    assert told.types == []
    assert isinstance(told.error, NotAnEventStreamError)
    assert (told.error.content_type, told.error.code) == (content_type, code)
    assert told.error.body == body.encode()[:2048]
    if "no such model" in body:
        assert "no such model" in str(told.error)


@pytest.mark.serial
@readers
@pytest.mark.parametrize("status", [200, 500])
def test_T6_T7_an_answer_without_end_does_not_keep_the_reader(reader: Reader, status: int) -> None:
    """Law: what is read of a wrong answer is bounded in time as it is in bytes."""

    def reply(exchange: Exchange) -> None:
        exchange.head(status, content_type="text/plain")
        exchange.chunk(b"wait for it")
        exchange.wait_for_close()

    with FaultServer(reply) as server:
        told = reader.told(server.url)
    assert told.error.body == b"wait for it"
    assert told.seconds < 3


@readers
def test_T7_a_status_is_an_error_with_what_the_server_said(reader: Reader) -> None:
    """Law: status, type, code, parameter, message and request id are there; the connection can be used again."""
    error = {"message": "too many", "type": "requests", "code": "rate_limit_exceeded", "param": "model"}
    body = json.dumps({"error": error}).encode()

    def reply(exchange: Exchange) -> None:
        exchange.answer(429, body, content_type="application/json", x_request_id="req_7", retry_after="20")

    with FaultServer(reply) as server:
        for told in reader.told(server.url, 2):
            assert isinstance(told.error, APIStatusError)
            assert (told.error.status_code, told.error.code, told.error.param) == (429, "rate_limit_exceeded", "model")
            assert told.error.type == "requests"
            assert (told.error.request_id, told.error.retry_after, told.error.body) == ("req_7", 20.0, body)
            assert told.error.retryable
            assert "too many" in str(told.error)
        assert server.connected == 1


@readers
@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (404, False), (408, True), (409, True), (500, True), (503, True), (204, False)],
)
def test_T7_what_may_be_tried_again(reader: Reader, status: int, retryable: bool) -> None:
    """Law: as OpenAI's SDK retries."""
    with FaultServer(lambda exchange: exchange.answer(status, b"")) as server:
        told = reader.told(server.url)
    assert (told.error.status_code, told.error.retryable) == (status, retryable)


def _date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@readers
@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"retry_after": "2.5"}, 2.5, 2.5),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5, 1.5),
        ({"retry_after": "date +60"}, 55, 60),
        ({"retry_after": "date -60"}, 0, 0),
    ],
)
def test_T7_retry_after_in_each_form(reader: Reader, headers: dict[str, str], low: float, high: float) -> None:
    """Law: seconds, milliseconds and HTTP dates are seconds from now."""
    headers = {name: _date(float(value[5:])) if "date" in value else value for name, value in headers.items()}
    with FaultServer(lambda exchange: exchange.answer(503, b"busy", **headers)) as server:
        told = reader.told(server.url)
    assert low <= told.error.retry_after <= high


@readers
def test_T7_the_body_of_an_error_is_bounded(reader: Reader) -> None:
    """Law: 1 MiB of it is read, and the connection is closed then."""

    def reply(exchange: Exchange) -> None:
        exchange.head(500)
        for _ in range(200):
            exchange.chunk(b"x" * 65536)
        exchange.end()

    with FaultServer(reply) as server:
        told = reader.told(server.url)
    assert len(told.error.body) == 1 << 20
    assert len(str(told.error)) < 1000


@readers
def test_T10_leaving_closes_the_connection(reader: Reader) -> None:
    """Law: the server sees the end of the connection within a second."""
    for after in (0, 1, 2):
        waited: list[float] = []

        def reply(exchange: Exchange, waited: list[float] = waited) -> None:
            exchange.head()
            exchange.chunk(sse(created()))
            exchange.chunk(sse(delta(1)))
            waited.append(exchange.wait_for_close())

        with FaultServer(reply) as server:
            reader.leave(server.url, after)
        assert all(seconds < 1 for seconds in waited)


@readers
def test_T12_an_event_beyond_the_limit_names_the_setting(reader: Reader) -> None:
    """Law: what was there before it is delivered, though it came in the same chunk."""
    with FaultServer(lambda exchange: exchange.stream(_HALF + sse(delta(3, "x" * 5000)))) as server:
        told = reader.told(server.url, client={"max_event_bytes": 1000})
    assert told.types == _HALF_TYPES
    assert isinstance(told.error, SSELimitError)
    assert "max_event_bytes" in str(told.error)


@readers
@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://elsewhere.example/v1/responses?key=1", "elsewhere.example"),
        ("/login", "another path"),
        ("http://[bad", "another path"),
        (None, "another path"),
    ],
)
def test_T13_a_redirect_is_not_followed(reader: Reader, location: str | None, said: str) -> None:
    """Law: the key goes nowhere else; the error names the host, though the user's client would follow."""
    with FaultServer(lambda exchange: exchange.answer(307, b"", location=location)) as server:
        told = reader.told(server.url)
        assert len(server.exchanges) == 1
    assert isinstance(told.error, APIStatusError)
    assert told.error.status_code == 307
    assert said in str(told.error)
    assert "key=1" not in str(told.error)


@readers
@pytest.mark.parametrize(
    "location",
    ["mailto:a@b", "foo:bar", "http:p", "http://xn--/", "//a.example\\@x:abc/", "http://ä..b/", "a" * 70_000],
)
def test_T13_a_redirect_to_nowhere_is_an_error_too(reader: Reader, location: str) -> None:
    """Law: some HTTP libraries look at where they are not to go, and raise; that is an error of ours, and final."""
    with FaultServer(lambda exchange: exchange.answer(307, b"", location=location)) as server:
        told = reader.told(server.url, client={"max_retries": 3})
        assert len(server.exchanges) == 1
    assert isinstance(told.error, (APIConnectionError, APIStatusError))
    assert not told.error.retryable


@readers
def test_T11_an_encoded_body_is_refused(reader: Reader) -> None:
    """Law: ``identity`` is asked for, and nothing is inflated."""
    with FaultServer(lambda exchange: exchange.answer(200, b"\x1f\x8b", content_encoding="gzip")) as server:
        told = reader.told(server.url)
        assert server.exchanges[0].headers["accept-encoding"] == "identity"
    assert isinstance(told.error, NotAnEventStreamError)
    assert "gzip" in str(told.error)
