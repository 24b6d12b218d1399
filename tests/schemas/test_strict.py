from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel, Field, TypeAdapter

from rxstream.schemas import adapter_of, object_schema, strict_schema
from rxstream.simulated.schemas import sample
from tests.schemas.models import ALL, City, Described, Empty, Family, Limits, Movie, Node, Open, Rally, Trip

KEYWORDS = {
    *("type", "title", "description", "enum", "const", "anyOf", "$ref", "$defs", "properties", "required", "items"),
    *("additionalProperties", "format", "pattern", "multipleOf", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems"),
}
"""What the API's guide lists."""


def strict(type_: Any) -> dict[str, Any]:
    """Make the strict schema of a type."""
    return strict_schema(object_schema(adapter_of(type_), "it"))


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Walk over a schema and all schemas inside of it."""
    yield schema
    for key in ("properties", "$defs"):
        for part in schema.get(key, {}).values():
            yield from parts(part)
    for part in [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]:
        yield from parts(part)


@pytest.mark.parametrize("type_", ALL, ids=str)
def test_every_part_is_what_the_guide_allows(type_: Any) -> None:
    """Closed objects with all properties required, references alone, and no keyword but the listed ones."""
    schema = strict(type_)
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in parts(schema):
        assert part.keys() <= KEYWORDS
        assert "type" in part or "anyOf" in part or "$ref" in part
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])
        if "$ref" in part:
            assert part.keys() == {"$ref"}
            assert part["$ref"].removeprefix("#/$defs/") in schema["$defs"]


@pytest.mark.parametrize("type_", ALL, ids=str)
@given(seed=st.integers(0, 2**32))
def test_what_satisfies_the_schema_is_valid(type_: Any, seed: int) -> None:
    """The limits that the description alone tells are not sampled; all else pydantic accepts."""
    schema = strict(type_)
    value = sample(schema, Random(seed))
    jsonschema.validate(value, schema)
    if type_ is not Limits:
        adapter_of(type_).validate_json(json.dumps(value), strict=True)


def normalised(schema: Any) -> Any:
    """Leave out of the SDK's schema what strict mode has no use for, and read sets as sets."""
    if isinstance(schema, list):
        return [normalised(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: normalised(part) for key, part in schema.items() if key not in ("default", "discriminator")}
    if "oneOf" in made:
        made["anyOf"] = made.pop("oneOf")
    return made


def reached(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out definitions that nothing refers to."""
    used = {part["$ref"].removeprefix("#/$defs/") for part in parts(schema) if "$ref" in part}
    definitions = {name: part for name, part in schema.get("$defs", {}).items() if name in used}
    rest = {key: part for key, part in schema.items() if key != "$defs"}
    return {**rest, "$defs": definitions} if definitions else rest


@pytest.mark.parametrize("type_", [City, Trip, Node, Described, Rally, Empty], ids=str)
def test_it_is_the_schema_of_openai_s_sdk(type_: Any) -> None:
    """Equal but for what differs on purpose: no defaults, no discriminators, ``anyOf``, no unused definitions."""
    assert strict(type_) == reached(normalised(to_strict_json_schema(type_)))


def test_where_the_sdk_s_schema_is_refused_ours_differs() -> None:
    """On purpose: objects that are open, and keywords that the API does not know."""
    assert to_strict_json_schema(Open)["additionalProperties"] is True
    assert strict(Open)["additionalProperties"] is False
    assert to_strict_json_schema(Limits)["properties"]["text"]["minLength"] == 2
    assert strict(Limits)["properties"]["text"] == {
        "type": "string",
        "title": "Text",
        "description": "Short. (maxLength: 5, minLength: 2)",
    }


def test_limits_that_the_api_knows_stay() -> None:
    """``pattern``, known formats, numbers' limits and lengths of arrays are enforced by the server."""
    properties = strict(Limits)["properties"]
    assert properties["code"]["pattern"] == "^[A-Z]+$"
    assert (properties["number"]["minimum"], properties["number"]["exclusiveMaximum"]) == (1, 10)
    assert properties["number"]["multipleOf"] == 3
    assert (properties["few"]["minItems"], properties["few"]["maxItems"]) == (1, 3)
    assert [properties[name]["format"] for name in ("day", "at", "length", "id")] == [
        *("date", "date-time", "duration", "uuid")
    ]


def test_limits_that_it_does_not_know_are_told() -> None:
    """Unknown formats, unique items, examples; a pattern that looks around is refused by the API."""
    properties = strict(Limits)["properties"]
    assert properties["raw"]["description"] == "format: binary"
    assert properties["tags"]["description"] == "uniqueItems: true"
    assert properties["old"]["description"] == "examples: [1, 2]"
    around = strict_schema({"type": "object", "properties": {"a": {"type": "string", "pattern": "^(?!x)y"}}})
    assert around["properties"]["a"] == {"type": "string", "description": "pattern: ^(?!x)y"}


@pytest.mark.parametrize("pattern", ["(?=a)", "a(?!b)", "(?<=a)b", r"\\(?<!a)b"])
def test_patterns_that_look_around_are_found(pattern: str) -> None:
    """Ahead or behind, positive or negative, after an escaped backslash too."""
    assert "pattern" not in strict_schema({"type": "string", "pattern": pattern})


@pytest.mark.parametrize("pattern", [r"\(?=a", r"(?:a)", r"(?P<n>a)", r"\\\(?!"])
def test_patterns_that_only_look_like_it_stay(pattern: str) -> None:
    """Escaped parentheses and other groups are no looking around."""
    assert strict_schema({"type": "string", "pattern": pattern})["pattern"] == pattern


def test_values_of_several_types_say_their_types() -> None:
    """pydantic does not, and the API wants a type everywhere."""

    class Choice(BaseModel):
        level: Literal[1, "low", None]
        mood: Literal["good", "bad"]

    properties = strict(Choice)["properties"]
    assert properties["level"]["type"] == ["integer", "string", "null"]
    assert properties["mood"]["type"] == "string"
    assert strict_schema({"const": 1.5})["type"] == "number"


def test_a_pair_is_an_array_of_two() -> None:
    """The API has no ``prefixItems``; places of one type need none."""
    assert strict(Limits)["properties"]["pair"] == {
        "type": "array",
        "title": "Pair",
        "items": {"type": "integer"},
        "minItems": 2,
        "maxItems": 2,
    }


def test_a_described_recursion_ends() -> None:
    """A reference with a description is replaced by its target, but not inside of itself (there the SDK recurses)."""
    eldest = strict(Family)["properties"]["eldest"]["anyOf"][0]
    assert eldest["description"] == "Who came first."
    inner = eldest["properties"]["eldest"]["anyOf"][0]
    assert inner == {"anyOf": [{"$ref": "#/$defs/Family"}], "description": "Who came first."}
    with pytest.raises(RecursionError):
        to_strict_json_schema(Family)


def test_optional_keys_become_required() -> None:
    """A ``TypedDict`` with ``total=False`` too: strict mode has no other kind."""
    assert strict(Movie)["required"] == ["title", "year"]


def test_a_single_all_of_is_unwrapped_and_more_are_refused() -> None:
    """As older versions of pydantic wrap references."""
    schema = {"type": "object", "properties": {"a": {"allOf": [{"type": "string"}], "description": "A."}}}
    assert strict_schema(schema)["properties"]["a"] == {"type": "string", "description": "A."}
    schema["properties"]["a"]["allOf"].append({"minLength": 1})  # pyright: ignore
    with pytest.raises(TypeError, match="got 'allOf' at a "):
        strict_schema(schema)


def fields(kind: Any) -> Any:
    """Make a model with one field of a type, one level down."""

    class Inner(BaseModel):
        field: kind

    class Outer(BaseModel):
        inner: list[Inner]

    return Outer


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (dict[str, int], r"an object with free keys \(dict\[str, …\]\)"),
        (dict, "an object with free keys"),
        (Annotated[dict[Annotated[str, Field(pattern="^a")], int], "x"], "'patternProperties'"),
        (Any, "anything at all"),
        (list, r"anything at all at inner\[\]\.field\[\]"),
        (tuple[int, str], "a tuple of different types"),
    ],
    ids=str,
)
def test_what_strict_mode_cannot_express_is_an_error_that_says_where(kind: Any, found: str) -> None:
    """What was found, the path to it, and the way out."""
    with pytest.raises(TypeError, match=f"strict mode can express, but got {found}.*strict=False") as caught:
        strict(fields(kind))
    assert "inner[].field" in str(caught.value)


@pytest.mark.parametrize("reference", ["#/$defs/Missing", "https://example.com/schema", "#/properties/a"])
def test_references_to_elsewhere_are_errors(reference: str) -> None:
    """Only definitions of the schema itself are sent along."""
    with pytest.raises(TypeError, match="reference"):
        strict_schema({"type": "object", "properties": {"a": {"$ref": reference}}})


def test_what_is_given_is_not_changed() -> None:
    """The schema of a model is cached by some callers."""
    schema = object_schema(TypeAdapter(Trip), "Trip")
    before = json.dumps(schema)
    strict_schema(schema)
    assert json.dumps(schema) == before


@pytest.mark.parametrize(
    ("type_", "found"),
    [
        (list[City], "of the type 'array'"),
        (int, "of the type 'integer'"),
        (City | Trip, "one of 2 types"),
        (Any, "anything"),
    ],
    ids=str,
)
def test_the_root_must_be_an_object(type_: Any, found: str) -> None:
    """The API takes nothing else."""
    with pytest.raises(TypeError, match=f"whose JSON is an object, but got it .*{found}"):
        object_schema(TypeAdapter(type_), "it")


def test_types_that_pydantic_or_json_do_not_know_are_errors() -> None:
    """With the name of the type."""
    with pytest.raises(TypeError, match="pydantic can validate, but got object_of_ones_own"):
        adapter_of(type("object_of_ones_own", (), {}))
    with pytest.raises(TypeError, match="JSON schema can express, but got it"):
        strict(fields(Callable[[], None]))
