"""Where an item stands, and which response it belongs to."""

from __future__ import annotations

from typing import Any

from rxstream.accumulators.turns import TURN_STARTED
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import JSONObject, json_of

__all__ = ["ItemPlaces", "ResponseChange"]


class ItemPlaces:
    """The ``output_index`` of each item id, for events that name their item by its id alone."""

    __slots__ = ("_indexes",)

    def __init__(self) -> None:
        self._indexes: dict[str, int] = {}

    def note(self, index: int | None, item: JSONObject) -> None:
        """Remember where an item stands."""
        item_id = item.get("id")
        if index is not None and isinstance(item_id, str):
            self._indexes[item_id] = index

    def find(self, index: int | None, item_id: Any) -> int | None:
        """Return the index that an event has or, where it has none, the one of the item id."""
        return self._indexes.get(item_id) if index is None and isinstance(item_id, str) else index


class ResponseChange:
    """Tells an event that begins another response from one that does not.

    A ``response.created`` with another id does, and the start of another turn, whatever the ids are.
    """

    __slots__ = ("_response_id",)

    def __init__(self) -> None:
        self._response_id: Any = None

    def is_ahead(self, event: ResponseStreamEvent) -> bool:
        """Say whether the event begins another response."""
        response_id = _created_id(event)
        return response_id is not None and self._response_id not in (None, response_id)

    def note(self, event: ResponseStreamEvent) -> bool:
        """Say whether the event begins another response, and remember which."""
        if event.type == TURN_STARTED:
            self._response_id = None
            return True
        is_ahead = self.is_ahead(event)
        response_id = _created_id(event)
        self._response_id = self._response_id if response_id is None else response_id
        return is_ahead


def _created_id(event: Any) -> Any:
    return json_of(event.response).get("id") if event.type == "response.created" else None
