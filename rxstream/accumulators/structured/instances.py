"""Instances of pydantic models of which nothing is validated."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from pydantic import BaseModel
from pydantic.fields import ModelPrivateAttr
from pydantic_core import PydanticUndefined

__all__ = ["instance_of"]

_M = TypeVar("_M", bound=BaseModel)


def instance_of(model: type[_M], fields: dict[str, Any], extra: dict[str, Any]) -> _M:
    """Make an instance that has these fields, and no others.

    Example:
        >>> class City(BaseModel):
        ...     name: str
        ...     people: int = 0
        >>> instance_of(City, {"name": "Paris"}, {})
        City(name='Paris')
    """
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
