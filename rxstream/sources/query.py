"""The query of a URL, as OpenAI's SDK writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlencode

__all__ = ["query_string"]


def query_string(query: Mapping[str, Any]) -> str:
    """Write parameters: truth values in lower case, lists as ``name[]``, mappings as ``name[key]``; no ``None``.

    Example:
        >>> query_string({"include": ["a", "b"], "stream": True, "after": None, "filter": {"kind": 1}})
        'include%5B%5D=a&include%5B%5D=b&stream=true&filter%5Bkind%5D=1'
    """
    return urlencode([pair for name, value in query.items() for pair in _pairs(name, value)])


def _pairs(name: str, value: object) -> Iterator[tuple[str, str | bytes]]:
    if value is None:
        return
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[Any, Any]", value).items():
            yield from _pairs(f"{name}[{key}]", inner)
    elif isinstance(value, (list, tuple)):
        for inner in cast("list[Any]", value):
            yield from _pairs(f"{name}[]", inner)
    else:
        yield name, _text(value)


def _text(value: object) -> str | bytes:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, bytes) else str(value)
