"""``is_content``: what counts as an answer, and what is only a sign of life."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from rxstream.accumulators.content import TERMINAL, is_content, is_piece
from rxstream.accumulators.families import FAMILIES
from rxstream.events import parse_event
from rxstream.events.base import EVENT_CLASSES
from tests.laws.registry import law
from tests.marbles import event, message
from tests.strategies import streams

DELTAS = sorted(name for name in EVENT_CLASSES if name.endswith(".delta"))
OUTPUT = "response.shell_call_output_content.delta"

CONTENT: list[tuple[str, dict[str, Any]]] = [
    (OUTPUT, {"delta": {"stdout": "a.txt"}}),
    ("image_generation_call.partial_image", {"partial_image_b64": "iVBO"}),
    ("output_text.annotation.added", {"annotation": {"type": "url_citation", "url": "https://a.example"}}),
    ("content_part.done", {"part": {"type": "output_text", "text": "Hello"}}),
    ("content_part.done", {"part": {"type": "refusal", "refusal": "I can't"}}),
    ("reasoning_summary_part.done", {"part": {"type": "summary_text", "text": "First"}}),
    ("shell_call_command.done", {"command": "ls"}),
    ("shell_call_output_content.done", {"output": [{"stdout": "a.txt"}]}),
    ("output_item.done", {"item": message("Hello")}),
    ("output_item.done", {"item": {"type": "reasoning", "summary": [{"type": "summary_text", "text": "First"}]}}),
    ("output_item.done", {"item": {"type": "function_call", "name": "add", "arguments": "{}"}}),
    ("output_item.done", {"item": {"type": "dream_call", "mood": "calm"}}),
]
NOT_CONTENT: list[tuple[str, dict[str, Any]]] = [
    *((name, {"response": {"status": "completed", "output": [message("Hello")]}}) for name in sorted(TERMINAL)),
    ("created", {"response": {}}),
    ("queued", {"response": {}}),
    ("in_progress", {"response": {}}),
    ("output_item.added", {"item": message("Hello")}),
    ("content_part.added", {"part": {"type": "output_text", "text": ""}}),
    ("shell_call_command.added", {"command": ""}),
    ("web_search_call.searching", {}),
    ("mcp_call.in_progress", {}),
    ("compaction.compacting", {}),
    ("audio.done", {}),
    (OUTPUT, {"delta": {"stdout": ""}}),
    (OUTPUT, {"delta": {}}),
    ("content_part.done", {"part": {"type": "output_text", "text": ""}}),
    ("shell_call_output_content.done", {"output": []}),
    ("output_item.done", {"item": message("")}),
    ("output_item.done", {"item": {"type": "reasoning", "summary": [], "encrypted_content": "gAAA"}}),
    ("output_item.done", {}),
    ("image_generation_call.partial_image", {"partial_image_b64": ""}),
    ("keepalive", {}),
    ("telepathy.delta", {"delta": "zzz"}),
    ("output_text.delta", {"delta": 5}),
]


def of(kind: str, fields: dict[str, Any]) -> Any:
    """An event, by its whole wire name or without ``response.``."""
    return parse_event({"type": kind, **fields}) if "response." in kind else event(kind, **fields)


@pytest.mark.parametrize("name", [name for name in DELTAS if name != OUTPUT])
def test_every_delta_with_text_is_content_and_an_empty_one_is_not(name: str):
    """Law: no family of deltas is left out, whatever may be added to the events."""
    assert is_content(parse_event({"type": name, "delta": "Hel"}))
    assert not is_content(parse_event({"type": name, "delta": ""}))
    assert is_piece(parse_event({"type": name, "delta": "Hel"}))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.stem)
def test_every_whole_text_is_content_but_no_piece(family: Any):
    """A server that sends no deltas brings content too."""
    whole = parse_event({"type": family.done, family.done_field: "Hello"})
    assert is_content(whole)
    assert not is_piece(whole)
    assert not is_content(parse_event({"type": family.done, family.done_field: ""}))


@pytest.mark.parametrize(("kind", "fields"), CONTENT)
def test_what_the_model_made_is_content(kind: str, fields: dict[str, Any]):
    """Table: what is shown, run or printed."""
    assert is_content(of(kind, fields)) is True


@pytest.mark.parametrize(("kind", "fields"), NOT_CONTENT)
def test_what_only_tells_of_progress_or_is_empty_is_not_content(kind: str, fields: dict[str, Any]):
    """Table: the life of the response, status, what is empty, and what is not known."""
    assert is_content(of(kind, fields)) is False


@law
@given(streams())
def test_every_stream_can_be_looked_at(stream: Any):
    """Whatever a sloppy server sends, the answer is yes or no."""
    assert {is_content(one) for one in stream.events} <= {True, False}
