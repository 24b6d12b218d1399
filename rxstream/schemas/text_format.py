"""The ``text.format`` of a request."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from rxstream.schemas.adapter import adapter_of
from rxstream.schemas.names import check_name, name_from
from rxstream.schemas.root import object_schema
from rxstream.schemas.strict import strict_schema

__all__ = ["text_format"]


def text_format(
    model: type[Any] | TypeAdapter[Any], *, name: str | None = None, description: str | None = None, strict: bool = True
) -> dict[str, Any]:
    """Make the ``text.format`` of a request out of a pydantic model, so that the answer is JSON of its shape.

    It goes into a request as ``text={"format": rxs.text_format(City)}``.

    In strict mode the server enforces the schema. All fields are required there, those with a default too: give a field
    that may be missing as ``T | None``. Limits that the API has no keyword for, such as ``min_length``, are told to the
    model in the field's description; validation of the answer decides. A name that is made of the type's own keeps what
    the API takes: ``Box[int]`` becomes ``Box_int``.

    Args:
        model: A pydantic model, dataclass or ``TypedDict``, or a ``TypeAdapter`` of one.
        name: What the format is called, of at most 64 letters, digits, ``_`` and ``-``; the type's name by default.
        description: What the format is for; left out by default. The type's docstring is in the schema in any case.
        strict: ``False`` sends the schema as pydantic makes it, and the server enforces nothing.

    Returns:
        A new ``dict`` for each call.

    Raises:
        TypeError: The type's JSON is not an object, or strict mode cannot express it: ``dict[str, …]``, ``Any``, tuples
            of different types.
        ValueError: The API would not take the name.

    Example:
        >>> from pydantic import BaseModel
        >>> class City(BaseModel):
        ...     name: str
        ...     population: int | None = None
        >>> made = text_format(City)
        >>> made["type"], made["name"], made["strict"], made["schema"]["required"]
        ('json_schema', 'City', True, ['name', 'population'])
    """
    adapter = adapter_of(model)
    what = getattr(model, "__name__", repr(model))
    schema = object_schema(adapter, what)
    if name is None:
        name = name_from(str(schema.get("title") or what) if isinstance(model, TypeAdapter) else what) or "output"
    made: dict[str, Any] = {
        "type": "json_schema",
        "name": check_name(name),
        "schema": strict_schema(schema) if strict else schema,
        "strict": strict,
    }
    return made if description is None else {**made, "description": description}
