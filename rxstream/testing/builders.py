"""Events with harmless defaults, complete as the API sends them but for ``sequence_number``.

:func:`response` numbers its events; a single event has a number where :func:`event` is given one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from rxstream.events import ResponseStreamEvent, ResponseTextDeltaEvent, parse_event

__all__ = [
    "arguments_delta",
    "completed",
    "created",
    "event",
    "failed",
    "function_call",
    "incomplete",
    "message",
    "reasoning_delta",
    "refusal_delta",
    "response",
    "stream_error",
    "text_delta",
]

JSON = dict[str, Any]


def event(kind: str, **fields: Any) -> ResponseStreamEvent:
    """Make any event.

    Args:
        kind: Its type; the ``response.`` before it may be left out.
        fields: Its fields, as in the JSON that a server sends.

    Example:
        >>> event("output_text.done", output_index=0, text="Hi").type
        'response.output_text.done'
        >>> event("keepalive").type
        'keepalive'
    """
    bare = kind in ("error", "keepalive", "ping") or kind.startswith("response.")
    return parse_event({"type": kind if bare else f"response.{kind}", **fields})


def text_delta(delta: str, *, output_index: int = 0, content_index: int = 0) -> ResponseTextDeltaEvent:
    """Make a piece of text.

    Example:
        >>> from rxstream import collect_now, text_deltas
        >>> collect_now(text_deltas(), [text_delta("Hel"), text_delta("lo")])
        ['Hel', 'lo']
    """
    # The only builder that names a class: mypy takes a list of two classes for one of their base, which is no event.
    made = event("output_text.delta", **_place(output_index), content_index=content_index, delta=delta, logprobs=[])
    return cast(ResponseTextDeltaEvent, made)


def refusal_delta(delta: str, *, output_index: int = 0, content_index: int = 0) -> ResponseStreamEvent:
    """Make a piece of a refusal.

    Example:
        >>> from rxstream import collect_now, refusal_deltas
        >>> collect_now(refusal_deltas(), [refusal_delta("I can't "), refusal_delta("do that.")])
        ["I can't ", 'do that.']
    """
    return event("refusal.delta", **_place(output_index), content_index=content_index, delta=delta)


def reasoning_delta(delta: str, *, output_index: int = 0, summary_index: int = 0) -> ResponseStreamEvent:
    """Make a piece of a summary of the reasoning.

    Example:
        >>> from rxstream import collect_now, reasoning_deltas
        >>> collect_now(reasoning_deltas(), [reasoning_delta("Let me "), reasoning_delta("see.")])
        ['Let me ', 'see.']
    """
    return event("reasoning_summary_text.delta", **_place(output_index), summary_index=summary_index, delta=delta)


def arguments_delta(delta: str, *, output_index: int = 0) -> ResponseStreamEvent:
    """Make a piece of a function call's arguments.

    Example:
        >>> from rxstream import accumulate_arguments, collect_now
        >>> added, *_ = function_call("add", "")
        >>> calls = collect_now(accumulate_arguments(), [added, arguments_delta('{"a"'), arguments_delta(": 1}")])
        >>> [call.arguments for call in calls]
        ['', '{"a"', '{"a": 1}']
    """
    return event("function_call_arguments.delta", **_place(output_index), delta=delta)


def created() -> ResponseStreamEvent:
    """Make the first event of a response.

    Example:
        >>> created().type
        'response.created'
    """
    return event("created", response=_response("in_progress"))


def completed(output: Iterable[Mapping[str, Any]] = ()) -> ResponseStreamEvent:
    """Make the last event of a response that is complete.

    Args:
        output: The items of the final response, as JSON.

    Example:
        >>> from rxstream import collect_sync, from_events, text_deltas
        >>> collect_sync(from_events([text_delta("Hi"), completed()]).pipe(text_deltas()))
        ['Hi']
    """
    return event("completed", response=_response("completed", output))


def incomplete(reason: str = "max_output_tokens", *, output: Iterable[Mapping[str, Any]] = ()) -> ResponseStreamEvent:
    """Make the last event of a response that was cut short.

    Example:
        >>> from rxstream import from_events, last_sync, outcome
        >>> end = last_sync(from_events([text_delta("Hel"), incomplete()]).pipe(outcome()))
        >>> end.status, end.reason
        ('incomplete', 'max_output_tokens')
    """
    return event("incomplete", response=_response("incomplete", output, incomplete_details={"reason": reason}))


def failed(message: str = "The model failed.", *, code: str = "server_error") -> ResponseStreamEvent:
    """Make the last event of a response that failed.

    Example:
        >>> from rxstream import from_events, last_sync, outcome
        >>> last_sync(from_events([created(), failed("Too hot.")]).pipe(outcome())).error
        ResponseFailedError('expected the response to complete, but it failed: server_error: Too hot.')
    """
    return event("failed", response=_response("failed", error={"code": code, "message": message}))


def stream_error(message: str = "The stream broke.", *, code: str = "server_error") -> ResponseStreamEvent:
    """Make the event of type ``error``.

    Example:
        >>> from rxstream import from_events, last_sync, outcome
        >>> last_sync(from_events([created(), stream_error("Too hot.")]).pipe(outcome())).error
        ResponseStreamError('expected a response, but the server sent an error: server_error: Too hot.')
    """
    return event("error", code=code, message=message, param=None)


def message(*texts: str, output_index: int = 0) -> list[ResponseStreamEvent]:
    """Make the events of a message of one part: it is added, each text is a delta, and it is done.

    Example:
        >>> from rxstream import accumulate_text, collect_now
        >>> collect_now(accumulate_text(), message("Hel", "lo"))
        ['Hel', 'Hello']
    """
    place, whole = _place(output_index), "".join(texts)
    part: JSON = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    done: JSON = {**part, "text": whole}
    item: JSON = {
        "id": place["item_id"],
        "type": "message",
        "role": "assistant",
        "status": "in_progress",
        "content": [],
    }
    return [
        event("output_item.added", output_index=output_index, item=item),
        event("content_part.added", **place, content_index=0, part=part),
        *(text_delta(text, output_index=output_index) for text in texts),
        event("output_text.done", **place, content_index=0, text=whole, logprobs=[]),
        event("content_part.done", **place, content_index=0, part=done),
        event("output_item.done", output_index=output_index, item={**item, "status": "completed", "content": [done]}),
    ]


def function_call(
    name: str, arguments: Mapping[str, Any] | str, *, call_id: str | None = None, output_index: int = 0
) -> list[ResponseStreamEvent]:
    """Make the events of a function call: it is added, its arguments come in one delta, and it is done.

    Args:
        name: The function.
        arguments: An object, or a string, which is sent as it is, be it JSON or not.
        call_id: What the tool's output must name; by default ``call_`` and the place of the item.
        output_index: The place of the item in the response's output.

    Example:
        >>> from rxstream import collect_now, function_calls
        >>> [call] = collect_now(function_calls(), function_call("add", {"a": 1}))
        >>> call.name, call.call_id, call.json()
        ('add', 'call_0', {'a': 1})
    """
    place = _place(output_index)
    whole = arguments if isinstance(arguments, str) else json.dumps(arguments)
    item = {
        "id": place["item_id"],
        "type": "function_call",
        "status": "in_progress",
        "call_id": f"call_{output_index}" if call_id is None else call_id,
        "name": name,
        "arguments": "",
    }
    done = {**item, "status": "completed", "arguments": whole}
    return [
        event("output_item.added", output_index=output_index, item=item),
        arguments_delta(whole, output_index=output_index),
        event("function_call_arguments.done", **place, name=name, arguments=whole),
        event("output_item.done", output_index=output_index, item=done),
    ]


def response(*items: Iterable[ResponseStreamEvent]) -> list[ResponseStreamEvent]:
    """Make a whole response of the events of its items: created, numbered, completed with these items.

    Args:
        items: The events of each item; :func:`message` and :func:`function_call` make them. Their places in the output
            become those in which they stand here.

    Raises:
        TypeError: An item is a single event.

    Example:
        >>> from rxstream import last_sync, from_events, snapshots
        >>> stream = response(message("Let me see."), function_call("add", {"a": 1}))
        >>> [event.sequence_number for event in stream[:3]]
        [0, 1, 2]
        >>> [item.type for item in last_sync(from_events(stream).pipe(snapshots())).output]
        ['message', 'function_call']
    """
    for item in items:
        if not isinstance(cast(object, item), Iterable):
            raise TypeError(
                f"expected the events of each item, as message('Hi') makes them, but got {type(item).__name__}: "
                "from_events takes single events"
            )
    placed = [_moved(one.to_dict(), index) for index, item in enumerate(items) for one in item]
    output = [one["item"] for one in placed if one["type"] == "response.output_item.done"]
    wire = [created().to_dict(), *placed, completed(output).to_dict()]
    return [parse_event({**one, "sequence_number": number}) for number, one in enumerate(wire)]


def _moved(wire: JSON, index: int) -> JSON:
    item_id = f"item_{index}"
    moved = {**wire, "output_index": index}
    if "item_id" in wire:
        moved["item_id"] = item_id
    if "item" in wire:
        item = moved["item"] = {**wire["item"], "id": item_id}
        if item.get("call_id") == f"call_{wire['output_index']}":  # the default one follows its item
            item["call_id"] = f"call_{index}"
    return moved


def _place(output_index: int) -> JSON:
    return {"item_id": f"item_{output_index}", "output_index": output_index}


def _response(status: str, output: Iterable[Mapping[str, Any]] = (), **fields: Any) -> JSON:
    return {
        "id": "resp_test",
        "object": "response",
        "created_at": 0,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "model": "test-model",
        "output": [dict(item) for item in output],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        **fields,
    }
