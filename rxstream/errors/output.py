"""Errors of structured output."""

from __future__ import annotations

from rxstream.errors.base import RxstreamError

__all__ = ["OutputIncompleteError", "OutputRefusedError", "OutputValidationError", "StructuredOutputError"]


class StructuredOutputError(RxstreamError):
    """The output is not what was asked for by a JSON schema.

    Attributes:
        text: The output as the model wrote it, as far as it came.
    """

    def __init__(self, message: str, *, text: str) -> None:
        super().__init__(message)
        self.text = text


class OutputRefusedError(StructuredOutputError):
    """The model refused to write the output.

    Attributes:
        refusal: What it says instead.
    """

    def __init__(self, refusal: str, *, text: str = "") -> None:
        super().__init__(f"expected structured output, but the model refused: {refusal[:200]}", text=text)
        self.refusal = refusal


class OutputIncompleteError(StructuredOutputError):
    """The output was cut short: the response is incomplete, or the text ends inside its JSON.

    Attributes:
        reason: Why the response is incomplete, for example ``max_output_tokens``; ``None`` where it says that it is
            complete.
    """

    def __init__(self, reason: str | None, *, text: str) -> None:
        why = "the text ends inside its JSON" if reason is None else f"the response is incomplete ({reason})"
        super().__init__(f"expected a whole JSON text, but {why} after {len(text)} characters", text=text)
        self.reason = reason


class OutputValidationError(StructuredOutputError):
    """The output is whole, but it is not JSON, or it does not fit the model.

    Attributes:
        model: The name of the type that it should fit.
    """

    def __init__(self, model: str, faults: str, *, text: str) -> None:
        super().__init__(f"expected output that fits {model} ({faults}), but got {text[:200]!r}", text=text)
        self.model = model
