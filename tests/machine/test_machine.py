"""A stateful machine over subscribe, dispose, raise, drop, refuse and reconnect."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

import rxstream
from rxstream.sources.splice import Splice
from rxstream.testing import virtual_event_loop
from tests.machine.world import EVENTS, Connection, Listener, Server

_LONG_SECONDS = 3600.0
_places = st.none() | st.integers(1, len(EVENTS))


class Streams(RuleBasedStateMachine):
    """Whatever is done, in any order, each subscriber sees a beginning of the true events, and one end."""

    def __init__(self) -> None:
        super().__init__()
        self.listeners: list[Listener] = []
        self.told: list[Any] = []
        self.runner = asyncio.Runner(loop_factory=virtual_event_loop)
        self.loop = self.runner.get_loop()
        self.loop.set_exception_handler(lambda _, context: self.told.append(context))
        self.server = Server()
        self.http_client = httpx.AsyncClient(transport=self.server)
        client = rxstream.AsyncClient(base_url="http://machine/v1", api_key="none", http_client=self.http_client)
        request = {"model": "m", "input": "Hi"}
        self.streams: dict[str, Any] = {
            "plain": client.stream(**request),
            "resuming": client.stream(**request, background=True, resume=True),
        }
        self._share("resuming")

    def _share(self, kind: str) -> None:
        self.streams["shared"] = self.streams[kind].pipe(rxstream.share_replay())

    def _in_loop(self, *action: Any, seconds: float = 0.0) -> None:
        async def step() -> None:
            for one in action:
                one()
            for _ in range(50):
                await asyncio.sleep(0)
            await asyncio.sleep(seconds)

        self.runner.run(step())

    def _connection(self, number: int) -> Connection | None:
        live = [connection for connection in self.server.open if not connection.is_ended]
        return live[number % len(live)] if live else None

    @rule(kind=st.sampled_from(["plain", "resuming", "shared"]), raises_at=_places, leaves_at=_places)
    def subscribe(self, kind: str, raises_at: int | None, leaves_at: int | None) -> None:
        def action() -> None:
            self.listeners.append(Listener(kind, self.streams[kind], raises_at=raises_at, leaves_at=leaves_at))

        self._in_loop(action)

    @rule(kind=st.sampled_from(["plain", "resuming"]))
    def share_anew(self, kind: str) -> None:
        self._share(kind)

    @precondition(lambda self: any(one.is_live for one in self.listeners))
    @rule(number=st.integers(0, 9))
    def dispose(self, number: int) -> None:
        live = [one for one in self.listeners if one.is_live]
        self._in_loop(live[number % len(live)].leave)

    @precondition(lambda self: self._connection(0) is not None)
    @rule(number=st.integers(0, 9), count=st.integers(0, len(EVENTS)))
    def send(self, number: int, count: int) -> None:
        connection = self._connection(number)
        assert connection is not None
        self._in_loop(lambda: connection.send(count))

    @precondition(lambda self: self._connection(0) is not None)
    @rule(number=st.integers(0, 9), reset=st.booleans(), count=st.integers(0, 3))
    def drop(self, number: int, reset: bool, count: int) -> None:
        connection = self._connection(number)
        assert connection is not None
        self._in_loop(lambda: connection.send(count), lambda: connection.drop(reset=reset))

    @rule(overlap=st.integers(0, 5), is_available=st.booleans(), refuses=st.booleans(), is_complete=st.booleans())
    def change_the_server(self, overlap: int, is_available: bool, refuses: bool, is_complete: bool) -> None:
        server = self.server
        server.overlap, server.is_available = overlap, is_available
        server.refuses, server.is_complete = refuses, is_complete

    @rule(seconds=st.sampled_from([0.1, 1.0, 10.0, 100.0]))
    def wait(self, seconds: float) -> None:
        self._in_loop(seconds=seconds)

    @invariant()
    def what_came_is_a_beginning_of_the_truth(self) -> None:
        for listener in self.listeners:
            listener.check()

    @invariant()
    def nobody_reads_for_nobody(self) -> None:
        alone = sum(one.is_live for one in self.listeners if one.kind != "shared")
        shared = sum(one.is_live for one in self.listeners if one.kind == "shared")
        assert len(self.server.open) <= alone + shared

    def teardown(self) -> None:
        """The server recovers: then all who wait get their end, and nothing is left."""
        try:
            server = self.server
            server.is_available, server.refuses, server.is_complete = True, False, True
            for _ in range(30):
                for connection in server.open:
                    if not connection.is_ended:
                        self._in_loop(lambda connection=connection: connection.send(len(EVENTS)))
                        self._in_loop(lambda connection=connection: connection.drop(reset=False))
                self._in_loop(seconds=30.0)
            for listener in self.listeners:
                listener.check()
            assert not [one for one in self.listeners if one.is_live], "somebody waits for ever"
            self._in_loop(seconds=_LONG_SECONDS)
            assert server.open == []
            assert self.told == []
            assert asyncio.all_tasks(self.loop) == set()
            self.runner.run(self.http_client.aclose())
        finally:
            self.runner.close()


def test_the_machine_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that takes repeats for new events is found out; shown once, not made small."""
    monkeypatch.setattr(Splice, "_is_next", lambda *_: True)
    few = settings(max_examples=200, stateful_step_count=25, deadline=None, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Streams, settings=few)


TestStreams = Streams.TestCase
TestStreams.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
