"""The events of one output item, written in order, with the random choices of Hypothesis."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any

from hypothesis.strategies import DrawFn, SearchStrategy, integers, lists

from rxstream.models.base import JSONObject

__all__ = ["MOST_PIECES", "ItemWriter", "pieces_of"]

MOST_PIECES = 4
"""How many pieces a text has at most."""


def pieces_of(draw: DrawFn, text: str) -> list[str]:
    """Cut a text into at most :data:`MOST_PIECES`; the simplest cut is none."""
    # Drawn for short texts too: so a text can be made shorter and all that is drawn after it stays.
    cuts = draw(lists(integers(1, max(1, len(text) - 1)), max_size=MOST_PIECES - 1, unique=True))
    if not text:
        return [""] if cuts else []
    return [text[start:end] for start, end in pairwise([0, *sorted(cut for cut in cuts if cut < len(text)), len(text)])]


class ItemWriter:
    """Writes the events of one output item.

    Args:
        draw: Where choices come from.
        texts: Where texts come from.
        places: The places that are free; an item takes the next when it begins.
        is_cut: The response ends here for want of tokens: texts may stop anywhere.

    Attributes:
        events: What was written.
        item: The item as it is now; empty before it begins.
        output_index: Its place.
    """

    def __init__(self, draw: DrawFn, texts: SearchStrategy[str], places: Iterator[int], *, is_cut: bool) -> None:
        self.draw = draw
        self.output_index = -1
        self._places = places
        self.is_cut = is_cut
        self.events: list[JSONObject] = []
        self.item: JSONObject = {}
        self._texts = texts

    @property
    def status(self) -> str:
        """What the item ends as."""
        return "incomplete" if self.is_cut else "completed"

    def text(self) -> str:
        """Draw a text."""
        return self.draw(self._texts)

    def afford(self, text: str) -> str:
        """Give of a text what there are tokens for."""
        return text[: self.draw(integers(0, len(text)))] if self.is_cut else text

    def open(self, prefix: str, item_type: str, **fields: Any) -> None:
        """Begin the item; ids are given to it."""
        self.output_index = next(self._places)
        if "call_id" in fields:
            fields["call_id"] = f"call_{self.output_index}"
        self.item = {"id": f"{prefix}_{self.output_index}", "type": item_type, **fields}
        self._write_item("response.output_item.added")

    def close(self, **changes: Any) -> None:
        """End the item with its last changes."""
        self.item.update(changes)
        self._write_item("response.output_item.done")

    def _write_item(self, event_type: str) -> None:
        self.events.append({"type": event_type, "output_index": self.output_index, "item": deepcopy(self.item)})

    def emit(self, event_type: str, **fields: Any) -> None:
        """Write an event of the item that names the item's id."""
        self.emit_placed(event_type, item_id=self.item["id"], **fields)

    def emit_placed(self, event_type: str, **fields: Any) -> None:
        """Write an event of the item; nothing but ``output_index`` says where it belongs."""
        # Parts that are filled later must not change in the events that showed them empty.
        self.events.append({"type": event_type, "output_index": self.output_index, **deepcopy(fields)})

    def stages(self, family: str, *stages: str) -> None:
        """Write ``family.stage`` for each stage."""
        for stage in stages:
            self.emit(f"{family}.{stage}")

    def stream(self, family: str, text: str, done_field: str, **keys: int) -> str:
        """Write a text in pieces, then as a whole; give what of it was afforded."""
        whole = self.afford(text)
        for piece in pieces_of(self.draw, whole):
            self.emit(f"{family}.delta", delta=piece, **keys)
        self.emit(f"{family}.done", **{done_field: whole}, **keys)
        return whole
