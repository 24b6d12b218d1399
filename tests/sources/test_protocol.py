"""Faults of the protocol, over real sockets; the rows P1 to P11 of the fault matrix."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from rxstream import Client, SkippedEvent
from rxstream.errors import (
    EventParseError,
    NotAnEventStreamError,
    ResponseFailedError,
    ResponseStreamError,
    RxstreamError,
    SSELimitError,
    TruncatedStreamError,
)
from rxstream.events import ResponseErrorEvent, UnknownEvent
from tests.fault_server import Exchange, FaultServer, created, delta, sse, terminal
from tests.sources.clients import Reader, readers

_ERROR: dict[str, Any] = {"code": "server_error", "message": "it broke", "param": "input"}
_FAILED = terminal(3, "failed", error={"code": "server_error", "message": "it broke for good"})


def _streams(*parts: bytes) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.stream(*parts)


def _data(value: Any) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


@pytest.mark.serial
@readers
@pytest.mark.parametrize(
    ("event", "code", "param"),
    [
        ({"type": "error", "sequence_number": 2, **_ERROR}, "server_error", "input"),
        ({"type": "error", "sequence_number": 2, "error": _ERROR}, "server_error", "input"),
        ({"error": _ERROR}, "server_error", "input"),
        ({"type": "error", "error": "it broke"}, None, None),
    ],
)
def test_P1_an_error_event_in_each_shape_is_delivered_and_then_the_error(
    reader: Reader, event: dict[str, Any], code: str | None, param: str | None
) -> None:
    """Law: the event first, then one error with what it says."""
    with FaultServer(_streams(sse(created()) + _data(event))) as server:
        told = reader.told(server.url)
    assert told.types[0] == "response.created"
    assert isinstance(told.events[1], ResponseErrorEvent)
    assert isinstance(told.error, ResponseStreamError)
    assert (told.error.code, told.error.message, told.error.param) == (code, "it broke", param)
    assert told.error.event is told.events[1]
    assert told.error.response_id == "resp_1"
    assert told.seconds < 0.5


@pytest.mark.serial
@readers
def test_P1_an_error_then_failed_is_one_error(reader: Reader) -> None:
    """Law: both events are delivered, whether they come together or apart; the error is that of the first."""
    for parts in ([sse({"type": "error", **_ERROR}, _FAILED)], [sse({"type": "error", **_ERROR}), sse(_FAILED)]):
        with FaultServer(_streams(sse(created()), *parts)) as server:
            told = reader.told(server.url)
        assert told.types == ["response.created", "error", "response.failed"]
        assert isinstance(told.error, ResponseStreamError)
        assert told.seconds < 0.5


@pytest.mark.serial
@readers
@pytest.mark.parametrize("keepalive", [None, b": still here\n\n", _data({"type": "keepalive"})])
def test_P1_an_error_on_a_socket_that_stays_open_ends_within_the_grace(reader: Reader, keepalive: bytes | None) -> None:
    """Law: ``response.failed`` may follow for a second, whatever else comes meanwhile; then it is over."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(sse(created(), {"type": "error", **_ERROR}))
        while keepalive is not None and exchange.wait_for_close(0.2) == float("inf"):
            exchange.chunk(keepalive)
        exchange.wait_for_close()

    with FaultServer(reply) as server:
        told = reader.told(server.url)
    assert told.types[:2] == ["response.created", "error"]
    assert isinstance(told.error, ResponseStreamError)
    assert told.seconds < 1.8


