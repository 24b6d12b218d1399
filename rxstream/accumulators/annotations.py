"""Annotations of the response's text: citations of pages and files."""

from __future__ import annotations

import json
from typing import Any

from rxstream.accumulators.places import ItemPlaces, ResponseChange
from rxstream.accumulators.sequence import SequenceGuard
from rxstream.accumulators.turns import BEGINNINGS
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import JSONObject, json_of
from rxstream.models.parts import Annotation, parse_annotation
from rxstream.models.response import objects, placed_objects

__all__ = ["AnnotationAccumulator"]

_Place = tuple[int | None, int]


class AnnotationAccumulator:
    """Gathers annotations, each once, also those that only a ``.done`` or the terminal event brings.

    Example:
        >>> from rxstream.events import parse_event
        >>> event = parse_event({"type": "response.output_text.annotation.added", "output_index": 0,
        ...     "content_index": 0, "annotation": {"type": "url_citation", "url": "https://a.example"}})
        >>> [annotation.url for annotation in AnnotationAccumulator().feed(event)]
        ['https://a.example']
    """

    def __init__(self) -> None:
        self._change = ResponseChange()
        self._begin()

    def _begin(self) -> None:
        self._places = ItemPlaces()
        self._guard = SequenceGuard()
        self._counts: dict[_Place, int] = {}
        self._seen: set[str] = set()

    def feed(self, event: ResponseStreamEvent) -> list[Annotation]:
        """Take an event; return the annotations that it brings first."""
        if event.type in BEGINNINGS and self._change.note(event):
            self._begin()
        gather = _GATHER.get(event.type)
        if gather is None or self._guard.is_replay(event):
            return []
        found: list[JSONObject] = []
        gather(self, event, found)
        self._seen.update(map(_canonical, found))
        return [parse_annotation(annotation) for annotation in found]

    def _added(self, event: Any, found: list[JSONObject]) -> None:
        annotation = json_of(event.annotation)
        if annotation:
            place = self._place(event, event.item_id, event.content_index or 0)
            self._counts[place] = self._counts.get(place, 0) + 1
            found.append(annotation)

    def _part_done(self, event: Any, found: list[JSONObject]) -> None:
        self._compare(self._place(event, event.item_id, event.content_index or 0), json_of(event.part), found)

    def _item_done(self, event: Any, found: list[JSONObject]) -> None:
        item = json_of(event.item)
        for index, part in placed_objects(item.get("content")):
            self._compare(self._place(event, item.get("id"), index), part, found)

    def _item_added(self, event: Any, found: list[JSONObject]) -> None:
        self._places.note(event.output_index, json_of(event.item))

    def _place(self, event: Any, item_id: Any, index: int) -> _Place:
        return self._places.find(event.output_index, item_id), index

    def _compare(self, place: _Place, part: JSONObject, found: list[JSONObject]) -> None:
        annotations = objects(part.get("annotations"))
        count = self._counts.get(place, 0)
        if len(annotations) > count:
            found += annotations[count:]
            self._counts[place] = len(annotations)

    def _terminal(self, event: Any, found: list[JSONObject]) -> None:
        for item in objects(json_of(event.response).get("output")):
            for part in objects(item.get("content")):
                found += [one for one in objects(part.get("annotations")) if _canonical(one) not in self._seen]


def _canonical(annotation: JSONObject) -> str:
    return json.dumps(annotation, sort_keys=True)


_GATHER = {
    "response.output_text.annotation.added": AnnotationAccumulator._added,  # pyright: ignore[reportPrivateUsage]
    "response.output_item.added": AnnotationAccumulator._item_added,  # pyright: ignore[reportPrivateUsage]
    "response.content_part.done": AnnotationAccumulator._part_done,  # pyright: ignore[reportPrivateUsage]
    "response.output_item.done": AnnotationAccumulator._item_done,  # pyright: ignore[reportPrivateUsage]
    **{
        f"response.{end}": AnnotationAccumulator._terminal  # pyright: ignore[reportPrivateUsage]
        for end in ("completed", "incomplete", "failed")
    },
}
