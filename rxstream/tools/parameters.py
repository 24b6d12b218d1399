"""What parameters look like to the model, and how what it writes is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from types import FrameType, NoneType, UnionType
from typing import Annotated, Any, NoReturn, NotRequired, Union, cast, get_args, get_origin

from pydantic import ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError, to_jsonable_python
from typing_extensions import TypedDict

from rxstream.errors import ArgumentsError
from rxstream.schemas import SchemaGenerator, adapter_of, object_schema, strict_schema
from rxstream.tools.signatures import Parameter, parameters_of

__all__ = ["ToolParameters"]

_MOST_FAULTS = 10


class ToolParameters:
    """The parameters of one function.

    Args:
        name: The name of the tool.
        function: The function.
        caller: Where the tool is made.
        descriptions: What the docstring says of each parameter.
        strict: Whether the server enforces the schema.

    Attributes:
        schema: Their JSON schema.

    Raises:
        TypeError: A parameter cannot be given by name, or pydantic, JSON or the strict mode cannot express its type.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        *,
        caller: FrameType | None,
        descriptions: dict[str, str],
        strict: bool,
    ) -> None:
        self._name = name
        self._strict = strict
        try:
            parameters = parameters_of(function, caller)
            # In strict mode the model has to write every parameter: null stands for the default.
            self._null_is_default = {
                p.name for p in parameters if strict and _has_default(p) and not _takes_null(p.annotation)
            }
            self._adapter = adapter_of(self._typed_dict(parameters))
            self.schema = self._describe(parameters, descriptions)
        except TypeError as error:
            raise TypeError(f"tool {name!r}: {error}") from error

    def _typed_dict(self, parameters: Sequence[Parameter]) -> Any:
        fields: dict[str, Any] = {}
        for parameter in parameters:
            kind = parameter.annotation
            if parameter.name in self._null_is_default:
                kind = _or_null(kind)
            fields[parameter.name] = NotRequired[kind] if _has_default(parameter) else kind
        # Type checkers know TypedDict in the form with constants alone.
        typed = cast("Callable[[str, dict[str, Any]], Any]", TypedDict)(self._name, fields)
        typed.__pydantic_config__ = ConfigDict(extra="forbid")
        return typed

    def _describe(self, parameters: Sequence[Parameter], descriptions: dict[str, str]) -> dict[str, Any]:
        schema = object_schema(self._adapter, "its parameters", _WithoutTitles)
        schema.pop("title", None)
        properties = schema.setdefault("properties", {})
        # The keys of the schema are aliases where there are any, in the same order.
        for parameter, described in zip(parameters, properties.values(), strict=True):
            if parameter.name in descriptions:
                described.setdefault("description", descriptions[parameter.name])
            if _has_default(parameter) and parameter.default is not None:
                _tell_default(described, parameter.default, self._strict)
        return strict_schema(schema) if self._strict else {"required": [], **schema}

    def validate(self, arguments: str) -> dict[str, Any]:
        """Read arguments; return the values to call the function with.

        Types are those of JSON: ``"3"`` is no number. What is not asked for is an error: in strict mode at any depth,
        otherwise among the parameters themselves. No text at all means no arguments.

        Raises:
            ArgumentsError: They are not JSON, or do not fit.
        """
        self._refuse_constants(arguments)
        try:
            values: dict[str, Any] = self._adapter.validate_json(
                arguments.strip() or "{}", strict=True, extra="forbid" if self._strict else None
            )
        except ValidationError as error:
            raise ArgumentsError(self._name, arguments, _expected(error)) from error
        except Exception as error:  # a validator of the application, which may raise anything
            raise ArgumentsError(
                self._name, arguments, f"arguments that fit its parameters ({type(error).__name__}: {error})"
            ) from error
        return {name: value for name, value in values.items() if value is not None or name not in self._null_is_default}

    def _refuse_constants(self, arguments: str) -> None:
        """Refuse what pydantic takes for numbers, though JSON has no such."""
        if "NaN" in arguments or "Infinity" in arguments:
            try:
                json.loads(arguments, parse_constant=_refuse)
            except (ValueError, RecursionError) as error:
                raise ArgumentsError(self._name, arguments, "JSON as arguments") from error


def _expected(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return "JSON as arguments"
    told = [f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}" for fault in faults[:_MOST_FAULTS]]
    if len(faults) > _MOST_FAULTS:
        told.append(f"{len(faults) - _MOST_FAULTS} more")
    return f"arguments that fit its parameters ({'; '.join(told)})"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"JSON has no {constant}")


class _WithoutTitles(SchemaGenerator):
    """A title that is the name once more tells the model nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _has_default(parameter: Parameter) -> bool:
    return parameter.default is not Parameter.empty


def _takes_null(kind: Any) -> bool:
    kind = getattr(kind, "__value__", kind)  # of a `type` statement
    if get_origin(kind) is Annotated:
        return _takes_null(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return any(map(_takes_null, get_args(kind)))
    return kind in (None, NoneType, Any, object)


def _or_null(kind: Any) -> Any:
    """Add null to a type. What a ``Field`` says stays on the outside, where pydantic reads all of it."""
    inner, *extras = get_args(kind) if get_origin(kind) is Annotated else (kind,)
    for extra in extras:
        if not isinstance(extra, FieldInfo):
            inner = Annotated[inner, extra]
    outer: Any = Union[inner, None]  # noqa: UP007 - `|` takes fewer kinds of types
    for extra in extras:
        if isinstance(extra, FieldInfo):
            outer = Annotated[outer, extra]
    return outer


def _tell_default(described: dict[str, Any], default: Any, strict: bool) -> None:
    """Put the default where the model sees it; strict mode has no keyword for it."""
    try:
        value = to_jsonable_python(default)
    except PydanticSerializationError:
        return
    if not strict:
        described["default"] = value
        return
    told = f"(default: {json.dumps(value, ensure_ascii=False)})"
    described["description"] = f"{described['description']} {told}" if "description" in described else told[1:-1]
