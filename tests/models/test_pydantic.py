"""The models are pydantic models for everybody else: fields, adapters, schemas, dumps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from rxstream.events import ResponseTextDeltaEvent
from rxstream.models import Response, ResponseOutputItem, ResponseOutputMessage, ResponseUsage
from tests.accumulators.script import FINAL


class Box(BaseModel):
    """A model of the application's own."""

    response: Response
    items: list[ResponseOutputItem] = []
    usage: ResponseUsage | None = None


def test_an_unread_model_is_a_field_of_another_model() -> None:
    """It is taken as it is, dumped whole, and comes back."""
    response = Response.lazily(FINAL)
    box = Box(response=response, items=response.output, usage=response.usage)
    assert box.response is response
    assert box.model_dump(exclude_unset=True)["response"] == FINAL
    again = Box.model_validate_json(box.model_dump_json(exclude_unset=True))
    assert again.response.to_dict() == FINAL
    assert again.items == response.output
    assert again == box
    assert box.model_copy(deep=True) == box


def test_json_may_be_given_in_place_of_a_model() -> None:
    """Dictionaries become models of the right classes, with their JSON."""
    box = Box.model_validate({"response": FINAL, "items": [*FINAL["output"], {"type": "hologram"}]})
    assert box.response.to_dict() == FINAL
    assert [item.type for item in box.items][-1] == "hologram"
    assert isinstance(box.response.output[1], ResponseOutputMessage)


@pytest.mark.parametrize("unread", [True, False])
def test_an_adapter_takes_and_dumps_models(unread: bool) -> None:
    """``TypeAdapter`` of a model, a union and a list."""
    response = Response.lazily(FINAL)
    if not unread:
        repr(response)
    adapter = TypeAdapter(Response)
    assert adapter.validate_python(response) is response
    assert adapter.validate_python(FINAL) == response
    assert adapter.dump_python(response, exclude_unset=True) == FINAL
    assert json.loads(adapter.dump_json(response, exclude_unset=True)) == FINAL
    items: TypeAdapter[list[Any]] = TypeAdapter(list[ResponseOutputItem])
    assert items.dump_python(items.validate_python(FINAL["output"]), exclude_unset=True) == FINAL["output"]


def test_the_front_door_is_strict() -> None:
    """What the application makes must fit; what a server sent is forgiven by ``lazily`` alone."""
    with pytest.raises(ValidationError):
        Response(id=5)  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Response.model_validate({"usage": "many"})
    assert Response.model_validate({"usage": None, "error": None, "incomplete_details": None}).usage is None
    assert Response(usage=None, error=None).to_dict() == {"usage": None, "error": None}


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_there_is_a_json_schema(mode: Any) -> None:
    """Of the response, of a model that holds it, and of an event, with the nested classes described."""
    schema = Response.model_json_schema(mode=mode)
    assert "input_tokens" in schema["properties"]["usage"]["anyOf"][0]["properties"]
    assert {"$ref": "#/$defs/ResponseOutputMessage"} in schema["properties"]["output"]["items"]["anyOf"]
    assert "text" in schema["$defs"]["ResponseOutputText"]["properties"]
    nested = Box.model_json_schema(mode=mode)
    assert nested["properties"]["response"] == {"$ref": "#/$defs/Response"}
    event = TypeAdapter(ResponseTextDeltaEvent).json_schema(mode=mode)
    assert event["properties"]["type"]["const"] == "response.output_text.delta"
