"""Requests are JSON; what can become JSON does, and what cannot is named."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

import rxstream as rxs
from rxstream.models import ResponseFunctionToolCall


@rxs.tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def client(seen: list[dict[str, Any]]) -> rxs.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        return httpx.Response(500)

    http_client = httpx.Client(transport=httpx.MockTransport(answer))
    return rxs.Client(base_url="http://test/v1", http_client=http_client, max_retries=0)


def test_tools_and_items_are_sent_as_their_json() -> None:
    """What has a ``to_dict()`` may stand anywhere in a request; tuples are arrays."""
    seen: list[dict[str, Any]] = []
    item = ResponseFunctionToolCall(call_id="call_1", name="add", arguments="{}")
    stream = client(seen).stream(model="m", input=[item], tools=(add,), metadata={"a": "b"})
    assert rxs.last_sync(stream.outcome()).status == "errored"
    assert seen[0]["tools"] == [add.to_dict()]
    assert seen[0]["input"] == [item.to_dict()]
    assert seen[0]["metadata"] == {"a": "b"}


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"tools": [print]}, r"but got builtin_function_or_method as tools\[0\]"),
        ({"text": {"format": rxs.Response}}, r"but got the class Response as text\['format'\]"),
        ({"metadata": {1: "a"}}, "expected the names in metadata to be strings, but got int"),
        ({"input": {1, 2}}, "but got set as input"),
    ],
)
def test_what_is_no_json_is_named_at_the_call(request_: dict[str, Any], said: str) -> None:
    """Not at each subscription, and not by an encoder that knows no places."""
    with pytest.raises(TypeError, match=said):
        client([]).stream(**{"model": "m", "input": "Hi", **request_})
