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
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rxstream import operators
from rxstream.events import ResponseTextDeltaEvent, ResponseTextDoneEvent
from rxstream.reactive import Operator
from tests.strategies import Stream, sloppy_streams, streams, valid_streams

CALLS = ("function_call", "custom_tool_call", "mcp_call", "code_interpreter_call", "message")


@dataclass(frozen=True)
class Case:
    """One operator with its arguments.

    Attributes:
        operator: Its name in ``rxstream.operators.__all__``.
        make: Makes the operator.
        streams: What to try it on.
        held_back: What it may emit when the source completes; ``""`` for nothing at all.
        errors_are_values: An error, of the source or its own, is emitted as an item, and the Observable completes.
        multicasts: All subscribers share one subscription to the source: they are not independent.
        looks_inside: It reads the events, so that an event that cannot be read is an error of its own.
    """

    operator: str
    make: Callable[[], Operator[Any, Any]]
    streams: st.SearchStrategy[Stream]
    held_back: str = ""
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
