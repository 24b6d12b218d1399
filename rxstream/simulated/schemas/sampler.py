"""One walk over a JSON schema that writes a value for each part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, cast

from rxstream.simulated.schemas.hints import Hints
from rxstream.simulated.schemas.numbers import sample_integer, sample_number
from rxstream.simulated.schemas.strings import sample_string

__all__ = ["SchemaSampler", "sample"]

Schema = Mapping[str, Any]
# Beyond this depth optional parts are left out and the simplest branch is taken, so that recursion ends.
_SHALLOW = 4
_DEEPEST = 40
_MOST_ELEMENTS = 1_000


def sample(schema: Schema, random: Random, hints: Hints | None = None) -> Any:
    """Draw a value that satisfies ``schema``.

    Example:
        >>> sample({"type": "object", "properties": {"city": {"type": "string"}}}, Random(0), Hints.of("to Rome"))
        {'city': 'Rome'}
    """
    return SchemaSampler(schema, random, hints or Hints()).value(schema, "", 0)


class SchemaSampler:
    """Draw values for a schema and its parts; ``$ref`` is looked up in the root.

    Args:
        root: The schema that references point into.
        random: Where chance comes from.
        hints: Values to prefer.

    Example:
        >>> SchemaSampler({}, Random(0), Hints()).value({"type": ["null", "string"], "enum": ["a"]}, "unit", 0)
        'a'
    """

    def __init__(self, root: Schema, random: Random, hints: Hints) -> None:
        self._root, self._random, self._hints = root, random, hints
        self._types: dict[str, Callable[[Schema, str, int], Any]] = {
            "object": self._object,
            "array": self._array,
            "string": lambda schema, name, depth: sample_string(schema, name, random, hints),
            "integer": lambda schema, name, depth: sample_integer(schema, random, hints),
            "number": lambda schema, name, depth: sample_number(schema, random, hints),
            "boolean": lambda schema, name, depth: self._random.random() < 0.5,
            "null": lambda schema, name, depth: None,
        }

    def value(self, schema: Schema | bool, name: str, depth: int) -> Any:
        """Draw a value for one part: the parameter ``name``, ``depth`` levels below the root."""
        if depth > _DEEPEST:
            raise ValueError("expected a schema that a finite value satisfies, but its recursion has no end")
        if isinstance(schema, bool):
            return None
        schema = self._flatten(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            choices: Sequence[Any] = schema["enum"]
            return next(filter(self._hints.mentions, choices), None) or self._random.choice(choices)
        branches: Sequence[Schema] | None = schema.get("anyOf") or schema.get("oneOf")
        if branches:
            common = {key: part for key, part in schema.items() if key not in ("anyOf", "oneOf")}
            return self.value(_merged(common, self._flatten(self._branch(branches, depth))), name, depth + 1)
        return self._types[self._type_of(schema, depth)](schema, name, depth)

    def _flatten(self, schema: Schema) -> Schema:
        """Put references and ``allOf`` into one schema."""
        parts: list[Schema] = []
        rest = dict(schema)
        for _ in range(_DEEPEST):
            reference = rest.pop("$ref", None)
            if reference is None:
                break
            rest = {**self._resolve(str(reference)), **rest}
        for part in rest.pop("allOf", ()):
            parts.append(self._flatten(part))
        for part in parts:
            rest = _merged(rest, part)
        return rest

    def _resolve(self, reference: str) -> Schema:
        found: Any = self._root
        for key in reference.removeprefix("#").strip("/").split("/") if reference != "#" else ():
            key = key.replace("~1", "/").replace("~0", "~")
            found = found[int(key) if isinstance(found, list) else key]
        return cast("Schema", found)

    def _branch(self, branches: Sequence[Schema], depth: int) -> Schema:
        """Take the first branch that is not null, or deep down the one that ends soonest."""
        if depth > _SHALLOW:
            return min(branches, key=self._weight)
        return next((branch for branch in branches if branch.get("type") != "null"), branches[0])

    def _weight(self, schema: Schema) -> int:
        flat = self._flatten(schema)
        if flat.get("type") == "null":
            return 0
        simple = flat.get("type") not in ("object", "array", None) or "enum" in flat or "const" in flat
        return 1 if simple else 2 + len(flat.get("required", ()))

    def _type_of(self, schema: Schema, depth: int) -> str:
        declared = schema.get("type")
        if isinstance(declared, list):
            names = cast("list[str]", declared)
            may_end = depth > _SHALLOW and "null" in names
            return "null" if may_end else next((name for name in names if name != "null"), "null")
        if isinstance(declared, str):
            return declared
        return next((kind for key, kind in _TELLTALES.items() if key in schema), "string")

    def _object(self, schema: Schema, name: str, depth: int) -> dict[str, Any]:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        required: Sequence[str] = schema.get("required", ())
        wanted = [key for key in properties if key in required or depth < _SHALLOW]
        value = {key: self.value(properties[key], key, depth + 1) for key in wanted}
        extra: Schema | bool = schema.get("additionalProperties", True)
        for key in required:
            if key not in value:
                value[key] = self.value({"type": "string"} if isinstance(extra, bool) else extra, key, depth + 1)
        least = min(int(schema.get("minProperties", 0)), _MOST_ELEMENTS)
        while len(value) < least or (_is_map(schema) and not value and depth < _SHALLOW):
            value[f"key_{len(value) + 1}"] = self.value(
                {"type": "string"} if isinstance(extra, bool) else extra, name, depth + 1
            )
        return value

    def _array(self, schema: Schema, name: str, depth: int) -> list[Any]:
        prefix: Sequence[Schema] = schema.get("prefixItems", ())
        items: Schema | bool = schema.get("items", {"type": "string"})
        least = int(schema.get("minItems", 0))
        usual = 0 if items is False else 2 + self._random.randrange(2) if depth < _SHALLOW else 0
        length = min(max(least, len(prefix), usual), int(schema.get("maxItems", _MOST_ELEMENTS)), _MOST_ELEMENTS)
        value = [self.value(part, name, depth + 1) for part in prefix[:length]]
        element: Schema = {"type": "string"} if isinstance(items, bool) else items
        # What the prompt mentions would come again and again, so unique elements are soon drawn without it.
        without_hints = SchemaSampler(self._root, self._random, Hints())
        for attempt in range(20 * (length + 1)):
            if len(value) >= length:
                break
            drawn = (self if attempt < length else without_hints).value(element, name, depth + 1)
            if not (schema.get("uniqueItems") and drawn in value):
                value.append(drawn)
        return value


_TELLTALES = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "minProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minItems": "array",
    "minimum": "number",
    "maximum": "number",
    "multipleOf": "number",
}


def _is_map(schema: Schema) -> bool:
    return isinstance(schema.get("additionalProperties"), dict) and not schema.get("properties")


def _merged(first: Schema, second: Schema) -> dict[str, Any]:
    """Join two schemas that both must hold."""
    merged = {**first, **second}
    for key, join in _JOINS.items():
        if key in first and key in second:
            merged[key] = join(first[key], second[key])
    return merged


def _joined_properties(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    both = {key: _merged(first[key], second[key]) for key in first.keys() & second.keys()}
    return {**first, **second, **both}


_JOINS: dict[str, Callable[[Any, Any], Any]] = {
    "properties": _joined_properties,
    "required": lambda first, second: list(dict.fromkeys([*first, *second])),
    "enum": lambda first, second: [value for value in first if value in second],
    **dict.fromkeys(("minimum", "minLength", "minItems", "exclusiveMinimum", "minProperties"), max),
    **dict.fromkeys(("maximum", "maxLength", "maxItems", "exclusiveMaximum"), min),
}
