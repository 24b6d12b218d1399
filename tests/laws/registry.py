"""Every public operator, and what its laws are to be tried on.

A new operator needs an entry here; ``test_registry.py`` fails without it. What an entry declares beside the operator
are the few places where a law has an exception on purpose.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import reactivex
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from rxstream import operators
from rxstream.accumulators.moderation import KINDS
from rxstream.events import ResponseTextDeltaEvent, ResponseTextDoneEvent
from rxstream.reactive import Operator
from tests.laws.virtual_time import timed
from tests.strategies import Stream, sloppy_streams, streams, valid_streams

CALLS = ("function_call", "custom_tool_call", "mcp_call", "code_interpreter_call", "message")


class Note(BaseModel):
    """What the JSON messages of the strategies hold."""

    rows: list[Any]
    note: str


@dataclass(frozen=True)
class Case:
    """One operator with its arguments.

    Attributes:
        operator: Its name in ``rxstream.operators.__all__``.
        make: Makes the operator; that of one which looks at the time is made by ``timed``, so that nothing sleeps.
        streams: What to try it on.
        held_back: What it may emit when the source completes; ``""`` for nothing at all.
        lets_go: What waits is emitted at the end of the source, before an error too, however many items that are.
        is_second: Another operator stands before it, and what that raises is an error of its source.
        ends_early: It may complete before the source does, and disposes of the source then.
        needs_the_end: A completion in the middle of what it makes is an error of its own.
        errors_are_values: An error, of the source or its own, is emitted as an item, and the Observable completes.
        multicasts: All subscribers share one subscription to the source: they are not independent.
        looks_inside: It reads the events, so that an event that cannot be read is an error of its own.
    """

    operator: str
    make: Callable[[], Operator[Any, Any]]
    streams: st.SearchStrategy[Stream]
    held_back: str = ""
    lets_go: bool = False
    is_second: bool = False
    ends_early: bool = False
    needs_the_end: bool = False
    errors_are_values: bool = False
    multicasts: bool = False
    looks_inside: bool = True
    name: str = ""

    @property
    def id(self) -> str:
        """What the test report calls it."""
        return self.name or self.operator


def _of(operator: str, *kinds: str, **exceptions: Any) -> Case:
    return Case(operator, getattr(operators, operator), streams(*kinds), **exceptions)


def _after_text_deltas(make: Callable[[], Operator[str, str]]) -> Callable[[], Operator[Any, Any]]:
    return lambda: reactivex.compose(operators.text_deltas(), make())


def _structured(operator: str, make: Callable[[], Operator[Any, Any]], name: str = "") -> Case:
    documents = valid_streams(kinds=("json_message", "function_call", "mcp_call"), endings=("response.completed",))
    return Case(operator, make, documents, needs_the_end=True, name=name)


_HALF = "half of a character whose other half never came"

CASES: tuple[Case, ...] = (
    Case("of_type", lambda: operators.of_type(ResponseTextDeltaEvent, ResponseTextDoneEvent), streams("message")),
    Case("of_type", lambda: operators.of_type("response.*_call*"), streams(), name="of_type wildcard"),
    Case("in_item", lambda: operators.in_item(1), streams()),
    _of("text_deltas", "message", "reasoning", held_back=_HALF),
    _of("accumulate_text", "message", "reasoning", held_back=_HALF),
    _of("refusal_deltas", "message", held_back=_HALF),
    _of("reasoning_deltas", "reasoning", "message", held_back=_HALF),
    _of("annotations", "message"),
    _of("function_calls", "function_call", "message"),
    _of("accumulate_arguments", "function_call", "message"),
    _of("custom_tool_calls", *CALLS),
    _of("accumulate_custom_tool_input", *CALLS),
    _of("mcp_calls", *CALLS),
    _of("accumulate_mcp_arguments", *CALLS),
    _of("code_interpreter_calls", *CALLS),
    _of("accumulate_code", *CALLS),
    Case(
        "moderate",
        lambda: operators.moderate(lambda text: None, window=3, kinds=KINDS),
        streams(),
        held_back="what no check had passed",
        lets_go=True,
    ),
    *(
        Case(
            name,
            _after_text_deltas(getattr(operators, name)),
            streams("message"),
            held_back="the last one",
            lets_go=True,
            is_second=True,
        )
        for name in ("words", "sentences", "lines")
    ),
    Case(
        "smooth",
        timed(lambda clock: operators.smooth(unit="char", per_second=64, scheduler=clock), seconds=3600),
        streams(),
        held_back="the last unit",
        lets_go=True,
    ),
    Case("coalesce", timed(lambda clock: operators.coalesce(within_seconds=1, scheduler=clock), seconds=2), streams()),
    Case(
        "coalesce",
        timed(lambda clock: operators.coalesce(within_seconds=1, scheduler=clock), seconds=0),
        streams(),
        held_back="what waits for more",
        lets_go=True,
        name="coalesce in no time",
    ),
    Case(
        "timeouts",
        timed(
            lambda clock: operators.timeouts(
                first_content_seconds=1e6, idle_seconds=1e6, total_seconds=1e6, scheduler=clock
            ),
            seconds=1,
        ),
        streams(),
    ),
    Case(
        "take_until_budget",
        timed(lambda clock: operators.take_until_budget(characters=1000, seconds=1e6, scheduler=clock), seconds=1),
        streams(),
    ),
    Case(
        "take_until_budget",
        lambda: operators.take_until_budget(characters=4, tokens=2),
        streams("message", "reasoning"),
        ends_early=True,
        name="take_until_budget used up",
    ),
    Case("first_content", operators.first_content, streams(), ends_early=True),
    Case(
        "time_to_first_content",
        timed(lambda clock: operators.time_to_first_content(scheduler=clock), seconds=0),
        streams(),
        ends_early=True,
    ),
    Case(
        "latency",
        timed(lambda clock: operators.latency(scheduler=clock), seconds=0),
        streams(),
        held_back="what was measured",
        lets_go=True,
    ),
    _structured("partial_json", operators.partial_json),
    _structured("partial_json", lambda: operators.partial_json("arguments"), name="partial_json arguments"),
    _structured("partial_model", lambda: operators.partial_model(Note)),
    _structured("elements", lambda: operators.elements("rows", Any)),
    Case("snapshots", operators.snapshots, valid_streams() | sloppy_streams()),
    _of("final_response", held_back="the response, where no terminal event came"),
    _of("outcome", held_back="the outcome", errors_are_values=True),
    _of("share_replay", multicasts=True, looks_inside=False),
)

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
"""Runs a test on every entry."""

law = settings(
    max_examples=int(os.environ.get("RXSTREAM_LAW_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""How hard a law is tried: 25 examples, or as many as ``RXSTREAM_LAW_EXAMPLES`` says.

A time limit for one example would fail by chance on a busy machine.
"""
