"""How the parts of a pydantic model are validated without the rest."""

from __future__ import annotations

from typing import Any, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainSerializer,
    PydanticUndefinedAnnotation,
    PydanticUserError,
    SerializeAsAny,
    Tag,
    TypeAdapter,
    WithJsonSchema,
    WrapSerializer,
)
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import SchemaError

__all__ = ["only_tells", "part_adapter", "sees_input_first"]

_TELLING: tuple[Any, ...] = (PlainSerializer, WrapSerializer, SerializeAsAny, SkipJsonSchema, Tag, WithJsonSchema)


def only_tells(metadata: Any) -> bool:
    """Say whether what stands in ``Annotated`` leaves it to the type what fits.

    Constraints do, for the type has to fit as well. Validators, ``Json``, ``OnErrorOmit`` and other metadata that make
    a schema of their own do not.

    Example:
        >>> from pydantic import BeforeValidator, Field
        >>> only_tells(Field(max_length=3)), only_tells(BeforeValidator(str.strip))
        (True, False)
    """
    return isinstance(metadata, _TELLING) or not hasattr(metadata, "__get_pydantic_core_schema__")


def sees_input_first(model: type[BaseModel]) -> bool:
    """Say whether something of a model's own sees its input before the fields do, and may change it."""
    decorators = model.__pydantic_decorators__
    validators = (
        *decorators.field_validators.values(),
        *decorators.model_validators.values(),
        *decorators.validators.values(),
        *decorators.root_validators.values(),
    )
    own: Any = model.__get_pydantic_core_schema__
    return (
        any(validator.info.mode != "after" for validator in validators)
        or model.__pydantic_custom_init__
        or own.__func__ is not cast(Any, BaseModel.__get_pydantic_core_schema__).__func__
    )


def part_adapter(annotation: Any, config: ConfigDict) -> TypeAdapter[Any]:
    """Make what validates a value as it would be in a model.

    Args:
        annotation: The type of the value. Where it cannot be validated without the rest, anything fits.
        config: The configuration of the model.

    Example:
        >>> part_adapter(list[str], ConfigDict(str_to_lower=True)).validate_json('["A"]')
        ['a']
    """
    config = {**config, "defer_build": False}
    for kind, given in ((annotation, config), (annotation, None)):  # a type with a configuration takes no other
        try:
            return TypeAdapter(kind, config=given)
        except (PydanticUserError, PydanticUndefinedAnnotation, SchemaError):
            continue
    return TypeAdapter(Any)
