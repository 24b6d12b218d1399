from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

import rxstream
from rxstream.simulated import SimulatedModel, SimulatedTransport
from rxstream.simulated.frames import event_frame
from rxstream.testing import now, run_virtually
from rxstream.testing.faults import (
    Fault,
    FaultTransport,
    answer_status,
    cut_after,
    delay_answer,
    delay_at,
    delay_close,
    drip,
    fail_close,
    in_turn,
    incomplete_after,
    no_answer,
    refuse_connection,
    reset_after,
    silence_after,
)

_FAMILIES = [httpx, httpx2]
_BODY = {"model": "gpt-5", "input": "Say 'hello' three times", "stream": True}
_URL = "http://simulated/v1/responses"
_BYTES = b"".join(event_frame(event) for event in SimulatedModel().events(_BODY))


def read(family: ModuleType, faults: Sequence[Fault], timeout: float | None = 5.0) -> tuple[bytes, str]:
    """Read with a sync client; return what came, and the name of the error."""
    received = b""
    with family.Client(transport=FaultTransport(SimulatedTransport(), faults=faults), timeout=timeout) as client:
        try:
            with client.stream("POST", _URL, json=_BODY) as response:
                for chunk in response.iter_raw():
                    received += chunk
        except family.TransportError as error:
            return received, type(error).__name__
    return received, ""


def read_virtually(
    family: ModuleType, faults: Sequence[Fault], timeout: float | None = 5.0
) -> tuple[bytes, str, float]:
    """Read with an async client in virtual time; return the time that it took too."""

    async def main() -> tuple[bytes, str, float]:
        received = b""
        transport = FaultTransport(SimulatedTransport(), faults=faults)
        async with family.AsyncClient(transport=transport, timeout=timeout) as client:
            try:
                async with client.stream("POST", _URL, json=_BODY) as response:
                    async for chunk in response.aiter_raw():
                        received += chunk
            except family.TransportError as error:
                return received, type(error).__name__, now()
        assert transport.inner.model.open_streams == 0
        return received, "", now()

    return run_virtually(main())


@pytest.mark.parametrize("family", _FAMILIES)
@pytest.mark.parametrize(
    ("faults", "received", "error"),
    [
        ([], _BYTES, ""),
        ([cut_after(1000)], _BYTES[:1000], ""),
        ([incomplete_after(1000)], _BYTES[:1000], "RemoteProtocolError"),
        ([reset_after(1000)], _BYTES[:1000], "ReadError"),
        ([refuse_connection()], b"", "ConnectError"),
        ([fail_close()], _BYTES, "CloseError"),
        ([drip()], _BYTES, ""),
        ([answer_status(503, b"busy")], b"busy", ""),
    ],
)
def test_a_client_of_either_family_sees_the_fault_as_its_own(
    family: ModuleType, faults: list[Fault], received: bytes, error: str
) -> None:
    """Sync and async clients get the same bytes and raise an exception of their own family."""
    assert read(family, faults) == (received, error)
    assert read_virtually(family, faults)[:2] == (received, error)


@pytest.mark.parametrize("family", _FAMILIES)
@pytest.mark.parametrize(
    ("faults", "received", "error", "seconds"),
    [
        ([delay_answer(3)], _BYTES, "", 3.0),
        ([delay_at(1000, 4.0)], _BYTES, "", 4.0),
        ([delay_at(1000, 3.0), delay_at(2000, 4.0)], _BYTES, "", 7.0),
        ([delay_at(1000, 60.0)], _BYTES[:1000], "ReadTimeout", 5.0),
        ([delay_answer(60)], b"", "ReadTimeout", 5.0),
        ([no_answer()], b"", "ReadTimeout", 5.0),
        ([silence_after(1000)], _BYTES[:1000], "ReadTimeout", 5.0),
        ([drip(0, 1000, 0.5)], _BYTES, "", 500.0),
        ([delay_close(2)], _BYTES, "", 2.0),
    ],
)
def test_time_is_the_event_loops_and_the_clients_timeout_counts(
    family: ModuleType, faults: list[Fault], received: bytes, error: str, seconds: float
) -> None:
    """Delays take virtual time; a silence that is longer than the read timeout ends with a timeout."""
    assert read_virtually(family, faults) == (received, error, pytest.approx(seconds))


