"""What a pydantic model says of the values inside it, before they are whole."""

from __future__ import annotations

import collections.abc
import types
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, PlainValidator, RootModel, TypeAdapter, WrapValidator
from pydantic.fields import FieldInfo, ModelPrivateAttr
from pydantic_core import PydanticUndefined

__all__ = ["ArrayShape", "MapShape", "ModelShape", "Shape", "shape_of"]

_M = TypeVar("_M", bound=BaseModel)


class Shape:
    """What is known of a value: here, nothing but the type that it is to have when it is whole.

    Args:
        annotation: The type.
    """

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Validates the value when it is whole."""
        return TypeAdapter(self._annotation)

    def of(self, value: object) -> Shape:
        """Return this, or the shape of anything where the value is a list or dict that cannot have this one."""
        return self if self._container is None or isinstance(value, self._container) else _ANY

    def child(self, key: str | int) -> Shape:
        """Return the shape of the value under a key or at an index."""
        return _ANY

    _container: type | None = None


class _UniformShape(Shape):
    def __init__(self, annotation: Any, element: Shape) -> None:
        super().__init__(annotation)
        self._element = element

    def child(self, key: str | int) -> Shape:
        """Return the shape of an element."""
        return self._element


class ArrayShape(_UniformShape):
    """A list whose elements are of one type."""

    _container = list


class MapShape(_UniformShape):
    """A dict whose values are of one type."""

    _container = dict


class ModelShape(Shape):
    """An object that becomes an instance of a model.

    Attributes:
        model: The model.
    """

    _container = dict

    def __init__(self, model: type[BaseModel], models: _Models) -> None:
        super().__init__(model)
        self.model = model
        self._models = models
        self._shapes: dict[str, Shape] = {}

    @cached_property
    def is_strict_about_parts(self) -> bool:
        """A part that does not fit makes the whole not fit: no validator of the model's own sees the input before."""
        decorators = self.model.__pydantic_decorators__
        validators = [*decorators.field_validators.values(), *decorators.model_validators.values()]
        return all(validator.info.mode == "after" for validator in validators)

    @cached_property
    def _fields(self) -> dict[str, tuple[str, FieldInfo]]:
        fields: dict[str, tuple[str, FieldInfo]] = {}
        by_name = self.model.model_config.get("populate_by_name") or self.model.model_config.get("validate_by_name")
        for name, field in self.model.model_fields.items():
            alias = field.validation_alias or field.alias
            for key in _keys(alias) if alias else [name]:
                fields[key] = name, field
            if by_name:
                fields[name] = name, field
        return fields

    def field(self, key: str) -> str | None:
        """Return the name of the field that a key of the JSON is for."""
        found = self._fields.get(key)
        return None if found is None else found[0]

    def child(self, key: str | int) -> Shape:
        """Return the shape of a field's value."""
        shape = self._shapes.get(cast(str, key))
        if shape is None:
            found = self._fields.get(cast(str, key))
            shape = _ANY if found is None else _field_shape(found[1], self._models)
            if found is not None:
                self._shapes[cast(str, key)] = shape
        return shape

    def partial(self, values: Mapping[str, Any]) -> BaseModel:
        """Return an instance that has the fields that are there, and no others; nothing is validated."""
        fields: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for key, value in values.items():
            name = self.field(key)
            if name is not None:
                fields[name] = value
            elif self.model.model_config.get("extra") == "allow":
                extra[key] = value
        return _instance(self.model, fields, extra)


def _instance(model: type[_M], fields: dict[str, Any], extra: dict[str, Any]) -> _M:
    instance = model.__new__(model)
    object.__setattr__(instance, "__dict__", fields)
    object.__setattr__(instance, "__pydantic_fields_set__", set(fields) | set(extra))
    object.__setattr__(instance, "__pydantic_extra__", extra if model.model_config.get("extra") == "allow" else None)
    object.__setattr__(instance, "__pydantic_private__", _private(model))
    return instance


def _private(model: type[BaseModel]) -> dict[str, Any] | None:
    defaults = {name: _default(attribute) for name, attribute in model.__private_attributes__.items()}
    known = {name: default for name, default in defaults.items() if default is not PydanticUndefined}
    return known if defaults else None


def _default(attribute: ModelPrivateAttr) -> Any:
    factory = cast(Any, attribute.default_factory)
    if factory is None:
        return attribute.get_default()
    needs_the_fields = getattr(attribute, "default_factory_takes_validated_data", False)
    return PydanticUndefined if needs_the_fields else factory()


def _keys(alias: Any) -> list[str]:
    if isinstance(alias, str):
        return [alias]
    choices = getattr(alias, "choices", None)  # of AliasChoices; an AliasPath leads elsewhere
    return [choice for choice in choices or () if isinstance(choice, str)]


def _field_shape(field: FieldInfo, models: _Models) -> Shape:
    if field.discriminator is not None:
        return Shape(Annotated[field.annotation, field])
    return shape_of(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation, models)


def shape_of(annotation: Any, models: _Models | None = None) -> Shape:
    """Return what is known of values of a type.

    Args:
        annotation: The type.
        models: The models that are known already; one model has one shape, also where it holds itself.

    Example:
        >>> class City(BaseModel):
        ...     name: str
        >>> type(shape_of(list[City])).__name__, type(shape_of(City | None)).__name__, type(shape_of(int)).__name__
        ('ArrayShape', 'ModelShape', 'Shape')
    """
    models = {} if models is None else models
    bare, is_plain = _bare(annotation)
    origin, arguments = get_origin(bare), get_args(bare)
    if is_plain and isinstance(bare, type) and issubclass(bare, BaseModel) and not issubclass(bare, RootModel):
        if bare not in models:
            models[bare] = ModelShape(bare, models)
        return models[bare]
    if is_plain and origin in (list, collections.abc.Sequence) and len(arguments) == 1:
        return ArrayShape(annotation, shape_of(arguments[0], models))
    if is_plain and origin in (dict, collections.abc.Mapping) and len(arguments) == 2:
        return MapShape(annotation, shape_of(arguments[1], models))
    return Shape(annotation)


def _bare(annotation: Any) -> tuple[Any, bool]:
    """Take ``Annotated`` and ``None`` away; say whether no validator of the application's stands there."""
    is_plain = True
    while True:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            validators = (BeforeValidator, WrapValidator, PlainValidator, AfterValidator)
            is_plain = is_plain and not any(isinstance(one, validators) for one in arguments[1:])
            annotation = arguments[0]
            continue
        others = [one for one in arguments if one is not types.NoneType]
        if origin in (Union, types.UnionType) and len(others) == 1:
            annotation = others[0]
            continue
        return annotation, is_plain


_Models = dict[type[BaseModel], ModelShape]

_ANY = Shape(Any)
