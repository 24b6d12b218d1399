"""The outcome of a conversation that is cut where no response is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from reactivex import operators as ops

import rxstream as rxs
from rxstream.simulated import SimulatedTransport


def conversation(http_client: Any) -> rxs.ResponseStream:
    def look_up(word: str) -> str:
        """Look up a word."""
        return word.upper()

    client = rxs.Client(base_url="http://simulated/v1", http_client=http_client)
    return rxs.run_tools(client, tools=[look_up], model="gpt-5", input="Look up 'rain'.")


@pytest.mark.parametrize(
    ("last", "status"),
    [
        ("response.completed", "truncated"),
        ("rxstream.tool_call.started", "truncated"),
        ("rxstream.tool_call.finished", "truncated"),
        ("nothing", "completed"),
    ],
)
def test_a_conversation_that_is_cut_between_turns_is_truncated(last: str, status: str) -> None:
    """The response before was complete, but its calls were never answered."""
    with httpx.Client(transport=SimulatedTransport()) as http_client:
        cut = conversation(http_client).pipe(
            ops.take_while(lambda event: event.type != last, inclusive=True), rxs.outcome()
        )
        assert rxs.last_sync(cut).status == status
