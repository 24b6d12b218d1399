"""JSON schemas as the API's strict mode wants them.

https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import NoneType
from typing import Any, NoReturn, cast

from rxstream.schemas.reference import resolve

__all__ = ["strict_schema"]

JSONObject = dict[str, Any]

_PREFIX = "#/$defs/"
_KEPT = (
    *("type", "title", "description", "enum", "const", "format", "pattern", "multipleOf"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems"),
)
_DROPPED = (
    *("default", "discriminator", "deprecated", "readOnly", "writeOnly", "additionalProperties", "required"),
    *("$defs", "$schema", "$id", "$comment"),
)
_REFUSED = (
    *("allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"),
    *("patternProperties", "unevaluatedProperties"),
)
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
# The API refuses patterns that look ahead or behind, such as pydantic's own of a Decimal.
_LOOKAROUND = re.compile(r"(?<!\\)(?:\\\\)*\(\?<?[=!]")
_JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", NoneType: "null"}


def strict_schema(schema: Mapping[str, Any]) -> JSONObject:
    """Rewrite a JSON schema for the strict mode.

    Every object takes its own properties only, and all of them are required: the model writes fields with a default
    too. ``oneOf`` becomes ``anyOf``, a reference with siblings is replaced by what it refers to, defaults are left out.
    What limits a value by a keyword that the API refuses (``minLength``, ``uniqueItems``, an unknown ``format``, a
    ``pattern`` that looks around …) moves into the description, so that the model knows of it. How large a schema may
    be is not checked.

    Raises:
        TypeError: The schema asks for what the strict mode cannot express: objects with free keys, anything at all,
            tuples of different types, several schemas at once.

    Example:
        >>> strict_schema({"type": "object", "properties": {"city": {"type": "string", "minLength": 1}}})
        {'type': 'object', 'properties': {'city': {'type': 'string', 'description': 'minLength: 1'}},
         'required': ['city'], 'additionalProperties': False}
    """
    return _Strict(schema).rewrite()


class _Strict:
    """One walk over a schema. Definitions come along as they are referred to."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._definitions: JSONObject = {}

    def rewrite(self) -> JSONObject:
        rewritten = self._part(self._root, (), ())
        return {**rewritten, "$defs": self._definitions} if self._definitions else rewritten

    def _part(self, schema: Any, path: tuple[str, ...], inlined: tuple[str, ...]) -> JSONObject:
        """Rewrite the schema at ``path``, which stands inside of what replaced the references ``inlined``."""
        if not isinstance(schema, Mapping):
            _refuse("anything at all", path)
        part = _single(cast("Mapping[str, Any]", schema))
        reference = part.get("$ref")
        if isinstance(reference, str):
            rest = {key: value for key, value in part.items() if key != "$ref" and key not in _DROPPED}
            if not rest:
                return self._reference(reference, path)
            if reference in inlined:  # a recursion: this would never end
                return self._part({"anyOf": [{"$ref": reference}], **rest}, path, inlined)
            return self._part({**resolve(self._root, reference), **rest}, path, (*inlined, reference))
        for key in _REFUSED:
            if key in part:
                _refuse(f"{key!r}", path)
        if part.get("type") == "object" or "properties" in part:
            return self._object(part, path, inlined)
        if part.get("type") == "array":
            return self._array(part, path, inlined)
        branches = part.get("anyOf") or part.get("oneOf")
        if branches:
            rewritten = [self._part(branch, (*path, f"anyOf[{i}]"), inlined) for i, branch in enumerate(branches)]
            return {**_plain(part, ("anyOf", "oneOf")), "anyOf": rewritten}
        if "type" not in part:
            part["type"] = _type_of(part) or _refuse("anything at all", path)
        return _plain(part)

    def _reference(self, reference: str, path: tuple[str, ...]) -> JSONObject:
        name = reference.removeprefix(_PREFIX)
        if name == reference:
            _refuse(f"a reference to {reference!r}", path)
        if name not in self._definitions:
            self._definitions[name] = {}  # it may refer to itself
            self._definitions[name] = self._part(resolve(self._root, reference), path, (reference,))
        return {"$ref": reference}

    def _object(self, part: JSONObject, path: tuple[str, ...], inlined: tuple[str, ...]) -> JSONObject:
        properties = cast("dict[str, Any]", part.get("properties") or {})
        if not properties and part.get("additionalProperties", False) is not False:
            _refuse("an object with free keys (dict[str, …])", path, "; a list of pairs would do")
        return {
            **_plain(part, ("properties",)),
            "properties": {key: self._part(value, (*path, key), inlined) for key, value in properties.items()},
            "required": list(properties),
            "additionalProperties": False,
        }

    def _array(self, part: JSONObject, path: tuple[str, ...], inlined: tuple[str, ...]) -> JSONObject:
        places = cast("list[Any]", part.get("prefixItems") or [])
        if any(place != places[0] for place in places):
            _refuse("a tuple of different types", path, "; a model would do")
        items = places[0] if places else part.get("items", {})
        return {
            **_plain(part, ("prefixItems", "items")),
            "items": self._part(items, (*path, "[]"), inlined),
        }


def _single(part: Mapping[str, Any]) -> JSONObject:
    """Put the one schema of an ``allOf`` in its place."""
    every = part.get("allOf")
    if not isinstance(every, list) or len(cast("list[Any]", every)) != 1:
        return dict(part)
    rest = {key: value for key, value in part.items() if key != "allOf"}
    return _single({**cast("list[JSONObject]", every)[0], **rest})


def _type_of(part: Mapping[str, Any]) -> str | list[str] | None:
    """Say of which types the values of an ``enum`` are, where pydantic does not."""
    values = cast("list[Any]", part["enum"] if "enum" in part else [part["const"]] if "const" in part else [])
    types = list(dict.fromkeys(_JSON_TYPES[kind] for kind in map(type, values) if kind in _JSON_TYPES))
    return types[0] if len(types) == 1 else types or None


def _plain(part: Mapping[str, Any], handled: tuple[str, ...] = ()) -> JSONObject:
    """Take over what the API knows; let the description tell the rest."""
    kept: JSONObject = {}
    told: list[str] = []
    for key, value in part.items():
        if key in handled or key in _DROPPED:
            continue
        if key in _KEPT and _is_supported(key, value):
            kept[key] = value
        else:
            told.append(f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    if told:
        limits = ", ".join(told)
        kept["description"] = f"{kept['description']} ({limits})" if kept.get("description") else limits
    return kept


def _is_supported(key: str, value: Any) -> bool:
    if key == "format":
        return value in _FORMATS
    return key != "pattern" or not _LOOKAROUND.search(str(value))


def _refuse(found: str, path: tuple[str, ...], instead: str = "") -> NoReturn:
    where = ".".join(path).replace(".[", "[").replace(".anyOf[", "|[") or "the root"
    raise TypeError(
        f"expected types that the API's strict mode can express, but got {found} at {where}{instead} "
        "(strict=False sends the schema as it is)"
    )
