"""Content parts of messages and reasoning items, their annotations and log probabilities.

Source: https://platform.openai.com/docs/api-reference/responses/object
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from rxstream.models.base import Lazily, Model, object_of, one_of

__all__ = [
    "Annotation",
    "AnnotationContainerFileCitation",
    "AnnotationFileCitation",
    "AnnotationFilePath",
    "AnnotationURLCitation",
    "ContentPart",
    "Logprob",
    "LogprobTopLogprob",
    "ReasoningSummary",
    "ReasoningText",
    "ResponseOutputRefusal",
    "ResponseOutputText",
    "UnknownAnnotation",
    "UnknownPart",
    "parse_annotation",
    "parse_part",
]


class AnnotationFileCitation(Model):
    """A citation of a file (``file_citation``)."""

    type: Literal["file_citation"] = "file_citation"
    file_id: str | None = None
    filename: str | None = None
    index: int | None = None


class AnnotationURLCitation(Model):
    """A citation of a web page (``url_citation``); the indexes count characters of the part's text."""

    type: Literal["url_citation"] = "url_citation"
    url: str | None = None
    title: str | None = None
    start_index: int | None = None
    end_index: int | None = None


class AnnotationContainerFileCitation(Model):
    """A citation of a file in a container (``container_file_citation``)."""

    type: Literal["container_file_citation"] = "container_file_citation"
    container_id: str | None = None
    file_id: str | None = None
    filename: str | None = None
    start_index: int | None = None
    end_index: int | None = None


class AnnotationFilePath(Model):
    """A path to a file (``file_path``)."""

    type: Literal["file_path"] = "file_path"
    file_id: str | None = None
    index: int | None = None


class UnknownAnnotation(Model):
    """An annotation of a type that is not documented."""

    type: str = ""


parse_annotation = one_of(
    {
        "file_citation": AnnotationFileCitation,
        "url_citation": AnnotationURLCitation,
        "container_file_citation": AnnotationContainerFileCitation,
        "file_path": AnnotationFilePath,
    },
    UnknownAnnotation,
)

Annotation: TypeAlias = Annotated[
    AnnotationFileCitation
    | AnnotationURLCitation
    | AnnotationContainerFileCitation
    | AnnotationFilePath
    | UnknownAnnotation,
    Lazily(parse_annotation),
]


class LogprobTopLogprob(Model):
    """A token that might have stood in this place, and its log probability."""

    token: str | None = None
    logprob: int | float | None = None
    bytes: list[int] | None = None


class Logprob(Model):
    """The log probability of one token."""

    token: str | None = None
    logprob: int | float | None = None
    bytes: list[int] | None = None
    top_logprobs: list[Annotated[LogprobTopLogprob, Lazily(object_of(LogprobTopLogprob))]] = []


class ResponseOutputText(Model):
    """Text of a message (``output_text``)."""

    type: Literal["output_text"] = "output_text"
    text: str = ""
    annotations: list[Annotation] = []
    logprobs: list[Annotated[Logprob, Lazily(object_of(Logprob))]] | None = None


class ResponseOutputRefusal(Model):
    """What the model says when it refuses (``refusal``)."""

    type: Literal["refusal"] = "refusal"
    refusal: str = ""


class ReasoningText(Model):
    """A piece of the reasoning itself (``reasoning_text``)."""

    type: Literal["reasoning_text"] = "reasoning_text"
    text: str = ""


class ReasoningSummary(Model):
    """A paragraph of a reasoning item's summary (``summary_text``)."""

    type: Literal["summary_text"] = "summary_text"
    text: str = ""


class UnknownPart(Model):
    """A content part of a type that is not documented.

    Example:
        >>> part = UnknownPart.lazily({"type": "smell", "note": "pine"})
        >>> part.type, part.note
        ('smell', 'pine')
    """

    type: str = ""


parse_part = one_of(
    {
        "output_text": ResponseOutputText,
        "refusal": ResponseOutputRefusal,
        "reasoning_text": ReasoningText,
        "summary_text": ReasoningSummary,
    },
    UnknownPart,
)

ContentPart: TypeAlias = Annotated[
    ResponseOutputText | ResponseOutputRefusal | ReasoningText | ReasoningSummary | UnknownPart, Lazily(parse_part)
]
