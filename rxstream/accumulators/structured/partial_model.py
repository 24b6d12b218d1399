"""Instances of a pydantic model while their JSON grows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel

from rxstream.accumulators.growing_text import GrowingText
from rxstream.accumulators.structured.raw_text import RawText
from rxstream.accumulators.structured.shapes import MapShape, ModelShape, Shape, shape_of
from rxstream.accumulators.structured.validation import faults_of
from rxstream.errors import JSONParseError, OutputValidationError
from rxstream.json_parser import PartialJSONParser, Patch

__all__ = ["ModelDocument"]

_M = TypeVar("_M", bound=BaseModel)

# An instance copies what is open. Each character that comes pays for so many values or, in strings, 64 times as many
# characters; where that is not enough, for very long lists, instances come less often: the whole stays linear.
_COPIES = 8
_CREDIT = 4096
_CHARACTERS = 64

_DEEPEST = 201
"""As deep as pydantic reads JSON."""


class _Level:
    """A list or object that is open.

    Attributes:
        shape: What is known of it.
        values: Its values so far; those that are whole are as the model wants them.
        key: The key or index of the value that is open.
    """

    __slots__ = ("key", "shape", "values")

    def __init__(self, shape: Shape, values: Any) -> None:
        self.shape = shape
        self.values = values
        self.key: Any = None

    def put(self, key: Any, value: Any) -> None:
        if key == len(self.values) and isinstance(key, int):
            self.values.append(value)
        else:
            self.values[key] = value

    def shown(self, *, has_open: bool, open_value: Any) -> Any:
        """Return what to show of it, with the value that is open: a copy."""
        copied = _Level(self.shape, self.values.copy())
        if has_open:
            copied.put(self.key, open_value)
        return self.shape.partial(copied.values) if isinstance(self.shape, ModelShape) else copied.values


class ModelDocument(Generic[_M]):
    """Gives the instance that one text describes, each time it grows.

    Args:
        model: The model.

    Example:
        >>> class City(BaseModel):
        ...     name: str
        ...     people: int
        >>> document = ModelDocument(City)
        >>> [one for piece in ('{"name": "Par', 'is", "people"', ": 2}") for one in document.feed(piece)]
        [City(name='Par'), City(name='Paris'), City(name='Paris', people=2)]
    """

    def __init__(self, model: type[_M]) -> None:
        self._model = model
        self._shape = shape_of(model)
        self._raw = RawText()
        self._parser = PartialJSONParser(max_depth=_DEEPEST, on_patch=self._take)
        self._levels: list[_Level] = []
        self._string: GrowingText | None = None  # the one that is open
        self._length = 0  # of that
        self._told = 0
        self._credit = _CREDIT
        self.is_complete = False

    @property
    def text(self) -> str:
        """The text so far."""
        return str(self._raw)

    def feed(self, piece: str) -> Iterable[_M]:
        """Take a piece of the text.

        Raises:
            OutputValidationError: The text is not JSON, or does not fit the model.
        """
        self._raw.append(piece)
        self._credit += _COPIES * len(piece)
        try:
            self._parser.feed(piece)
        except JSONParseError as error:
            raise OutputValidationError(self._model.__name__, str(error), text=self.text) from error
        return self._shown()

    def finish(self) -> Iterable[_M]:
        """End the text."""
        try:
            self._parser.close()
        except JSONParseError:  # the text ends too soon; why, the end of the response will tell
            return ()
        return self._shown()

    def _shown(self) -> Iterable[_M]:
        if self._parser.complete:
            return () if self.is_complete else (self._whole(),)
        changes = self._parser.changes
        if changes == self._told or not self._levels or not isinstance(self._levels[0].shape, ModelShape):
            return ()
        cost = sum(len(level.values) for level in self._levels) + self._length // _CHARACTERS
        if cost > self._credit:
            return ()
        self._credit -= cost
        self._told = changes
        return (self._partial(),)

    def _whole(self) -> _M:
        try:
            instance = self._model.model_validate_json(self.text)
        except ValueError as error:
            raise OutputValidationError(self._model.__name__, faults_of(error), text=self.text) from error
        self.is_complete = True
        return instance

    def _partial(self) -> _M:
        has_open = self._string is not None
        open_value: Any = None if self._string is None else self._string.read()
        shown: Any = None
        for level in reversed(self._levels):
            shown = level.shown(has_open=has_open, open_value=open_value)
            open_value, has_open = shown, True
        return cast(_M, shown)

    def _take(self, patch: Patch) -> None:
        if patch.op == "append":
            if self._string is not None:
                self._string.append(patch.value)
                self._length += len(patch.value)
        elif patch.op == "add":
            self._begin(patch)
        else:
            self._end(patch)

    def _begin(self, patch: Patch) -> None:
        if self._levels:
            self._levels[-1].key = patch.path[-1]
        if _is_open(patch.value):
            shape = self._shape_at(patch)
            self._levels.append(_Level(shape.of(patch.value), patch.value))
        elif isinstance(patch.value, str):
            self._string = GrowingText(patch.value)
            self._length = len(patch.value)

    def _end(self, patch: Patch) -> None:
        self._string = None
        self._length = 0
        level = (
            self._levels.pop() if isinstance(patch.value, (list, dict)) else _Level(self._shape_at(patch), patch.value)
        )
        if self._levels:
            self._levels[-1].put(patch.path[-1], self._closed(level.shape, level.values, patch))

    def _shape_at(self, patch: Patch) -> Shape:
        return self._levels[-1].shape.child(patch.path[-1]) if self._levels else self._shape

    def _closed(self, shape: Shape, value: Any, patch: Patch) -> Any:
        """Return a value that is whole as its type wants it; as it came, where it may fit only together with others."""
        if isinstance(shape, MapShape) and isinstance(value, dict):
            return shape.with_keys(cast("dict[str, Any]", value))
        if type(shape) is not Shape and not isinstance(shape, ModelShape):
            return value
        try:
            return shape.adapter.validate_json(self._raw.slice(patch.start, patch.end))
        except Exception as error:  # what validators raise at input that another one would have mended
            is_needed = isinstance(shape, ModelShape) and patch.value is not None
            if not is_needed or not all(level.shape.needs(level.key) for level in self._levels):
                return value
            if not isinstance(error, ValueError):
                raise
            where = ".".join(map(str, patch.path))
            raise OutputValidationError(self._model.__name__, f"{where}: {faults_of(error)}", text=self.text) from error


def _is_open(value: object) -> bool:
    """Say whether a value is a list or dict, which has a level of its own while it is open."""
    return isinstance(value, (list, dict))
