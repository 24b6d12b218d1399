"""The base of all models: a pydantic model that keeps its JSON and validates it when first read.

A response is quoted whole in every lifecycle event, and :meth:`ResponseAccumulator.snapshot
<rxstream.accumulators.ResponseAccumulator.snapshot>` hands out one after each event. Most of them are never read, so
making one must cost nothing. :meth:`Model.lazily` therefore keeps the JSON (or a function that can make it) and leaves
the pydantic instance empty. The first look at a field, and everything in pydantic that goes through the instance's
``__dict__`` (dump, ``repr``, ``==``, copy), validates and fills it.

Servers break their own schema daily, so nothing is required and a field of the wrong shape is left out rather than
refused: :attr:`Model.mismatches` names it, and :meth:`Model.to_dict` still holds what came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

__all__ = ["JSONObject", "Lazily", "Model", "copy_json", "fit", "json_of", "object_of", "one_of"]

JSONObject = dict[str, Any]
_T = TypeVar("_T")
_M = TypeVar("_M", bound="Model")
_U = TypeVar("_U", bound="Model")


def copy_json(value: Any) -> Any:
    """Copy a JSON value, so that neither side sees what the other does to it; a model in it becomes its JSON."""
    if isinstance(value, dict):
        return {key: copy_json(child) for key, child in cast(JSONObject, value).items()}
    if isinstance(value, list):
        return [copy_json(child) for child in cast(list[Any], value)]
    return value.to_dict() if isinstance(value, Model) else value


def _own(value: Any) -> Any:
    """Copy what can be changed of a field's value: JSON, but not the models in it."""
    if isinstance(value, list):
        return [_own(child) for child in cast(list[Any], value)]
    return copy_json(value) if isinstance(value, dict) else value


def fit(validate: Callable[[JSONObject], _T], json: JSONObject) -> tuple[_T, JSONObject, tuple[str, ...]]:
    """Validate what can be validated.

    Args:
        validate: Takes a JSON object; raises ``ValidationError`` for what does not fit.
        json: The object, with none but the fields that ``validate`` knows.

    Returns:
        The validated object; the fields to be set on it as they are (text with half of a surrogate pair, which is
        legal JSON but refused by pydantic); and a line for each field that was left out.
    """
    try:
        return validate(json), {}, ()
    except ValidationError as error:
        verbatim: JSONObject = {}
        mismatches: dict[str, str] = {}
        for detail in error.errors(include_url=False, include_context=False, include_input=False):
            field = str(detail["loc"][0])
            if detail["type"] == "string_unicode" and isinstance(json[field], str):
                verbatim[field] = json[field]
            mismatches.setdefault(field, f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}")
    fitting = {key: value for key, value in json.items() if key not in mismatches}
    wrong = [line for field, line in mismatches.items() if field not in verbatim and json[field] is not None]
    return validate(fitting), verbatim, tuple(wrong)


