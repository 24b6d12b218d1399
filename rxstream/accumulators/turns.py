"""A conversation: several responses, one after the other, and what the application said between them."""

from __future__ import annotations

from typing import Any, cast

from rxstream.events import ResponseStreamEvent, UnknownEvent
from rxstream.models.base import JSONObject
from rxstream.models.response import objects

__all__ = ["BEGINNINGS", "CLIENT_MADE", "TURN_STARTED", "after_turn", "is_first_turn", "with_turns_before"]

TURN_STARTED = "rxstream.turn.started"
CLIENT_MADE = frozenset(
    (TURN_STARTED, *(f"rxstream.tool_call.{what}" for what in ("started", "progress", "finished", "failed")))
)
"""The types of the events that a tool loop puts between those of the server."""

BEGINNINGS = frozenset(("response.created", TURN_STARTED))
"""The types of the events with which a response may begin."""


def is_first_turn(started: ResponseStreamEvent) -> bool:
    """Say whether a turn is the first of its conversation."""
    return cast(UnknownEvent, started).data.get("turn") == 1


def after_turn(response: JSONObject, started: ResponseStreamEvent) -> JSONObject:
    """Return a response as it is when the next turn begins: with what the application adds to its output."""
    added = objects(cast(UnknownEvent, started).data.get("input"))
    return {**response, "status": "in_progress", "output": [*objects(response.get("output")), *added]}


def with_turns_before(response: JSONObject, before: JSONObject) -> JSONObject:
    """Return the response of a turn as the newest part of a conversation: the output of all turns, their usage summed.

    Example:
        >>> before = {"id": "resp_1", "output": [{"type": "reasoning"}], "usage": {"total_tokens": 3}}
        >>> with_turns_before({"id": "resp_2", "output": [], "usage": {"total_tokens": 4}}, before)
        {'id': 'resp_2', 'output': [{'type': 'reasoning'}], 'usage': {'total_tokens': 7}}
    """
    known = response if len(response) > 1 else {**before, **response}  # nothing but an output: it has not begun yet
    whole = {**known, "output": [*before["output"], *response["output"]]}
    usage = _sum(before.get("usage"), response.get("usage"))
    return whole if usage is None else {**whole, "usage": usage}


def _sum(one: Any, other: Any) -> Any:
    """Add up the numbers of two JSON values; of all else the newer counts, where it is there."""
    if isinstance(one, dict) and isinstance(other, dict):
        first, second = cast(JSONObject, one), cast(JSONObject, other)
        return {key: _sum(first.get(key), second.get(key)) for key in {**first, **second}}
    if _is_number(one) and _is_number(other):
        return one + other
    return cast(Any, one if other is None else other)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
