"""Where text stands in the events of a response."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum
from typing import Any, Literal, NamedTuple, cast

from rxstream.accumulators.families import FAMILIES, FAMILY_OF_ITEM
from rxstream.accumulators.pieces import PieceKey
from rxstream.accumulators.places import ItemPlaces
from rxstream.events import UnknownEvent
from rxstream.models.base import JSONObject, Model, json_of
from rxstream.models.response import placed_objects

__all__ = ["KINDS", "Bearing", "Kind", "Path", "Speech", "TextAt"]

Kind = Literal["text", "refusal", "reasoning", "arguments"]
Path = tuple[str | int, ...]
"""Where something stands in the JSON of an event."""

_TRANSCRIPT = "response.audio.transcript"
_COMMAND = "response.shell_call_command"
KINDS: dict[Kind, tuple[str, ...]] = {
    "text": ("response.output_text", _TRANSCRIPT),
    "refusal": ("response.refusal",),
    "reasoning": ("response.reasoning_text", "response.reasoning_summary_text"),
    "arguments": (*(family.stem for family in FAMILIES if family.path), _COMMAND),
}
"""What the wire names of the events of each kind begin with."""

_LIFECYCLE = ("created", "queued", "in_progress", "completed", "incomplete", "failed")
_TERMINAL = ("response.completed", "response.incomplete", "response.failed")


class Bearing(Enum):
    """What a text is to the texts that came before.

    Attributes:
        PIECE: It makes one longer.
        WHOLE: It says what one is, now that it has ended.
        ASIDE: It stands for itself.
    """

    PIECE = "piece"
    WHOLE = "whole"
    ASIDE = "aside"


class TextAt(NamedTuple):
    """A text in an event.

    Attributes:
        key: The text that it belongs to.
        path: Where it stands in the event; log probabilities are there as a whole.
        text: The text.
        bearing: What it is to the text that it belongs to.
    """

    key: PieceKey
    path: Path
    text: str
    bearing: Bearing


_Reader = Callable[[Any], Iterable[TextAt]]


class Speech:
    """Finds the text in each event of a stream.

    Args:
        kinds: The kinds of text that are wanted.

    Example:
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> [found] = Speech(["text"]).texts(ResponseTextDeltaEvent(output_index=0, delta="Hel"))
        >>> found.key, found.path, found.text
        (('response.output_text', 0, 0), ('delta',), 'Hel')
    """

    def __init__(self, kinds: Collection[Kind]) -> None:
        self._stems = {stem for kind in kinds for stem in KINDS[kind]}
        self._takes_unknown = "text" in kinds
        self._places = ItemPlaces()
        self._readers: dict[str, _Reader] = {
            "response.output_item.added": self._item(Bearing.ASIDE),
            "response.output_item.done": self._item(Bearing.WHOLE),
        }
        for name in (f"response.{name}" for name in _LIFECYCLE):
            self._readers[name] = self._response(Bearing.WHOLE if name in _TERMINAL else Bearing.ASIDE)
        for part, container in (("content_part", "content"), ("reasoning_summary_part", "summary")):
            self._readers[f"response.{part}.added"] = self._part(container, Bearing.ASIDE)
            self._readers[f"response.{part}.done"] = self._part(container, Bearing.WHOLE)
        rows = [(family.stem, family.index, family.done_field) for family in FAMILIES]
        for stem, index, field in (*rows, (_COMMAND, "command_index", "command"), (_TRANSCRIPT, "", "")):
            if stem in self._stems:
                self._readers[f"{stem}.delta"] = self._field(stem, index, "delta", Bearing.PIECE)
                self._readers[f"{stem}.done"] = self._field(stem, index, field, Bearing.WHOLE)
        if _COMMAND in self._stems:
            self._readers[f"{_COMMAND}.added"] = self._field(_COMMAND, "command_index", "command", Bearing.ASIDE)

    def texts(self, event: Any) -> Iterable[TextAt]:
        """Return the texts in an event; a ``WHOLE`` one may be empty, which says nothing but that it has ended."""
        if isinstance(event, UnknownEvent):
            return self._unknown(event) if self._takes_unknown else ()
        reader = self._readers.get(event.type)
        return () if reader is None else reader(event)

    def annotated(self, event: Any) -> PieceKey | None:
        """Return the text on which an event puts an annotation."""
        if event.type != "response.output_text.annotation.added":
            return None
        return "response.output_text", self._place(event.output_index, event.item_id), event.content_index or 0

    def ended(self, event: Any) -> tuple[int | str | None] | None:
        """Return the place of the item that an event ends."""
        if event.type != "response.output_item.done":
            return None
        return (self._place(event.output_index, json_of(event.item).get("id")),)

    def forget(self) -> None:
        """Begin anew, with another response."""
        self._places = ItemPlaces()

    def _place(self, index: int | None, item_id: Any) -> int | str | None:
        place = self._places.find(index, item_id)
        return item_id if place is None and isinstance(item_id, str) else place

    def _field(self, stem: str, index: str, field: str, bearing: Bearing) -> _Reader:
        def read(event: Any) -> Iterator[TextAt]:
            place = self._place(getattr(event, "output_index", None), getattr(event, "item_id", None))
            key = (stem, place, (getattr(event, index) or 0) if index else 0)
            text = getattr(event, field, "")  # the end of a transcript does not say the text
            yield TextAt(key, (field,), text, bearing)
            yield from _tokens(getattr(event, "logprobs", ()), text, key, ())
            if event.mismatches:
                yield from _misshapen(event.to_dict(), key, (), (field, "logprobs"))

        return read

    def _part(self, container: str, bearing: Bearing) -> _Reader:
        index = "summary_index" if container == "summary" else "content_index"

        def read(event: Any) -> Iterator[TextAt]:
            place = self._place(event.output_index, event.item_id)
            part = json_of(event.part)
            return self._part_texts(container, part, ("part",), (place, getattr(event, index) or 0), bearing)

        return read

    def _item(self, bearing: Bearing) -> _Reader:
        def read(event: Any) -> Iterator[TextAt]:
            item = json_of(event.item)
            self._places.note(event.output_index, item)
            return self._item_texts(item, ("item",), self._place(event.output_index, item.get("id")), bearing)

        return read

    def _response(self, bearing: Bearing) -> _Reader:
        def read(event: Any) -> Iterator[TextAt]:
            response = json_of(event.response)
            for index, item in placed_objects(response.get("output")):
                known = self._places.find(None, item.get("id"))
                place = index if known is None else known
                yield from self._item_texts(item, ("response", "output", index), place, bearing)
            joined = response.get("output_text")  # which some servers add
            if isinstance(joined, str) and "response.output_text" in self._stems:
                yield TextAt(("response.output_text", None, 0), ("response", "output_text"), joined, Bearing.ASIDE)

        return read

    def _item_texts(self, item: JSONObject, path: Path, place: int | str | None, bearing: Bearing) -> Iterator[TextAt]:
        for container in ("content", "summary"):
            content: Any = item.get(container)
            if not isinstance(content, list):
                yield from self._part_texts(container, {"text": content}, path, (place, 0), Bearing.ASIDE, container)
                continue
            for index, part in enumerate(cast(list[Any], content)):
                at = (*path, container)
                if isinstance(part, dict):
                    part = cast(JSONObject, part)
                    yield from self._part_texts(container, part, (*at, index), (place, index), bearing)
                else:
                    yield from self._part_texts(container, {"text": part}, at, (place, index), Bearing.ASIDE, index)
        item_type = item.get("type")
        family = FAMILY_OF_ITEM.get(item_type) if isinstance(item_type, str) else None
        if family is not None and family.stem in self._stems:
            text: Any = item
            for name in family.path:
                text = cast(JSONObject, text).get(name) if isinstance(text, dict) else None
            if isinstance(text, str):
                yield TextAt((family.stem, place, 0), (*path, *family.path), text, bearing)
        action = item.get("action")
        if isinstance(action, dict) and _COMMAND in self._stems:
            commands: Any = cast(JSONObject, action).get("commands")
            for index, command in enumerate(cast(list[Any], commands) if isinstance(commands, list) else []):
                if isinstance(command, str):
                    yield TextAt((_COMMAND, place, index), (*path, "action", "commands", index), command, bearing)

    def _part_texts(
        self,
        container: str,
        part: JSONObject,
        path: Path,
        place: tuple[int | str | None, int],
        bearing: Bearing,
        name: str | int | None = None,
    ) -> Iterator[TextAt]:
        spoken = "response.output_text"
        if container == "summary":
            spoken = "response.reasoning_summary_text"
        elif part.get("type") == "reasoning_text":
            spoken = "response.reasoning_text"
        for field, stem in (("text", spoken), ("refusal", "response.refusal"), ("transcript", _TRANSCRIPT)):
            text, at = part.get(field), field if name is None else name
            if stem not in self._stems or text is None:
                continue
            key = (stem, *place)
            if isinstance(text, str):
                yield TextAt(key, (*path, at), text, Bearing.ASIDE if field == "transcript" else bearing)
            else:
                yield from _misshapen({at: text}, key, path, (at,))
            yield from _tokens(part.get("logprobs"), text, key, path)

    def _unknown(self, event: UnknownEvent) -> Iterator[TextAt]:
        stem, _, end = event.type.rpartition(".")
        index, part = event.data.get("output_index"), event.data.get("content_index")
        key = (stem, self._place(index if type(index) is int else None, event.data.get("item_id")), 0)
        key = (*key[:2], part) if type(part) is int else key
        for field, bearing in (("delta", Bearing.PIECE), ("text", Bearing.WHOLE if end == "done" else Bearing.ASIDE)):
            text = event.data.get(field)
            if isinstance(text, str):
                yield TextAt(key, (field,), text, bearing)
        yield from _misshapen(event.data, key, (), ("delta", "text"))


def _misshapen(json: dict[Any, Any], key: PieceKey, path: Path, names: Iterable[str | int]) -> Iterator[TextAt]:
    """Tell of the text in arrays and objects that stand where a text belongs."""
    for name in names:
        if isinstance(json.get(name), (list, dict)):
            yield TextAt(key, (*path, name), "\n".join(_strings(json[name])), Bearing.ASIDE)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for child in cast(JSONObject, value).values() if isinstance(value, dict) else cast(list[Any], value):
            yield from _strings(child)


def _tokens(logprobs: Any, text: Any, key: PieceKey, path: Path) -> Iterator[TextAt]:
    """Tell of log probabilities, if they say another text than the one that they belong to."""
    if not logprobs or not isinstance(logprobs, (list, tuple)):
        return
    some = [json_of(one) if isinstance(one, Model) else one for one in cast("list[Any]", logprobs)]
    tokens = [cast(JSONObject, one).get("token") for one in some if isinstance(one, dict)]
    said = "".join(token for token in tokens if isinstance(token, str))
    if said and said != text:
        yield TextAt(key, (*path, "logprobs"), said, Bearing.ASIDE)
