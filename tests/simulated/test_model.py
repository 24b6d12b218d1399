from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rxstream.errors import ConfigurationError
from rxstream.simulated import SimulatedHTTPError, SimulatedModel
from rxstream.simulated.frames import event_frame
from rxstream.simulated.tokens import count_tokens, split_tokens

from .folding import check_all

_WEATHER = {
    "type": "function",
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
_TIME = {**_WEATHER, "name": "get_time"}
_NOTE = {"type": "custom", "name": "write_note"}


def respond(model: SimulatedModel | None = None, **request: Any) -> dict[str, Any]:
    return (model or SimulatedModel()).respond({"model": "gpt-5", "input": "Hello", **request})


def text_of(response: dict[str, Any]) -> str:
    return response["output"][-1]["content"][0]["text"]


def error_of(**request: Any) -> dict[str, Any]:
    with pytest.raises(SimulatedHTTPError) as caught:
        SimulatedModel().respond({"model": "gpt-5", "input": "Hello", **request})
    assert caught.value.status_code == 400
    return json.loads(caught.value.body)["error"]


def wire(model: SimulatedModel, *requests: dict[str, Any]) -> bytes:
    return b"".join(event_frame(event) for request in requests for event in model.events(request))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_tokens_join_to_the_text_they_were_cut_from(text: str) -> None:
    """join(split_tokens(text)) = text, whatever the characters."""
    tokens = split_tokens(text)
    assert "".join(tokens) == text
    assert all(tokens)


def test_the_same_seed_and_requests_give_the_same_bytes() -> None:
    """Bytes depend on the seed and the order of requests, and on nothing else."""
    requests = [
        {"model": "gpt-5", "input": "Hello"},
        {"model": "scenario:image", "input": "A cat"},
        {"model": "gpt-5", "input": "Weather in Oslo?", "tools": [_WEATHER], "reasoning": {"effort": "low"}},
    ]
    first, again, other = (wire(SimulatedModel(seed=seed), *requests) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert wire(SimulatedModel(seed=7), *reversed(requests)) != first


def test_bytes_do_not_depend_on_the_process() -> None:
    """Another process with other string hashes writes the same bytes."""
    code = (
        "import hashlib, json; from rxstream.simulated import SCENARIOS, SimulatedModel;"
        "events = [SimulatedModel(3, name).events({'model': 'm', 'input': 'Paris or Rome?'})"
        " for name, scenario in SCENARIOS.items() if not scenario.http];"
        "print(hashlib.sha256(json.dumps(events).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("prompt", ["\ud83d", "\x00\x1b[31m", "😀" * 50, "\u2028\r\n"])
def test_odd_characters_of_a_prompt_survive(prompt: str) -> None:
    """Half a surrogate pair and control characters are quoted in the answer and can be sent."""
    request = {"model": "gpt-5", "input": f"Say '{prompt}' twice", "include": ["message.output_text.logprobs"]}
    made = SimulatedModel().create(request)
    frames = b"".join(map(event_frame, made.events))
    assert frames.count(b"\n\n") == len(made.events)
    assert [json.loads(frame.partition(b"data: ")[2]) for frame in frames.split(b"\n\n")[:-1]] == made.events


@pytest.mark.parametrize(
    ("prompt", "times"),
    [
        ("Say 'double bubble bath' ten times fast.", 10),
        ('say "double bubble bath" 3 times', 3),
        ("Please say double bubble bath twenty times", 20),
        ("Repeat double bubble bath twice!", 2),
        ("Say “double bubble bath” twenty-one times.", 21),
        ("write 'double bubble bath' once", 1),
    ],
)
def test_say_it_n_times_says_it_n_times(prompt: str, times: int) -> None:
    """The phrase comes as often as asked for, and nothing else does."""
    text = text_of(respond(input=prompt))
    assert text.count("double bubble bath") == times
    assert not text.replace("double bubble bath", "").strip(", ")


@pytest.mark.parametrize(
    "value",
    [
        "What are rivers?",
        [{"role": "user", "content": "What are rivers?"}],
        [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What are rivers?"}]}],
        [
            {"role": "user", "content": "First"},
            {"role": "assistant", "content": "Second"},
            {"role": "user", "content": "What are rivers?"},
        ],
    ],
)
def test_any_form_of_input_is_answered_with_reference_to_it(value: Any) -> None:
    """A string, messages of strings and messages of parts are all read; the newest user message counts."""
    assert "What are rivers?" in text_of(respond(input=value))


def test_settings_are_echoed_and_the_rest_has_defaults() -> None:
    """The response object repeats the request's settings and fills in the API's defaults."""
    echoed = {"instructions": "Be kind", "metadata": {"a": "b"}, "temperature": 0.5, "user": "me", "top_p": 0.1}
    response = respond(**echoed, tools=[_WEATHER], tool_choice="none")
    assert {key: response[key] for key in echoed} == echoed
    assert response["tools"] == [{**_WEATHER, "description": None, "strict": True}]
    assert (response["truncation"], response["store"], response["background"]) == ("disabled", True, False)


def test_usage_counts_what_was_read_and_what_was_streamed() -> None:
    """input_tokens grow by the turns before; output_tokens are the deltas plus the hidden reasoning."""
    model = SimulatedModel()
    made = model.create({"model": "gpt-5", "input": "Hello there", "reasoning": {"effort": "low"}})
    deltas = sum(event["type"] == "response.output_text.delta" for event in made.events)
    usage = made.final["usage"]
    assert usage["input_tokens"] == count_tokens("Hello there")
    assert usage["output_tokens_details"]["reasoning_tokens"] == 16
    assert usage["output_tokens"] == deltas + 16
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    second = respond(model, input="And now?", previous_response_id=made.id)["usage"]["input_tokens"]
    assert second == usage["input_tokens"] + deltas + count_tokens("And now?")


@pytest.mark.parametrize("limit", range(1, 40))
def test_the_token_limit_cuts_wherever_it_falls(limit: int) -> None:
    """With any limit the events keep their laws, and exactly that many tokens are spent."""
    body = {"model": "gpt-5", "input": "Hello", "max_output_tokens": limit, "reasoning": {"effort": "low"}}
    made = SimulatedModel().create(body)
    check_all(made.events)
    assert made.final["status"] == "incomplete"
    assert made.final["incomplete_details"] == {"reason": "max_output_tokens"}
    assert made.final["usage"]["output_tokens"] == limit
    assert [item["type"] for item in made.final["output"]] == (
        ["reasoning", "message"] if limit > 16 else ["reasoning"]
    )


def test_a_call_cut_in_mid_json_is_incomplete() -> None:
    """Arguments that the limit cuts are no JSON, and the item says so."""
    call = respond(input="Weather in Oslo?", tools=[_WEATHER], max_output_tokens=4)["output"][0]
    assert call["status"] == "incomplete"
    with pytest.raises(json.JSONDecodeError):
        json.loads(call["arguments"])


def calls_of(prompt: str, *tools: dict[str, Any], **request: Any) -> list[tuple[str, Any]]:
    output = respond(input=prompt, tools=list(tools), **request)["output"]
    return [(item["name"], json.loads(item["arguments"])) for item in output if item["type"] == "function_call"]


def test_functions_that_suit_the_prompt_are_called_with_its_words() -> None:
    """A name mentioned chooses the function; names in the prompt become arguments; several names, several calls."""
    assert calls_of("What is the time in Oslo?", _WEATHER, _TIME) == [("get_time", {"city": "Oslo"})]
    assert calls_of("Hello", _WEATHER, _TIME)[0][0] == "get_weather"
    both = calls_of("Time and weather of Oslo?", _WEATHER, _TIME)
    assert both == [("get_weather", {"city": "Oslo"}), ("get_time", {"city": "Oslo"})]
    cities = calls_of("Weather in Paris, Rome and New York?", _WEATHER)
    assert [arguments["city"] for _, arguments in cities] == ["Paris", "Rome", "New York"]
    assert len(calls_of("Weather in Paris and Rome?", _WEATHER, parallel_tool_calls=False)) == 1


def test_tool_choice_is_honoured() -> None:
    """``none`` calls nothing, a function's name calls that one, ``allowed_tools`` those."""
    assert calls_of("Weather?", _WEATHER, tool_choice="none") == []
    chosen = {"type": "function", "name": "get_time"}
    allowed = {"type": "allowed_tools", "mode": "auto", "tools": [chosen]}
    assert [name for name, _ in calls_of("Weather?", _WEATHER, _TIME, tool_choice=chosen)] == ["get_time"]
    assert [name for name, _ in calls_of("Weather?", _WEATHER, _TIME, tool_choice=allowed)] == ["get_time"]
    assert calls_of("Hello", _WEATHER, tool_choice="required")


@pytest.mark.parametrize("resent", [True, False])
def test_outputs_of_tools_are_answered_with_text(resent: bool) -> None:
    """The loop closes: with the calls resent as input, and with ``previous_response_id``."""
    model = SimulatedModel()
    prompt = {"role": "user", "content": "Weather in Paris and Rome?"}
    first = respond(model, input=[prompt], tools=[_WEATHER])
    outputs = [
        {"type": "function_call_output", "call_id": call["call_id"], "output": f"{degrees} °C"}
        for call, degrees in zip(first["output"], (18, 24), strict=True)
    ]
    history: dict[str, Any] = {"input": [prompt, *first["output"], *outputs]}
    chained = {"input": outputs, "previous_response_id": first["id"]}
    text = text_of(respond(model, tools=[_WEATHER], **(history if resent else chained)))
    assert "18 °C" in text
    assert "24 °C" in text


def test_custom_tools_are_called_with_text_and_answered() -> None:
    """A custom tool gets free text; its output is used like a function's."""
    model = SimulatedModel()
    call = respond(model, input="Note 'buy milk'", tools=[_NOTE])["output"][0]
    assert (call["type"], call["input"]) == ("custom_tool_call", "buy milk")
    output = {"type": "custom_tool_call_output", "call_id": call["call_id"], "output": "noted"}
    final = respond(model, input=[call, output], tools=[_NOTE])
    assert "noted" in text_of(final)


def test_items_may_be_resent_by_reference() -> None:
    """An ``item_reference`` stands for a stored item; an unknown one is refused."""
    model = SimulatedModel()
    call = respond(model, input="Weather in Oslo?", tools=[_WEATHER])["output"][0]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
    assert "sunny" in text_of(respond(model, input=[{"type": "item_reference", "id": call["id"]}, output]))
    with pytest.raises(SimulatedHTTPError, match="404"):
        respond(model, input=[{"type": "item_reference", "id": "fc_none"}])


@pytest.mark.parametrize(
    ("request_", "param", "message"),
    [
        ({"model": None}, "model", "Missing required parameter: 'model'."),
        ({"input": None}, "input", "Missing required parameter: 'input'."),
        ({"input": 3}, "input", "Invalid type for 'input': expected a string or an array, but got a number instead."),
        ({"input": ["x"]}, "input[0]", "Invalid type for 'input[0]': expected an object, but got a string instead."),
        ({"input": [{}]}, "input[0].role", "Missing required parameter: 'input[0].role'."),
        ({"stream": 1}, "stream", "Invalid type for 'stream': expected a boolean, but got a number instead."),
        ({"temperature": 3}, "temperature", "Invalid 'temperature': expected a value between 0 and 2, but got 3."),
        ({"max_output_tokens": True}, "max_output_tokens", "Invalid type for 'max_output_tokens': expected an integer"),
        ({"tools": [{"type": "function"}]}, "tools[0].name", "Missing required parameter: 'tools[0].name'."),
        ({"tool_choice": "maybe"}, "tool_choice", "Invalid value: 'maybe'."),
        ({"text": {"format": "json"}}, "text.format", "Invalid type for 'text.format': expected an object"),
        ({"previous_response_id": "resp_x"}, "previous_response_id", "Previous response with id 'resp_x' not found."),
    ],
)
def test_wrong_requests_are_refused_in_the_apis_words(request_: dict[str, Any], param: str, message: str) -> None:
    """Status 400, and a body that names the parameter and what was expected."""
    error = error_of(**request_)
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert error["message"].startswith(message)


@pytest.mark.parametrize("kind", ["function_call_output", "custom_tool_call_output"])
def test_an_output_without_its_call_is_refused(kind: str) -> None:
    """The API's message names the call_id."""
    said = error_of(input=[{"type": kind, "call_id": "call_unknown", "output": "x"}])["message"]
    assert said.endswith("with call_id call_unknown.")


def test_a_call_without_its_output_is_refused() -> None:
    """A conversation cannot go on while a call waits."""
    call = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
    assert error_of(input=[call, {"role": "user", "content": "Well?"}])["message"] == (
        "No tool output found for function call call_1."
    )


def test_a_schema_without_a_finite_value_is_refused() -> None:
    """Endless recursion in a function's schema is the caller's error, not a crash."""
    endless = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    assert error_of(tools=[{**_WEATHER, "parameters": endless}])["code"] == "invalid_function_parameters"


def test_reasoning_comes_first_and_only_if_asked_for() -> None:
    """``effort`` brings an item, ``summary`` its parts, ``include`` its ciphertext."""
    plain = respond(reasoning={"effort": "low"})["output"][0]
    assert (plain["type"], plain["summary"], "encrypted_content" in plain) == ("reasoning", [], False)
    full = respond(reasoning={"effort": "low", "summary": "auto"}, include=["reasoning.encrypted_content"])["output"][0]
    assert len(full["summary"]) == 2
    assert full["encrypted_content"].startswith("gAAAA")
    assert respond(reasoning={"effort": "none"})["output"][0]["type"] == "message"


@pytest.mark.parametrize(
    ("tool", "first"),
    [
        ({"type": "web_search_preview"}, "web_search_call"),
        ({"type": "file_search", "vector_store_ids": ["vs_1"]}, "file_search_call"),
        ({"type": "code_interpreter", "container": {"type": "auto"}}, "code_interpreter_call"),
        ({"type": "image_generation"}, "image_generation_call"),
        ({"type": "mcp", "server_label": "s", "server_url": "http://s", "require_approval": "never"}, "mcp_list_tools"),
    ],
)
def test_built_in_tools_are_used_when_declared(tool: dict[str, Any], first: str) -> None:
    """A declared built-in tool brings its items, unless ``tool_choice`` is ``none``."""
    assert respond(tools=[tool])["output"][0]["type"] == first
    assert respond(tools=[tool], tool_choice="none")["output"][0]["type"] == "message"


def test_an_approved_mcp_call_is_made() -> None:
    """A request for approval is answered by an ``mcp_approval_response``, and then the call is made."""
    model, tool = SimulatedModel(), {"type": "mcp", "server_label": "s", "server_url": "http://s"}
    asked = respond(model, tools=[tool])
    assert asked["output"][-1]["type"] == "mcp_approval_request"
    approval = {"type": "mcp_approval_response", "approval_request_id": asked["output"][-1]["id"], "approve": True}
    final = respond(model, input=[approval], previous_response_id=asked["id"], tools=[tool])
    assert [item["type"] for item in final["output"]] == ["mcp_list_tools", "mcp_call", "message"]


def test_json_object_is_an_object() -> None:
    """``json_object`` is answered with a JSON object about the prompt."""
    assert "Hello" in json.loads(text_of(respond(text={"format": {"type": "json_object"}})))["answer"]


def test_the_pace_decides_the_delays() -> None:
    """Ten tokens a second put a tenth of a second before each delta; without a pace nothing waits."""
    paced = SimulatedModel(tokens_per_second=10).create({"model": "gpt-5", "input": "Hello"})
    delays = {event["type"]: delay for event, delay in zip(paced.events, paced.delays, strict=True) if delay}
    assert delays == {"response.output_text.delta": pytest.approx(0.1)}
    assert not any(SimulatedModel().create({"model": "gpt-5", "input": "Hello"}).delays)
    slow = SimulatedModel(scenario="slow_start:3").create({"model": "gpt-5", "input": "Hello"})
    assert sum(slow.delays) == 3


def test_a_background_response_grows_until_it_is_cancelled() -> None:
    """A snapshot shows what has happened by then; cancelling ends it there, and again is no harm."""
    model = SimulatedModel(tokens_per_second=10)
    made = model.create({"model": "gpt-5", "input": "Hello", "background": True}, now=100.0)
    kinds = [event["type"] for event in made.events[:3]]
    assert kinds == ["response.created", "response.queued", "response.in_progress"]
    assert model.retrieve(made.id, now=100.5)["status"] == "in_progress"
    assert model.retrieve(made.id)["status"] == "completed"
    cancelled = model.cancel(made.id, now=100.5)
    assert (cancelled["status"], cancelled["output"]) == ("cancelled", [])
    assert model.cancel(made.id, now=101) == model.retrieve(made.id) == cancelled
    assert made.events[-1]["type"] == "response.output_text.delta"


def test_resuming_gives_the_events_above_a_number() -> None:
    """The events of a resumed stream are those of the first one, from ``starting_after`` on."""
    model = SimulatedModel()
    made = model.create({"model": "gpt-5", "input": "Hello", "background": True})
    for after in range(-1, len(made.events) + 2):
        stream = model.resume(made.id, starting_after=after)
        events = []
        while stream.next_due() is not None:
            events.append(stream.take())
        stream.close()
        assert events == made.events[after + 1 :]
    assert model.open_streams == 0
    assert not model.abandoned


def test_only_stored_background_responses_can_be_resumed_and_cancelled() -> None:
    """404 for what is not stored or not in the background; 400 for cancelling a synchronous one."""
    model = SimulatedModel()
    plain, forgotten = respond(model), respond(model, store=False)
    for action, status in (
        (lambda: model.resume(plain["id"]), 404),
        (lambda: model.resume("resp_none"), 404),
        (lambda: model.retrieve(forgotten["id"]), 404),
        (lambda: model.cancel(plain["id"]), 400),
    ):
        with pytest.raises(SimulatedHTTPError) as caught:
            action()
        assert caught.value.status_code == status
    assert model.delete(plain["id"])["deleted"] is True
    with pytest.raises(SimulatedHTTPError, match="not found"):
        model.retrieve(plain["id"])


@pytest.mark.parametrize("pace", [0, -1])
def test_a_pace_has_to_be_positive(pace: float) -> None:
    """A pace that never comes to an end is refused where it is given."""
    with pytest.raises(ConfigurationError, match="above 0"):
        SimulatedModel(tokens_per_second=pace)


def test_a_server_of_many_responses_forgets_the_oldest() -> None:
    """Memory is bounded: of a thousand and one stored responses the first is gone."""
    model = SimulatedModel()
    ids = [respond(model, input="Say x once")["id"] for _ in range(1_001)]
    assert model.retrieve(ids[1])["id"] == ids[1]
    with pytest.raises(SimulatedHTTPError, match="not found"):
        model.retrieve(ids[0])
