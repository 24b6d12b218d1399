"""One seed: a model, a server, a network that goes wrong, a client, a recorder, and whoever listens."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx
import httpx2

import rxstream
from rxstream.simulated import SCENARIOS
from rxstream.testing import now, run_virtually
from rxstream.testing.faults import FaultPlan
from tests.simulation.disk import recorded_to, recording_of
from tests.simulation.history import History, Noticed
from tests.simulation.listener import Listener
from tests.simulation.plans import drawn_plan
from tests.simulation.server import KeptModel, Server
from tests.simulation.wire import Wire

__all__ = ["live", "live_synchronously"]

_PATIENCE_SECONDS = 100_000.0
_REQUEST: dict[str, Any] = {"model": "gpt-5", "input": "Say 'hello' five times"}
_SCENARIOS = [
    "long:150" if name == "long" else name for name, scenario in sorted(SCENARIOS.items()) if not scenario.http
]
_SHORT = {"no_terminal": "text", "stall": "stall:0.01", "slow_start": "slow_start:0.01"}
_FAMILIES: dict[str, Any] = {"httpx": httpx, "httpx2": httpx2}
_WAYS = ("request",) * 8 + ("background",) * 9 + ("resumed",) * 3
_READ_SECONDS = 60.0


def live(seed: int) -> History:
    """Run the world of a seed in virtual time, with the asynchronous client."""
    chance, history = _begun(seed, _READ_SECONDS)
    if chance.random() < 0.1:
        history.leaves_after = chance.random() ** 2 * 10
    history.recording = recording_of(seed)
    tokens_per_second = chance.choice((None,) * 7 + (100.0,))
    before = random.getstate()
    random.seed(seed)  # of what the client itself leaves to chance, as the pauses before another try
    try:
        with recorded_to(history.recording) as path:
            model = KeptModel(history, tokens_per_second)
            run_virtually(_live(history, model, drawn_plan(seed, history.way), path))
    finally:
        random.setstate(before)
    return history


def live_synchronously(seed: int) -> History:
    """Run the world of a seed in real time, with the synchronous client.

    It is short if ``rxstream.sources.backoff`` makes no pauses; scenarios that take long, or for ever, are left out.
    """
    _, history = _begun(seed, 0.02)
    history.scenario = _SHORT.get(history.scenario, history.scenario)
    model = KeptModel(history, None)
    wire = Wire(history, Server(history, model), drawn_plan(seed, history.way, longest_seconds=(0.002,)))
    with _FAMILIES[history.family].Client(transport=wire) as http_client:
        options = {"http_client": http_client, "timeout": history.read_seconds, "max_retries": history.max_retries}
        client = rxstream.Client(base_url="http://simulated/v1", **options)
        _listen(history, _stream(history, client, model), "")
    _note(history, wire, model)
    return history


def _begun(seed: int, read_seconds: float) -> tuple[random.Random, History]:
    chance = random.Random(f"world {seed}")
    way = chance.choice(_WAYS)
    history = History(
        seed=seed,
        scenario=chance.choice(_SCENARIOS),
        family=chance.choice(sorted(_FAMILIES)),
        way=way,
        read_seconds=read_seconds,
        max_retries=chance.choice((0, 1, 2, 3, 5, 8) if way == "request" else (0, 2, 3, 5, 5, 8)),
        looks=way != "request" and chance.random() < 0.8,
        listens_to_all=chance.random() < 0.4,
    )
    if way == "resumed" and chance.random() < 0.8:
        history.after = chance.randrange(24)
    return chance, history


def _stream(history: History, client: Any, model: KeptModel) -> rxstream.ResponseStream:
    options: dict[str, Any] = {"on_reconnect": lambda notice: _look(history, notice)} if history.looks else {}
    if history.way == "request":
        return client.stream(**_REQUEST)
    if history.way == "background":
        return client.stream(**_REQUEST, background=True, resume=True, **options)
    made = model.create({**_REQUEST, "stream": True, "background": True})
    return client.resume(made.id, starting_after=history.after, **options)


def _look(history: History, notice: Any) -> None:
    try:
        seconds = now()
    except RuntimeError:  # in a thread, and in real time
        seconds = 0.0
    delivered = len(history.listeners["events"].items)
    history.notices.append(Noticed(seconds, notice, len(history.asked), delivered))


def _listen(history: History, stream: rxstream.ResponseStream, path: str) -> list[asyncio.Event]:
    recorded = stream.pipe(rxstream.record(path)) if path else stream
    shared = recorded.pipe(rxstream.share_replay())
    operators = {"outcome": rxstream.outcome()}
    if history.listens_to_all:
        operators |= {
            "snapshots": rxstream.snapshots(),
            "text": rxstream.accumulate_text(),
            "calls": rxstream.function_calls(),
        }
    ended = [asyncio.Event() for _ in range(len(operators) + 1)]
    for event, (name, operator) in zip(ended, [("events", None), *operators.items()], strict=True):
        listener = history.listeners[name] = Listener(event.set)
        listener.listen(shared if operator is None else shared.pipe(operator))
    return ended


def _note(history: History, wire: Wire, model: KeptModel) -> None:
    history.plans, history.injected = wire.plans, wire.injected
    if model.open_streams:
        history.left_over.append("an open stream")


async def _live(history: History, model: KeptModel, plan: FaultPlan, path: str) -> None:
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: history.left_over.append(repr(context.get("exception") or context["message"]))
    )
    wire = Wire(history, Server(history, model), plan)
    async with _FAMILIES[history.family].AsyncClient(transport=wire) as http_client:
        options = {"http_client": http_client, "timeout": history.read_seconds, "max_retries": history.max_retries}
        client = rxstream.AsyncClient(base_url="http://simulated/v1", **options)
        ended = _listen(history, _stream(history, client, model), path)
        try:
            async with asyncio.timeout(history.leaves_after or _PATIENCE_SECONDS):
                for end in ended:
                    await end.wait()
        except TimeoutError:
            history.is_stuck = history.leaves_after is None
        else:
            history.leaves_after = None
        history.seconds = now()
        sent = len(history.asked)
        for listener in history.listeners.values():
            listener.dispose()
        await asyncio.sleep(_PATIENCE_SECONDS)
        if len(history.asked) > sent:
            history.left_over.append("a request that was sent when nobody listened any more")
    _note(history, wire, model)
    history.left_over += [repr(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]
