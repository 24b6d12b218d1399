"""What a pydantic model says of the values inside it, before they are whole."""

from __future__ import annotations

import collections.abc
import json
import types
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo

from rxstream.accumulators.structured.instances import instance_of
from rxstream.accumulators.structured.parts import only_tells, part_adapter, sees_input_first

__all__ = ["ArrayShape", "MapShape", "ModelShape", "Shape", "shape_of"]


class Shape:
    """What is known of a value: here, nothing but the type that it is to have when it is whole.

    Args:
        annotation: The type.
        config: The configuration of the model that the value belongs to.
    """

    def __init__(self, annotation: Any, config: ConfigDict) -> None:
        self._annotation = annotation
        self._config = config

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Validates the value when it is whole."""
        return part_adapter(self._annotation, self._config)

    def of(self, value: object) -> Shape:
        """Return this, or the shape of anything where the value is a list or dict that cannot have this one."""
        return self if self._container is None or isinstance(value, self._container) else _ANY

    def child(self, key: str | int) -> Shape:
        """Return the shape of the value under a key or at an index."""
        return _ANY

    def needs(self, key: str | int) -> bool:
        """Say whether the whole cannot fit where the value under a key does not."""
        return False

    _container: type | None = None


class _UniformShape(Shape):
    def __init__(self, annotation: Any, element: Shape, config: ConfigDict) -> None:
        super().__init__(annotation, config)
        self._element = element

    def child(self, key: str | int) -> Shape:
        """Return the shape of an element."""
        return self._element

    def needs(self, key: str | int) -> bool:
        """Say that every element has to fit."""
        return True


class ArrayShape(_UniformShape):
    """A list whose elements are of one type."""

    _container = list


class MapShape(_UniformShape):
    """A dict whose values are of one type, and whose keys may be of one too."""

    _container = dict

    def with_keys(self, values: dict[str, Any]) -> dict[Any, Any]:
        """Return a dict that is whole with its keys as their type wants them; as they came, where they do not fit."""
        if get_args(_bare(self._annotation)[0])[0] in (str, Any):
            return values
        places = {key: place for place, key in enumerate(values)}
        try:
            keys: dict[Any, int] = self._keys.validate_json(json.dumps(places))
        except ValueError:
            return values
        elements = list(values.values())
        return {key: elements[place] for key, place in keys.items()}

    @cached_property
    def _keys(self) -> TypeAdapter[Any]:
        return part_adapter(dict[get_args(_bare(self._annotation)[0])[0], int], self._config)


class ModelShape(Shape):
    """An object that becomes an instance of a model.

    Attributes:
        model: The model.
    """

    _container = dict

    def __init__(self, model: type[BaseModel], models: _Models) -> None:
        super().__init__(model, ConfigDict())
        self.model = model
        self._models = models
        self._shapes: dict[str, Shape] = {}

    def needs(self, key: str | int) -> bool:
        """Say whether the whole cannot fit where the value under a key does not.

        A validator of the model's own may mend it, and a field that has several keys may take the value of another.
        """
        name = self.field(cast(str, key))
        return not self._sees_input_first and sum(found == name for found, _ in self._fields.values()) == 1

    @cached_property
    def _sees_input_first(self) -> bool:
        return sees_input_first(self.model)

    @cached_property
    def _fields(self) -> dict[str, tuple[str, FieldInfo]]:
        fields: dict[str, tuple[str, FieldInfo]] = {}
        config = self.model.model_config
        by_name = config.get("populate_by_name") or config.get("validate_by_name")
        by_alias = config.get("validate_by_alias", True)
        if not self.model.__pydantic_complete__:  # it names models that were defined after it
            self.model.model_rebuild(raise_errors=False)
        for name, field in self.model.model_fields.items():
            alias = field.validation_alias or field.alias
            if alias and by_alias:
                fields |= dict.fromkeys(_keys(alias), (name, field))
            if by_name or not alias:
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
            shape = _ANY if found is None else _field_shape(found[1], self._models, self.model.model_config)
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
        return instance_of(self.model, fields, extra)


def _keys(alias: Any) -> list[str]:
    if isinstance(alias, str):
        return [alias]
    choices = getattr(alias, "choices", None)  # of AliasChoices; an AliasPath leads elsewhere
    return [choice for choice in choices or () if isinstance(choice, str)]


def _field_shape(field: FieldInfo, models: _Models, config: ConfigDict) -> Shape:
    if field.discriminator is not None:
        return Shape(Annotated[field.annotation, field], config)
    annotation = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return shape_of(annotation, models, config)


def shape_of(annotation: Any, models: _Models | None = None, config: ConfigDict | None = None) -> Shape:
    """Return what is known of values of a type.

    Args:
        annotation: The type.
        models: The models that are known already; one model has one shape, also where it holds itself.
        config: The configuration of the model that the values belong to; none by default.

    Example:
        >>> class City(BaseModel):
        ...     name: str
        >>> type(shape_of(list[City])).__name__, type(shape_of(City | None)).__name__, type(shape_of(int)).__name__
        ('ArrayShape', 'ModelShape', 'Shape')
    """
    models = {} if models is None else models
    config = ConfigDict() if config is None else config
    bare, is_plain = _bare(annotation)
    origin, arguments = get_origin(bare), get_args(bare)
    if is_plain and isinstance(bare, type) and issubclass(bare, BaseModel) and not bare.__pydantic_root_model__:
        if bare not in models:
            models[bare] = ModelShape(bare, models)
        return models[bare]
    if is_plain and origin in (list, collections.abc.Sequence) and len(arguments) == 1:
        return ArrayShape(annotation, shape_of(arguments[0], models, config), config)
    if is_plain and origin in (dict, collections.abc.Mapping) and len(arguments) == 2:
        return MapShape(annotation, shape_of(arguments[1], models, config), config)
    return Shape(annotation, config)


def _bare(annotation: Any) -> tuple[Any, bool]:
    """Take ``Annotated`` and ``None`` away; say whether nothing stands there that changes how the rest is validated."""
    is_plain = True
    while True:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            is_plain = is_plain and all(map(only_tells, arguments[1:]))
            annotation = arguments[0]
            continue
        others = [one for one in arguments if one is not types.NoneType]
        if origin in (Union, types.UnionType) and len(others) == 1:
            annotation = others[0]
            continue
        return annotation, is_plain


_Models = dict[type[BaseModel], ModelShape]

_ANY = Shape(Any, ConfigDict())
