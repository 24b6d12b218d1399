from __future__ import annotations

import json
from typing import Any, cast

import httpx
import pytest
from openai.types.responses.response_format_text_json_schema_config_param import ResponseFormatTextJSONSchemaConfigParam
from pydantic import BaseModel, Field, TypeAdapter

import rxstream as rxs
from rxstream.schemas import adapter_of
from rxstream.simulated import SimulatedTransport
from tests.schemas.models import ALL, Box, City, Limits, Node


@pytest.mark.parametrize("type_", ALL, ids=str)
def test_the_sdk_s_types_accept_it(type_: Any) -> None:
    """It is what the SDK sends."""
    made = rxs.text_format(type_, description="An answer.")
    assert TypeAdapter(ResponseFormatTextJSONSchemaConfigParam).validate_python(made, strict=True) == made


@pytest.mark.parametrize("type_", [type_ for type_ in ALL if type_ is not Limits], ids=str)
def test_the_answer_fits_the_model(type_: Any) -> None:
    """Over the wire: the simulated model writes JSON to the schema, and pydantic reads it."""
    with rxs.Client(base_url="http://simulated/v1", http_client=httpx.Client(transport=SimulatedTransport())) as client:
        stream = client.stream(model="gpt-5", input="Tell me of Rome.", text={"format": rxs.text_format(type_)})
        response = rxs.last_sync(stream.pipe(rxs.final_response()))
    adapter_of(type_).validate_json(response.output_text)


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (City, "City"),
        (Box[int], "Box_int"),
        (Box[list[City]], "Box_list_City"),
        (TypeAdapter(City), "City"),
        (type("Ж", (City,), {}), "output"),
        (type("N" * 70, (City,), {}), "N" * 64),
    ],
    ids=str,
)
def test_the_name_is_the_type_s(type_: Any, name: str) -> None:
    """As far as the API takes it."""
    assert rxs.text_format(type_)["name"] == name


def test_name_and_description_may_be_given() -> None:
    """Left out, there is no description: the schema has the docstring."""
    made = rxs.text_format(City, name="a-city", description="Where to go.")
    assert (made["name"], made["description"]) == ("a-city", "Where to go.")
    assert "description" not in rxs.text_format(City)
    assert rxs.text_format(City)["schema"]["description"] == "A city."


def test_a_wrong_name_raises_at_the_call() -> None:
    """A name that was given is not changed in silence."""
    with pytest.raises(ValueError, match="got 'a city'"):
        rxs.text_format(City, name="a city")


def test_without_strict_mode_the_schema_is_pydantic_s() -> None:
    """Free keys are fine then; the root is an object all the same."""
    assert rxs.text_format(Box[dict[str, int]], strict=False)["schema"] == Box[dict[str, int]].model_json_schema()
    assert rxs.text_format(Node, strict=False)["schema"]["type"] == "object"
    with pytest.raises(TypeError, match=r"but got list .*'array'"):
        rxs.text_format(list[int], strict=False)


def test_strict_mode_cannot_express_free_keys() -> None:
    """The error says so, where, and what to do."""
    with pytest.raises(TypeError, match=r"got an object with free keys .* at content; a list of pairs would do"):
        rxs.text_format(Box[dict[str, int]])


def test_a_default_that_json_cannot_express_is_left_out() -> None:
    """Without a warning: strict mode has no defaults anyway."""

    class Job(BaseModel):
        worker: City = Field(default_factory=lambda: City(name="Rome"))
        rest: City = cast(Any, object())

    assert rxs.text_format(Job)["schema"]["required"] == ["worker", "rest"]
    assert rxs.text_format(Job, strict=False)["schema"]["properties"]["rest"] == {"$ref": "#/$defs/City"}


def test_each_call_makes_a_new_one() -> None:
    """What one request changes in it, another does not see."""
    made = rxs.text_format(City)
    before = json.dumps(made)
    made["schema"]["properties"].clear()
    assert json.dumps(rxs.text_format(City)) == before
