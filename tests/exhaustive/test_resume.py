from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

import rxstream
from rxstream.testing import run_virtually
from tests.exhaustive.stream import EVENTS, FRAMES, REQUEST

_HEADERS = {"content-type": "text/event-stream"}
_WHERE = [(event["type"], event["sequence_number"]) for event in EVENTS]
_NEAR = 8


class Broken(httpx.AsyncByteStream):
    """Some events, and then the end of the body; or the connection is lost, every other time."""

    def __init__(self, cut: int) -> None:
        self._cut = cut

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"".join(FRAMES[: self._cut])
        if self._cut % 2:
            raise httpx.ReadError("reset")


class Dropped(httpx.AsyncBaseTransport):
    """Answers with the first ``cut`` events, and then with those that were not asked for, and some before them.

    Attributes:
        asked: After which event each later request asked to go on.
    """

    cut = 0
    overlap = 0
    repeats_created = False

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, headers=_HEADERS, stream=Broken(self.cut))
        self.asked.append(request.url.params["starting_after"])
        again = max(0, self.cut - self.overlap)
        begin = FRAMES[:1] if self.repeats_created and again else []
        return httpx.Response(200, headers=_HEADERS, content=b"".join(begin + FRAMES[again:]))


async def read(client: rxstream.AsyncClient, cut: int) -> None:
    """Read the whole stream, and see that it is whole."""
    events = await rxstream.collect(client.stream(**REQUEST, background=True, resume=True))
    assert [(event.type, event.sequence_number) for event in events] == _WHERE
    for place in (0, *range(max(1, cut - _NEAR), min(len(EVENTS), cut + _NEAR)), len(EVENTS) - 1):
        assert events[place].to_dict() == EVENTS[place]


def resumed(repeats_created: bool, overlaps: Callable[[int], list[int]]) -> int:
    """Resume after every event, with the overlaps that a function gives for it; return how often."""

    async def main() -> int:
        transport, count = Dropped(), 0
        transport.repeats_created = repeats_created
        async with httpx.AsyncClient(transport=transport) as http_client:
            client = rxstream.AsyncClient(base_url="http://fixed/v1", http_client=http_client)
            for cut in range(1, len(EVENTS) + 1):
                for overlap in overlaps(cut):
                    transport.cut, transport.overlap, transport.asked = cut, overlap, []
                    await read(client, cut)
                    assert transport.asked == ([str(cut - 1)] if cut < len(EVENTS) else [])
                    count += 1
        await asyncio.sleep(1)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return count

    return run_virtually(main(), real_seconds=300)


@pytest.mark.parametrize("overlap", range(6))
def test_a_stream_is_whole_after_a_resume_behind_every_event(overlap: int) -> None:
    """Rows P6 and T2: with any overlap, each event comes once, in order, as it was sent."""
    assert resumed(False, lambda cut: [overlap]) == len(EVENTS) >= 300


def test_a_stream_is_whole_when_its_first_event_comes_again() -> None:
    """Row P6: some servers begin a resumed stream with ``response.created`` once more."""
    assert resumed(True, lambda cut: [cut % 6]) == len(EVENTS)
