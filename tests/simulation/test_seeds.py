"""Seeds of the simulation; ``RXSTREAM_SEEDS=n`` runs more of them, ``python -m tests.simulation SEED`` replays one."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from rxstream.sources import backoff
from tests.simulation.__main__ import main
from tests.simulation.checker import check
from tests.simulation.counting import struck
from tests.simulation.history import History
from tests.simulation.world import live, live_synchronously

_SEEDS = int(os.environ.get("RXSTREAM_SEEDS", "5000"))
_BATCHES = 20


def _try(seed: int, run: Callable[[int], History], replay: str) -> None:
    try:
        check(run(seed))
    except Exception as error:
        raise AssertionError(f"{replay} {seed}\n{error}") from error


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_no_fault_loses_doubles_or_reorders_an_event(batch: int) -> None:
    """Rows T1–T10, P5, P6, for each seed: the true events, each once, in order; then one end of the right kind."""
    for seed in range(batch, _SEEDS, _BATCHES):
        _try(seed, live, "replay with: python -m tests.simulation")


@pytest.mark.parametrize(
    ("seed", "what"),
    [
        (8, "a stream went on, and nobody who had been told that it was asked for again heard of it"),
        (109, "the same"),
        (991, "closing failed while a client left, and a request was sent afterwards"),
        (1349, "the same"),
        (813, "closing failed, and what was raised hid that the server refuses: events were asked for again"),
        (54835, "after an event that says that the response failed came bytes that hid it"),
        (55130, "the same"),
    ],
)
def test_seeds_that_failed_once_do_not_fail_again(seed: int, what: str) -> None:
    """What was found by the simulation stays mended."""
    _try(seed, live, f"{what}: python -m tests.simulation")


def test_the_synchronous_client_keeps_the_same_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty seeds in real time, with requests that are sent again and streams that are resumed."""
    monkeypatch.setattr(backoff, "BACKOFF_SECONDS", 0.0)
    for seed in range(60):
        _try(seed, live_synchronously, "synchronously, seed")


def test_a_seed_replays_to_the_letter() -> None:
    """All that can be seen of a seed is the same each time: plans, requests, events, notices, ends, virtual time."""

    def told(seed: int) -> str:
        history = live(seed)
        seen = [
            (name, [item.to_dict() if hasattr(item, "to_dict") else item for item in listener.items], listener.ends)
            for name, listener in history.listeners.items()
            if name != "outcome"
        ]
        content = None if history.recording is None else history.recording.content
        return repr((history.plans, history.asked, history.notices, history.seconds, seen, content))

    for seed in range(20):
        assert told(seed) == told(seed), f"python -m tests.simulation {seed}"


def test_only_faults_that_were_read_are_counted() -> None:
    """Law: what the transport did not do is not counted; nor is what a client that had stopped to read never saw."""
    most = all_counted = 0
    for seed in range(40):
        history = live(seed)
        counted = struck(history)
        planned = [fault for plan in history.plans for fault in plan]
        manners = [asked.served.manner for asked in history.asked if asked.served is not None]
        assert all(fault in planned or fault in manners for fault in counted)
        most += len(history.injected) + sum(manner is not None for manner in manners)
        all_counted += len(counted)
    assert most / 2 < all_counted < most


@pytest.mark.parametrize("arguments", [["7"], ["0", "3"]])
def test_a_line_replays_a_seed_or_gives_the_figures_of_many(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What the message of a failing seed says can be typed."""
    assert main(arguments) == 0
    assert ("as it should be" if len(arguments) == 1 else "faults that struck") in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["x"], ["1", "2", "3"], ["--help"]])
def test_other_arguments_are_answered_with_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody needs to read the code to use it."""
    assert main(arguments) == 2
    assert "python -m tests.simulation SEED UNTIL" in capsys.readouterr().err
