"""Servers break their own schema: what does not fit is left out, named, and kept in the JSON."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.models import (
    AnnotationURLCitation,
    Model,
    Response,
    ResponseFunctionToolCall,
    ResponseFunctionToolCallOutputItem,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseUsage,
    UnknownAnnotation,
    UnknownItem,
    UnknownPart,
    parse_output_item,
)
from rxstream.models.items import OUTPUT_ITEM_CLASSES
from rxstream.models.parts import parse_annotation, parse_part
from tests.accumulators.garbage import json_values, mangled, unhurried
from tests.accumulators.script import FINAL


def read_all(value: Any) -> None:
    """Read every field, and those of every model in it."""
    if isinstance(value, Model):
        value.mismatches  # noqa: B018
        repr(value)
        hash(value)
        for name in type(value).model_fields:
            read_all(getattr(value, name))
    elif isinstance(value, list):
        for child in value:
            read_all(child)


@unhurried
@given(mangled(st.just(FINAL), most=6))
def test_a_response_of_any_shape_can_be_read(wire: dict[str, Any]) -> None:
    """No field raises, the JSON is kept."""
    response = Response.lazily(wire)
    read_all(response)
    assert response.to_dict() == wire
    assert isinstance(response.output_text, str)
    assert Response.lazily(response.to_dict()) == response


@unhurried
@given(st.sampled_from([*OUTPUT_ITEM_CLASSES.values(), Response, ResponseUsage]), st.data())
def test_every_field_of_every_class_may_be_anything(cls: type[Model], data: st.DataObject) -> None:
    """A wrong one has its default and a line of its own; a right one its value."""
    names = data.draw(st.sets(st.sampled_from(sorted(cls.model_fields.keys() - {"type"})), max_size=4))
    wire = {name: data.draw(json_values) for name in sorted(names)}
    model = cls.lazily(wire)
    read_all(model)
    wrong = {line.split(":")[0].split(".")[0] for line in model.mismatches}
    assert wrong <= names
    for name in wrong:
        assert getattr(model, name) == getattr(cls(), name)
    assert model.to_dict() == wire


def test_a_wrong_field_does_not_spoil_the_others() -> None:
    """It is named once, with its place and what was expected."""
    wire = {"id": 5, "status": "completed", "output": {"not": "a list"}, "metadata": [], "temperature": "1"}
    response = Response.lazily(wire)
    assert (response.id, response.status, response.output, response.metadata) == (None, "completed", [], None)
    assert [line.split(":")[0] for line in response.mismatches] == ["id", "output", "metadata", "temperature.int"]
    assert response.to_dict() == wire


def test_null_is_no_mismatch() -> None:
    """The wire says null for what it does not say; such a field has its default."""
    message = ResponseOutputMessage.lazily({"content": None, "role": None})
    assert (message.content, message.role, message.mismatches) == ([], None, ())
    response = Response.lazily({"usage": None, "error": None, "output": None, "tools": None})
    assert (response.usage, response.error, response.output, response.tools) == (None, None, [], [])
    assert response.mismatches == ()


@pytest.mark.parametrize("value", [1, 1.0, "1", True])
def test_numbers_are_not_guessed(value: Any) -> None:
    """``"5"``, ``5.0`` and ``true`` are no whole numbers."""
    usage = ResponseUsage.lazily({"input_tokens": value})
    assert usage.input_tokens == (1 if type(value) is int else None)


def test_halves_of_surrogate_pairs_are_text() -> None:
    """In fields, unions, extra fields and keys, as JSON allows."""
    half = "a\ud83d"
    text = ResponseOutputText.lazily({"text": half, half: half})
    assert (text.text, getattr(text, half), text.mismatches) == (half, half, ())
    output = ResponseFunctionToolCallOutputItem.lazily({"output": half})
    assert (output.output, output.mismatches) == (half, ())
    response = Response.lazily({"output": [{"type": "message", "content": [{"type": "output_text", "text": half}]}]})
    assert response.output_text == half
    repr(response)


def test_names_of_methods_are_no_trouble_as_fields() -> None:
    """A server may call its fields what it likes."""
    wire = dict.fromkeys(("to_dict", "mismatches", "model_dump", "__dict__", "_origin", "self", "__class__", ""), 1)
    usage = ResponseUsage.lazily(wire)
    assert usage.input_tokens is None
    assert usage.to_dict() == usage.model_extra == wire


UNKNOWN: list[tuple[Any, type[Model], dict[str, Any]]] = [
    (parse_output_item, UnknownItem, {"type": "hologram", "id": "h", "x": 1}),
    (parse_part, UnknownPart, {"type": "hologram", "x": 1}),
    (parse_annotation, UnknownAnnotation, {"type": "hologram", "x": 1}),
]


@pytest.mark.parametrize(("parse", "cls", "wire"), UNKNOWN, ids=["item", "part", "annotation"])
def test_what_is_not_known_is_data(parse: Any, cls: type[Model], wire: dict[str, Any]) -> None:
    """Its type, its fields and its JSON are there."""
    model = parse(wire)
    assert type(model) is cls
    assert (model.type, model.x, model.to_dict()) == ("hologram", 1, wire)


@pytest.mark.parametrize(("parse", "cls", "wire"), UNKNOWN, ids=["item", "part", "annotation"])
@pytest.mark.parametrize("value", [None, 5, "x", [], {}, {"type": None}, {"type": ["message"]}])
def test_what_is_no_object_of_a_type_is_unknown(parse: Any, cls: type[Model], wire: Any, value: Any) -> None:
    """A value that is no object is kept under ``value``."""
    model = parse(value)
    assert type(model) is cls
    assert model.to_dict() == (value if isinstance(value, dict) else {"value": value})
    assert model.type == ""


@pytest.mark.parametrize("name", OUTPUT_ITEM_CLASSES)
def test_items_are_told_apart_by_their_type(name: str) -> None:
    """The class that the type names; a model that is one already stays."""
    item = parse_output_item({"type": name})
    assert type(item) is OUTPUT_ITEM_CLASSES[name]
    assert item.type == name
    assert parse_output_item(item) is item


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (None, ""),
        ("x", ""),
        ([], ""),
        ([None, "x", 5, []], ""),
        ([{"type": "message"}], ""),
        ([{"type": "message", "content": None}], ""),
        ([{"type": "message", "content": "x"}], ""),
        ([{"type": "message", "content": [None, {"type": "output_text"}, {"type": "output_text", "text": 5}]}], ""),
        ([{"type": "message", "content": [{"type": "refusal", "text": "no"}]}], ""),
        ([{"type": "reasoning", "content": [{"type": "output_text", "text": "no"}]}], ""),
        ([{"type": ["message"], "content": [{"type": "output_text", "text": "no"}]}], ""),
        (
            [
                {"type": "message", "content": [{"type": "output_text", "text": "a"}]},
                {"type": "function_call"},
                {"type": "message", "content": [{"type": "output_text", "text": "b"}, None, {"type": "x"}]},
            ],
            "ab",
        ),
    ],
)
def test_output_text_takes_any_shape(output: Any, text: str) -> None:
    """The text parts of the messages, and nothing for what is none."""
    assert Response.lazily({"output": output}).output_text == text
    assert Response.lazily({}).output_text == ""
    assert Response().output_text == ""


def test_nested_models_are_made_when_reached() -> None:
    """Of their classes, unread until they are looked at."""
    wire = {"content": [{"type": "output_text", "text": "a", "annotations": [{"type": "url_citation", "url": "u"}]}]}
    [part] = ResponseOutputMessage.lazily(wire).content
    assert isinstance(part, ResponseOutputText)
    [annotation] = part.annotations
    assert isinstance(annotation, AnnotationURLCitation)
    assert (part.text, annotation.url) == ("a", "u")
    call = parse_output_item({"type": "function_call", "arguments": {"a": 1}})
    assert isinstance(call, ResponseFunctionToolCall)
    assert call.arguments == ""
    assert call.mismatches == ("arguments: Input should be a valid string",)
