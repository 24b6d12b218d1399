"""What an event stream says, by a decoder with nothing of the client's; quicker than the reference, and held to it."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["Message", "json_object", "messages"]

Message = tuple[str, str]
"""The name of an event, and its data."""

_LINE_END = re.compile("\r\n|\n|\r")


def messages(stream: bytes) -> list[Message]:
    """Decode a whole stream as WHATWG HTML 9.2.6 says; ids and times are of no interest here."""
    lines = _LINE_END.split(stream.decode("utf-8", "replace").removeprefix("\ufeff"))
    found: list[Message] = []
    name, values = "", []
    for line in lines[:-1]:  # what follows the last line end is not finished
        if not line:
            if values:
                found.append((name or "message", "\n".join(values)))
            name, values = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            values.append(value)
        elif field == "event":
            name = value
    return found


def json_object(data: str | bytes) -> dict[str, Any] | None:
    """Return the JSON object that a text is, if it is one."""
    try:
        value = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(constant)
