"""Calls whose arguments, input or code come in pieces."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rxstream.models.base import JSONObject
from rxstream.testing.strategies.json_documents import argument_texts
from rxstream.testing.strategies.writer import ItemWriter, pieces_of

__all__ = [
    "apply_patch_call",
    "code_interpreter_call",
    "custom_tool_call",
    "function_call",
    "mcp_call",
    "shell_call",
    "shell_call_output",
]

_NAMES = st.sampled_from(["add", "ask", "get_weather"])
_ORIGINS: SearchStrategy[JSONObject] = st.sampled_from(
    [
        {},
        {},
        {},
        {"namespace": "crm"},
        {"caller": {"type": "direct"}},
        {"namespace": "crm", "caller": {"type": "program", "caller_id": "call_0"}},
    ]
)
_ENVIRONMENTS: SearchStrategy[JSONObject] = st.sampled_from(
    [
        {},
        {"environment": None},
        {"environment": {"type": "local"}},
        {"environment": {"type": "container_reference", "container_id": "cntr_1"}},
    ]
)


def function_call(writer: ItemWriter) -> None:
    """Write a call of a function."""
    call = {"name": writer.draw(_NAMES), "call_id": "", "arguments": "", **writer.draw(_ORIGINS)}
    writer.open("fc", "function_call", status="in_progress", **call)
    arguments = writer.stream("response.function_call_arguments", writer.draw(argument_texts), "arguments")
    writer.close(status=writer.status, arguments=arguments)


def custom_tool_call(writer: ItemWriter) -> None:
    """Write a call of a custom tool, whose input is any text."""
    call = {"name": writer.draw(_NAMES), "call_id": "", "input": "", **writer.draw(_ORIGINS)}
    writer.open("ctc", "custom_tool_call", status="in_progress", **call)
    text = writer.stream("response.custom_tool_call_input", writer.text(), "input")
    writer.close(status=writer.status, input=text)


def mcp_call(writer: ItemWriter) -> None:
    """Write a call of a remote server's tool, which succeeds or fails within the stream."""
    call = {"server_label": "docs", "name": writer.draw(_NAMES), "arguments": "", "output": None, "error": None}
    writer.open("mcp", "mcp_call", status="in_progress", approval_request_id=None, **call)
    writer.stages("response.mcp_call", "in_progress")
    arguments = writer.stream("response.mcp_call_arguments", writer.draw(argument_texts), "arguments")
    if writer.is_cut:
        writer.close(status="incomplete", arguments=arguments)
    elif writer.draw(st.booleans()):
        writer.stages("response.mcp_call", "failed")
        error = {"type": "mcp_protocol_error", "code": -32000, "message": "no"}
        writer.close(status="failed", arguments=arguments, error=error)
    else:
        writer.stages("response.mcp_call", "completed")
        writer.close(status="completed", arguments=arguments, output=writer.text())


def code_interpreter_call(writer: ItemWriter) -> None:
    """Write a run of code that the server makes."""
    writer.open("ci", "code_interpreter_call", status="in_progress", code="", container_id="cntr_1", outputs=None)
    writer.stages("response.code_interpreter_call", "in_progress")
    code = writer.stream("response.code_interpreter_call_code", writer.text(), "code")
    if writer.is_cut:
        writer.close(status="incomplete", code=code)
        return
    writer.stages("response.code_interpreter_call", "interpreting", "completed")
    outputs = [[], [{"type": "logs", "logs": writer.text()}], [{"type": "image", "url": "https://example.com/1.png"}]]
    writer.close(status="completed", code=code, outputs=writer.draw(st.sampled_from(outputs)))


def shell_call(writer: ItemWriter) -> None:
    """Write commands for a shell."""
    action: JSONObject = {"commands": [], "max_output_length": None, "timeout_ms": None}
    environment = writer.draw(_ENVIRONMENTS)
    writer.open("sh", "shell_call", status="in_progress", action=action, call_id="", **environment)
    commands = [_command(writer, place) for place in range(writer.draw(st.integers(1, 2)))]
    writer.close(status=writer.status, action={**action, "commands": commands})


def _command(writer: ItemWriter, place: int) -> str:
    # The events of this family name no item_id.
    family, command = "response.shell_call_command", writer.afford(writer.text())
    writer.emit_placed(f"{family}.added", command_index=place, command="")
    for piece in pieces_of(writer.draw, command):
        writer.emit_placed(f"{family}.delta", command_index=place, delta=piece)
    writer.emit_placed(f"{family}.done", command_index=place, command=command)
    return command


def shell_call_output(writer: ItemWriter) -> None:
    """Write what commands printed."""
    writer.open("sho", "shell_call_output", status="in_progress", call_id="", max_output_length=None, output=[])
    outputs = [_output(writer, place) for place in range(writer.draw(st.integers(1, 2)))]
    writer.close(status="completed", output=outputs)


def _output(writer: ItemWriter, place: int) -> JSONObject:
    family, printed = "response.shell_call_output_content", {"stdout": writer.text(), "stderr": writer.text()}
    for name, text in printed.items():
        for piece in pieces_of(writer.draw, text):
            writer.emit(f"{family}.delta", command_index=place, delta={name: piece})
    outcomes = [{"type": "exit", "exit_code": 0}, {"type": "timeout"}]
    output: JSONObject = {**printed, "outcome": writer.draw(st.sampled_from(outcomes))}
    writer.emit(f"{family}.done", command_index=place, output=[output])
    return output


def apply_patch_call(writer: ItemWriter) -> None:
    """Write a patch that changes a file; OpenAI's own SDK does not know the types of its deltas."""
    operation = {"type": "update_file", "path": "a.py", "diff": ""}
    writer.open("apc", "apply_patch_call", status="in_progress", call_id="", operation=operation)
    diff = writer.stream("response.apply_patch_call_operation_diff", writer.text(), "diff")
    writer.close(status="completed", operation={**operation, "diff": diff})
