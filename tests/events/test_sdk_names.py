"""Users of OpenAI's SDK find the same names here."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, get_args, get_origin

import pytest

from rxstream import events, models
from rxstream.events.base import EVENT_CLASSES
from rxstream.models.items import OUTPUT_ITEM_CLASSES

sdk = pytest.importorskip("openai.types.responses")

# Python has no attribute `async`; as an extra field it is reached by getattr.
_UNSPEAKABLE = {"async_"}
# Ours alone: what the wire brings beyond the documentation.
_UNDOCUMENTED = {"item_id", "name", "status", "store"}


def members(union: Any) -> dict[str, Any]:
    """The classes of one of the SDK's unions, by wire name."""
    while get_origin(union) is Annotated:
        union = get_args(union)[0]
    return {get_args(cls.model_fields["type"].annotation)[0]: cls for cls in get_args(union)}


SDK_EVENTS = members(sdk.ResponseStreamEvent)
SDK_ITEMS = members(sdk.ResponseOutputItem)


def test_there_is_a_class_for_each_event_type_of_the_sdk_and_two_more() -> None:
    """59 documented types and the two of ``apply_patch``."""
    assert len(SDK_EVENTS) == 59
    assert EVENT_CLASSES.keys() - SDK_EVENTS.keys() == {
        "response.apply_patch_call_operation_diff.delta",
        "response.apply_patch_call_operation_diff.done",
    }


@pytest.mark.parametrize("wire_name", SDK_EVENTS)
def test_an_event_class_has_the_name_and_the_fields_of_the_sdks(wire_name: str) -> None:
    """Same class name, every field of the SDK's class."""
    ours, theirs = EVENT_CLASSES[wire_name], SDK_EVENTS[wire_name]
    names = {field.name for field in fields(ours)}
    assert ours.__name__ == theirs.__name__
    assert getattr(events, ours.__name__) is ours
    assert theirs.model_fields.keys() <= names
    assert names - theirs.model_fields.keys() <= _UNDOCUMENTED


def test_there_is_a_class_for_each_item_type_of_the_sdk() -> None:
    """The same item types, no more and no less."""
    assert OUTPUT_ITEM_CLASSES.keys() == SDK_ITEMS.keys()


@pytest.mark.parametrize("wire_name", SDK_ITEMS)
def test_an_item_class_has_the_name_and_the_fields_of_the_sdks(wire_name: str) -> None:
    """Same class name, every field of the SDK's class."""
    ours, theirs = OUTPUT_ITEM_CLASSES[wire_name], SDK_ITEMS[wire_name]
    assert ours.__name__ == theirs.__name__
    assert getattr(models, ours.__name__) is ours
    assert theirs.model_fields.keys() - ours.model_fields.keys() <= _UNSPEAKABLE
    assert ours.model_fields.keys() - theirs.model_fields.keys() <= _UNDOCUMENTED


@pytest.mark.parametrize("name", ["Response", "ResponseUsage", "ResponseError"])
def test_the_response_has_the_fields_of_the_sdks(name: str) -> None:
    """Same names, every field of the SDK's class."""
    ours, theirs = getattr(models, name), getattr(sdk, name)
    assert theirs.model_fields.keys() - ours.model_fields.keys() <= _UNSPEAKABLE
    assert ours.model_fields.keys() - theirs.model_fields.keys() <= _UNDOCUMENTED


def test_known_parts_and_annotations_are_those_of_the_sdk() -> None:
    """Each annotation type of the SDK's ``output_text`` has a class with its fields."""
    annotation = get_args(sdk.ResponseOutputText.model_fields["annotations"].annotation)[0]
    for wire_name, theirs in members(annotation).items():
        part = models.ResponseOutputText.lazily({"annotations": [{"type": wire_name}]})
        ours = type(part.annotations[0])
        assert ours.__name__ == theirs.__name__
        assert ours.model_fields.keys() == theirs.model_fields.keys()
