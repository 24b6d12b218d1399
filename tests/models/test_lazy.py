"""A model made from JSON validates when it is first read, and only then."""

from __future__ import annotations

import copy
import json
import pickle
import sys
import threading
from typing import Any

import pytest

from rxstream.accumulators import ResponseAccumulator
from rxstream.events import parse_event
from rxstream.models import (
    IncompleteDetails,
    Response,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseUsage,
    UnknownItem,
    parse_output_item,
)
from rxstream.models.base import json_of

WIRE: dict[str, Any] = {
    "id": "resp_1",
    "status": "completed",
    "created_at": 1.5,
    "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hello", "new": {"x": [1]}}]}],
    "usage": {"input_tokens": 3, "input_tokens_details": {"cached_tokens": 1}},
    "error": None,
    "copilot": {"a": [1]},
}


def whole() -> Response:
    return Response.lazily(copy.deepcopy(WIRE))


class Origin:
    """Makes the JSON, and counts how often."""

    def __init__(self, json: dict[str, Any]) -> None:
        self.json, self.asked = json, 0

    def __call__(self) -> dict[str, Any]:
        self.asked += 1
        return self.json


def test_nothing_is_made_before_it_is_read() -> None:
    """The JSON is made at the first look, and once."""
    origin = Origin(WIRE)
    response = Response.lazily(origin)
    assert origin.asked == 0
    assert response.id == "resp_1"
    assert response.output_text == "Hello"
    assert response.to_dict() == WIRE
    assert origin.asked == 1


def test_the_json_can_be_had_without_validation() -> None:
    """``to_dict`` and ``output_text`` do not look at the fields."""
    response = whole()
    assert (response.to_dict(), response.output_text) == (WIRE, "Hello")
    assert not response._is_whole()  # pyright: ignore[reportPrivateUsage]
    assert response.id == "resp_1"
    assert response._is_whole()  # pyright: ignore[reportPrivateUsage]


READS: dict[str, Any] = {
    "field": lambda response: response.id,
    "nested": lambda response: response.output[0].content[0].text,
    "unknown field": lambda response: response.copilot,
    "nested unknown field": lambda response: response.output[0].content[0].new,
    "property": lambda response: response.output_text,
    "repr": repr,
    "str": str,
    "hash": hash,
    "dict": dict,
    "vars": vars,
    "model_dump": lambda response: response.model_dump(),
    "model_dump of what is set": lambda response: response.model_dump(exclude_unset=True),
    "model_dump_json": lambda response: response.model_dump_json(),
    "model_fields_set": lambda response: response.model_fields_set,
    "model_extra": lambda response: response.model_extra,
    "mismatches": lambda response: response.mismatches,
    "rich repr": lambda response: list(response.__rich_repr__()),
    "pickle": lambda response: pickle.loads(pickle.dumps(response)).to_dict(),
    "copy": lambda response: copy.copy(response).to_dict(),
    "deepcopy": lambda response: copy.deepcopy(response).to_dict(),
    "model_copy": lambda response: response.model_copy().to_dict(),
}


@pytest.mark.parametrize("first", READS)
def test_whatever_is_read_first_every_look_is_the_same(first: str) -> None:
    """Each way of reading works on an untouched model, and leaves it as one that was made at once."""
    response, made = whole(), Response.model_validate(copy.deepcopy(WIRE))
    assert READS[first](response) == READS[first](made)
    for name, read in READS.items():
        assert read(response) == read(made), name
    assert response == made
    assert made == response


def test_what_is_dumped_is_what_was_received() -> None:
    """Set fields only: pydantic's dump is the JSON."""
    assert whole().model_dump(exclude_unset=True) == WIRE
    assert json.loads(whole().model_dump_json(exclude_unset=True)) == WIRE
    assert whole().model_fields_set == WIRE.keys()


def test_an_attribute_that_is_not_there_is_an_attribute_error() -> None:
    """Before and after the first read."""
    for response in (whole(), Response.model_validate(WIRE)):
        for _ in range(2):
            with pytest.raises(AttributeError, match="telepathy"):
                response.telepathy  # noqa: B018
        assert not hasattr(response, "telepathy")


def test_models_are_equal_where_their_json_is() -> None:
    """Same class, same JSON; hashes agree; read or not makes no difference."""
    read = whole()
    read.id  # noqa: B018
    assert whole() == read
    assert hash(whole()) == hash(read) == hash(Response.model_validate(WIRE))
    assert len({whole(), read, Response.model_validate(WIRE)}) == 1
    assert whole() != Response.lazily({**WIRE, "id": "other"})
    assert IncompleteDetails.lazily({}) != ResponseUsage.lazily({})
    assert whole() != WIRE


