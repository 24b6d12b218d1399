"""Structured output over the recorded streams that asked for it: what OpenAI's SDK parses, and every step before."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel, create_model

import rxstream as rxs
from rxstream.errors import OutputRefusedError
from tests.parsed_by_the_sdk import parsed_by_the_sdk
from tests.shared_data import corpus_streams, load_jsonl, needs_shared

pytestmark = needs_shared

_TYPES: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool}


def model_of(schema: dict[str, Any], name: str, definitions: dict[str, Any]) -> type[BaseModel]:
    """A pydantic model for a schema of the corpus."""
    fields: dict[str, Any] = {}
    for key, child in schema["properties"].items():
        kind = type_of(child, f"{name}_{key}", definitions)
        fields[key] = (kind, ...) if key in schema.get("required", ()) else (kind | None, None)
    return create_model(name, **fields)


def type_of(schema: dict[str, Any], name: str, definitions: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return type_of(definitions[schema["$ref"].rpartition("/")[2]], name, definitions)
    if "anyOf" in schema:
        first, *rest = (type_of(one, name, definitions) for one in schema["anyOf"])
        return first if not rest else first | rest[0]
    if schema["type"] == "null":
        return None
    if schema["type"] == "object":
        return model_of(schema, name, definitions)
    if schema["type"] == "array":
        return list[type_of(schema["items"], name, definitions)]
    return _TYPES[schema["type"]]


@cache
def asked_for(kind: str) -> list[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """The streams whose request has a ``text.format`` of this type, with that format."""
    found: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = []
    for name in corpus_streams(core_only=False):
        wire = load_jsonl(name)
        responses = [event["response"] for event in wire if isinstance(event.get("response"), dict)]
        formats = [(response.get("text") or {}).get("format") or {} for response in responses]
        if formats and formats[-1].get("type") == kind:
            found.append((name, formats[-1], wire))
    return found


def text_of(wire: list[dict[str, Any]]) -> str:
    return rxs.collect_now(rxs.final_response(), [rxs.parse_event(event) for event in wire])[-1].output_text


def test_the_last_instance_is_what_the_sdk_parses() -> None:
    """In all streams with a JSON schema that hold output; the refused ones say so, the others hold calls alone."""
    equal = refused = without = 0
    for name, asked, wire in asked_for("json_schema"):
        schema = asked["schema"]
        model = model_of(schema, "Recorded", schema.get("$defs", {}))
        events = [rxs.parse_event(event) for event in wire]
        if "response.refusal.done" in {event.type for event in events}:
            with pytest.raises(OutputRefusedError):
                rxs.collect_now(rxs.partial_model(model), events)
            refused += 1
            continue
        instances = rxs.collect_now(rxs.partial_model(model), events)
        if not text_of(wire):
            assert instances == []
            without += 1
            continue
        expected = parsed_by_the_sdk(wire, model)
        assert expected is not None
        assert instances[-1] == expected, name
        for field in model.model_fields:  # every step shows a part of what comes in the end
            for instance in instances:
                part = getattr(instance, field, None)
                assert part is None or str(getattr(expected, field)).startswith(str(part)) or not isinstance(part, str)
        equal += 1
    assert (equal, refused, without) == (34, 2, 12)


def test_the_elements_of_every_array_come_as_they_are_in_the_end() -> None:
    """In all streams whose output is an object that holds an array."""
    equal = 0
    for kind in ("json_schema", "json_object"):
        for name, _, wire in asked_for(kind):
            text = text_of(wire)
            whole = json.loads(text) if text.count('{"title"') < 2 and text else {}  # one holds two messages
            for key in [key for key, value in whole.items() if isinstance(value, list)]:
                events = [rxs.parse_event(event) for event in wire]
                assert rxs.collect_now(rxs.elements(key, Any), events) == whole[key], name  # type: ignore[arg-type]
                equal += 1
    assert equal == 4


def test_the_last_value_of_each_text_is_that_of_json_loads() -> None:
    """In all streams that asked for JSON, of a schema or not, and hold some; one holds two messages."""
    streams = documents = 0
    for kind in ("json_schema", "json_object"):
        for name, _, wire in asked_for(kind):
            events = [rxs.parse_event(event) for event in wire]
            output = rxs.collect_now(rxs.final_response(), events)[-1].to_dict()["output"]
            parts = [part for item in output if item["type"] == "message" for part in item["content"]]
            texts = [part["text"] for part in parts if part["type"] == "output_text"]
            if not texts:
                continue
            values = rxs.collect_now(rxs.partial_json(), events)
            whole = [value.value for value in values if value.state == "complete"]
            assert whole == [json.loads(text) for text in texts], name
            streams += 1
            documents += len(texts)
    assert (streams, documents) == (46, 49)
