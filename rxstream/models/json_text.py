"""JSON that was read, written again as JSON."""

from __future__ import annotations

import json
import re

from rxstream.models.base import JSONObject

__all__ = ["json_text"]

_INFINITY = re.compile(r'"(?:[^"\\]++|\\.)*+"|Infinity')


def json_text(value: JSONObject, *, ensure_ascii: bool, indent: int | None = None) -> str:
    """Write an object as JSON, also where it holds numbers that are too large for a float.

    JSON has such numbers (RFC 8259, section 6); :mod:`json` reads them as infinite, and does not write that as JSON.

    Example:
        >>> json_text({"Infinity": 1e999}, ensure_ascii=True)
        '{"Infinity":1e999}'
    """
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators)
    if "Infinity" not in text:
        return text
    return _INFINITY.sub(lambda found: "1e999" if found[0] == "Infinity" else found[0], text)
