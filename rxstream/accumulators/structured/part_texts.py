"""The texts of a response, each by itself: the parts of its messages, the arguments of its calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rxstream.accumulators.families import Family
from rxstream.accumulators.pieces import PieceKey
from rxstream.accumulators.places import ItemPlaces, ResponseChange
from rxstream.accumulators.sequence import SequenceGuard
from rxstream.accumulators.turns import BEGINNINGS
from rxstream.accumulators.versioned import mend
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import JSONObject, json_of
from rxstream.models.response import placed_objects

__all__ = ["PartTexts", "TextChange"]


class TextChange(NamedTuple):
    """What an event does to one text.

    Attributes:
        key: Which text.
        piece: By how much it grows.
        is_finished: The text is whole.
        begins_anew: What had come was wrong: ``piece`` is the text from its beginning.
    """

    key: PieceKey
    piece: str
    is_finished: bool = False
    begins_anew: bool = False


class _Text:
    __slots__ = ("half", "is_finished", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.half = ""  # of a surrogate pair
        self.is_finished = False

    def grow(self, delta: str) -> str:
        if self.half or not delta.isascii():
            delta, self.half = self.half + delta, ""
            if "\ud800" <= delta[-1] <= "\udbff":
                delta, self.half = delta[:-1], delta[-1]
            delta = mend(delta)
        self.pieces.append(delta)
        return delta


class PartTexts:
    """Tells what each event does to each text.

    The rules are those of :class:`~rxstream.accumulators.TextAccumulator`: ``.done`` events, items and the terminal
    event bring what the deltas left out, and are right where they differ.

    Args:
        families: The rows of the table whose texts are wanted.

    Example:
        >>> from rxstream.accumulators.families import FAMILIES
        >>> from rxstream.events import parse_event
        >>> texts = PartTexts(FAMILIES[:1])
        >>> texts.feed(parse_event({"type": "response.output_text.delta", "output_index": 0, "delta": "[1"}))
        [TextChange(key=('response.output_text', 0, 0), piece='[1', is_finished=False, begins_anew=False)]
        >>> texts.feed(parse_event({"type": "response.output_text.done", "output_index": 0, "text": "[1]"}))
        [TextChange(key=('response.output_text', 0, 0), piece=']', is_finished=True, begins_anew=False)]
    """

    def __init__(self, families: tuple[Family, ...]) -> None:
        self._families = families
        self._deltas = {family.delta: family for family in families}
        self._dones = {family.done: family for family in families}
        self._change = ResponseChange()
        self._begin()

    def _begin(self) -> None:
        self._guard = SequenceGuard()
        self._places = ItemPlaces()
        self._texts: dict[PieceKey, _Text] = {}

    def feed(self, event: ResponseStreamEvent) -> list[TextChange]:
        """Take an event; return the changes that it makes."""
        kind = event.type
        if kind in BEGINNINGS and self._change.note(event):
            self._begin()
        if self._guard.is_replay(event):
            return []
        family = self._deltas.get(kind)
        if family is not None:
            return self._grow(self._key(family, event), event)
        family = self._dones.get(kind)
        if family is not None:
            return self._settle(self._key(family, event), getattr(event, family.done_field))
        if kind == "response.output_item.added":
            self._note(event)
        elif kind == "response.output_item.done":
            return self._item_done(event)
        elif kind == "response.content_part.done":
            return self._part_done(event)
        elif kind in _TERMINAL:
            return self._terminal(event)
        return []

    def _key(self, family: Family, event: Any) -> PieceKey:
        place = self._places.find(event.output_index, event.item_id)
        part = (getattr(event, family.index) or 0) if family.index else 0
        return family.stem, event.item_id if place is None else place, part

    def _text(self, key: PieceKey) -> _Text:
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = _Text()
        return text

    def _grow(self, key: PieceKey, event: Any) -> list[TextChange]:
        text = self._text(key)
        if not event.delta or text.is_finished:
            return []
        return [TextChange(key, text.grow(event.delta))]

    def _settle(self, key: PieceKey, whole: str) -> list[TextChange]:
        whole = whole if whole.isascii() else mend(whole)
        key = self._named_before(key, whole)
        text = self._text(key)
        seen = "".join(text.pieces)
        if seen.startswith(whole) and not seen[len(whole) :].strip():
            whole = seen  # a server that leaves out the text, or trims it, takes nothing back
        if text.is_finished and whole == seen:
            return []
        begins_anew = not whole.startswith(seen)
        text.pieces, text.half, text.is_finished = [whole], "", True
        return [TextChange(key, whole if begins_anew else whole[len(seen) :], True, begins_anew)]

    def _named_before(self, key: PieceKey, whole: str) -> PieceKey:
        """Return the key of a text that has come: some servers name its place now by index, now by id or not at all."""
        if key in self._texts:
            return key
        stem, place, part = key
        for known, text in self._texts.items():
            is_alike = known[0] == stem and known[2] == part and type(known[1]) is not type(place)
            if is_alike and whole.startswith("".join(text.pieces)):
                return known
        return key

    def _note(self, event: Any) -> None:
        self._places.note(event.output_index, json_of(event.item))

    def _item_done(self, event: Any) -> list[TextChange]:
        item = json_of(event.item)
        item_id = item.get("id")
        place = self._places.find(event.output_index, item_id)
        where: int | str | None = item_id if place is None and isinstance(item_id, str) else place
        return [
            change
            for family, part, text in self._texts_of(item)
            for change in self._settle((family.stem, where, part), text)
        ]

    def _part_done(self, event: Any) -> list[TextChange]:
        part = json_of(event.part)
        return [
            change
            for family in self._families
            if part.get("type") == family.part_type and isinstance(text := part.get(family.part_field), str)
            for change in self._settle(self._key(family, event), text)
        ]

    def _terminal(self, event: Any) -> list[TextChange]:
        output = placed_objects(json_of(event.response).get("output"))
        final: list[tuple[PieceKey, str]] = [
            ((family.stem, place, part), text) for place, item in output for family, part, text in self._texts_of(item)
        ]
        # Where items are missing, a place in the final output is no output_index: then the texts themselves must tell.
        known = {"".join(text.pieces) for text in self._texts.values()}
        if all(text in known for _, text in final):
            final = [(key, "".join(text.pieces)) for key, text in self._texts.items()]
        homes = self._homes(final)
        return [change for key, text in final for change in self._settle(homes.get(key, key), text)]

    def _homes(self, final: list[tuple[PieceKey, str]]) -> dict[PieceKey, PieceKey]:
        """Return where the texts of the final output have come that have come at another place."""
        seen = {key: "".join(text.pieces) for key, text in self._texts.items()}
        homes: dict[PieceKey, PieceKey] = {}
        for key, text in final:
            if key in seen and text.startswith(seen[key]):
                del seen[key]
                homes[key] = key
        for key, text in final:
            begun = (one for one in seen if one[0] == key[0] and seen[one] and text.startswith(seen[one]))
            found = None if key in homes else next(begun, None)
            if found is not None:
                del seen[found]
                homes[key] = found
        return homes

    def _texts_of(self, item: JSONObject) -> Iterator[tuple[Family, int, str]]:
        for family in self._families:
            if item.get("type") != family.item_type:
                continue
            if family.path:
                text = item.get(family.path[0])
                if isinstance(text, str) and text:
                    yield family, 0, text
                continue
            for index, part in placed_objects(item.get(family.container)):
                text = part.get(family.part_field)
                if part.get("type") == family.part_type and isinstance(text, str):
                    yield family, index, text


_TERMINAL = frozenset(("response.completed", "response.incomplete"))
