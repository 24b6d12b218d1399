"""The union of all output items, told apart by ``type``."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from rxstream.models.base import Lazily, Model, one_of
from rxstream.models.calls import (
    LocalShellCall,
    LocalShellCallOutput,
    ResponseApplyPatchToolCall,
    ResponseApplyPatchToolCallOutput,
    ResponseComputerToolCall,
    ResponseComputerToolCallOutputItem,
    ResponseCustomToolCall,
    ResponseCustomToolCallOutputItem,
    ResponseFunctionShellToolCall,
    ResponseFunctionShellToolCallOutput,
    ResponseFunctionToolCall,
    ResponseFunctionToolCallOutputItem,
)
from rxstream.models.hosted import (
    AdditionalTools,
    ImageGenerationCall,
    McpApprovalRequest,
    McpApprovalResponse,
    McpCall,
    McpListTools,
    ResponseCodeInterpreterToolCall,
    ResponseFileSearchToolCall,
    ResponseFunctionWebSearch,
    ResponseToolSearchCall,
    ResponseToolSearchOutputItem,
)
from rxstream.models.messages import (
    Program,
    ProgramOutput,
    ResponseCompactionItem,
    ResponseOutputMessage,
    ResponseReasoningItem,
)

__all__ = ["OUTPUT_ITEM_CLASSES", "ResponseOutputItem", "UnknownItem", "parse_output_item"]


class UnknownItem(Model):
    """An output item of a type that is not documented, or a value that is no item at all (kept in ``value``).

    Example:
        >>> item = UnknownItem.lazily({"type": "hologram", "depth": 3})
        >>> item.type, item.depth
        ('hologram', 3)
    """

    type: str = ""
    id: str | None = None


_CLASSES: tuple[type[Model], ...] = (
    ResponseOutputMessage,
    ResponseReasoningItem,
    ResponseFunctionToolCall,
    ResponseFunctionToolCallOutputItem,
    ResponseCustomToolCall,
    ResponseCustomToolCallOutputItem,
    ResponseFunctionWebSearch,
    ResponseFileSearchToolCall,
    ResponseCodeInterpreterToolCall,
    ImageGenerationCall,
    McpCall,
    McpListTools,
    McpApprovalRequest,
    McpApprovalResponse,
    ResponseComputerToolCall,
    ResponseComputerToolCallOutputItem,
    LocalShellCall,
    LocalShellCallOutput,
    ResponseFunctionShellToolCall,
    ResponseFunctionShellToolCallOutput,
    ResponseApplyPatchToolCall,
    ResponseApplyPatchToolCallOutput,
    ResponseCompactionItem,
    ResponseToolSearchCall,
    ResponseToolSearchOutputItem,
    AdditionalTools,
    Program,
    ProgramOutput,
)

OUTPUT_ITEM_CLASSES: dict[str, type[Model]] = {cls.model_fields["type"].default: cls for cls in _CLASSES}
"""The class of each documented item type."""

_parse = one_of(OUTPUT_ITEM_CLASSES, UnknownItem)

ResponseOutputItem: TypeAlias = Annotated[
    ResponseOutputMessage
    | ResponseReasoningItem
    | ResponseFunctionToolCall
    | ResponseFunctionToolCallOutputItem
    | ResponseCustomToolCall
    | ResponseCustomToolCallOutputItem
    | ResponseFunctionWebSearch
    | ResponseFileSearchToolCall
    | ResponseCodeInterpreterToolCall
    | ImageGenerationCall
    | McpCall
    | McpListTools
    | McpApprovalRequest
    | McpApprovalResponse
    | ResponseComputerToolCall
    | ResponseComputerToolCallOutputItem
    | LocalShellCall
    | LocalShellCallOutput
    | ResponseFunctionShellToolCall
    | ResponseFunctionShellToolCallOutput
    | ResponseApplyPatchToolCall
    | ResponseApplyPatchToolCallOutput
    | ResponseCompactionItem
    | ResponseToolSearchCall
    | ResponseToolSearchOutputItem
    | AdditionalTools
    | Program
    | ProgramOutput
    | UnknownItem,
    Lazily(_parse),
]


def parse_output_item(value: object) -> ResponseOutputItem:
    """Wrap the JSON of an output item as the class that its ``type`` names.

    Args:
        value: The item as JSON.

    Returns:
        A model of the item's class; an :class:`UnknownItem` where the type is not documented.

    Example:
        >>> parse_output_item({"type": "function_call", "name": "add", "arguments": "{}"}).name
        'add'
        >>> parse_output_item({"type": "hologram"}).to_dict()
        {'type': 'hologram'}
    """
    return _parse(value)  # type: ignore[return-value] # pyright: ignore[reportReturnType]
