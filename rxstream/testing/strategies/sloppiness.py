"""What servers do to a valid stream: one function for each oddity that recordings show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from rxstream.models.base import JSONObject
from rxstream.testing.strategies.responses import numbered

__all__ = ["CHANGES"]

_Wire = list[JSONObject]
_Change = Callable[[DrawFn, _Wire], _Wire]

_ITEM_DONE = "response.output_item.done"
_TERMINAL = ("response.completed", "response.incomplete", "response.failed")
_LARGE_CHARACTERS = 100_000
_UNLISTED = st.sampled_from(
    [
        {"type": "keepalive"},
        {"type": "ping", "cost": "0"},
        {"type": "response.keep_alive"},
        {"type": "codex.rate_limits", "rate_limits": {"allowed": True}},
        {"type": "response.metadata", "metadata": None},
    ]
)
_UNDOCUMENTED: JSONObject = {"obfuscation": "x8Jq", "copilot_usage": {"nano_aiu": 0}, "content_filters": []}


def _of_each(change: Callable[[JSONObject], JSONObject]) -> _Change:
    return lambda draw, wire: [change(event) for event in wire]


def _without(field: str, family: str = "") -> _Change:
    return _of_each(
        lambda event: {
            key: value for key, value in event.items() if key != field or not event["type"].startswith(family)
        }
    )


def _numbered_as_before(wire: _Wire) -> _Wire:
    return numbered(wire) if wire and "sequence_number" in wire[0] else wire


def _with_final(event: JSONObject, **changes: Any) -> JSONObject:
    return {**event, "response": {**event["response"], **changes}}


def _empty_final_output(event: JSONObject) -> JSONObject:
    return _with_final(event, output=[]) if event["type"] in _TERMINAL else event


def _rotating_ids(draw: DrawFn, wire: _Wire) -> _Wire:
    return [_renamed(event, f"_{place}") for place, event in enumerate(wire)]


def _renamed(event: JSONObject, suffix: str) -> JSONObject:
    changed = {**event, "item_id": event["item_id"] + suffix} if "item_id" in event else dict(event)
    for holder in ("item", "response"):
        if holder in event:
            changed[holder] = {**event[holder], "id": event[holder]["id"] + suffix}
    return changed


def _changed_item(event_type: str, field: str, value: str) -> Callable[[JSONObject], JSONObject]:
    def change(event: JSONObject) -> JSONObject:
        if event["type"] != event_type or field not in event["item"]:
            return event
        return {**event, "item": {**event["item"], field: value}}

    return change


def _missing_item_done(draw: DrawFn, wire: _Wire) -> _Wire:
    ends = [place for place, event in enumerate(wire) if event["type"] == _ITEM_DONE]
    # Without a final output, nothing else would tell how the item ended.
    if not ends or wire[-1]["type"] not in _TERMINAL or not wire[-1]["response"]["output"]:
        return wire
    at = draw(st.sampled_from(ends))
    return _numbered_as_before(wire[:at] + wire[at + 1 :])


def _late_item_done(draw: DrawFn, wire: _Wire) -> _Wire:
    ends = [place for place, event in enumerate(wire) if event["type"] == _ITEM_DONE]
    if not ends:
        return wire
    at = draw(st.sampled_from(ends))
    end = next((place for place, event in enumerate(wire) if event["type"] in ("error", *_TERMINAL)), len(wire))
    return _numbered_as_before([*wire[:at], *wire[at + 1 : end], wire[at], *wire[end:]])


def _fresh_ciphertext(draw: DrawFn, wire: _Wire) -> _Wire:
    return [_encrypted_anew(event, str(place)) for place, event in enumerate(wire)]


def _encrypted_anew(value: Any, suffix: str) -> Any:
    if isinstance(value, dict):
        items: list[tuple[str, Any]] = list(value.items())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        return {
            key: child + suffix if key in ("encrypted_content", "fingerprint") else _encrypted_anew(child, suffix)
            for key, child in items
        }
    if isinstance(value, list):
        return [_encrypted_anew(child, suffix) for child in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _no_argument_deltas(draw: DrawFn, wire: _Wire) -> _Wire:
    kept = [event for event in wire if event["type"] != "response.function_call_arguments.delta"]
    return _numbered_as_before(kept)


def _unlisted_events(draw: DrawFn, wire: _Wire) -> _Wire:
    if len(wire) < 2:
        return wire
    at = draw(st.integers(1, len(wire) - 1))
    return _numbered_as_before([*wire[:at], draw(_UNLISTED), *wire[at:]])


def _resumed(draw: DrawFn, wire: _Wire) -> _Wire:
    if wire[0]["type"] != "response.created":
        return wire
    queued = _with_final({**wire[0], "type": "response.queued", "sequence_number": 1}, status="queued")
    return numbered([queued, *wire[1:]])


def _nested_error(draw: DrawFn, wire: _Wire) -> _Wire:
    if wire[-1]["type"] != "error" or "response" not in wire[0]:
        return wire
    fields = {key: wire[-1][key] for key in ("code", "message", "param")}
    error = {"type": "error", "error": {"type": "server_error", **fields}}
    failure = {"code": fields["code"], "message": fields["message"]}
    response: JSONObject = {**wire[0]["response"], "status": "failed", "error": failure, "output": []}
    return _numbered_as_before([*wire[:-1], error, {"type": "response.failed", "response": response}])


def _erased_logprobs(event: JSONObject) -> JSONObject:
    if event["type"] != "response.content_part.done" or not event["part"].get("logprobs"):
        return event
    return {**event, "part": {**event["part"], "logprobs": []}}


def _large_event(draw: DrawFn, wire: _Wire) -> _Wire:
    at = draw(st.integers(0, len(wire) - 1))
    return [*wire[:at], {**wire[at], "obfuscation": "A" * _LARGE_CHARACTERS}, *wire[at + 1 :]]


def _split_surrogates(draw: DrawFn, wire: _Wire) -> _Wire:
    return _numbered_as_before([half for event in wire for half in _halves(event)])


def _halves(event: JSONObject) -> _Wire:
    delta = event.get("delta")
    if not isinstance(delta, str):
        return [event]
    at = next((place for place, character in enumerate(delta) if character > "\uffff"), None)
    if at is None:
        return [event]
    units = delta.encode("utf-16-le")
    cut = len(delta[:at].encode("utf-16-le")) + 2
    first, second = (half.decode("utf-16-le", "surrogatepass") for half in (units[:cut], units[cut:]))
    other: JSONObject = {**event, "delta": second, **({"logprobs": []} if "logprobs" in event else {})}
    return [{**event, "delta": first}, other]


def _type_last(event: JSONObject) -> JSONObject:
    return {**{key: value for key, value in event.items() if key != "type"}, "type": event["type"]}


CHANGES: dict[str, _Change] = {
    "empty_final_output": _of_each(_empty_final_output),
    "changed_call_ids": _of_each(_changed_item("response.output_item.added", "call_id", "call_before")),
    "added_as_completed": _of_each(_changed_item("response.output_item.added", "status", "completed")),
    "rotating_ids": _rotating_ids,
    "late_item_done": _late_item_done,
    "missing_item_done": _missing_item_done,
    "fresh_ciphertext": _fresh_ciphertext,
    "no_argument_deltas": _no_argument_deltas,
    "erased_logprobs": _of_each(_erased_logprobs),
    "no_logprobs": _without("logprobs", "response.output_text."),
    "split_surrogates": _split_surrogates,
    "nested_error": _nested_error,
    "unlisted_events": _unlisted_events,
    "resumed": _resumed,
    "no_item_ids": _without("item_id"),
    "no_sequence_numbers": _without("sequence_number"),
    "undocumented_fields": _of_each(lambda event: {**event, **_UNDOCUMENTED}),
    "large_event": _large_event,
    "type_last": _of_each(_type_last),
}
"""Each kind of sloppiness, in the order in which several are applied."""
