"""Code that the server runs: the code interpreter, the shell, patches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rxstream.simulated.script import ItemWriter, ResponseScript, Step
from rxstream.simulated.tokens import split_tokens

__all__ = ["apply_patch", "code_interpreter", "shell"]


def code_interpreter(code: str, logs: str) -> Step:
    """Write a run of the code interpreter and what it printed."""

    def write(script: ResponseScript) -> None:
        item: dict[str, Any] = {
            "id": script.ids.new("ci"),
            "type": "code_interpreter_call",
            "status": "in_progress",
            "code": "",
            "container_id": script.ids.new("cntr"),
            "outputs": None,
        }
        writer = ItemWriter(script, item)
        writer.stages("response.code_interpreter_call", "in_progress")
        written = writer.stream("response.code_interpreter_call_code", code, "code")
        if script.exhausted:
            writer.close(status="incomplete", code=written)
            return
        writer.stages("response.code_interpreter_call", "interpreting", "completed")
        writer.close(status="completed", code=written, outputs=[{"type": "logs", "logs": logs}])

    return write


def shell(commands: Sequence[tuple[str, str]]) -> Step:
    """Write a shell call of (command, what it prints) pairs, and the output that the hosted shell gives."""

    def write(script: ResponseScript) -> None:
        call_id = script.ids.new("call")
        action: dict[str, Any] = {"commands": [], "max_output_length": None, "timeout_ms": None}
        item: dict[str, Any] = {
            "id": script.ids.new("sh"),
            "type": "shell_call",
            "status": "in_progress",
            "action": action,
            "call_id": call_id,
            "environment": {"type": "container_reference", "container_id": script.ids.new("cntr")},
        }
        writer = ItemWriter(script, item)
        written = [_command(writer, index, command) for index, (command, _) in enumerate(commands)]
        writer.close(status=script.item_status, action={**action, "commands": written})
        if not script.exhausted:
            _shell_output(script, call_id, [printed for _, printed in commands])

    return write


def _command(writer: ItemWriter, index: int, command: str) -> str:
    # These events name no item_id: the output_index alone says where they belong.
    script, where = writer.script, {"output_index": writer.index, "command_index": index}
    script.emit("response.shell_call_command.added", **where, command="")
    tokens = script.spend(split_tokens(command))
    for token in tokens:
        script.emit("response.shell_call_command.delta", 1, **where, delta=token)
    script.emit("response.shell_call_command.done", **where, command="".join(tokens))
    return "".join(tokens)


def _shell_output(script: ResponseScript, call_id: str, printed: Sequence[str]) -> None:
    item: dict[str, Any] = {
        "id": script.ids.new("sho"),
        "type": "shell_call_output",
        "status": "in_progress",
        "call_id": call_id,
        "max_output_length": None,
        "output": [],
    }
    writer = ItemWriter(script, item)
    outputs: list[dict[str, Any]] = []
    for index, stdout in enumerate(printed):
        for line in stdout.splitlines(keepends=True):
            writer.emit("response.shell_call_output_content.delta", command_index=index, delta={"stdout": line})
        output = {"outcome": {"type": "exit", "exit_code": 0}, "stderr": "", "stdout": stdout}
        writer.emit("response.shell_call_output_content.done", command_index=index, output=[output])
        outputs.append(output)
    writer.close(status="completed", output=outputs)


def apply_patch(path: str, diff: str) -> Step:
    """Write a patch that creates a file."""

    def write(script: ResponseScript) -> None:
        operation = {"type": "create_file", "diff": "", "path": path}
        item: dict[str, Any] = {
            "id": script.ids.new("apc"),
            "type": "apply_patch_call",
            "status": "in_progress",
            "call_id": script.ids.new("call"),
            "operation": operation,
        }
        writer = ItemWriter(script, item)
        written = writer.stream("response.apply_patch_call_operation_diff", diff, "diff")
        writer.close(status="completed", operation={**operation, "diff": written})

    return write
