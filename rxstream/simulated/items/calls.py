"""Calls that the caller's own code answers: functions and custom tools."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from rxstream.simulated.script import ItemWriter, ResponseScript, Step
from rxstream.simulated.tokens import split_tokens

__all__ = ["custom_tool_call", "function_call", "interleaved_function_calls"]

_ARGUMENTS = "response.function_call_arguments"


def function_call(name: str, arguments: str) -> Step:
    """Write a call of a function with its arguments, a JSON string."""

    def write(script: ResponseScript) -> None:
        writer = ItemWriter(script, _function_call(script, name))
        written = writer.stream(_ARGUMENTS, arguments, "arguments")
        writer.close(status=script.item_status, arguments=written)

    return write


def _function_call(script: ResponseScript, name: str) -> dict[str, Any]:
    return {
        "id": script.ids.new("fc"),
        "type": "function_call",
        "status": "in_progress",
        "arguments": "",
        "call_id": script.ids.new("call"),
        "name": name,
    }


def interleaved_function_calls(calls: Sequence[tuple[str, str]]) -> Step:
    """Write several calls that are open at once, their deltas in turns, and closed in reverse order."""

    def write(script: ResponseScript) -> None:
        writers = [ItemWriter(script, _function_call(script, name)) for name, _ in calls]
        afforded = [script.spend(split_tokens(arguments)) for _, arguments in calls]
        for row in zip_longest(*afforded):
            for writer, token in zip(writers, row, strict=True):
                if token is not None:
                    writer.emit(f"{_ARGUMENTS}.delta", 1, delta=token)
        for writer, tokens in reversed(list(zip(writers, afforded, strict=True))):
            arguments = "".join(tokens)
            writer.emit(f"{_ARGUMENTS}.done", arguments=arguments)
            writer.close(status=script.item_status, arguments=arguments)

    return write


def custom_tool_call(name: str, text: str) -> Step:
    """Write a call of a custom tool, whose input is free text."""

    def write(script: ResponseScript) -> None:
        item = {
            "id": script.ids.new("ctc"),
            "type": "custom_tool_call",
            "status": "in_progress",
            "call_id": script.ids.new("call"),
            "input": "",
            "name": name,
        }
        writer = ItemWriter(script, item)
        written = writer.stream("response.custom_tool_call_input", text, "input")
        writer.close(status=script.item_status, input=written)

    return write
