"""Examples that broke a law, kept apart for each operator, so that the next run tries them first."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import settings
from hypothesis.database import ExampleDatabase

__all__ = ["shelf_for"]


def shelf_for(operator_factory: Callable[..., Any]) -> dict[str, ExampleDatabase]:
    """Return, as a setting, the database of the settings that hold here; none where they have none.

    All operators are tried by one function, and Hypothesis throws away what does not fail any more at that function:
    without a shelf of its own, each operator would clear away the examples of the others.
    """
    database: ExampleDatabase | None = settings().database
    return {} if database is None else {"database": _Shelf(database, _label(operator_factory))}


def _label(operator_factory: Callable[..., Any]) -> bytes:
    names = [str(getattr(operator_factory, name, "")) for name in ("__module__", "__qualname__")]
    try:
        names.append(inspect.getsource(operator_factory))  # all lambdas have one name
    except (OSError, TypeError):
        names.append(type(operator_factory).__qualname__)
    return hashlib.sha256("\n".join(names).encode()).digest()


class _Shelf(ExampleDatabase):
    def __init__(self, database: ExampleDatabase, label: bytes) -> None:
        super().__init__()
        self._database = database
        self._label = label

    def save(self, key: bytes, value: bytes) -> None:
        self._database.save(self._label + key, value)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        return self._database.fetch(self._label + key)

    def delete(self, key: bytes, value: bytes) -> None:
        self._database.delete(self._label + key, value)
