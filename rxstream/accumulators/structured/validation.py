"""What pydantic says of a value that does not fit."""

from __future__ import annotations

from pydantic import ValidationError

__all__ = ["faults_of"]


def faults_of(error: ValueError) -> str:
    """Return the faults that a validation found, in one line.

    Example:
        >>> from pydantic import TypeAdapter
        >>> try:
        ...     TypeAdapter(dict[str, int]).validate_json('{"a": "b"}')
        ... except ValidationError as error:
        ...     print(faults_of(error))
        a: Input should be a valid integer, unable to parse string as an integer
    """
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" if fault["loc"] else fault["msg"]
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    )
