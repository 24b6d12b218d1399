"""The delta families of the wire, as a table: which events grow which text, and where it stands in the item.

Source: https://platform.openai.com/docs/api-reference/responses-streaming; the two ``apply_patch`` types are on the
wire, but not documented.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FAMILIES", "FAMILY_OF_ITEM", "Family"]


@dataclass(frozen=True, slots=True)
class Family:
    """One row.

    Attributes:
        stem: What the wire names of the family's events begin with.
        item_type: The type of the item that such events imply, where ``output_item.added`` is missing.
        done_field: The field of the ``.done`` event that holds the whole text.
        path: Where the text stands in the item: the names of nested objects, for a text that the item has once.
        container: The array of parts that holds the text: ``content`` or ``summary``.
        index: The field of the events that says which part it is.
        part_type: The type of the part that such events imply, where its ``added`` is missing.
        part_field: The field of the part that holds the text.
    """

    stem: str
    item_type: str
    done_field: str
    path: tuple[str, ...] = ()
    container: str = ""
    index: str = ""
    part_type: str = ""
    part_field: str = ""

    @property
    def delta(self) -> str:
        """The wire name of the event that brings a piece."""
        return f"{self.stem}.delta"

    @property
    def done(self) -> str:
        """The wire name of the event that brings the whole."""
        return f"{self.stem}.done"


def _part(stem: str, item: str, container: str, index: str, part: str, field: str) -> Family:
    return Family(stem, item, done_field=field, container=container, index=index, part_type=part, part_field=field)


FAMILIES: tuple[Family, ...] = (
    _part("response.output_text", "message", "content", "content_index", "output_text", "text"),
    _part("response.refusal", "message", "content", "content_index", "refusal", "refusal"),
    _part("response.reasoning_text", "reasoning", "content", "content_index", "reasoning_text", "text"),
    _part("response.reasoning_summary_text", "reasoning", "summary", "summary_index", "summary_text", "text"),
    Family("response.function_call_arguments", "function_call", "arguments", ("arguments",)),
    Family("response.mcp_call_arguments", "mcp_call", "arguments", ("arguments",)),
    Family("response.custom_tool_call_input", "custom_tool_call", "input", ("input",)),
    Family("response.code_interpreter_call_code", "code_interpreter_call", "code", ("code",)),
    Family("response.apply_patch_call_operation_diff", "apply_patch_call", "diff", ("operation", "diff")),
)
"""Every family whose text stands in one place of an item. Shell commands, shell output and audio have rules of
their own."""

FAMILY_OF_ITEM: dict[str, Family] = {family.item_type: family for family in FAMILIES if family.path}
"""The family of an item's one text, by item type."""
