from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from rxstream.errors import ConfigurationError
from rxstream.simulated import SCENARIOS, SimulatedHTTPError, SimulatedModel

from .folding import check_all, check_deltas, check_sequence
from .sdk_types import nonconforming_types, validate_event

_STREAMED = [name for name, scenario in SCENARIOS.items() if not scenario.http]
# What OpenAI's SDK cannot take is the subject of these scenarios.
_REFUSED: dict[str, set[str]] = {
    "apply_patch": {
        "response.apply_patch_call_operation_diff.delta",
        "response.apply_patch_call_operation_diff.done",
    },
    "error_nested": {"error"},
    "unknown_events": {
        "codex.rate_limits",
        "keepalive",
        "response.completed",
        "response.dream_call.delta",
        "response.incomplete",
        "response.keep_alive",
        "response.output_item.added",
        "response.output_item.done",
    },
}
_CUT = {"failed", "error", "error_nested", "no_terminal"}
_PROMPT = "Tell me about 'rivers' in Paris and Rome, please."
_REQUESTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "reasoning": {"reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]},
    "background": {"background": True},
    "small": {"max_output_tokens": 7},
    "logprobs": {"include": ["message.output_text.logprobs"], "top_logprobs": 1},
}


def events_of(name: str, **request: Any) -> list[dict[str, Any]]:
    return SimulatedModel(scenario=name).events({"model": "gpt-5", "input": _PROMPT, **request})


def _is_of_a_message(event: dict[str, Any]) -> bool:
    return event.get("item", {}).get("type") == "message"


@pytest.mark.parametrize(("name", "request_name"), list(product(_STREAMED, _REQUESTS)))
def test_every_event_satisfies_the_types_of_openais_sdk(name: str, request_name: str) -> None:
    """Every event of every scenario passes the SDK's class for its type, and its union; but for those listed here."""
    for event in events_of(name, **_REQUESTS[request_name]):
        if event["type"] not in _REFUSED.get(name, ()) or _is_of_a_message(event):
            validate_event(event)


@pytest.mark.parametrize(("name", "request_name"), list(product(sorted(set(_STREAMED) - _CUT), _REQUESTS)))
def test_joined_deltas_equal_done_item_and_final_response(name: str, request_name: str) -> None:
    """join(deltas) = done = item = final, numbered from 0, one terminal event, in every scenario that ends."""
    events = events_of(name, **_REQUESTS[request_name])
    if name == "empty_output":
        assert events[-1]["response"]["output"] == []
        items = [event["item"] for event in events if event["type"] == "response.output_item.done"]
        events[-1]["response"]["output"] = items
    check_all(events)


@pytest.mark.parametrize("name", sorted(_CUT))
def test_scenarios_that_break_off_leave_an_item_open(name: str) -> None:
    """A fault in mid-stream comes after text and before the item's end."""
    types = [event["type"] for event in events_of(name)]
    check_sequence(events_of(name))
    assert "response.output_text.delta" in types
    assert "response.output_item.done" not in types


def test_events_that_the_sdk_refuses_come_in_odd_scenarios_alone() -> None:
    """The scenarios whose subject is what the SDK refuses send all of it, and say that they do not conform."""
    for name, types in _REFUSED.items():
        sent = [event for request in _REQUESTS.values() for event in events_of(name, **request)]
        assert nonconforming_types(sent) == types
        assert not SCENARIOS[name].conforming


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("text", "response.completed"),
        ("failed", "response.failed"),
        ("error", "error"),
        ("error_nested", "response.failed"),
        ("incomplete", "response.incomplete"),
        ("no_terminal", "response.output_text.delta"),
    ],
)
def test_each_ending_is_the_last_event(name: str, last: str) -> None:
    """A scenario ends as its description says."""
    assert events_of(name)[-1]["type"] == last


def test_error_events_come_flat_and_nested() -> None:
    """The documented error is flat; the nested one holds an object."""
    flat, nested = events_of("error")[-1], events_of("error_nested")[-2]
    assert set(flat) == {"type", "sequence_number", "code", "message", "param"}
    assert nested["error"]["code"] == flat["code"] == "server_error"