@readers
def test_P1_an_error_then_a_broken_connection_is_the_error(reader: Reader) -> None:
    """Law: what the server said counts, not how it hung up."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(sse(created(), {"type": "error", **_ERROR}))
        raise ConnectionAbortedError

    with FaultServer(reply) as server:
        told = reader.told(server.url)
    assert isinstance(told.error, ResponseStreamError)


@readers
def test_P2_a_failed_response_is_delivered_and_then_the_error(reader: Reader) -> None:
    """Law: the error carries the response."""
    with FaultServer(_streams(sse(created(), delta(1), _FAILED))) as server:
        told = reader.told(server.url)
    assert told.types == ["response.created", "response.output_text.delta", "response.failed"]
    assert isinstance(told.error, ResponseFailedError)
    assert (told.error.code, told.error.response.id) == ("server_error", "resp_1")
    assert (told.error.response_id, told.error.last_sequence_number) == ("resp_1", 3)
    assert "it broke for good" in str(told.error)


@readers
def test_P3_an_incomplete_response_completes(reader: Reader) -> None:
    """Law: it is no error; the reason is in the response."""
    last = terminal(2, "incomplete", incomplete_details={"reason": "max_output_tokens"})
    with FaultServer(_streams(sse(created(), delta(1), last))) as server:
        told = reader.told(server.url)
    assert told.completed
    assert told.events[-1].response.incomplete_details.reason == "max_output_tokens"


@readers
def test_P4_unknown_events_are_delivered_wherever_they_come(reader: Reader) -> None:
    """Law: keepalives, pings and what is not known yet are events like others."""
    unknown = [{"type": "keepalive", "sequence_number": 9}, {"type": "ping"}, {"type": "response.telepathy", "by": 2}]
    parts = [sse(*unknown[:1]), sse(created()), sse(*unknown[1:]), sse(delta(1), terminal(2))]
    with FaultServer(_streams(*parts)) as server:
        told = reader.told(server.url)
    assert told.completed
    assert [event.to_dict() for event in told.events if isinstance(event, UnknownEvent)] == unknown


@readers
@pytest.mark.parametrize(
    "data",
    [
        b"[1, 2]",
        b'"text"',
        b"not JSON",
        b'{"type": "response.created", "x": NaN}',
        b'{"type": "ping", "deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"type": "ping", "number": ' + b"7" * 5000 + b"}",
    ],
    ids=["array", "string", "text", "NaN", "deep", "digits"],
)
def test_P7_data_that_cannot_be_parsed_is_an_error_with_its_beginning(reader: Reader, data: bytes) -> None:
    """Law: what came before is delivered, though in the same chunk; the error shows 200 bytes, and no recursion."""
    with FaultServer(_streams(sse(created(), delta(1)) + b"data: " + data + b"\n\n" + sse(terminal(2)))) as server:
        told = reader.told(server.url)
    assert told.types == ["response.created", "response.output_text.delta"]
    assert isinstance(told.error, EventParseError)
    assert told.error.excerpt == data[:200]


@readers
def test_P7_data_that_cannot_be_parsed_can_be_skipped_and_counted(reader: Reader) -> None:
    """Law: who asks for it gets all other events, and is told of each that is left out; in each stream anew."""
    body = sse(created()) + b"data: [1]\n\ndata: oops\n\n" + sse(delta(1)) + b"data: {\n\n" + sse(terminal(2))
    skipped: list[SkippedEvent] = []
    with FaultServer(_streams(body)) as server:
        for told in reader.told(server.url, 2, on_malformed=skipped.append):
            assert told.completed
            assert told.types == ["response.created", "response.output_text.delta", "response.completed"]
        assert "on_malformed" not in server.exchanges[0].json
    assert [(event.count, event.error.excerpt) for event in skipped] == [(1, b"[1]"), (2, b"oops"), (3, b"{")] * 2


@readers
def test_P7_what_the_function_raises_is_the_error(reader: Reader) -> None:
    """Law: the caller may say how many are too many, also by an error that looks like one of the network."""

    def at_most_one(event: SkippedEvent) -> None:
        if event.count > 1:
            raise TooMany from event.error

    class TooMany(RxstreamError, ConnectionError):
        def __init__(self) -> None:
            super().__init__("expected at most one")

    with FaultServer(_streams(sse(created()) + b"data: 1\n\n" + sse(delta(1)) + b"data: 2\n\n")) as server:
        told = reader.told(server.url, on_malformed=at_most_one)
    assert told.types == ["response.created", "response.output_text.delta"]
    assert isinstance(told.error, TooMany)
    assert isinstance(told.error.__cause__, EventParseError)


@readers
def test_P7_a_terminal_event_that_is_skipped_leaves_a_truncated_stream(reader: Reader) -> None:
    """Law: skipping makes nothing complete."""
    with FaultServer(_streams(sse(created()) + b'data: {"type":"response.completed"\n\n')) as server:
        told = reader.told(server.url, on_malformed=lambda event: None)
    assert isinstance(told.error, TruncatedStreamError)


@readers
def test_P7_only_malformed_data_is_skipped(reader: Reader) -> None:
    """Law: an event that is too large, and chunks of another API, stay errors."""
    large = sse(created()) + b"data: " + b"x" * 5000 + b"\n\n"
    with FaultServer(_streams(large)) as server:
        told = reader.told(server.url, client={"max_event_bytes": 2000}, on_malformed=lambda event: None)
    assert isinstance(told.error, SSELimitError)
    with FaultServer(_streams(_data({"object": "chat.completion.chunk"}))) as server:
        told = reader.told(server.url, on_malformed=lambda event: None)
    assert isinstance(told.error, NotAnEventStreamError)


def test_P7_what_is_called_must_be_a_function() -> None:
    """Law: a wrong argument is told at the call."""
    client = Client(base_url="http://127.0.0.1:9/v1", api_key="x")
    with pytest.raises(TypeError, match="on_malformed to be a function"):
        client.stream(model="m", on_malformed=True)
    with pytest.raises(TypeError, match="on_malformed to be a function"):
        client.resume("resp_1", on_malformed="skip")


@readers
def test_P8_legal_blocks_without_data_are_no_events(reader: Reader) -> None:
    """Law: an empty ``data:``, an event without data, ``retry:`` and ``id:`` alone, comments, say nothing."""
    blocks = b"data:\n\nevent: ping\n\nretry: 3000\n\nid: 7\n\n: comment\n\n"
    with FaultServer(_streams(blocks + sse(created()) + blocks + sse(terminal(1)) + blocks)) as server:
        told = reader.told(server.url)
    assert told.completed
    assert told.types == ["response.created", "response.completed"]


@readers
def test_P9_only_the_type_is_needed(reader: Reader) -> None:
    """Law: missing and null fields are no faults."""
    events = [
        {"type": "response.created"},
        {"type": "response.in_progress", "sequence_number": None, "response": None},
        {"type": "response.output_text.delta", "delta": None, "logprobs": None},
        {"type": "response.output_text.delta", "sequence_number": "seven"},
        {"type": "response.completed", "response": {"id": None, "status": None, "output": None, "usage": None}},
    ]
    with FaultServer(_streams(sse(*events))) as server:
        told = reader.told(server.url)
    assert told.completed
    assert told.types == [event["type"] for event in events]


@readers
@pytest.mark.parametrize("status", ["failed", "error"])
def test_P9_an_empty_failure_is_a_failure(reader: Reader, status: str) -> None:
    """Law: a failed response without a reason, an error without a message."""
    event = {"type": "response.failed", "response": None} if status == "failed" else {"type": "error"}
    with FaultServer(_streams(sse(event))) as server:
        told = reader.told(server.url)
    assert isinstance(told.error, ResponseFailedError if status == "failed" else ResponseStreamError)


@readers
def test_P11_chunks_of_chat_completions_name_the_mistake(reader: Reader) -> None:
    """Law: the error says which path to use."""
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [{"delta": {"content": "Hi"}}]}
    with FaultServer(_streams(_data(chunk), _data(chunk), b"data: [DONE]\n\n")) as server:
        told = reader.told(server.url)
    assert told.types == []
    assert isinstance(told.error, NotAnEventStreamError)
    assert "/chat/completions" in str(told.error)
