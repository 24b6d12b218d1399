"""Streams of our own making: one that holds every family of events, and short ways to build others."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from rxstream.accumulators import ResponseAccumulator
from rxstream.events import parse_event

JSONObject = dict[str, Any]


def event(name: str, **fields: Any) -> JSONObject:
    return {"type": f"response.{name}", **fields}


def added(index: int | None, item: JSONObject, **fields: Any) -> JSONObject:
    return event("output_item.added", output_index=index, item=item, **fields)


def done(index: int | None, item: JSONObject, **fields: Any) -> JSONObject:
    return event("output_item.done", output_index=index, item=item, **fields)


def delta(text: str, index: int | None = 0, part: int = 0, **fields: Any) -> JSONObject:
    return event("output_text.delta", output_index=index, content_index=part, delta=text, **fields)


def message(*texts: str, **fields: Any) -> JSONObject:
    parts = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": parts, **fields}


def fold(events: Iterable[JSONObject], *, strict: bool = False) -> ResponseAccumulator:
    """Feed events, given as JSON."""
    accumulator = ResponseAccumulator(strict=strict)
    for value in events:
        accumulator.feed(parse_event(value))
    return accumulator


def output(events: Iterable[JSONObject]) -> list[JSONObject]:
    """The output of the snapshot after the events."""
    return fold(events).snapshot().to_dict()["output"]


def number(events: Iterable[JSONObject], first: int = 0) -> list[JSONObject]:
    return [{**value, "sequence_number": place} for place, value in enumerate(events, first)]


def _stream() -> list[JSONObject]:
    """A response with an item of each type that has events of its own, every event type at least once."""
    items: list[tuple[JSONObject, list[JSONObject], JSONObject]] = []

    def item(begun: JSONObject, inner: list[JSONObject], finished: JSONObject) -> None:
        index = len(items)
        base = {"id": f"item_{index}", **begun}
        placed = [{"output_index": index, "item_id": f"item_{index}", **value} for value in inner]
        items.append((base, placed, {**base, "status": "completed", **finished}))

    def texts(stem: str, pieces: tuple[str, ...], field: str, **place: int) -> list[JSONObject]:
        whole = {field: "".join(pieces)}
        return [
            *(event(f"{stem}.delta", delta=piece, **place) for piece in pieces),
            event(f"{stem}.done", **whole, **place),
        ]

    summary, empty = {"type": "summary_text", "text": "I think."}, {"type": "summary_text", "text": ""}
    thought = {"type": "reasoning_text", "text": "Therefore."}
    item(
        {"type": "reasoning", "summary": []},
        [
            event("reasoning_summary_part.added", summary_index=0, part=empty),
            *texts("reasoning_summary_text", ("I ", "think."), "text", summary_index=0),
            event("reasoning_summary_part.done", summary_index=0, part=summary),
            event("content_part.added", content_index=0, part={"type": "reasoning_text", "text": ""}),
            *texts("reasoning_text", ("There", "fore."), "text", content_index=0),
            event("content_part.done", content_index=0, part=thought),
        ],
        {"summary": [summary], "content": [thought], "encrypted_content": "gAAA"},
    )
    cited = {"type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 0, "end_index": 3}
    begun = {"type": "output_text", "text": "", "annotations": []}
    text = {"type": "output_text", "text": "Hello 😀", "annotations": [cited]}
    item(
        {"type": "message", "role": "assistant", "status": "in_progress", "content": []},
        [
            event("content_part.added", content_index=0, part=begun),
            event("output_text.delta", content_index=0, delta="Hel", logprobs=[{"token": "Hel", "logprob": -0.1}]),
            *texts("output_text", ("lo \ud83d", "\ude00"), "text", content_index=0)[:-1],
            event("output_text.annotation.added", content_index=0, annotation_index=0, annotation=cited),
            event("output_text.done", content_index=0, text="Hello 😀"),
            event("content_part.done", content_index=0, part=text),
            event("content_part.added", content_index=1, part={"type": "refusal", "refusal": ""}),
            *texts("refusal", ("I can", "not."), "refusal", content_index=1),
            event("content_part.done", content_index=1, part={"type": "refusal", "refusal": "I cannot."}),
        ],
        {
            "content": [
                {**text, "logprobs": [{"token": "Hel", "logprob": -0.1}]},
                {"type": "refusal", "refusal": "I cannot."},
            ]
        },
    )
    item(
        {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": "", "status": "in_progress"},
        texts("function_call_arguments", ('{"a"', ": 1}"), "arguments"),
        {"arguments": '{"a": 1}'},
    )
    item(
        {"type": "custom_tool_call", "call_id": "call_2", "name": "sql", "input": ""},
        texts("custom_tool_call_input", ("select", " 1"), "input"),
        {"input": "select 1"},
    )
    item(
        {"type": "mcp_call", "server_label": "s", "name": "look", "arguments": "", "status": "in_progress"},
        [
            event("mcp_call.in_progress"),
            *texts("mcp_call_arguments", ("{", "}"), "arguments"),
            event("mcp_call.failed"),
            event("mcp_call.completed"),
        ],
        {"arguments": "{}", "output": "seen"},
    )
    item(
        {"type": "code_interpreter_call", "code": "", "container_id": "c", "status": "in_progress", "outputs": None},
        [
            event("code_interpreter_call.in_progress"),
            *texts("code_interpreter_call_code", ("print", "(1)"), "code"),
            event("code_interpreter_call.interpreting"),
            event("code_interpreter_call.completed"),
        ],
        {"code": "print(1)", "outputs": [{"type": "logs", "logs": "1"}]},
    )
    item(
        {
            "type": "apply_patch_call",
            "call_id": "call_3",
            "operation": {"type": "update_file", "path": "a", "diff": ""},
        },
        texts("apply_patch_call_operation_diff", ("-a", "+b"), "diff"),
        {"operation": {"type": "update_file", "path": "a", "diff": "-a+b"}},
    )
    item(
        {"type": "shell_call", "call_id": "call_4", "action": {"commands": [], "timeout_ms": 5}},
        [
            event("shell_call_command.added", command_index=0, command=""),
            *texts("shell_call_command", ("ls", " -l"), "command", command_index=0),
            event("shell_call_command.added", command_index=1, command=""),
            *texts("shell_call_command", ("id",), "command", command_index=1),
        ],
        {"action": {"commands": ["ls -l", "id"], "timeout_ms": 5}},
    )
    printed = {"stdout": "total 0", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}
    item(
        {"type": "shell_call_output", "call_id": "call_4", "output": []},
        [
            event("shell_call_output_content.delta", command_index=0, delta={"stdout": "total"}),
            event("shell_call_output_content.delta", command_index=0, delta={"stdout": " 0"}),
            event("shell_call_output_content.delta", command_index=0, delta={"outcome": printed["outcome"]}),
            event("shell_call_output_content.done", command_index=0, output=[printed]),
        ],
        {"output": [printed]},
    )
    item(
        {"type": "image_generation_call", "status": "in_progress"},
        [
            event("image_generation_call.in_progress"),
            event("image_generation_call.generating"),
            event("image_generation_call.partial_image", partial_image_index=0, partial_image_b64="QQ=="),
            event("image_generation_call.completed"),
        ],
        {"result": "QUI="},
    )
    for search in ("web_search_call", "file_search_call"):
        item(
            {"type": search, "status": "in_progress"},
            [event(f"{search}.{status}") for status in ("in_progress", "searching", "completed")],
            {"action": {"type": "search", "query": "q"}} if search == "web_search_call" else {"queries": ["q"]},
        )
    item(
        {"type": "mcp_list_tools", "server_label": "s", "tools": []},
        [event(f"mcp_list_tools.{status}") for status in ("in_progress", "failed", "completed")],
        {"tools": [{"name": "look", "input_schema": {}}]},
    )
    item({"type": "compaction"}, [event("compaction.compacting")], {"encrypted_content": "gBBB"})
    response = {"id": "resp_1", "object": "response", "status": "in_progress", "model": "m", "output": [], "tools": []}
    final = {
        **response,
        "status": "completed",
        "output": [finished for *_, finished in items],
        "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
    }
    return number(
        [
            event("created", response=response),
            event("queued", response={**response, "status": "queued"}),
            event("in_progress", response=response),
            *(
                value
                for index, (base, inner, finished) in enumerate(items)
                for value in (added(index, base), *inner, done(index, finished))
            ),
            event("audio.delta", delta="QQ=="),
            event("audio.transcript.delta", delta="Hel"),
            event("audio.transcript.done"),
            event("audio.done"),
            event("completed", response=final),
        ]
    )


STREAM: list[JSONObject] = _stream()
"""A whole response, numbered, strictly in order."""

FINAL: JSONObject = STREAM[-1]["response"]

EVERY_FAMILY: list[JSONObject] = [
    *STREAM,
    event("incomplete", response={**FINAL, "status": "incomplete"}, sequence_number=len(STREAM)),
    event("failed", response={**FINAL, "status": "failed"}, sequence_number=len(STREAM) + 1),
    {"type": "error", "code": "c", "message": "m", "param": None, "sequence_number": len(STREAM) + 2},
]
"""At least one event of each known type."""


def stream() -> list[JSONObject]:
    """A copy of the stream, to be changed."""
    return copy.deepcopy(STREAM)