def test_annotations_point_at_the_text_they_cite() -> None:
    """The span of a URL citation is the sentence it stands after."""
    events = events_of("annotations")
    text = events[-1]["response"]["output"][-1]["content"][0]
    added = [event["annotation"] for event in events if event["type"].endswith("annotation.added")]
    assert added == text["annotations"]
    assert [annotation["type"] for annotation in added] == ["url_citation", "url_citation", "file_citation"]
    first = added[0]
    assert text["text"][first["start_index"] : first["end_index"]] == " Source 1 says so."


def test_interleaved_calls_are_open_at_once() -> None:
    """All calls are begun before the first one ends."""
    types = [event["type"] for event in events_of("interleaved", input="Compare Paris with Rome")]
    assert types.count("response.output_item.added") == 2
    assert types.index("response.output_item.done") > max(
        position for position, kind in enumerate(types) if kind == "response.output_item.added"
    )


def test_log_probabilities_join_as_the_text_does() -> None:
    """The deltas' log probabilities, joined, are those of the done event and of the final part."""
    events = events_of("text", include=["message.output_text.logprobs"])
    joined = [one for event in events if event["type"] == "response.output_text.delta" for one in event["logprobs"]]
    done = next(event for event in events if event["type"] == "response.output_text.done")
    part = events[-1]["response"]["output"][0]["content"][0]
    assert joined == done["logprobs"] == part["logprobs"]
    assert "".join(one["token"] for one in joined) == part["text"]


@pytest.mark.parametrize("count", [1, 7, 5_000])
def test_long_has_as_many_deltas_as_asked_for(count: int) -> None:
    """``long:COUNT`` writes COUNT text deltas."""
    events = events_of(f"long:{count}")
    assert sum(event["type"] == "response.output_text.delta" for event in events) == count
    check_deltas(events)


def test_half_surrogates_join_to_a_whole_character() -> None:
    """Two deltas hold half a character each; the done value holds the whole."""
    deltas = [e["delta"] for e in events_of("surrogates") if e["type"] == "response.output_text.delta"]
    assert "\ud83d" in deltas
    assert json.loads(json.dumps("".join(deltas))) == "A smile: 😀!"


def test_every_scenario_can_be_chosen_in_three_ways() -> None:
    """The model's own, the request's model name and its metadata choose the same scenario; metadata wins."""
    by_name = SimulatedModel().events({"model": "scenario:refusal", "input": "x"})
    by_metadata = SimulatedModel(scenario="text").events(
        {"model": "scenario:failed", "input": "x", "metadata": {"scenario": "refusal"}}
    )
    by_model = SimulatedModel(scenario="refusal").events({"model": "gpt-5", "input": "x"})
    kinds = [[event["type"] for event in events] for events in (by_name, by_metadata, by_model)]
    assert kinds[0] == kinds[1] == kinds[2]
    assert "response.refusal.delta" in kinds[0]


@pytest.mark.parametrize("name", ["nonsense", "refusal:3"])
def test_unknown_scenarios_are_refused_where_they_are_named(name: str) -> None:
    """An unknown name, or a parameter that a scenario does not take, is an error of whoever gives it."""
    with pytest.raises(ConfigurationError, match=r"refusal, failed"):
        SimulatedModel(scenario=name)
    with pytest.raises(SimulatedHTTPError, match="no scenario"):
        SimulatedModel().events({"model": f"scenario:{name}", "input": "x"})


def test_flaky_fails_first_and_then_answers() -> None:
    """``flaky:COUNT`` refuses COUNT requests with status 500 and answers the next."""
    model = SimulatedModel(scenario="flaky:2")
    for _ in range(2):
        with pytest.raises(SimulatedHTTPError, match="500"):
            model.create({"model": "gpt-5", "input": "x"})
    assert model.respond({"model": "gpt-5", "input": "x"})["status"] == "completed"
