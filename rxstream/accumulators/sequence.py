"""Telling events that came before from new ones, by ``sequence_number``."""

from __future__ import annotations

from rxstream.events import ResponseStreamEvent

__all__ = ["SequenceGuard"]


class SequenceGuard:
    """Says of each event whether it is a replay: the same number and the same content as one that came before.

    A server may number badly: all zeros, or anew with each item. The number alone is therefore no proof. When a number
    comes again with other content, the numbers mean nothing and order of arrival rules from then on.

    Keeps: a hash for each event of the response.
    """

    __slots__ = ("_last", "_seen", "_trusted")

    def __init__(self) -> None:
        self._last = -1
        self._seen: dict[int, int] = {}
        self._trusted = True

    def is_replay(self, event: ResponseStreamEvent) -> bool:
        """Note an event, and say whether it came before."""
        number = event.sequence_number
        if number is None or not self._trusted:
            return False
        content = _content_of(event)
        if number > self._last:
            self._last = number
            self._seen[number] = content
            return False
        before = self._seen.get(number)
        if before is None:  # late, but new
            self._seen[number] = content
            return False
        self._trusted = before == content
        return self._trusted


def _content_of(event: ResponseStreamEvent) -> int:
    # Not the whole JSON: servers pad each delivery anew (`obfuscation`) and encrypt anew (`encrypted_content`).
    delta = getattr(event, "delta", None)
    return hash((event.type, getattr(event, "output_index", None), delta if isinstance(delta, str) else None))
