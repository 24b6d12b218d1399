"""What pydantic makes of a type, with errors that say which type it was."""

from __future__ import annotations

from typing import Any

from pydantic import PydanticUndefinedAnnotation, PydanticUserError, TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError

__all__ = ["adapter_of"]


def adapter_of(type_: Any) -> TypeAdapter[Any]:
    """Make the adapter of a type; one that is given is given back.

    Raises:
        TypeError: pydantic can make nothing of the type.
    """
    if isinstance(type_, TypeAdapter):
        return type_  # pyright: ignore[reportUnknownVariableType]
    try:
        return TypeAdapter(type_)
    except (PydanticSchemaGenerationError, PydanticUserError, PydanticUndefinedAnnotation) as error:
        name = getattr(type_, "__name__", repr(type_))
        raise TypeError(f"expected a type that pydantic can validate, but got {name}: {error.message}") from error
