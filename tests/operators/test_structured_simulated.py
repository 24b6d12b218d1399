"""Structured output that the simulated model writes, beside what OpenAI's SDK parses of the same stream."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel, Field

import rxstream as rxs
from rxstream.simulated import SimulatedModel
from tests.parsed_by_the_sdk import parsed_by_the_sdk


class Sky(Enum):
    CLEAR = "clear"
    RAIN = "rain"


class Day(BaseModel):
    sky: Sky
    high: float = Field(ge=-40, le=50)
    note: str | None


class Station(BaseModel):
    name: str
    neighbours: list[Station]


class Forecast(BaseModel):
    city: str
    days: list[Day] = Field(min_length=1, max_length=5)
    best: Day | None
    station: Station
    is_final: bool


@pytest.mark.parametrize("seed", range(20))
def test_the_last_instance_is_what_the_sdk_parses(seed: int) -> None:
    """Of the same events; and the elements and the plain value agree with it."""
    request: dict[str, Any] = {"model": "gpt-5", "input": "A forecast.", "text": {"format": rxs.text_format(Forecast)}}
    wire = SimulatedModel(seed=seed).events(request)
    events = [rxs.parse_event(event) for event in wire]
    expected = parsed_by_the_sdk(wire, Forecast)
    assert expected is not None
    assert rxs.collect_now(rxs.partial_model(Forecast), events)[-1] == expected
    assert rxs.collect_now(rxs.elements("days", Day), events) == expected.days
    value = rxs.collect_now(rxs.partial_json(), events)[-1]
    assert (value.state, value.value) == ("complete", json.loads(expected.model_dump_json()))
