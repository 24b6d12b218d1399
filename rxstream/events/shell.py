"""Events of shell calls and patches.

The two ``apply_patch`` types are on the wire, but not among the documented ones."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Any, Literal

from rxstream.events.base import Index, ResponseEvent, event_class
from rxstream.models.base import Lazily, object_of
from rxstream.models.calls import ShellCallOutputContent

__all__ = [
    "ResponseApplyPatchCallOperationDiffDeltaEvent",
    "ResponseApplyPatchCallOperationDiffDoneEvent",
    "ResponseShellCallCommandAddedEvent",
    "ResponseShellCallCommandDeltaEvent",
    "ResponseShellCallCommandDoneEvent",
    "ResponseShellCallOutputContentDeltaEvent",
    "ResponseShellCallOutputContentDoneEvent",
]


@event_class
class ResponseShellCallCommandAddedEvent(ResponseEvent):
    """``response.shell_call_command.added``: a command begins."""

    type: Literal["response.shell_call_command.added"] = "response.shell_call_command.added"
    output_index: Index | None = None
    item_id: str | None = None
    command_index: Index | None = None
    command: str = ""


@event_class
class ResponseShellCallCommandDeltaEvent(ResponseEvent):
    """``response.shell_call_command.delta``: a piece of a command."""

    type: Literal["response.shell_call_command.delta"] = "response.shell_call_command.delta"
    output_index: Index | None = None
    item_id: str | None = None
    command_index: Index | None = None
    delta: str = ""
    obfuscation: str | None = None


@event_class
class ResponseShellCallCommandDoneEvent(ResponseEvent):
    """``response.shell_call_command.done``: a command is finished."""

    type: Literal["response.shell_call_command.done"] = "response.shell_call_command.done"
    output_index: Index | None = None
    item_id: str | None = None
    command_index: Index | None = None
    command: str = ""


@event_class
class ResponseShellCallOutputContentDeltaEvent(ResponseEvent):
    """``response.shell_call_output_content.delta``

    A piece of what a command prints: an object with ``stdout`` or ``stderr``.
    """

    type: Literal["response.shell_call_output_content.delta"] = "response.shell_call_output_content.delta"
    output_index: Index | None = None
    item_id: str | None = None
    command_index: Index | None = None
    delta: dict[str, Any] = field(default_factory=dict[str, Any])


@event_class
class ResponseShellCallOutputContentDoneEvent(ResponseEvent):
    """``response.shell_call_output_content.done``: what a command printed."""

    type: Literal["response.shell_call_output_content.done"] = "response.shell_call_output_content.done"
    output_index: Index | None = None
    item_id: str | None = None
    command_index: Index | None = None
    output: list[Annotated[ShellCallOutputContent, Lazily(object_of(ShellCallOutputContent))]] = field(
        default_factory=list[ShellCallOutputContent]
    )


@event_class
class ResponseApplyPatchCallOperationDiffDeltaEvent(ResponseEvent):
    """``response.apply_patch_call_operation_diff.delta``: a piece of a diff."""

    type: Literal["response.apply_patch_call_operation_diff.delta"] = "response.apply_patch_call_operation_diff.delta"
    output_index: Index | None = None
    item_id: str | None = None
    delta: str = ""


@event_class
class ResponseApplyPatchCallOperationDiffDoneEvent(ResponseEvent):
    """``response.apply_patch_call_operation_diff.done``: a diff is finished."""

    type: Literal["response.apply_patch_call_operation_diff.done"] = "response.apply_patch_call_operation_diff.done"
    output_index: Index | None = None
    item_id: str | None = None
    diff: str = ""
