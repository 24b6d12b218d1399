from __future__ import annotations

import json
import re
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel

from rxstream.simulated import SimulatedModel
from rxstream.simulated.schemas import Hints, sample
from rxstream.simulated.schemas.patterns import sample_pattern


class Person(BaseModel):
    name: str
    age: int
    email: str | None
    boss: Person | None
    children: list[Person]


_TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["value", "children"],
            "additionalProperties": False,
        }
    },
}
_EXPRESSION = {
    "$defs": {
        "expression": {"anyOf": [{"$ref": "#/$defs/sum"}, {"type": "number"}]},
        "sum": {
            "type": "object",
            "properties": {"left": {"$ref": "#/$defs/expression"}, "right": {"$ref": "#/$defs/expression"}},
            "required": ["left", "right"],
        },
    },
    "$ref": "#/$defs/expression",
}
_SCHEMAS: list[dict[str, Any]] = [
    {},
    {"type": "null"},
    {"type": "boolean"},
    {"type": "string"},
    {"const": {"a": 1}},
    {"enum": ["red", 3, None]},
    {"type": "string", "minLength": 50},
    {"type": "string", "maxLength": 3},
    {"type": "string", "minLength": 4, "maxLength": 4},
    {"type": "string", "maxLength": 0},
    *({"type": "string", "format": name} for name in ("date", "date-time", "email", "uuid", "uri", "ipv4")),
    {"type": "string", "pattern": r"^[A-Z]{2}\d{3}$"},
    {"type": "string", "pattern": r"^(foo|bar)-[a-f0-9]{8}(\.\w+)?$"},
    {"type": "string", "pattern": r"^\+?[1-9]\d{1,14}$"},
    {"type": "string", "pattern": "^[^@]+@[^@]+$", "minLength": 5},
    {"type": "integer"},
    {"type": "integer", "minimum": 5, "maximum": 5},
    {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7},
    {"type": "integer", "minimum": -9, "maximum": -3, "multipleOf": 4},
    {"type": "integer", "multipleOf": 7, "minimum": 100},
    {"type": "integer", "maximum": -1000},
    {"type": "number", "minimum": 0.25, "maximum": 0.5},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    {"type": "number", "multipleOf": 0.25, "minimum": 3},
    {"type": ["string", "null"]},
    {"type": ["null", "integer"], "minimum": 3},
    {"type": "array", "items": {"type": "integer"}, "minItems": 5, "maxItems": 6},
    {"type": "array", "items": {"type": "string"}, "maxItems": 0},
    {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 3},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False, "minItems": 2},
    {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["b"]},
    {"type": "object", "required": ["anything"]},
    {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    {"properties": {"implied": {"items": {"minimum": 3}}}, "required": ["implied"]},
    {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}]},
    {"oneOf": [{"type": "string", "maxLength": 5}, {"type": "integer"}]},
    {"allOf": [{"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}, {"required": ["b"]}]},
    {"allOf": [{"type": "integer", "minimum": 3}, {"minimum": 7}, {"maximum": 9}]},
    {"type": "object", "properties": {"k": {"allOf": [{"$ref": "#/$defs/k"}], "description": "k"}}, "required": ["k"]}
    | {"$defs": {"k": {"type": "string", "enum": ["only"]}}},
    {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "boolean"}}},
    {"type": "object", "properties": {"self": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}, "required": ["self"]},
    _TREE,
    _EXPRESSION,
    Person.model_json_schema(),
    to_strict_json_schema(Person),
]


def check(schema: dict[str, Any], value: Any) -> None:
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(value)
    json.dumps(value, allow_nan=False)


@pytest.mark.parametrize("schema", _SCHEMAS, ids=range(len(_SCHEMAS)))
def test_values_satisfy_their_schema(schema: dict[str, Any]) -> None:
    """Whatever the seed and the prompt, jsonschema accepts the value."""
    for seed in range(20):
        hints = Hints.of("Compare 'red' and 'AB123' with 5, 2.5 and 700 in Paris.") if seed % 2 else Hints()
        check(schema, sample(schema, Random(seed), hints))


_scalars = st.one_of(
    st.builds(
        lambda a, b: {"type": "integer", "minimum": min(a, b), "maximum": max(a, b)}, *[st.integers(-99, 99)] * 2
    ),
    st.builds(
        lambda a, b: {"type": "string", "minLength": min(a, b), "maxLength": max(a, b)}, *[st.integers(0, 40)] * 2
    ),
    st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=5) | st.integers(), min_size=1)),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["number", "null"]}]),
)


def _nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    properties = st.dictionaries(st.text(max_size=8), inner, max_size=4)
    objects = properties.map(
        lambda parts: {"type": "object", "properties": parts, "required": [*parts], "additionalProperties": False}
    )
    arrays = st.builds(lambda part, n: {"type": "array", "items": part, "minItems": n}, inner, st.integers(0, 3))
    return objects | arrays | st.lists(inner, min_size=1, max_size=3).map(lambda branches: {"anyOf": branches})


@given(st.recursive(_scalars, _nested, max_leaves=8), st.integers(), st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_values_satisfy_any_generated_schema(schema: dict[str, Any], seed: int, prompt: str) -> None:
    """The same for schemas nobody thought of."""
    check(schema, sample(schema, Random(seed), Hints.of(prompt)))


@pytest.mark.parametrize(
    "pattern", [r"a|b|cd", r"^x*y+z?$", r"^(?:ab){2,3}$", r"[\w.-]+", r"^\d{4}-\d{2}$", r"^[]a]$", "^.+$"]
)
def test_text_matches_its_pattern(pattern: str) -> None:
    """Simple patterns are written as they are read."""
    assert all(re.search(pattern, sample_pattern(pattern, Random(seed))) for seed in range(30))


def test_arguments_take_words_and_numbers_of_the_prompt() -> None:
    """Names become strings, numbers become numbers, a mentioned choice is chosen, a query is the whole prompt."""
    properties = {
        "city": {"type": "string"},
        "days": {"type": "integer"},
        "unit": {"type": "string", "enum": ["kelvin", "celsius"]},
        "query": {"type": "string"},
    }
    prompt = "Forecast for Oslo, 3 days, in celsius"
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    value = sample(schema, Random(0), Hints.of(prompt))
    assert value == {"city": "Oslo", "days": 3, "unit": "celsius", "query": prompt}


@pytest.mark.parametrize("seed", range(5))
def test_structured_output_is_the_streamed_text(seed: int) -> None:
    """With ``json_schema`` the joined text deltas are a document of the schema."""
    text = {
        "format": {"type": "json_schema", "name": "Person", "schema": to_strict_json_schema(Person), "strict": True}
    }
    events = SimulatedModel(seed).events({"model": "gpt-5", "input": "Anna Smith is 33", "text": text})
    document = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    person = Person.model_validate_json(document, strict=True)
    assert (person.name, person.age) == ("Anna Smith", 33)
