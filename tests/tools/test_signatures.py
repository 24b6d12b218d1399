"""Functions of any signature: what is sent, what comes back, and what validation makes of it."""

from __future__ import annotations

import datetime
import decimal
import enum
import inspect
import json
import keyword
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import to_json
from typing_extensions import TypedDict

import rxstream as rxs
from rxstream.simulated.schemas import sample


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class City(BaseModel):
    name: str
    color: Color | None = None


@dataclass
class Point:
    x: float
    y: int


class Movie(TypedDict):
    title: str


floats = st.floats(allow_nan=False, allow_infinity=False)
points = st.builds(Point, x=floats, y=st.integers())
cities = st.builds(City, name=st.text(), color=st.none() | st.sampled_from(Color))
plain_kinds: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(),
    float: floats,
    bool: st.booleans(),
    str: st.text(),
    Literal["a", "b"]: st.sampled_from(["a", "b"]),
    Color: st.sampled_from(Color),
    datetime.date: st.dates(),
    datetime.datetime: st.datetimes(),
    datetime.timedelta: st.timedeltas(datetime.timedelta(-1000), datetime.timedelta(1000)),
    decimal.Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    uuid.UUID: st.uuids(),
    City: cities,
    Point: points,
    Movie: st.builds(lambda title: {"title": title}, st.text()),
    int | str: st.integers() | st.text(),
    tuple[int, int]: st.tuples(st.integers(), st.integers()),
    set[int]: st.sets(st.integers()),
}
kinds: dict[Any, st.SearchStrategy[Any]] = {
    **plain_kinds,
    **{list[kind]: st.lists(values, max_size=3) for kind, values in plain_kinds.items()},
    **{kind | None: plain_kinds[kind] | st.none() for kind in (int, City, Point)},
}
names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: not keyword.iskeyword(name))


@st.composite
def parameters(draw: st.DrawFn) -> list[tuple[str, Any, Any]]:
    """Draw names, types and defaults (or ``Parameter.empty``)."""
    drawn: list[tuple[str, Any, Any]] = []
    for name in draw(st.lists(names, unique=True, max_size=5)):
        kind = draw(st.sampled_from(list(kinds)))
        drawn.append((name, kind, draw(kinds[kind] | st.just(inspect.Parameter.empty))))
    return drawn


def function_of(parameters: list[tuple[str, Any, Any]]) -> Callable[..., dict[str, Any]]:
    """Make a function that returns what it is given, defaults included."""
    defaults = {name: default for name, _, default in parameters if default is not inspect.Parameter.empty}

    def function(**given: Any) -> dict[str, Any]:
        return {**defaults, **given}

    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
            for name, kind, default in parameters
        ]
    )
    return function


@given(parameters(), st.booleans(), st.data())
def test_the_values_that_were_written_come_back(
    parameters: list[tuple[str, Any, Any]], strict: bool, data: st.DataObject
) -> None:
    """Through JSON and validation, with their types; and what is valid satisfies the schema."""
    made = rxs.tool(function_of(parameters), strict=strict)
    values = {name: data.draw(kinds[kind]) for name, kind, _ in parameters}
    text = to_json(values).decode()
    jsonschema.validate(json.loads(text), made.to_dict()["parameters"])
    assert made.validate(text).values == values
    assert made.run(made.validate(text)) == values


@given(parameters(), st.booleans())
def test_what_is_left_out_has_its_default(parameters: list[tuple[str, Any, Any]], strict: bool) -> None:
    """In strict mode null does the same, where null is no value of the type."""
    with_default = [parameter for parameter in parameters if parameter[2] is not inspect.Parameter.empty]
    defaults = {name: default for name, _, default in with_default}
    made = rxs.tool(function_of(with_default), strict=strict)
    assert made.run(made.validate("{}")) == defaults
    if strict:
        nulls = json.dumps(dict.fromkeys(defaults))
        jsonschema.validate(json.loads(nulls), made.to_dict()["parameters"])
        nullable = {name for name, kind, _ in with_default if kind in (int | None, City | None, Point | None)}
        assert made.run(made.validate(nulls)) == {**defaults, **dict.fromkeys(nullable)}


@given(parameters(), st.integers(0, 2**32), st.booleans())
def test_what_satisfies_the_schema_is_valid(parameters: list[tuple[str, Any, Any]], seed: int, strict: bool) -> None:
    """The simulated model fills any schema, and validation takes it."""
    made = rxs.tool(function_of(parameters), strict=strict)
    schema = made.to_dict()["parameters"]
    jsonschema.Draft202012Validator.check_schema(schema)
    value = sample(schema, Random(seed))
    jsonschema.validate(value, schema)
    made.validate(json.dumps(value))


@given(parameters(), names)
def test_what_was_not_asked_for_is_an_error(parameters: list[tuple[str, Any, Any]], extra: str) -> None:
    """One more key, whatever its name, says its name."""
    assume(extra not in {name for name, _, _ in parameters})
    made = rxs.tool(function_of(parameters))
    value = {**sample(made.to_dict()["parameters"], Random(0)), extra: 1}
    with pytest.raises(rxs.ArgumentsError, match=rf"\({extra}: Extra inputs are not permitted\)"):
        made.validate(json.dumps(value))