def test_nothing_can_be_set_or_deleted() -> None:
    """Frozen, for known, new and unknown fields."""
    response = whole()
    for name in ("id", "copilot", "other"):
        with pytest.raises((ValueError, AttributeError)):
            setattr(response, name, 1)
    with pytest.raises((ValueError, AttributeError)):
        del response.id
    assert response.to_dict() == WIRE


def test_the_dictionary_is_a_copy() -> None:
    """However deep it is changed, the model stays; so do its other copies."""
    response = whole()
    one, other = response.to_dict(), response.to_dict()
    one["output"][0]["content"][0]["new"]["x"].append(2)
    one["usage"].clear()
    assert other == response.to_dict() == WIRE
    assert response.usage is not None
    assert response.usage.input_tokens == 3


@pytest.mark.parametrize("make", [Response.lazily, Response.model_validate], ids=["lazily", "model_validate"])
@pytest.mark.parametrize("touch", [False, True])
def test_a_copy_with_other_fields_leaves_the_first_alone(make: Any, touch: bool) -> None:
    """``model_copy(update=…)``: fields and JSON of the copy are new, those of the original are not."""
    response = make(copy.deepcopy(WIRE))
    if touch:
        response.usage  # noqa: B018
    usage = ResponseUsage.lazily({"input_tokens": 9})
    changed = response.model_copy(update={"id": "other", "usage": usage, "status": 5})
    assert (changed.id, changed.usage) == ("other", usage)
    assert changed.to_dict() == {**WIRE, "id": "other", "usage": {"input_tokens": 9}, "status": 5}
    assert changed.mismatches == ("status: Input should be a valid string",)
    assert response.to_dict() == WIRE
    assert (response.id, response.status) == ("resp_1", "completed")


def test_what_the_constructor_made_is_json_as_well() -> None:
    """Given fields, the type, and models in it as their own JSON, what did not fit them included."""
    part = ResponseOutputText.lazily({"text": 5, "new": 1})
    message = ResponseOutputMessage(content=[part], phase="commentary", extra=[part])  # type: ignore[call-arg]
    expected = {
        "type": "message",
        "phase": "commentary",
        "content": [{"text": 5, "new": 1}],
        "extra": [{"text": 5, "new": 1}],
    }
    assert message.to_dict() == json_of(message) == expected
    assert message == ResponseOutputMessage.lazily(expected)
    assert pickle.loads(pickle.dumps(message)) == copy.deepcopy(message) == message
    assert ResponseOutputText(text="a").to_dict() == {"type": "output_text", "text": "a"}
    assert UnknownItem().to_dict() == {}
    assert Response().to_dict() == {}


def test_subclasses_and_class_patterns_work() -> None:
    """As with any pydantic model."""
    match parse_output_item({"type": "message", "phase": "commentary"}):
        case ResponseOutputMessage(phase="commentary", content=[]):
            pass
        case other:
            pytest.fail(f"expected a message, but got {other!r}")


def test_many_threads_may_read_at_once() -> None:
    """Whoever comes first: all see all fields, and none an error."""
    interval = sys.getswitchinterval()
    wrong: list[Any] = []

    def read(response: Response, barrier: threading.Barrier) -> None:
        barrier.wait()
        try:
            seen = (response.truncation, response.id, response.copilot, response.output[0].to_dict(), response.usage)
            if seen[:3] != (None, "resp_1", {"a": [1]}) or seen[3] != WIRE["output"][0]:
                wrong.append(seen)
        except Exception as error:
            wrong.append(error)

    sys.setswitchinterval(1e-6)
    try:
        for _ in range(100):
            response, barrier = whole(), threading.Barrier(4)
            threads = [threading.Thread(target=read, args=(response, barrier)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


def test_a_field_that_another_thread_validates_meanwhile_is_found() -> None:
    """Between Python's own look into the instance and ``__getattr__``, the model may become whole."""
    response = whole()
    response.id  # noqa: B018
    assert Response.__getattr__(response, "id") == "resp_1"
    assert Response.__getattr__(response, "truncation") is None


def test_what_is_read_can_be_changed_without_changing_what_others_read() -> None:
    """Unknown fields and nested JSON are copies: a snapshot that was handed out stays as it was."""
    accumulator = ResponseAccumulator()
    received = {"id": "r", "metadata": {"a": {"b": 1}}, "newfield": {"k": [1]}, "output": []}
    event = parse_event({"type": "response.created", "response": received})
    accumulator.feed(event)
    first, second = accumulator.snapshot(), accumulator.snapshot()
    first.newfield["k"].append(2)
    assert first.metadata is not None
    first.metadata["a"]["b"] = 2
    accumulator.feed(parse_event({"type": "response.in_progress", "response": {"id": "r"}}))
    for response in (second.to_dict(), accumulator.snapshot().to_dict(), event.to_dict()["response"]):
        assert response["newfield"] == {"k": [1]}
        assert response["metadata"] == {"a": {"b": 1}}
