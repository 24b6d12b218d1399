"""Pieces of text: strings, and the delta events that hold one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from rxstream.accumulators.families import FAMILIES
from rxstream.accumulators.versioned import mend
from rxstream.events import ResponseStreamEvent, parse_event

__all__ = ["PieceKey", "join_pieces", "piece_of", "split_piece"]

_Item = TypeVar("_Item")

PieceKey = tuple[str, int | str | None, int]
"""What a piece makes longer: the stem of its family's wire names, the ``output_index`` (or ``item_id``, where there is
none), and the index of the part."""

_STRING: PieceKey = ("", 0, 0)
_STEMS = {family.delta: (family.stem, family.index) for family in FAMILIES}


def piece_of(item: object) -> tuple[PieceKey, str] | None:
    """Return the text that an item brings, and what it makes longer; ``None`` for anything but a string or a delta.

    Example:
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> piece_of(ResponseTextDeltaEvent(output_index=1, content_index=0, delta="Hel"))
        (('response.output_text', 1, 0), 'Hel')
        >>> piece_of("Hel")
        (('', 0, 0), 'Hel')
    """
    if isinstance(item, str):
        return _STRING, item
    row = _STEMS.get(getattr(item, "type", ""))
    if row is None:
        return None
    stem, index = row
    event = cast(Any, item)
    part: int = (getattr(event, index) or 0) if index else 0
    place: int | str | None = event.item_id if event.output_index is None else event.output_index
    return (stem, place, part), event.delta or ""


def split_piece(item: _Item, texts: Sequence[str]) -> list[_Item]:
    """Return an item for each of ``texts``, which are together the item's own text.

    The last one has the event's ``sequence_number`` and log probabilities; those before it have none, so that nobody
    takes them for repetitions.

    Example:
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> for event in split_piece(ResponseTextDeltaEvent(delta="Hello", sequence_number=4), ["Hel", "lo"]):
        ...     print(event.delta, event.sequence_number)
        Hel None
        lo 4
    """
    if isinstance(item, str):
        return cast("list[_Item]", list(texts))
    if len(texts) == 1:
        return [item]
    whole = cast(ResponseStreamEvent, item).to_dict()
    whole.pop("obfuscation", None)
    bare = {name: value for name, value in whole.items() if name not in ("sequence_number", "logprobs")}
    events = [parse_event({**bare, "delta": text}) for text in texts[:-1]]
    return cast("list[_Item]", [*events, parse_event({**whole, "delta": texts[-1]})])


def join_pieces(items: Sequence[_Item]) -> _Item:
    """Return one item for several that make the same text longer: with the last one's number, and all probabilities.

    Example:
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> event = join_pieces([ResponseTextDeltaEvent(delta="Hel", sequence_number=4),
        ...                      ResponseTextDeltaEvent(delta="lo", sequence_number=5)])
        >>> event.delta, event.sequence_number
        ('Hello', 5)
    """
    if len(items) == 1:
        return items[0]
    if isinstance(items[0], str):
        return cast(_Item, _joined(cast("Sequence[str]", items)))
    events = [cast(ResponseStreamEvent, item).to_dict() for item in items]
    whole = {name: value for event in events for name, value in event.items()}
    whole.pop("obfuscation", None)
    whole["delta"] = _joined([event.get("delta") or "" for event in events])
    if "logprobs" in whole:
        whole["logprobs"] = [one for event in events for one in event.get("logprobs") or ()]
    return cast(_Item, parse_event(whole))


def _joined(texts: Sequence[str]) -> str:
    text = "".join(texts)
    return text if text.isascii() else mend(text)  # a character may have come in two halves