@pytest.mark.parametrize("family", _FAMILIES)
@pytest.mark.parametrize("fault", [no_answer(), silence_after(1000), delay_at(1000, 60.0), delay_answer(60)])
def test_a_sync_client_times_out_as_well(family: ModuleType, fault: Fault) -> None:
    """The same in real time, which is short here."""
    assert read(family, [fault], timeout=0.01)[1] == "ReadTimeout"


def test_a_half_open_connection_without_a_timeout_stays_open_until_it_is_left() -> None:
    """Nothing comes, for as long as the client has patience; cancelling it closes the stream."""

    async def main() -> float:
        transport = FaultTransport(SimulatedTransport(), faults=[silence_after(100)])
        async with httpx.AsyncClient(transport=transport, timeout=None) as client:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.post(_URL, json=_BODY), 100_000)
        assert transport.inner.model.open_streams == 0
        return now()

    assert run_virtually(main()) == pytest.approx(100_000)


def test_a_status_is_answered_without_the_server() -> None:
    """The server does not see the request, and the client sees status, headers and body."""
    transport = FaultTransport(SimulatedTransport(), faults=[answer_status(429, b"{}", {"retry-after": "2"})])
    with httpx.Client(transport=transport) as client:
        response = client.post(_URL, json=_BODY)
    assert (response.status_code, response.headers["retry-after"], response.content) == (429, "2", b"{}")
    assert transport.inner.model.request_count == 0


def test_each_request_has_the_faults_of_its_number() -> None:
    """Plans can be given for each request in turn, and what struck is told."""
    plan = in_turn([cut_after(10), reset_after(10**9)], [])
    transport = FaultTransport(SimulatedTransport(), faults=plan)
    with httpx.Client(transport=transport) as client:
        lengths = [len(client.post(_URL, json=_BODY).content) for _ in range(2)]
    assert lengths == [10, len(_BYTES)]
    assert transport.plans == [(cut_after(10), reset_after(10**9)), ()]
    assert transport.injected == [cut_after(10)]


def test_a_seed_replays_to_the_letter() -> None:
    """The same seed gives the same chunks at the same virtual times, and its plans give them once more."""

    async def history(transport: FaultTransport) -> list[Any]:
        seen: list[Any] = []
        async with httpx.AsyncClient(transport=transport, timeout=30) as client:
            for _ in range(20):
                try:
                    async with client.stream("POST", _URL, json=_BODY) as response:
                        seen.append((now(), response.status_code))
                        async for chunk in response.aiter_raw():
                            seen.append((now(), chunk))
                except httpx.TransportError as error:
                    seen.append((now(), repr(error)))
        return seen

    first, second = FaultTransport(SimulatedTransport(), seed=11), FaultTransport(SimulatedTransport(), seed=11)
    told = run_virtually(history(first))
    assert run_virtually(history(second)) == told
    assert first.injected
    third = FaultTransport(SimulatedTransport(), faults=in_turn(*first.plans))
    assert run_virtually(history(third)) == told
    assert run_virtually(history(FaultTransport(SimulatedTransport(), seed=12))) != told


def test_what_is_no_fault_is_refused() -> None:
    """At the call, with what came."""
    with pytest.raises(TypeError, match="expected faults, as cut_after\\(100\\) makes them, but got 'reset'"):
        FaultTransport(SimulatedTransport(), faults=["reset"])  # type: ignore[list-item]


def test_our_client_tells_a_reset_and_a_clean_cut_apart() -> None:
    """Over the transport the client's errors are those that faults.md has for them."""

    def error_of(fault: Fault) -> str:
        with httpx.Client(transport=FaultTransport(SimulatedTransport(), faults=[fault])) as http_client:
            client = rxstream.Client(base_url="http://simulated/v1", http_client=http_client)
            with pytest.raises(rxstream.errors.StreamError) as raised:
                rxstream.collect_sync(client.stream(model="gpt-5", input="Hello"))
        return type(raised.value).__name__

    assert error_of(reset_after(3000)) == error_of(incomplete_after(3000)) == "ConnectionLostError"
    assert error_of(cut_after(3000)) == "TruncatedStreamError"


def test_rxstream_itself_does_not_import_the_faults() -> None:
    """Only tests need them."""
    import subprocess

    code = "import sys, rxstream; print([name for name in sys.modules if name.startswith('rxstream.testing')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_single_fault_is_told_to_be_put_into_a_list() -> None:
    """Law: wrong arguments are told at the call."""
    with pytest.raises(TypeError, match=r"expected faults in a list, as \[cut_after"):
        FaultTransport(SimulatedTransport(), faults=cut_after(10))  # type: ignore[arg-type]
