"""The JSON documents of a response: where each begins and ends, and in what way it may fail to be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar, cast

from rxstream.accumulators.families import Family
from rxstream.accumulators.pieces import PieceKey
from rxstream.accumulators.places import ResponseChange
from rxstream.accumulators.structured.part_texts import PartTexts
from rxstream.accumulators.text import OUTPUT_TEXT, REFUSAL, TextAccumulator
from rxstream.accumulators.turns import BEGINNINGS
from rxstream.errors import OutputIncompleteError, OutputRefusedError
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import json_of

__all__ = ["Document", "DocumentAccumulator"]

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


class Document(Protocol[_T_co]):
    """What is made of one JSON text."""

    @property
    def text(self) -> str:
        """The text so far."""
        ...

    @property
    def is_complete(self) -> bool:
        """The JSON has ended, and fits."""
        ...

    def feed(self, piece: str, /) -> Iterable[_T_co]:
        """Take a piece of the text; return what it leads to."""
        ...

    def finish(self) -> Iterable[_T_co]:
        """End the text. Where it ends inside its JSON, nothing is returned and ``is_complete`` stays false."""
        ...


class DocumentAccumulator(Generic[_T]):
    """Makes a document of each text, and an error of one that does not come to its end.

    Args:
        families: Whose texts are JSON.
        make: Makes a document, for the text of a key.
    """

    def __init__(self, families: tuple[Family, ...], make: Callable[[PieceKey], Document[_T]]) -> None:
        self._make = make
        self._is_output = families == OUTPUT_TEXT  # which an incomplete response lacks; calls there need not be
        self._texts = PartTexts(families)
        self._refusal = TextAccumulator(REFUSAL)
        self._change = ResponseChange()
        self._documents: dict[PieceKey, Document[_T]] = {}

    def feed(self, event: ResponseStreamEvent) -> Iterator[_T]:
        """Take an event; give what it leads to.

        Raises:
            OutputRefusedError: The response ends, and the model has refused.
            OutputIncompleteError: The response ends, and a text ends inside its JSON, or an incomplete response has
                none.
        """
        self._refusal.feed(event)
        if event.type in BEGINNINGS and self._change.note(event):
            self._documents = {}
        for change in self._texts.feed(event):
            document = None if change.begins_anew else self._documents.get(change.key)
            if document is None:
                document = self._documents[change.key] = self._make(change.key)
            if change.piece:
                yield from document.feed(change.piece)
            if change.is_finished:
                yield from document.finish()
        if event.type in ("response.completed", "response.incomplete"):
            self._end(event.type == "response.incomplete", _reason(event))

    def close(self) -> Iterator[_T]:
        """End a stream that has no terminal event."""
        for document in self._documents.values():
            if not document.is_complete:
                yield from document.finish()
        self._end(False, None)

    def _end(self, is_incomplete: bool, reason: str | None) -> None:
        documents = [document for document in self._documents.values() if document.text.strip()]
        unfinished = [document.text for document in documents if not document.is_complete]
        if self._refusal.text and len(unfinished) == len(documents):
            raise OutputRefusedError(self._refusal.text, text="".join(unfinished))
        if unfinished or (is_incomplete and not documents and self._is_output):
            raise OutputIncompleteError(
                reason or "no reason was sent" if is_incomplete else None, text="".join(unfinished)
            )


def _reason(event: ResponseStreamEvent) -> str | None:
    details = json_of(cast(Any, event).response).get("incomplete_details")
    reason = cast("dict[str, Any]", details).get("reason") if isinstance(details, dict) else None
    return reason if isinstance(reason, str) else None
