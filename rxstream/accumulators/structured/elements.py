"""The elements of a JSON array, each as soon as it is whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter

from rxstream.accumulators.structured.raw_text import RawText
from rxstream.accumulators.structured.validation import faults_of
from rxstream.errors import JSONParseError, OutputValidationError
from rxstream.json_parser import JSONPath, PartialJSONParser, Patch

__all__ = ["ArrayDocument"]

_T = TypeVar("_T")


class ArrayDocument(Generic[_T]):
    """Gives the elements of the array at ``path``.

    Args:
        path: Where the array stands in the document.
        adapter: Validates one element.
        name: What errors call the element's type.

    Example:
        >>> document = ArrayDocument(("rows",), TypeAdapter(int), "int")
        >>> [list(document.feed(piece)) for piece in ('{"rows": [1, 2', ", 3", "]}")]
        [[1], [2], [3]]
    """

    def __init__(self, path: JSONPath, adapter: TypeAdapter[_T], name: str) -> None:
        self._keys = tuple(map(str, path))
        self._adapter = adapter
        self._name = name
        self._raw = RawText()
        self._closed: list[Patch] = []
        self._is_found = False
        self._parser = PartialJSONParser(on_patch=self._note)

    @property
    def text(self) -> str:
        """The text so far."""
        return str(self._raw)

    @property
    def is_complete(self) -> bool:
        """The document is whole."""
        return self._parser.complete

    def feed(self, piece: str) -> Iterable[_T]:
        """Take a piece of the text; give the elements that it ends.

        Raises:
            OutputValidationError: The text is not JSON, there is something else than an array at the path, or an
                element does not fit.
        """
        self._raw.append(piece)
        failure: JSONParseError | None = None
        try:
            self._parser.feed(piece)
        except JSONParseError as error:
            failure = error
        yield from self._elements()
        if failure is not None:
            raise OutputValidationError("JSON", str(failure), text=self.text) from failure

    def finish(self) -> Iterable[_T]:
        """End the text."""
        try:
            self._parser.close()
        except JSONParseError:  # the text ends too soon; why, the end of the response will tell
            return ()
        return self._elements()

    def _note(self, patch: Patch) -> None:
        if patch.op == "close" and len(patch.path) <= len(self._keys) + 1:
            self._closed.append(patch)

    def _elements(self) -> Iterable[_T]:
        closed, self._closed = self._closed, []
        for patch in closed:
            path = tuple(map(str, patch.path))  # an index may be given as a string, between dots
            if path == self._keys:
                self._is_found = True
                if patch.value is not None and not isinstance(patch.value, list):
                    raise self._misfit(f"{self._where}: it is no array, but {type(patch.value).__name__}")
            elif path[:-1] == self._keys and isinstance(patch.path[-1], int):
                yield self._validated(patch)
        if self._parser.complete and not self._is_found:
            raise self._misfit(f"{self._where}: there is none")

    def _validated(self, patch: Patch) -> _T:
        try:
            return self._adapter.validate_json(self._raw.slice(patch.start, patch.end))
        except ValueError as error:
            raise self._misfit(f"{self._where}[{patch.path[-1]}]: {faults_of(error)}") from error

    @property
    def _where(self) -> str:
        return ".".join(self._keys) or "the top"

    def _misfit(self, faults: str) -> OutputValidationError:
        return OutputValidationError(self._name, faults, text=self.text)


def path_of(path: str | Iterable[str | int]) -> JSONPath:
    """Return a path given as keys and indexes, or as keys with dots between them.

    Raises:
        TypeError: It is neither.

    Example:
        >>> path_of("data.rows"), path_of(("data", 0)), path_of("")
        (('data', 'rows'), ('data', 0), ())
    """
    if isinstance(path, str):
        return tuple(path.split(".")) if path else ()
    keys = tuple(path) if isinstance(path, Iterable) else (None,)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not all(isinstance(key, (str, int)) for key in keys):
        raise TypeError(f"expected path to be keys and indexes, but got {path!r}")
    return cast(JSONPath, keys)


def name_of(kind: Any) -> str:
    """Return what errors call a type."""
    return kind.__name__ if isinstance(kind, type) else str(kind)
