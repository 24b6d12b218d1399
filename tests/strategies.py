"""Hypothesis strategies for whole event streams: valid ones, and those that sloppy servers send."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from rxstream.events import ResponseStreamEvent, parse_event

JSON = dict[str, Any]
Draw = Callable[..., Any]
TERMINAL = ("response.completed", "response.incomplete", "response.failed")

texts = st.text(st.sampled_from('ab \n"\\{é€😀'), max_size=10)
names = st.sampled_from(["add", "sql", "ask", "get_weather"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-1, 1).map(lambda number: round(number, 3)) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2),
    max_leaves=4,
)
arguments = st.dictionaries(names, json_values, max_size=2).map(lambda value: json.dumps(value, ensure_ascii=False))
unknown_events = st.builds(
    lambda kind, fields: {**fields, "type": kind},
    st.sampled_from(["keepalive", "ping", "response.keep_alive", "codex.rate_limits", "response.telepathy.delta"]),
    st.dictionaries(st.sampled_from(["delta", "item_id", "output_index", "zzz"]), json_values, max_size=3),
)


@dataclass(frozen=True)
class Stream:
    """A generated stream.

    Attributes:
        wire: Its events, as JSON.
        output: The items that it tells of, whole and in the order of ``output_index``.
    """

    wire: list[JSON]
    output: list[JSON] = field(default_factory=list)

    @cached_property
    def events(self) -> list[ResponseStreamEvent]:
        """Its events, parsed; those that did not come over a network may hold halves of surrogate pairs."""
        return [parse_event(json.dumps(event)) for event in self.wire]

    def __repr__(self) -> str:
        return "\n".join(["Stream(", *(f"    {json.dumps(event)}" for event in self.wire), ")"])


def pieces_of(text: str, draw: Draw, *, halves: bool = False) -> list[str]:
    """Cut a text at random; with ``halves``, also between the halves of a surrogate pair."""
    if not text:
        return draw(st.sampled_from([[], [""]]))
    coding, unit = ("utf-16-le", 2) if halves else ("utf-32-le", 4)
    raw = text.encode(coding)
    cuts = sorted(draw(st.sets(st.integers(1, len(raw) // unit), max_size=3)))
    bounds = [0, *(cut * unit for cut in cuts), len(raw)]
    return [raw[start:end].decode(coding, "surrogatepass") for start, end in pairwise(bounds) if end > start]


class ItemWriter:
    """Writes the events of one output item."""

    def __init__(self, draw: Draw, kind: str, index: int, item: JSON) -> None:
        self.draw = draw
        self.index = index
        self.item_id = f"{kind}_{index}"
        self.base: JSON = {"id": self.item_id, "type": kind, **item}
        self.events: list[JSON] = []
        self.emit("response.output_item.added", item={**self.base, "status": "in_progress"}, own_id=False)

    def emit(self, kind: str, *, own_id: bool = True, **fields: Any) -> None:
        """Write an event that belongs to the item."""
        aliases = {"item_id": self.item_id} if own_id else {}
        self.events.append({"type": kind, "output_index": self.index, **aliases, **fields})

    def deltas(self, stem: str, text: str, done_field: str, **keys: int) -> None:
        """Write a text in pieces, then as a whole."""
        for piece in pieces_of(text, self.draw, halves=True):
            self.emit(f"{stem}.delta", delta=piece, **keys)
        self.emit(f"{stem}.done", **{done_field: text}, **keys)

    def close(self, **fields: Any) -> JSON:
        """Write the end of the item; return the item."""
        item = {**self.base, "status": "completed", **fields}
        self.emit("response.output_item.done", item=item, own_id=False)
        return item


def _message(draw: Draw, index: int) -> tuple[list[JSON], JSON]:
    writer = ItemWriter(draw, "message", index, {"role": "assistant", "content": []})
    content: list[JSON] = []
    for place in range(draw(st.integers(1, 2))):
        text = draw(texts)
        part: JSON = {"type": "output_text", "text": text, "annotations": []}
        stem, done_field = "response.output_text", "text"
        if draw(st.integers(0, 3)) == 0:
            part, stem, done_field = {"type": "refusal", "refusal": text}, "response.refusal", "refusal"
        writer.emit("response.content_part.added", content_index=place, part={**part, done_field: ""})
        writer.deltas(stem, text, done_field, content_index=place)
        for number in range(draw(st.integers(0, 2)) if "annotations" in part else 0):
            note = {"type": "url_citation", "url": f"https://{number}.example", "start_index": 0, "end_index": place}
            writer.emit("response.output_text.annotation.added", content_index=place, annotation_index=number,
                        annotation=note)  # fmt: skip
            part["annotations"].append(note)
        writer.emit("response.content_part.done", content_index=place, part=part)
        content.append(part)
    return writer.events, writer.close(content=content)


def _reasoning(draw: Draw, index: int) -> tuple[list[JSON], JSON]:
    writer = ItemWriter(draw, "reasoning", index, {"summary": []})
    if draw(st.booleans()):
        text = draw(texts)
        writer.deltas("response.reasoning_text", text, "text", content_index=0)
        return writer.events, writer.close(content=[{"type": "reasoning_text", "text": text}])
    summary: list[JSON] = []
    for place in range(draw(st.integers(0, 2))):
        part = {"type": "summary_text", "text": draw(texts)}
        writer.emit("response.reasoning_summary_part.added", summary_index=place, part={**part, "text": ""})
        writer.deltas("response.reasoning_summary_text", part["text"], "text", summary_index=place)
        writer.emit("response.reasoning_summary_part.done", summary_index=place, part=part)
        summary.append(part)
    return writer.events, writer.close(summary=summary)


def _function_call(draw: Draw, index: int) -> tuple[list[JSON], JSON]:
    call = {"name": draw(names), "call_id": f"call_{index}", "arguments": ""}
    writer = ItemWriter(draw, "function_call", index, call)
    whole = draw(arguments)
    writer.deltas("response.function_call_arguments", whole, "arguments")
    return writer.events, writer.close(arguments=whole)


def _custom_tool_call(draw: Draw, index: int) -> tuple[list[JSON], JSON]:
    call = {"name": draw(names), "call_id": f"call_{index}", "input": ""}
    writer = ItemWriter(draw, "custom_tool_call", index, call)
    whole = draw(texts)
    writer.deltas("response.custom_tool_call_input", whole, "input")
    return writer.events, writer.close(input=whole)


def _mcp_call(draw: Draw, index: int) -> tuple[list[JSON], JSON]:
    writer = ItemWriter(draw, "mcp_call", index, {"name": draw(names), "server_label": "docs", "arguments": ""})
    writer.emit("response.mcp_call.in_progress")
    whole = draw(arguments)
    writer.deltas("response.mcp_call_arguments", whole, "arguments")
    writer.emit("response.mcp_call.completed")
    return writer.events, writer.close(arguments=whole, output="42")


def _code_interpreter_call(draw: Draw, index: int) -> tuple[list[JSON], JSON]:
    writer = ItemWriter(draw, "code_interpreter_call", index, {"code": "", "outputs": None})
    writer.emit("response.code_interpreter_call.in_progress")
    code = draw(texts)
    writer.deltas("response.code_interpreter_call_code", code, "code")
    writer.emit("response.code_interpreter_call.interpreting")
    return writer.events, writer.close(code=code, outputs=[{"type": "logs", "logs": "1"}])


def _web_search_call(draw: Draw, index: int) -> tuple[list[JSON], JSON]:
    writer = ItemWriter(draw, "web_search_call", index, {})
    for progress in ("in_progress", "searching", "completed"):
        writer.emit(f"response.web_search_call.{progress}")
    return writer.events, writer.close(action={"type": "search", "query": draw(texts)})


def _unknown_item(draw: Draw, index: int) -> tuple[list[JSON], JSON]:
    writer = ItemWriter(draw, "dream_call", index, {"mood": "calm"})
    writer.emit("response.dream_call.delta", delta="zzz")
    return writer.events, writer.close(dream=draw(json_values))


def _json_message(draw: Draw, index: int) -> tuple[list[JSON], JSON]:
    writer = ItemWriter(draw, "message", index, {"role": "assistant", "content": []})
    document = {"rows": draw(st.lists(json_values, max_size=3)), "note": draw(texts)}
    text = json.dumps(document, ensure_ascii=draw(st.booleans()))
    part: JSON = {"type": "output_text", "text": text, "annotations": []}
    writer.emit("response.content_part.added", content_index=0, part={**part, "text": ""})
    writer.deltas("response.output_text", text, "text", content_index=0)
    writer.emit("response.content_part.done", content_index=0, part=part)
    return writer.events, writer.close(content=[part])


_ITEMS = {
    "message": _message,
    "reasoning": _reasoning,
    "function_call": _function_call,
    "custom_tool_call": _custom_tool_call,
    "mcp_call": _mcp_call,
    "code_interpreter_call": _code_interpreter_call,
    "web_search_call": _web_search_call,
    "dream_call": _unknown_item,
}
_WRITERS = {**_ITEMS, "json_message": _json_message}  # whose text is a JSON object with ``rows`` and a ``note``


def _interleaved(draw: Draw, runs: list[list[JSON]]) -> list[JSON]:
    order = draw(st.permutations([number for number, run in enumerate(runs) for _ in run]))
    rests = [iter(run) for run in runs]
    return [next(rests[number]) for number in order]


@st.composite
def valid_streams(
    draw: Draw,
    *,
    kinds: tuple[str, ...] = (),
    interleave: bool = True,
    endings: tuple[str, ...] = TERMINAL[:2],
    response_id: str = "resp_1",
) -> Stream:
    """Whole, valid streams: ``created`` to the terminal event, with items of ``kinds``, or of all."""
    chosen = draw(st.lists(st.sampled_from(kinds or tuple(_ITEMS)), min_size=1, max_size=3))
    written = [_WRITERS[kind](draw, index) for index, kind in enumerate(chosen)]
    output = [item for _, item in written]
    runs = [events for events, _ in written]
    body = _interleaved(draw, runs) if interleave and draw(st.booleans()) else [event for run in runs for event in run]
    response: JSON = {"id": response_id, "object": "response", "model": "gpt-5", "output": [], "status": "in_progress"}
    ending = draw(st.sampled_from(endings))
    final = {**response, "status": ending.removeprefix("response."), "output": output, "usage": {"total_tokens": 7}}
    wire = [
        {"type": "response.created", "response": response},
        {"type": "response.in_progress", "response": response},
        *body,
        {"type": ending, "response": final},
    ]
    if draw(st.booleans()):
        wire = [{**event, "sequence_number": number} for number, event in enumerate(wire)]
    return Stream(wire, output)


def _drop_added(draw: Draw, wire: list[JSON]) -> list[JSON]:
    return [event for event in wire if not event["type"].endswith(".added")]


def _drop_done(draw: Draw, wire: list[JSON]) -> list[JSON]:
    return [event for event in wire if not event["type"].endswith(".done")]


def _drop_item_done(draw: Draw, wire: list[JSON]) -> list[JSON]:
    return [event for event in wire if event["type"] != "response.output_item.done"]


def _drop_deltas(draw: Draw, wire: list[JSON]) -> list[JSON]:
    return [event for event in wire if not event["type"].endswith(".delta")]


def _drop_created(draw: Draw, wire: list[JSON]) -> list[JSON]:
    return [event for event in wire if event["type"] != "response.created"]


def _drop_one(draw: Draw, wire: list[JSON]) -> list[JSON]:
    at = draw(st.integers(0, len(wire) - 1))
    return wire[:at] + wire[at + 1 :]


def _double_one(draw: Draw, wire: list[JSON]) -> list[JSON]:
    at = draw(st.integers(0, len(wire) - 1))
    return [*wire[: at + 1], wire[at], *wire[at + 1 :]]


def _swap_two(draw: Draw, wire: list[JSON]) -> list[JSON]:
    at = draw(st.integers(0, max(0, len(wire) - 2)))
    return [*wire[:at], *reversed(wire[at : at + 2]), *wire[at + 2 :]]


def _send_again(draw: Draw, wire: list[JSON]) -> list[JSON]:
    at = draw(st.integers(1, len(wire)))
    return [*wire[:at], *wire[draw(st.integers(0, at)) : at], *wire[at:]]


def _empty_output(draw: Draw, wire: list[JSON]) -> list[JSON]:
    return [
        {**event, "response": {**event["response"], "output": []}} if isinstance(event.get("response"), dict) else event
        for event in wire
    ]


def _without(field_name: str) -> Callable[[Draw, list[JSON]], list[JSON]]:
    def change(draw: Draw, wire: list[JSON]) -> list[JSON]:
        return [{key: value for key, value in event.items() if key != field_name} for event in wire]

    return change


def _contradict(draw: Draw, wire: list[JSON]) -> list[JSON]:
    return [{**event, "text": draw(texts)} if event["type"].endswith("text.done") else event for event in wire]


def _wrong_shape(draw: Draw, wire: list[JSON]) -> list[JSON]:
    at = draw(st.integers(0, len(wire) - 1))
    event = dict(wire[at])
    event[draw(st.sampled_from(sorted({*event, "delta"} - {"type"})) if len(event) > 1 else st.just("zzz"))] = draw(
        json_values
    )
    return [*wire[:at], event, *wire[at + 1 :]]


def _add_unknown(draw: Draw, wire: list[JSON]) -> list[JSON]:
    at = draw(st.integers(0, len(wire)))
    return [*wire[:at], draw(unknown_events), *wire[at:]]


def _begin_again(draw: Draw, wire: list[JSON]) -> list[JSON]:
    return [*wire, *draw(valid_streams(response_id="resp_2")).wire]


_SLOPPINESS = (
    _drop_added, _drop_done, _drop_item_done, _drop_deltas, _drop_created, _drop_one, _double_one, _swap_two,
    _send_again, _empty_output, _without("output_index"), _without("item_id"), _without("sequence_number"),
    _contradict, _wrong_shape, _add_unknown, _begin_again,
)  # fmt: skip


@st.composite
def sloppy_streams(draw: Draw, *, kinds: tuple[str, ...] = ()) -> Stream:
    """Streams with one to three faults that servers, proxies and recorders bring about."""
    wire = draw(valid_streams(kinds=kinds, endings=TERMINAL)).wire
    for change in draw(st.lists(st.sampled_from(_SLOPPINESS), min_size=1, max_size=3)):
        if wire:
            wire = change(draw, wire)
    return Stream(wire)


def streams(*kinds: str) -> st.SearchStrategy[Stream]:
    """Any streams: valid and sloppy ones; with items of ``kinds``, or of all."""
    return valid_streams(kinds=kinds) | sloppy_streams(kinds=kinds)


def sse_body(wire: list[JSON], *, end_of_line: str = "\n", named: bool = True) -> bytes:
    """Write events as the body of an event stream."""
    blocks = [
        [*([f"event: {event['type']}"] if named else []), f"data: {json.dumps(event, ensure_ascii=True)}", "", ""]
        for event in wire
    ]
    return "".join(end_of_line.join(block) for block in blocks).encode()


@st.composite
def cuts_of(draw: Draw, body: bytes) -> list[bytes]:
    """Cut bytes anywhere, and put empty chunks between."""
    bounds = [0, *sorted(draw(st.lists(st.integers(0, len(body)), max_size=8))), len(body)]
    return [body[start:end] for start, end in pairwise(bounds)]
