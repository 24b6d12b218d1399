"""JSON that the model writes: arguments of calls, and structured output."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from random import Random
from typing import Any

from rxstream.simulated.http_errors import api_error
from rxstream.simulated.schemas import Hints, sample

__all__ = ["json_text", "write_document"]


def json_text(value: object) -> str:
    """Write a value as the model does: without spaces, characters as they are.

    Example:
        >>> json_text({"city": "Zürich"})
        '{"city":"Zürich"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_document(schema: Mapping[str, Any], random: Random, hints: Hints, *, param: str, code: str) -> str:
    """Write a document that satisfies ``schema``.

    Raises:
        SimulatedHTTPError: With status 400, naming ``param``, if the schema cannot be read.
    """
    try:
        return json_text(sample(schema, random, hints))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, re.error) as error:
        raise api_error(400, f"Invalid schema: {error}", param=param, code=code) from error
