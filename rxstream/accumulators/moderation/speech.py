"""Where text stands in the events of a response."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum
from itertools import chain
from typing import Any, Literal, NamedTuple, cast

from rxstream.accumulators.families import FAMILIES, FAMILY_OF_ITEM
from rxstream.accumulators.moderation.strays import Path, strays, strays_of
from rxstream.accumulators.pieces import PieceKey
from rxstream.accumulators.places import ItemPlaces
from rxstream.accumulators.turns import CLIENT_MADE
from rxstream.events import ResponseEvent, UnknownEvent
from rxstream.models.base import JSONObject, Model, json_of
from rxstream.models.items import OUTPUT_ITEM_CLASSES
from rxstream.models.response import placed_objects

__all__ = ["KINDS", "Bearing", "Kind", "Path", "Speech", "TextAt"]

Kind = Literal["text", "refusal", "reasoning", "arguments"]
_TRANSCRIPT = "response.audio.transcript"
_COMMAND = "response.shell_call_command"
KINDS: dict[Kind, tuple[str, ...]] = {
    "text": ("response.output_text", _TRANSCRIPT),
    "refusal": ("response.refusal",),
    "reasoning": ("response.reasoning_text", "response.reasoning_summary_text"),
    "arguments": (*(family.stem for family in FAMILIES if family.path), _COMMAND),
}
"""What the wire names of the events of each kind begin with."""

_NOWHERE: PieceKey = ("", None, 0)
_PART_FIELDS = ("text", "refusal", "transcript", "annotations", "logprobs")
_WRITTEN = {
    "mcp_approval_request": ("arguments",),
    "tool_search_call": ("arguments",),
    "local_shell_call": ("action",),
    "computer_call": ("action", "actions"),
    "program": ("code",),
}
"""What a model writes in items that no deltas make longer, by type of the item."""
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
        self._takes_arguments = "arguments" in kinds
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
            return self._of_client(event) if event.type in CLIENT_MADE else self._unknown(event)
        reader = self._readers.get(event.type)
        if reader is None:
            return ()
        is_wanted = self._takes_unknown or event.type.rpartition(".")[0] in self._stems
        return chain(reader(event), _asides(strays_of(event))) if is_wanted else reader(event)

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

        return read

    def _part(self, container: str, bearing: Bearing) -> _Reader:
        index = "summary_index" if container == "summary" else "content_index"

        def read(event: Any) -> Iterator[TextAt]:
            place = self._place(event.output_index, event.item_id)
            part = json_of(event.part)
            if (odd := _no_object(event, "part", part)) is not None:
                return odd if self._takes_unknown else iter(())
            return self._part_texts(container, part, ("part",), (place, getattr(event, index) or 0), bearing)

        return read

    def _item(self, bearing: Bearing) -> _Reader:
        def read(event: Any) -> Iterator[TextAt]:
            item = json_of(event.item)
            if (odd := _no_object(event, "item", item)) is not None:
                return odd if self._takes_unknown else iter(())
            self._places.note(event.output_index, item)
            return self._item_texts(item, ("item",), self._place(event.output_index, item.get("id")), bearing)

        return read

    def _response(self, bearing: Bearing) -> _Reader:
        def read(event: Any) -> Iterator[TextAt]:
            response = json_of(event.response)
            output: Any = response.get("output")
            for index, item in placed_objects(output):
                known = self._places.find(None, item.get("id"))
                place = index if known is None else known
                self._places.note(place, item)
                yield from self._item_texts(item, ("response", "output", index), place, bearing)
            if self._takes_unknown:
                items: list[Any] = cast("list[Any]", output) if isinstance(output, list) else []
                odd: Any = {index: item for index, item in enumerate(items) if not isinstance(item, dict)}
                yield from _asides(strays(odd if items else output, ("response", "output")))
                yield from _asides(strays(response.get("output_text"), ("response", "output_text")))

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
        item_type: str = item["type"] if isinstance(item.get("type"), str) else ""
        family = FAMILY_OF_ITEM.get(item_type)
        if family is not None and family.stem in self._stems:
            text: Any = item
            for name in family.path:
                text = cast(JSONObject, text).get(name) if isinstance(text, dict) else None
            if isinstance(text, str):
                yield TextAt((family.stem, place, 0), (*path, *family.path), text, bearing)
            else:
                yield from _asides(strays(item.get(family.path[0]), (*path, family.path[0])))
        if item_type in _WRITTEN and self._takes_arguments:
            for name in _WRITTEN[item_type]:
                yield from _asides(strays(item.get(name), (*path, name)))
        if ("response.reasoning_text" if item_type == "reasoning" else "response.output_text") in self._stems:
            cls = OUTPUT_ITEM_CLASSES.get(item_type)
            known = ("content", "summary", *(() if cls is None else cls.model_fields))
            yield from _asides(strays(item, path, known if family is None else (*known, family.path[0])))
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
                yield from _asides(strays(text, (*path, at)))
        if spoken in self._stems and name is None:
            yield from _tokens(part.get("logprobs"), part.get("text"), (spoken, *place), path)
            yield from _asides(strays(part, path, _PART_FIELDS))

    def _of_client(self, event: UnknownEvent) -> Iterator[TextAt]:
        item = event.data.get("item")
        if isinstance(item, dict):
            item, index = cast(JSONObject, item), event.data.get("output_index")
            place = self._place(index if type(index) is int else None, item.get("id"))
            yield from self._item_texts(item, ("item",), place, Bearing.WHOLE)

    def _unknown(self, event: UnknownEvent) -> Iterator[TextAt]:
        stem, _, end = event.type.rpartition(".")
        if not self._takes_unknown and stem not in self._stems:
            return
        index, part = event.data.get("output_index"), event.data.get("content_index")
        key = (stem, self._place(index if type(index) is int else None, event.data.get("item_id")), 0)
        key = (*key[:2], part) if type(part) is int else key
        read: list[str] = []
        for field, bearing in (("delta", Bearing.PIECE), ("text", Bearing.WHOLE if end == "done" else Bearing.ASIDE)):
            text = event.data.get(field)
            if isinstance(text, str):
                read.append(field)
                yield TextAt(key, (field,), text, bearing)
        yield from _asides(strays(event.data, (), read))


def _asides(found: Iterable[tuple[Path, str]]) -> Iterator[TextAt]:
    for path, text in found:
        yield TextAt(_NOWHERE, path, text, Bearing.ASIDE)


def _no_object(event: ResponseEvent, name: str, json: JSONObject) -> Iterator[TextAt] | None:
    """Tell of the text in a field that should hold an object, where it does not; its model has it as ``value``."""
    if json.keys() != {"value"} or isinstance(value := event.to_dict().get(name), dict):
        return None
    return _asides(strays(value, (name,)))


def _tokens(logprobs: Any, text: Any, key: PieceKey, path: Path) -> Iterator[TextAt]:
    """Tell of log probabilities, if they say another text than the one that they belong to."""
    if not logprobs:
        return
    some = cast("list[Any]", logprobs) if isinstance(logprobs, (list, tuple)) else [logprobs]
    some = [json_of(one) if isinstance(one, Model) else one for one in some]
    tokens = [cast(JSONObject, one) for one in some if isinstance(one, dict)]
    said = [
        "".join(text for one in tokens for _, text in strays(one.get("token"), ())),
        _decoded(one.get("bytes") for one in tokens),
        "\n".join(text for one in some for _, text in strays(one, (), ("token", "bytes", "top_logprobs"))),
    ]
    if others := [one for one in said if one and one != text]:
        yield TextAt(key, (*path, "logprobs"), "\n".join(dict.fromkeys(others)), Bearing.ASIDE)


def _decoded(arrays: Iterable[Any]) -> str:
    numbers = [one for array in arrays if isinstance(array, list) for one in cast("list[Any]", array)]
    raw = bytes(one for one in numbers if type(one) is int and 0 <= one < 256)
    return raw.decode("utf-8", "replace").strip("\ufffd")  # a token may be a part of a character
