"""The simulated model refuses what the API refuses: parameters that do not exist."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming

from rxstream.simulated import SimulatedHTTPError, SimulatedModel


def test_every_parameter_of_openais_sdk_is_known() -> None:
    """None that the SDK can send is refused for its name."""
    model = SimulatedModel()
    for name in ResponseCreateParamsStreaming.__annotations__:
        model.create({"model": "gpt-5", "input": "Hi", name: {"model": "gpt-5", "input": "Hi"}.get(name)})


@pytest.mark.parametrize(
    ("wrong", "param"),
    [({"max_turn": 1}, "max_turn"), ({"Stream": True}, "Stream"), ({"text": {"type": "json_schema"}}, "text.type")],
)
def test_a_parameter_that_does_not_exist_is_refused_by_name(wrong: dict[str, Any], param: str) -> None:
    """A slip of the pen does not pass in a test only to fail in the field."""
    with pytest.raises(SimulatedHTTPError, match=f"400.*Unknown parameter: '{param}'") as raised:
        SimulatedModel().create({"model": "gpt-5", "input": "Hi", **wrong})
    assert json.loads(raised.value.body)["error"]["param"] == param
