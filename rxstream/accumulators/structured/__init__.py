"""Structured output: what the JSON texts of a response are while they grow."""

from rxstream.accumulators.structured.documents import Document, DocumentAccumulator
from rxstream.accumulators.structured.elements import ArrayDocument, name_of, path_of
from rxstream.accumulators.structured.growing import GrowingDocument, PartialJSON
from rxstream.accumulators.structured.part_texts import PartTexts, TextChange
from rxstream.accumulators.structured.partial_model import ModelDocument

__all__ = [
    "ArrayDocument",
    "Document",
    "DocumentAccumulator",
    "GrowingDocument",
    "ModelDocument",
    "PartTexts",
    "PartialJSON",
    "TextChange",
    "name_of",
    "path_of",
]
