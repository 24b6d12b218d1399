"""Telling events that came before from new ones, by ``sequence_number``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from rxstream.events import ResponseEvent, ResponseShellCallOutputContentDeltaEvent, ResponseStreamEvent

__all__ = ["SequenceGuard"]


class SequenceGuard:
    """Says of each event whether it is a replay: the same number and the same content as one that came before.

    A server may number badly: all zeros, or anew with each item. The number alone is therefore no proof. When a number
    comes again with other content, the numbers mean nothing and order of arrival rules from then on.

    Keeps: a hash for each event of the response.
    """

    __slots__ = ("_is_trusted", "_seen")

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._is_trusted = True

    def is_replay(self, event: ResponseStreamEvent) -> bool:
        """Note an event, and say whether it came before."""
        number = event.sequence_number
        if number is None or not self._is_trusted:
            return False
        content = hash(_contents[type(event)](event))
        before = self._seen.get(number)
        if before is None:
            self._seen[number] = content
            return False
        self._is_trusted = before == content
        return self._is_trusted

    def is_taken(self, event: ResponseStreamEvent) -> bool:
        """Say whether another event has come under the number of this one."""
        before = None if event.sequence_number is None else self._seen.get(event.sequence_number)
        return before is not None and before != hash(_contents[type(event)](event))

    def forget(self, event: ResponseStreamEvent) -> None:
        """Forget an event that was noted, but refused."""
        if event.sequence_number is not None:
            del self._seen[event.sequence_number]


# Not the whole JSON: servers pad each delivery anew (`obfuscation`), encrypt anew (`encrypted_content`), change ids.
_TELLING = (
    "type",
    "output_index",
    "content_index",
    "summary_index",
    "annotation_index",
    "command_index",
    "partial_image_index",
    "delta",
)


class _Contents(dict[type[ResponseEvent], Callable[[Any], Any]]):
    """What tells the events of a class apart, as something that can be hashed."""

    def __missing__(self, cls: type[ResponseEvent]) -> Callable[[Any], Any]:
        present = {field.name for field in fields(cls)}
        content = self[cls] = attrgetter(*(name for name in _TELLING if name in present))
        return content


_contents = _Contents()
_contents[ResponseShellCallOutputContentDeltaEvent] = lambda event: (  # its delta is an object
    event.type,
    event.output_index,
    event.command_index,
    repr(event.delta),
)
