"""The value of a JSON text at one moment of its arrival."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, cast

from rxstream.json_parser.overwritten import Overwritten
from rxstream.json_parser.patches import JSONValue

__all__ = ["JSONSnapshot", "Level"]

Level = tuple[Any, int, str]
"""A container that was open and has grown since, how many values it had, and, in a dict, the key of the open one."""


class JSONSnapshot:
    """The value as it was when this was made; later fragments do not change it.

    Making one costs as much as the value is deep. What is finished is shared with the parser; what was open is copied
    when :attr:`value` is read for the first time.

    Attributes:
        complete: The value was finished.

    Example:
        >>> from rxstream import PartialJSONParser
        >>> parser = PartialJSONParser()
        >>> parser.feed('{"city": "Pa')
        >>> before = parser.snapshot()
        >>> parser.feed('ris"}')
        >>> before.value, before.complete, parser.snapshot().value
        ({'city': 'Pa'}, False, {'city': 'Paris'})
    """

    __slots__ = ("_characters", "_flush", "_levels", "_moment", "_overwritten", "_value", "complete")

    def __init__(
        self,
        levels: list[Level],
        characters: int | None,
        flush: Callable[[], object],
        overwritten: Overwritten,
        *,
        complete: bool,
    ) -> None:
        self._levels: list[Level] | None = levels
        self._characters = characters  # of the string that was open in the innermost container
        self._flush = flush
        self._overwritten = overwritten  # the parser's, which grows
        self._moment = overwritten.count
        self._value: JSONValue = None
        self.complete = complete

    @property
    def value(self) -> JSONValue:
        """The value so far; ``None`` too where none had begun. Not to be changed."""
        if self._levels is not None:
            self._flush()
            self._value = self._read(self._levels)
            self._levels = None
        return self._value

    def _read(self, levels: list[Level]) -> JSONValue:
        *around, innermost = levels
        value = self._first(innermost)
        if self._characters is not None:
            key = _open_key(innermost)
            value[key] = value[key][: self._characters]
        for level in reversed(around):
            inner, value = value, self._first(level)
            value[_open_key(level)] = inner
        return value[0] if value else None

    def _first(self, level: Level) -> Any:
        container, count, _ = level
        if not isinstance(container, dict):
            return container[:count]
        values = dict(islice(cast("dict[str, JSONValue]", container).items(), count))
        # A key that comes again keeps its place, so that these keys are right.
        return self._overwritten.restore(cast("dict[str, JSONValue]", container), values, self._moment)


def _open_key(level: Level) -> str | int:
    container, _, key = level
    return key if isinstance(container, dict) else -1
