"""Values of JSON texts while they grow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rxstream.accumulators.pieces import PieceKey
from rxstream.errors import JSONParseError, OutputValidationError
from rxstream.json_parser import JSONSnapshot, JSONValue, PartialJSONParser

__all__ = ["GrowingDocument", "PartialJSON"]


@dataclass(frozen=True, slots=True)
class PartialJSON:
    """The value of a JSON text at one moment.

    Attributes:
        output_index: The place of its item in the response's output; the item's id, where the server sends no place.
        part_index: The place of its part in the item; 0 for arguments.
        snapshot: The value; it is put together when it is read.

    Example:
        >>> from rxstream import collect_now, partial_json
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> [partial] = collect_now(partial_json(), [ResponseTextDeltaEvent(output_index=0, delta="[1, 2]")])
        >>> partial.value, partial.state, partial.output_index
        ([1, 2], 'complete', 0)
    """

    output_index: int | str | None
    part_index: int
    snapshot: JSONSnapshot

    @property
    def value(self) -> JSONValue:
        """The value so far, not to be changed; strings grow, other scalars and keys are there when they are whole."""
        return self.snapshot.value

    @property
    def state(self) -> Literal["growing", "complete"]:
        """``complete``: the value is whole, and the last one of this text."""
        return "complete" if self.snapshot.complete else "growing"

    def __repr__(self) -> str:
        return f"PartialJSON({self.value!r}, {self.state})"


class GrowingDocument:
    """Gives the value of one text each time it changes.

    Example:
        >>> document = GrowingDocument(("response.output_text", 0, 0))
        >>> [one for piece in ('{"a":', ' "b', 'c"}') for one in document.feed(piece)]
        [PartialJSON({}, growing), PartialJSON({'a': 'b'}, growing), PartialJSON({'a': 'bc'}, complete)]
    """

    def __init__(self, key: PieceKey) -> None:
        _, self._output_index, self._part_index = key
        self._parser = PartialJSONParser()
        self._pieces: list[str] = []
        self._told = (0, False)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces)

    @property
    def is_complete(self) -> bool:
        """The value is whole."""
        return self._parser.complete

    def feed(self, piece: str) -> Iterable[PartialJSON]:
        """Take a piece of the text.

        Raises:
            OutputValidationError: The text is not JSON.
        """
        self._pieces.append(piece)
        try:
            self._parser.feed(piece)
        except JSONParseError as error:
            raise OutputValidationError("JSON", str(error), text=self.text) from error
        return self._changed()

    def finish(self) -> Iterable[PartialJSON]:
        """End the text."""
        try:
            self._parser.close()
        except JSONParseError:  # the text ends too soon; why, the end of the response will tell
            return ()
        return self._changed()

    def _changed(self) -> Iterable[PartialJSON]:
        told = self._parser.changes, self._parser.complete
        if told == self._told or not self._parser.has_value:
            return ()
        self._told = told
        return (PartialJSON(self._output_index, self._part_index, self._parser.snapshot()),)
