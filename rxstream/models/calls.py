"""Output items that ask the application to run something: functions, custom tools, shells, patches, a computer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from rxstream.models.base import Lazily, Model, object_of

__all__ = [
    "LocalShellCall",
    "LocalShellCallAction",
    "LocalShellCallOutput",
    "PendingSafetyCheck",
    "ResponseApplyPatchToolCall",
    "ResponseApplyPatchToolCallOutput",
    "ResponseComputerToolCall",
    "ResponseComputerToolCallOutputItem",
    "ResponseCustomToolCall",
    "ResponseCustomToolCallOutputItem",
    "ResponseFunctionShellToolCall",
    "ResponseFunctionShellToolCallOutput",
    "ResponseFunctionToolCall",
    "ResponseFunctionToolCallOutputItem",
    "ShellCallAction",
    "ShellCallOutputContent",
]


class ResponseFunctionToolCall(Model):
    """A call of one of the request's functions (``function_call``); ``arguments`` is JSON as the model wrote it."""

    type: Literal["function_call"] = "function_call"
    id: str | None = None
    call_id: str | None = None
    name: str = ""
    namespace: str | None = None
    arguments: str = ""
    status: str | None = None
    caller: dict[str, Any] | None = None


class ResponseFunctionToolCallOutputItem(Model):
    """What a function gave back (``function_call_output``)."""

    type: Literal["function_call_output"] = "function_call_output"
    id: str | None = None
    call_id: str | None = None
    output: str | list[dict[str, Any]] | None = None
    status: str | None = None
    created_by: str | None = None
    name: str | None = None
    namespace: str | None = None
    caller: dict[str, Any] | None = None


class ResponseCustomToolCall(Model):
    """A call of a custom tool (``custom_tool_call``); ``input`` is free text."""

    type: Literal["custom_tool_call"] = "custom_tool_call"
    id: str | None = None
    call_id: str | None = None
    name: str = ""
    namespace: str | None = None
    input: str = ""
    status: str | None = None
    caller: dict[str, Any] | None = None


class ResponseCustomToolCallOutputItem(Model):
    """What a custom tool gave back (``custom_tool_call_output``)."""

    type: Literal["custom_tool_call_output"] = "custom_tool_call_output"
    id: str | None = None
    call_id: str | None = None
    output: str | list[dict[str, Any]] | None = None
    status: str | None = None
    created_by: str | None = None
    caller: dict[str, Any] | None = None


class PendingSafetyCheck(Model):
    """A safety check that the user must acknowledge before a computer call runs."""

    id: str | None = None
    code: str | None = None
    message: str | None = None


class ResponseComputerToolCall(Model):
    """A step on a computer (``computer_call``): click, type, scroll and so on, as JSON."""

    type: Literal["computer_call"] = "computer_call"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    action: dict[str, Any] | None = None
    actions: list[dict[str, Any]] | None = None
    pending_safety_checks: list[Annotated[PendingSafetyCheck, Lazily(object_of(PendingSafetyCheck))]] = []


class ResponseComputerToolCallOutputItem(Model):
    """The screen after a computer call (``computer_call_output``)."""

    type: Literal["computer_call_output"] = "computer_call_output"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    output: dict[str, Any] | None = None
    acknowledged_safety_checks: list[Annotated[PendingSafetyCheck, Lazily(object_of(PendingSafetyCheck))]] | None = None
    created_by: str | None = None


class LocalShellCallAction(Model):
    """The command of a local shell call; ``timeout_ms`` in milliseconds."""

    type: str = "exec"
    command: list[str] = []
    env: dict[str, str] = {}
    timeout_ms: int | None = None
    user: str | None = None
    working_directory: str | None = None


class LocalShellCall(Model):
    """A command for the application's shell (``local_shell_call``)."""

    type: Literal["local_shell_call"] = "local_shell_call"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    action: Annotated[LocalShellCallAction, Lazily(object_of(LocalShellCallAction))] | None = None


class LocalShellCallOutput(Model):
    """What the application's shell printed (``local_shell_call_output``)."""

    type: Literal["local_shell_call_output"] = "local_shell_call_output"
    id: str | None = None
    status: str | None = None
    output: str | None = None


class ShellCallAction(Model):
    """The commands of a shell call; ``timeout_ms`` in milliseconds, ``max_output_length`` in characters."""

    commands: list[str] = []
    timeout_ms: int | None = None
    max_output_length: int | None = None


class ResponseFunctionShellToolCall(Model):
    """Commands for a shell (``shell_call``)."""

    type: Literal["shell_call"] = "shell_call"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    action: Annotated[ShellCallAction, Lazily(object_of(ShellCallAction))] | None = None
    environment: dict[str, Any] | None = None
    caller: dict[str, Any] | None = None
    created_by: str | None = None


class ShellCallOutputContent(Model):
    """What one command printed; ``outcome`` is ``{"type": "exit", "exit_code": …}`` or ``{"type": "timeout"}``."""

    stdout: str = ""
    stderr: str = ""
    outcome: dict[str, Any] | None = None
    created_by: str | None = None


class ResponseFunctionShellToolCallOutput(Model):
    """What a shell printed (``shell_call_output``), a part a command."""

    type: Literal["shell_call_output"] = "shell_call_output"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    output: list[Annotated[ShellCallOutputContent, Lazily(object_of(ShellCallOutputContent))]] = []
    max_output_length: int | None = None
    created_by: str | None = None
    caller: dict[str, Any] | None = None


class ResponseApplyPatchToolCall(Model):
    """A change of a file (``apply_patch_call``).

    ``operation`` has ``type`` (``create_file``, ``update_file`` or ``delete_file``), ``path`` and, but for deletion,
    ``diff``.
    """

    type: Literal["apply_patch_call"] = "apply_patch_call"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    operation: dict[str, Any] | None = None
    created_by: str | None = None
    caller: dict[str, Any] | None = None


class ResponseApplyPatchToolCallOutput(Model):
    """What became of a patch (``apply_patch_call_output``)."""

    type: Literal["apply_patch_call_output"] = "apply_patch_call_output"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    output: str | None = None
    created_by: str | None = None

    caller: dict[str, Any] | None = None
