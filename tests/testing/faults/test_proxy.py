from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence

import httpx
import pytest

import rxstream
from rxstream.simulated import running_server
from rxstream.testing.faults import (
    Fault,
    answer_status,
    cut_after,
    drip,
    fault_proxy,
    in_turn,
    incomplete_after,
    no_answer,
    one_buffer,
    refuse_connection,
    reset_after,
    silence_after,
)

_REQUEST = {"model": "gpt-5", "input": "Say 'hello' three times"}


def ended(faults: Sequence[Fault]) -> tuple[int, str]:
    """Stream through a proxy; return how many events came, and how it ended."""
    events: list[object] = []
    with running_server() as server, fault_proxy(server, faults=faults) as proxy, httpx.Client() as http_client:
        timeout = (5.0, 0.3, 5.0, 5.0)
        client = rxstream.Client(base_url=proxy.url, http_client=http_client, timeout=timeout, max_retries=0)
        try:
            for event in client.stream(**_REQUEST):
                events.append(event)
        except rxstream.errors.RxstreamError as error:
            return len(events), type(error).__name__
    return len(events), ""


def test_without_faults_everything_passes() -> None:
    """In one buffer and byte by byte as well."""
    whole = ended([])
    assert whole[0] > 5
    assert whole == ended([one_buffer()]) == ended([drip()]) == (whole[0], "")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (cut_after(1500), (1, "TruncatedStreamError")),
        (incomplete_after(1500), (1, "ConnectionLostError")),
        (reset_after(1500), (1, "ConnectionLostError")),
        (silence_after(1500), (1, "IdleTimeoutError")),
        (answer_status(418), (0, "APIStatusError")),
    ],
)
def test_a_client_sees_each_fault_over_a_socket(fault: Fault, expected: tuple[int, str]) -> None:
    """The same plan has the same end as in process."""
    assert ended([fault]) == expected


@pytest.mark.parametrize(
    ("fault", "expected"), [(refuse_connection(), "APIConnectionError"), (no_answer(), "APITimeoutError")]
)
def test_an_answer_that_does_not_come_is_an_error(fault: Fault, expected: str) -> None:
    """The request failed, and nothing was delivered."""
    assert ended([fault]) == (0, expected)


def test_a_reset_is_a_reset() -> None:
    """What the client's socket sees is ECONNRESET, not an end."""
    with running_server() as server, httpx.Client() as client:
        with (
            fault_proxy(server, faults=[reset_after(100)]) as proxy,
            pytest.raises(httpx.ReadError, match="reset"),
        ):
            client.post(f"{proxy.url}/responses", json={**_REQUEST, "stream": True})
        assert proxy.injected == [reset_after(100)]


def test_each_request_has_its_faults_and_json_passes_too() -> None:
    """Plans are by number of the request, whatever the answer is."""
    with (
        running_server() as server,
        fault_proxy(server, faults=in_turn([answer_status(503, b"busy")], [])) as proxy,
        httpx.Client() as client,
    ):
        answers = [client.post(f"{proxy.url}/responses", json=_REQUEST) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 200]
    assert answers[1].json()["status"] == "completed"
    assert proxy.plans == [(answer_status(503, b"busy"),), ()]


@pytest.mark.serial
def test_the_proxy_stops_by_itself() -> None:
    """Leaving the block ends connections that are silent or have asked nothing, and every thread."""
    before = threading.active_count()
    begun = time.monotonic()
    with running_server() as server:
        with fault_proxy(server, faults=[silence_after(100)]) as proxy, httpx.Client(timeout=None) as client:
            context = client.stream("POST", f"{proxy.url}/responses", json={**_REQUEST, "stream": True})
            response = context.__enter__()
            next(response.iter_raw())
            idle = socket.create_connection(("127.0.0.1", proxy.server.server_address[1]))
        idle.close()
        context.__exit__(None, None, None)
    assert threading.active_count() == before
    assert time.monotonic() - begun < 5


def test_only_plain_http_is_passed_on() -> None:
    """Another URL is refused at the call."""
    with pytest.raises(ValueError, match="expected the URL of a server"), fault_proxy("https://api.openai.com/v1"):
        pass
