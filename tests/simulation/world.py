"""One seed: a model, a network that goes wrong, a client, and whoever listens."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import httpx
import httpx2

import rxstream
from rxstream.simulated import SCENARIOS, SimulatedTransport
from rxstream.testing.faults import Fault, FaultPlan, FaultTransport, drawn_faults
from tests.virtual_loop import now, run_virtually

__all__ = ["History", "Listener", "live", "live_synchronously"]

_PATIENCE_SECONDS = 100_000.0
_REQUEST = {"model": "gpt-5", "input": "Say 'hello' five times"}
_SCENARIOS = sorted(name for name, scenario in SCENARIOS.items() if not scenario.http)
_FAMILIES: dict[str, Any] = {"httpx": httpx, "httpx2": httpx2}


class Listener:
    """Takes what an Observable emits, and what is against the grammar.

    Attributes:
        items: What came.
        ends: How it ended: ``None`` for a completion, or the error; one of them, if all is well.
        after: What came after the end, or after the subscription was disposed of.
    """

    def __init__(self, observable: Any) -> None:
        self.items: list[Any] = []
        self.ends: list[Exception | None] = []
        self.after: list[Any] = []
        self.ended = asyncio.Event()
        self._disposed = False
        self._subscription = observable.subscribe(self._next, self._end, lambda: self._end(None))

    def _next(self, item: Any) -> None:
        (self.after if self.ends or self._disposed else self.items).append(item)

    def _end(self, error: Exception | None) -> None:
        if self.ends or self._disposed:
            self.after.append(error)
        self.ends.append(error)
        self.ended.set()

    def dispose(self) -> None:
        """Leave."""
        self._subscription.dispose()
        self._disposed = True


@dataclass
class History:
    """What was seen of one seed."""

    seed: int
    scenario: str
    family: str
    read_seconds: float
    plans: list[tuple[Fault, ...]] = field(default_factory=list)
    injected: list[Fault] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    listeners: dict[str, Listener] = field(default_factory=dict)
    leaves_after: float | None = None
    seconds: float = 0.0
    is_stuck: bool = False
    left_over: list[str] = field(default_factory=list)


def live(seed: int) -> History:
    """Run the world of a seed in virtual time, with the asynchronous client."""
    chance, history = _begun(seed, read_seconds=60.0)
    if chance.random() < 0.1:
        history.leaves_after = chance.random() ** 2 * 10
    plan = drawn_faults(
        seed,
        body_bytes=chance.choice((3_000, 12_000)),
        longest_seconds=chance.choice((0.05, 5.0, 400.0)),
        most_in_body=chance.choice((3, 3, 3, 40)),
    )
    before = random.getstate()
    random.seed(seed)  # of what the client itself leaves to chance, as the pauses before another try
    try:
        run_virtually(_live(history, plan))
    finally:
        random.setstate(before)
    return history


def live_synchronously(seed: int) -> History:
    """Run the world of a seed in real time, which is short, with the synchronous client."""
    _, history = _begun(seed, read_seconds=0.02)
    transport = _transport(history, drawn_faults(seed, body_bytes=3_000, longest_seconds=0.002))
    with _FAMILIES[history.family].Client(transport=transport) as http_client:
        client = rxstream.Client(
            base_url="http://simulated/v1", http_client=http_client, timeout=history.read_seconds, max_retries=0
        )
        history.listeners = _listeners(client.stream(**_REQUEST))
    _note(history, transport)
    return history


def _begun(seed: int, read_seconds: float) -> tuple[random.Random, History]:
    chance = random.Random(f"world {seed}")
    return chance, History(seed, chance.choice(_SCENARIOS), chance.choice(sorted(_FAMILIES)), read_seconds)


def _transport(history: History, plan: FaultPlan) -> FaultTransport:
    return FaultTransport(SimulatedTransport(history.seed, history.scenario), faults=plan)


def _listeners(stream: rxstream.ResponseStream) -> dict[str, Listener]:
    shared = stream.pipe(rxstream.share_replay())
    return {
        "events": Listener(shared),
        "snapshots": Listener(shared.pipe(rxstream.snapshots())),
        "text": Listener(shared.pipe(rxstream.accumulate_text())),
        "calls": Listener(shared.pipe(rxstream.function_calls())),
        "outcome": Listener(shared.pipe(rxstream.outcome())),
    }


def _note(history: History, transport: FaultTransport) -> None:
    history.plans, history.injected = transport.plans, transport.injected
    history.requests = list(transport.inner.model.requests)
    if transport.inner.model.open_streams:
        history.left_over.append("an open stream")


async def _live(history: History, plan: FaultPlan) -> None:
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: history.left_over.append(repr(context.get("exception") or context["message"]))
    )
    transport = _transport(history, plan)
    async with _FAMILIES[history.family].AsyncClient(transport=transport) as http_client:
        client = rxstream.AsyncClient(
            base_url="http://simulated/v1", http_client=http_client, timeout=history.read_seconds
        )
        history.listeners = _listeners(client.stream(**_REQUEST))
        listeners = history.listeners.values()
        try:
            async with asyncio.timeout(history.leaves_after or _PATIENCE_SECONDS):
                await asyncio.gather(*(listener.ended.wait() for listener in listeners))
        except TimeoutError:
            history.is_stuck = history.leaves_after is None
        else:
            history.leaves_after = None
        history.seconds = now()
        sent = len(transport.plans)
        for listener in listeners:
            listener.dispose()
        await asyncio.sleep(_PATIENCE_SECONDS)
        if len(transport.plans) > sent:
            history.left_over.append("a request that was sent when nobody listened any more")
    _note(history, transport)
    history.left_over += [repr(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]