class Model(BaseModel):
    """One JSON object of the Responses API, read-only.

    Fields that the API adds later are there as attributes too. Only ``type``, where a model has it, is sure to be set.

    Example:
        >>> from rxstream.models import ResponseUsage
        >>> usage = ResponseUsage.lazily({"input_tokens": 3, "output_tokens": "many", "new": [1]})
        >>> usage.input_tokens, usage.output_tokens, usage.new
        (3, None, [1])
        >>> usage.mismatches
        ('output_tokens: Input should be a valid integer',)
        >>> usage.to_dict()
        {'input_tokens': 3, 'output_tokens': 'many', 'new': [1]}
    """

    # defer_build: the validators of some sixty models are built when first used, not at import.
    model_config = ConfigDict(extra="allow", frozen=True, strict=True, defer_build=True, protected_namespaces=())

    __slots__ = ("_mismatches", "_origin")

    @classmethod
    def lazily(cls, origin: JSONObject | Callable[[], JSONObject]) -> Self:
        """Make an instance that validates when it is first read.

        Args:
            origin: The JSON object, which must not be changed afterwards, or a function that makes it when needed.
        """
        self = cls.__new__(cls)
        _set_origin(self, origin)
        return self

    def to_dict(self) -> JSONObject:
        """Return a copy of the JSON as it was received: unknown fields included, absent fields absent."""
        origin = self._json()
        return copy_json(self._made() if origin is None else origin)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, the JSON of which has the fields of ``update``; it shares nothing, ``deep`` or not."""
        return type(self).lazily({**self.to_dict(), **copy_json(dict(update or {}))})

    @property
    def mismatches(self) -> tuple[str, ...]:
        """A line for each field whose shape was wrong; such a field has its default value."""
        self.__dict__  # noqa: B018 # reading it is what validates
        return cast(tuple[str, ...], getattr(self, "_mismatches", ()))

    def _json(self) -> JSONObject | None:
        try:
            origin = _get_origin(self)
        except AttributeError:  # made by the constructor
            return None
        if isinstance(origin, dict):
            return cast(JSONObject, origin)
        json: JSONObject = origin()
        _set_origin(self, json)
        return json

    def _made(self) -> JSONObject:
        # The JSON of what the constructor made: what it was given, and the type where there is one.
        fields = {name: value for name, value in _get_fields(self).items() if name in self.model_fields_set}
        named = {"type": name} if (name := _get_fields(self).get("type")) else {}
        return {**named, **fields, **(self.model_extra or {})}

    def _validate(self) -> None:
        json = self._json()
        if json is None:
            return
        known = type(self).model_fields
        given = {name: value for name, value in json.items() if name in known}
        extra = {name: copy_json(value) for name, value in json.items() if name not in known}
        valid, verbatim, mismatches = fit(type(self).__pydantic_validator__.validate_python, given)
        # Copied, so that nobody who changes what he reads changes what others read; models are read-only anyway.
        _set_fields(self, {name: _own(value) for name, value in (_get_fields(valid) | verbatim).items()})
        whole = {
            "__pydantic_extra__": extra,
            "__pydantic_private__": None,
            "_mismatches": mismatches,
            "__pydantic_fields_set__": valid.model_fields_set | verbatim.keys() | extra.keys(),
        }
        for name, value in whole.items():
            object.__setattr__(self, name, value)  # the last one says that the instance is whole

    def _is_whole(self) -> bool:
        try:
            _get_fields_set(self)
        except AttributeError:
            return not _is_lazy(self)
        return True

    def _fields(self) -> JSONObject:
        if not self._is_whole():
            self._validate()
        return _get_fields(self)

    def _replace_fields(self, fields: JSONObject) -> None:
        _set_fields(self, fields)

    # pydantic reads instances through this name, in Python and in Rust; as a property it finds them validated.
    __dict__ = property(_fields, _replace_fields)  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]

    def __getattr__(self, name: str) -> Any:
        # Python comes here when a field is not in the instance, or pydantic asks for one of its own slots.
        if not self._is_whole():
            self._validate()
            return getattr(self, name)
        if name in (fields := _get_fields(self)):  # another thread validated between Python's look and this one
            return fields[name]
        return super().__getattr__(name)  # type: ignore[misc] # pydantic hides it from type checkers

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return json_of(self) == json_of(cast(Model, other))

    def __hash__(self) -> int:
        return hash((type(self), frozenset(json_of(self))))  # values may be lists; the names of the fields must do

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.to_dict())

    def __copy__(self) -> Self:
        return type(self).lazily(self.to_dict())

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return type(self).lazily(self.to_dict())


def json_of(model: Model) -> JSONObject:
    """Return a model's JSON without copying it; whoever asks must not change it."""
    json = model._json()  # pyright: ignore[reportPrivateUsage]
    return model.to_dict() if json is None else json


def _revive(cls: type[Model], json: JSONObject) -> Model:
    return cls.lazily(json)


_slot: Any = BaseModel.__dict__["__dict__"]
_get_fields: Callable[[Any], JSONObject] = _slot.__get__
_set_fields: Callable[[Any, JSONObject], None] = _slot.__set__
_get_fields_set: Callable[[Any], set[str]] = BaseModel.__dict__["__pydantic_fields_set__"].__get__
_get_origin: Callable[[Any], Any] = Model.__dict__["_origin"].__get__
_set_origin: Callable[[Any, Any], None] = Model.__dict__["_origin"].__set__


def _is_lazy(model: Model) -> bool:
    try:
        _get_origin(model)
    except AttributeError:
        return False
    return True


class Lazily:
    """Marks a field whose JSON becomes a model by ``make``, unread: ``Annotated[Usage, Lazily(make)]``."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        self._source = source
        return core_schema.no_info_plain_validator_function(self._make)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(TypeAdapter(self._source).core_schema)


def object_of(cls: type[_M]) -> Callable[[Any], _M]:
    """Return a function that wraps a JSON object as ``cls`` and refuses everything else."""

    def make(value: Any) -> _M:
        if isinstance(value, cls):
            return value
        if isinstance(value, dict):
            return cls.lazily(cast(JSONObject, value))
        raise ValueError(f"expected an object, but got {value!r:.60}")

    return make


def one_of(classes: dict[str, type[_M]], unknown: type[_U]) -> Callable[[Any], _M | _U]:
    """Return a function that wraps a JSON value as the class that its ``type`` names, or as ``unknown``."""

    def make(value: Any) -> _M | _U:
        if isinstance(value, Model):
            return cast("_M | _U", value)
        if not isinstance(value, dict):
            return unknown.lazily({"value": value})
        json = cast(JSONObject, value)
        name = json.get("type")
        known = classes.get(name) if isinstance(name, str) else None
        return unknown.lazily(json) if known is None else known.lazily(json)

    return make
