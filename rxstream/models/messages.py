"""Output items that the model writes itself: messages, reasoning, programs, compaction."""

from __future__ import annotations

from typing import Annotated, Literal

from rxstream.models.base import Lazily, Model
from rxstream.models.parts import ContentPart, ReasoningSummary, UnknownPart, parse_part

__all__ = [
    "Program",
    "ProgramOutput",
    "ResponseCompactionItem",
    "ResponseOutputMessage",
    "ResponseReasoningItem",
]


class ResponseOutputMessage(Model):
    """A message of the assistant (``message``).

    ``status`` is ``in_progress``, ``completed`` or ``incomplete``; ``phase`` is ``commentary`` or ``final_answer``.
    """

    type: Literal["message"] = "message"
    id: str | None = None
    status: str | None = None
    role: str | None = None
    phase: str | None = None
    content: list[ContentPart] = []


class ResponseReasoningItem(Model):
    """A chain of thought (``reasoning``): its summary, its text where the server shows it, its ciphertext."""

    type: Literal["reasoning"] = "reasoning"
    id: str | None = None
    status: str | None = None
    summary: list[Annotated[ReasoningSummary | UnknownPart, Lazily(parse_part)]] = []
    content: list[ContentPart] | None = None
    encrypted_content: str | None = None


class ResponseCompactionItem(Model):
    """A conversation made shorter by the server (``compaction``); opaque, to be sent back as it is."""

    type: Literal["compaction"] = "compaction"
    id: str | None = None
    encrypted_content: str | None = None
    created_by: str | None = None


class Program(Model):
    """Source code that the server runs to call tools (``program``)."""

    type: Literal["program"] = "program"
    id: str | None = None
    call_id: str | None = None
    code: str = ""
    fingerprint: str | None = None


class ProgramOutput(Model):
    """What a program gave back (``program_output``)."""

    type: Literal["program_output"] = "program_output"
    id: str | None = None
    call_id: str | None = None
    status: str | None = None
    result: str | None = None
