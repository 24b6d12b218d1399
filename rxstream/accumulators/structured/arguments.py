"""The arguments of a call while they grow, parsed when somebody looks."""

from __future__ import annotations

from typing import NamedTuple

from rxstream.json_parser import JSONValue, PartialJSONParser

__all__ = ["ArgumentsSoFar", "GrowingArguments"]


class GrowingArguments:
    """Gathers the pieces; each is parsed once at most, and none where nobody looks.

    Example:
        >>> arguments = GrowingArguments()
        >>> arguments.append('{"city": "Pa')
        >>> before = arguments.so_far()
        >>> arguments.append('ris"}')
        >>> arguments.so_far().read(), before.read()
        ({'city': 'Paris'}, {'city': 'Pa'})
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._parser = PartialJSONParser()
        self._parsed = 0

    def append(self, piece: str) -> None:
        """Add a piece."""
        self._pieces.append(piece)

    def so_far(self) -> ArgumentsSoFar:
        """Return the arguments as they are now."""
        return ArgumentsSoFar(self, len(self._pieces))

    def value_of(self, count: int) -> JSONValue:
        """Return the value of the first ``count`` pieces.

        Raises:
            JSONParseError: They are not the beginning of JSON.
        """
        parser, begin = self._parser, self._parsed
        if count < begin:  # what was before: read late, and rarely
            parser, begin = PartialJSONParser(), 0
        else:
            self._parsed = count
        for piece in self._pieces[begin:count]:
            parser.feed(piece)
        if parser.error is not None:
            raise parser.error
        return parser.snapshot().value


class ArgumentsSoFar(NamedTuple):
    """The arguments of a call at one moment."""

    arguments: GrowingArguments
    pieces: int

    def read(self) -> JSONValue:
        """Return the value; ``None`` where none has begun.

        Raises:
            JSONParseError: It is not the beginning of JSON.
        """
        return self.arguments.value_of(self.pieces)
