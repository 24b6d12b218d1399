"""Structured output of servers that leave out, repeat or change what they need not."""

from __future__ import annotations

from typing import Any

import pytest

import rxstream as rxs
from tests.strategies import JSON

from .test_structured import A, emitted, end, parsed

TEXT = '{"a": 1}'
HALF, REST = TEXT[:5], TEXT[5:]
MESSAGE: JSON = {"type": "message", "id": "msg_1", "content": [{"type": "output_text", "text": TEXT}]}
WITHOUT_ID = {key: value for key, value in MESSAGE.items() if key != "id"}


def delta(text: str, **place: Any) -> JSON:
    return {"type": "response.output_text.delta", "delta": text, **place}


def done(text: str = TEXT, **place: Any) -> JSON:
    return {"type": "response.output_text.done", "text": text, **place}


def part_done(**place: Any) -> JSON:
    return {"type": "response.content_part.done", "part": {"type": "output_text", "text": TEXT}, **place}


def item_done(item: JSON = MESSAGE, **place: Any) -> JSON:
    return {"type": "response.output_item.done", "item": item, **place}


def created(**fields: Any) -> JSON:
    return {"type": "response.created", "response": {"id": "resp_1", "output": []}, **fields}


INDEX, ID = {"output_index": 0}, {"item_id": "msg_1"}
SLOPPY: dict[str, list[JSON]] = {
    "no place at all": [delta(HALF), delta(REST), item_done(), end(output=[MESSAGE])],
    "no place and no id at all": [delta(HALF), delta(REST), item_done(WITHOUT_ID), end(output=[WITHOUT_ID])],
    "no place, and the rest in the item": [delta(HALF), item_done(), end(output=[MESSAGE])],
    "no place, and the rest in the response": [delta(HALF), end(output=[MESSAGE])],
    "ids, and the rest in the response": [delta(HALF, **ID), end(output=[MESSAGE])],
    "ids, then an index": [delta(TEXT, **ID), done(**INDEX), item_done(**INDEX), end(output=[MESSAGE])],
    "ids, then an index and the rest": [delta(HALF, **ID), item_done(**INDEX), end(output=[MESSAGE])],
    "an index, then nothing": [delta(HALF, **INDEX), delta(REST, **INDEX), done(), item_done(), end()],
    "another id in each event": [
        delta(HALF, item_id="x1", **INDEX),
        delta(REST, item_id="x2", **INDEX),
        done(item_id="x3", **INDEX),
        end(output=[{**MESSAGE, "id": "x4"}]),
    ],
    "items are missing in the response": [delta(HALF, output_index=3), end(output=[MESSAGE])],
    "items are missing in the stream": [delta(HALF, **INDEX), end(output=[{"type": "reasoning", "id": "r"}, MESSAGE])],
    "the rest in the part": [delta(HALF, **INDEX), part_done(**INDEX), end()],
    "all in the part": [part_done(**INDEX), end()],
    "the response begins again": [created(), delta(HALF, **INDEX), created(), delta(REST, **INDEX), end()],
    "replayed from the start": [
        created(sequence_number=0),
        delta(HALF, sequence_number=1, **INDEX),
        created(sequence_number=0),
        delta(HALF, sequence_number=1, **INDEX),
        delta(REST, sequence_number=2, **INDEX),
        end(sequence_number=3),
    ],
    "trimmed in the end": [delta(TEXT + "\n ", **INDEX), done(**INDEX), end(output=[MESSAGE])],
    "everything twice": [created(), created(), delta(TEXT, **INDEX), *[done(**INDEX), item_done(**INDEX)] * 2, end()],
}


@pytest.mark.parametrize("wire", SLOPPY.values(), ids=SLOPPY)
def test_a_text_is_one_document_however_its_events_name_it(wire: list[JSON]) -> None:
    """It comes to its end, and comes once."""
    items, error = emitted(rxs.partial_json(), parsed(wire))
    assert error is None
    assert [item.value for item in items if item.state == "complete"] == [{"a": 1}]
    assert {(item.output_index, item.part_index) for item in items} == {(items[0].output_index, 0)}
    assert emitted(rxs.partial_model(A), parsed(wire))[0][-1] == A(a=1)


def test_texts_of_different_kinds_are_not_taken_for_each_other() -> None:
    """A call of an MCP tool that begins like one of a function is another document."""
    call = {"type": "mcp_call", "id": "mcp_1", "arguments": TEXT}
    wire = [{"type": "response.function_call_arguments.delta", "output_index": 3, "delta": TEXT}, end(output=[call])]
    items, error = emitted(
        rxs.partial_json("arguments"), parsed([*wire[:1], end(output=[{**call, "arguments": " 5 "}])])
    )
    assert error is None
    assert [(item.output_index, item.value) for item in items] == [(3, {"a": 1}), (0, 5)]


def test_two_messages_of_the_same_text_are_two_documents() -> None:
    """Places that are told are told for a reason."""
    wire = [delta(TEXT, output_index=0), delta(TEXT, output_index=1), end(output=[MESSAGE, MESSAGE])]
    items, error = emitted(rxs.partial_json(), parsed(wire))
    assert error is None
    assert [(item.output_index, item.state) for item in items] == [(0, "complete"), (1, "complete")]


def test_arguments_that_come_with_the_item_are_read_as_well() -> None:
    """No delta brings them."""
    item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": TEXT}
    wire = [created(), {"type": "response.output_item.added", "output_index": 0, "item": item}, end()]
    [call], error = emitted(rxs.accumulate_arguments(), parsed(wire))
    assert error is None
    assert call.partial_json() == call.json() == {"a": 1}
