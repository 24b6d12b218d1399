"""The parameters of a function, with their annotations resolved."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import FrameType, SimpleNamespace
from typing import Any, NoReturn, cast, get_type_hints

from pydantic.fields import FieldInfo

__all__ = ["Parameter", "function_behind", "parameters_of"]

Parameter = inspect.Parameter
_REFUSED = {
    Parameter.POSITIONAL_ONLY: "is positional-only",
    Parameter.VAR_POSITIONAL: "takes any number of values",
    Parameter.VAR_KEYWORD: "takes any keywords",
}


def function_behind(function: Any) -> Any:
    """Find the function that has the name, docstring and annotations of a callable."""
    while (inner := _inner(function)) is not None:
        function = inner
    return function if inspect.isroutine(function) else type(function).__call__


def _inner(function: Any) -> Any:
    found = (getattr(function, name, None) for name in ("__func__", "__wrapped__"))
    partial = cast("functools.partial[Any]", function).func if isinstance(function, functools.partial) else None
    return partial or next(filter(None, found), None)


def parameters_of(function: Callable[..., Any], caller: FrameType | None) -> list[Parameter]:
    """List the parameters that the model fills in, all of which can be given by keyword.

    Args:
        function: A function, method, ``functools.partial`` or object with ``__call__``. What a partial gives by keyword
            is not listed.
        caller: Where the tool is made: annotations may name classes that exist there only.

    Raises:
        TypeError: A parameter has no annotation, or one that cannot be resolved, or cannot be given by keyword.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise TypeError(f"expected a function with a signature, but got {function!r}") from error
    bound = _given_by_keyword(function)
    parameters = [parameter for name, parameter in signature.parameters.items() if name not in bound]
    for parameter in parameters:
        _check(parameter)
    hints = _resolve({p.name: p.annotation for p in parameters}, function_behind(function), caller)
    return [parameter.replace(annotation=hints[parameter.name]) for parameter in parameters]


def _given_by_keyword(function: Any) -> set[str]:
    names: set[str] = set()
    while isinstance(function, functools.partial):
        names |= set(function.keywords)
        function = cast("functools.partial[Any]", function).func
    return names


def _check(parameter: Parameter) -> None:
    if parameter.kind in _REFUSED:
        _refuse(parameter, f"a parameter that can be given by keyword, but it {_REFUSED[parameter.kind]}")
    if parameter.annotation is Parameter.empty:
        hint = ": make a tool of the bound method" if parameter.name in ("self", "cls") else ""
        _refuse(parameter, f"an annotation, but it has none{hint}")
    if isinstance(parameter.default, FieldInfo):
        _refuse(parameter, "its Field in Annotated[…], but it is the default")


def _refuse(parameter: Parameter, expected: str) -> NoReturn:
    raise TypeError(f"parameter {parameter.name!r}: expected {expected}")


def _resolve(annotations: dict[str, Any], function: Any, caller: FrameType | None) -> dict[str, Any]:
    # Not the function itself: its return annotation need not exist where it runs.
    owner = SimpleNamespace(__annotations__=annotations)
    try:
        return get_type_hints(owner, _namespace(function, caller), None, include_extras=True)
    except NameError as error:
        raise TypeError(f"expected annotations that exist where the tool is made, but got {error}") from error
    except (TypeError, SyntaxError) as error:
        raise TypeError(f"expected annotations that are types, but got {error}") from error


def _namespace(function: Any, caller: FrameType | None) -> dict[str, Any]:
    module: dict[str, Any] = getattr(function, "__globals__", {})
    if caller is None:
        return dict(module)
    # A function that is defined where it becomes a tool sees the names there before those of its module.
    is_local = caller.f_globals is module and "<locals>" in function.__qualname__
    return {**module, **caller.f_locals} if is_local else {**caller.f_locals, **module}
