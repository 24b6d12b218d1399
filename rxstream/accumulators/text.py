"""Text of one kind (output, refusals, reasoning), piece by piece, in order of arrival."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rxstream.accumulators.families import FAMILIES, Family
from rxstream.accumulators.places import ItemPlaces, ResponseChange
from rxstream.accumulators.sequence import SequenceGuard
from rxstream.accumulators.turns import BEGINNINGS
from rxstream.accumulators.versioned import mend
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import JSONObject, json_of
from rxstream.models.response import placed_objects

__all__ = ["OUTPUT_TEXT", "REASONING", "REFUSAL", "TextAccumulator"]

OUTPUT_TEXT, REFUSAL = FAMILIES[:1], FAMILIES[1:2]
REASONING = FAMILIES[2:4]

_Key = tuple[str, int | str | None, int]


class TextAccumulator:
    """Tells by how much each event makes a text longer.

    Deltas do. So do events that bring the whole text (``.done``, ``output_item.done``, the terminal event) where it
    begins with what has come and is longer: they bring the rest. Where such an event contradicts what has come, it is
    right: nothing is added, ``corrected`` is true, and ``text`` is the text as it should be. Events that came before
    change nothing. Half of a surrogate pair waits for its other half.

    Args:
        families: The rows of the table whose text is wanted.

    Attributes:
        corrected: The last event contradicted the text that had come.

    Example:
        >>> from rxstream.events import parse_event
        >>> accumulator = TextAccumulator(OUTPUT_TEXT)
        >>> accumulator.feed(parse_event({"type": "response.output_text.delta", "output_index": 0, "delta": "Hel"}))
        'Hel'
        >>> accumulator.feed(parse_event({"type": "response.output_text.done", "output_index": 0, "text": "Hello"}))
        'lo'
        >>> accumulator.text
        'Hello'
    """

    def __init__(self, families: tuple[Family, ...] = OUTPUT_TEXT) -> None:
        self._families = families
        self._folds: dict[str, Callable[[Any], str]] = {
            "response.output_item.added": self._item_added,
            "response.output_item.done": self._item_done,
            **{f"response.{end}": self._terminal for end in ("completed", "incomplete", "failed")},
        }
        for family in families:
            self._folds[family.delta] = self._delta_of(family)
            self._folds[family.done] = self._done_of(family)
            part = "reasoning_summary_part" if family.container == "summary" else "content_part"
            self._folds[f"response.{part}.done"] = self._part_done
        self.corrected = False
        self._change = ResponseChange()
        self._begin()

    def _begin(self) -> None:
        self._guard = SequenceGuard()
        self._places = ItemPlaces()
        self._pieces: list[str] = []
        self._parts: dict[_Key, list[str]] = {}
        self._halves: dict[_Key, str] = {}

    def feed(self, event: ResponseStreamEvent) -> str:
        """Take an event; return the piece by which the text grows, ``""`` where it does not."""
        if event.type in BEGINNINGS and self._change.note(event):
            self._begin()
        if self._guard.is_replay(event):
            return ""
        self.corrected = False
        fold = self._folds.get(event.type)
        return "" if fold is None else fold(event)

    def close(self) -> str:
        """End the text; return what was held back: a half of a character that never became whole."""
        halves = "".join(self._halves.values())
        self._halves.clear()
        self._pieces.append(halves)
        return halves

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces)

    def _delta_of(self, family: Family) -> Callable[[Any], str]:
        stem, index = family.stem, family.index

        def fold(event: Any) -> str:
            delta: str = event.delta
            if not delta:
                return ""
            place = event.output_index
            key = (stem, self._place(event) if place is None else place, getattr(event, index) or 0)
            if self._halves or not delta.isascii():
                delta = self._whole_characters(key, delta)
            part = self._parts.get(key)
            if part is None:
                part = self._parts[key] = []
            part.append(delta)
            self._pieces.append(delta)
            return delta

        return fold

    def _whole_characters(self, key: _Key, delta: str) -> str:
        half = self._halves.pop(key, "")
        if "\ud800" <= delta[-1] <= "\udbff":
            self._halves[key] = delta[-1]
            delta = delta[:-1]
        joined = half + delta
        return mend(joined) if half else joined

    def _done_of(self, family: Family) -> Callable[[Any], str]:
        def fold(event: Any) -> str:
            key = (family.stem, self._place(event), getattr(event, family.index) or 0)
            return self._settle(key, getattr(event, family.done_field))

        return fold

    def _part_done(self, event: Any) -> str:
        part = json_of(event.part)
        for family in self._families:
            text = part.get(family.part_field)
            if part.get("type") == family.part_type and isinstance(text, str):
                return self._settle((family.stem, self._place(event), getattr(event, family.index) or 0), text)
        return ""

    def _place(self, event: Any) -> int | str | None:
        index = self._places.find(event.output_index, event.item_id)
        return event.item_id if index is None else index

    def _item_added(self, event: Any) -> str:
        self._places.note(event.output_index, json_of(event.item))
        return ""

    def _item_done(self, event: Any) -> str:
        item = json_of(event.item)
        item_id = item.get("id")
        place = self._places.find(event.output_index, item_id)
        if place is None and isinstance(item_id, str):
            place = item_id
        return "".join(self._settle((family.stem, place, index), text) for family, index, text in self._texts(item))

    def _settle(self, key: _Key, whole: str) -> str:
        self._halves.pop(key, None)
        part = self._parts.get(key)
        seen = "".join(part) if part else ""
        if not whole:  # a ``.done`` without its text takes nothing back
            return ""
        whole = whole if whole.isascii() else mend(whole)
        self._parts[key] = [whole]
        if whole.startswith(seen):
            rest = whole[len(seen) :]
            if rest:
                self._pieces.append(rest)
            return rest
        self._correct("".join(piece for one in self._parts.values() for piece in one))
        return ""

    def _terminal(self, event: Any) -> str:
        output = placed_objects(json_of(event.response).get("output"))
        whole = "".join(text for _, item in output for _, _, text in self._texts(item))
        whole = whole if whole.isascii() else mend(whole)
        self._halves.clear()
        seen = self.text
        if not whole or whole == seen or self._differs_by_kind(whole):
            return ""
        if whole.startswith(seen):
            rest = whole[len(seen) :]
            self._pieces.append(rest)
            return rest
        self._correct(whole)
        return ""

    def _differs_by_kind(self, whole: str) -> bool:
        """Say whether a text of several kinds is the one that came, with the kinds of each item one after the other."""
        rows = {family.stem: row for row, family in enumerate(self._families)}
        keys = [key for key in self._parts if isinstance(key[1], int)]
        keys.sort(key=lambda key: (key[1], rows[key[0]], key[2]))
        return len(rows) > 1 and whole == "".join(piece for key in keys for piece in self._parts[key])

    def _correct(self, text: str) -> None:
        self.corrected = True
        self._pieces = [text]

    def _texts(self, item: JSONObject) -> Iterator[tuple[Family, int, str]]:
        for family in self._families:
            if item.get("type") == family.item_type:
                for index, part in placed_objects(item.get(family.container)):
                    text = part.get(family.part_field)
                    if part.get("type") == family.part_type and isinstance(text, str):
                        yield family, index, text
