"""The JSON schema of a Python type, with an object at its root."""

from __future__ import annotations

from typing import Any, cast

from pydantic import PydanticUserError, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from rxstream.schemas.reference import resolve

__all__ = ["SchemaGenerator", "object_schema"]


class SchemaGenerator(GenerateJsonSchema):
    """Leaves out a default that JSON cannot express, without a warning: validation fills it in."""

    ignored_warning_kinds = {*GenerateJsonSchema.ignored_warning_kinds, "non-serializable-default"}


def object_schema(
    adapter: TypeAdapter[Any], what: str, generator: type[GenerateJsonSchema] = SchemaGenerator
) -> dict[str, Any]:
    """Make the JSON schema that input of a type must satisfy; references at the root are resolved.

    Args:
        adapter: The type.
        what: What the type is called in errors.
        generator: What makes the schema.

    Raises:
        TypeError: JSON cannot express the type, or it is not an object.
    """
    try:
        schema = adapter.json_schema(schema_generator=generator)
    except PydanticUserError as error:
        raise TypeError(f"expected a type that a JSON schema can express, but got {what}: {error.message}") from error
    root = schema
    seen: set[str] = set()
    while "$ref" in root and root["$ref"] not in seen:
        seen.add(root["$ref"])
        root = {**resolve(schema, root["$ref"]), **{key: value for key, value in root.items() if key != "$ref"}}
    if root.get("type") != "object":
        found = _kind(root)
        raise TypeError(
            f"expected a type whose JSON is an object, but got {what} ({found}): give it as a field of a model"
        )
    return root


def _kind(schema: dict[str, Any]) -> str:
    if "type" in schema:
        return f"its JSON is of the type {schema['type']!r}"
    branches = cast("list[Any] | None", schema.get("anyOf") or schema.get("oneOf"))
    return f"one of {len(branches)} types" if branches else "anything"
