"""Errors as they are recorded, and as they are made again."""

from __future__ import annotations

import builtins
import math
from typing import Any, cast

from rxstream import errors
from rxstream.errors import RecordedError, RxstreamError
from rxstream.models.base import JSONObject

__all__ = ["as_recorded", "as_replayed"]

_OURS = "rxstream."
_ENDS_OF_ITERATORS = (StopIteration, StopAsyncIteration)  # PEP 479: what reads a recording cannot raise them
_NOT_RECORDED: dict[str, Any] = {
    "body": b"",  # whatever a server, or something before it, has answered
    "excerpt": b"",
    "event": None,
    "outcome": None,
    "response": None,
    "verdict": None,
}
"""Attributes that are no JSON, and what they are in an error that is made again."""


def as_recorded(error: BaseException) -> JSONObject:
    """Return the class, the message, and what JSON can hold of the attributes of our own errors.

    Example:
        >>> as_recorded(ConnectionResetError("gone"))
        {'class': 'ConnectionResetError', 'message': 'gone'}
    """
    if isinstance(error, RecordedError):
        return {"class": error.class_name, "message": str(error)}
    recorded: JSONObject = {"class": _name_of(type(error)), "message": _message_of(error)}
    if isinstance(error, RxstreamError):
        attributes = {
            name: None if name in _NOT_RECORDED else value
            for name, value in vars(error).items()
            if name in _NOT_RECORDED or _is_scalar(value)
        }
        recorded["attributes"] = attributes
    return recorded


def as_replayed(recorded: JSONObject, own: Exception | None) -> Exception:
    """Make an error again.

    Args:
        recorded: What :func:`as_recorded` returned.
        own: The error that the events themselves end with, which knows what was not recorded.

    Returns:
        An error of the same class and with the same message, where that can be; else a
        :class:`~rxstream.errors.RecordedError`.

    Example:
        >>> as_replayed({"class": "ConnectionResetError", "message": "gone"}, None)
        ConnectionResetError('gone')
        >>> as_replayed({"class": "elsewhere.Error", "message": "gone"}, None)
        RecordedError('gone')
    """
    name, message = str(recorded.get("class")), str(recorded.get("message"))
    attributes: Any = recorded.get("attributes")
    if isinstance(attributes, dict) and name.startswith(_OURS):
        cls = getattr(errors, name.removeprefix(_OURS), None)
        if isinstance(cls, type) and issubclass(cls, RxstreamError) and cls is not RecordedError:
            return _ours(cls, message, cast(JSONObject, attributes), own)
    cls = getattr(builtins, name, None)
    if isinstance(cls, type) and issubclass(cls, Exception) and not issubclass(cls, _ENDS_OF_ITERATORS):
        try:
            error = cls(message)
        except TypeError:  # one that wants more arguments, as UnicodeDecodeError
            return RecordedError(name, message)
        if type(error) is cls and str(error) == message:  # KeyError shows its argument in quotation marks
            return error
    return RecordedError(name, message)


def _ours(cls: type[RxstreamError], message: str, attributes: JSONObject, own: Exception | None) -> RxstreamError:
    error = cls.__new__(cls)
    # Not our own constructors: they make the message anew, out of other arguments.
    super(RxstreamError, error).__init__(message)
    known = vars(own) if type(own) is cls else {}
    vars(error).update({name: _attribute(name, value, known) for name, value in attributes.items() if name[:1] != "_"})
    return error


def _attribute(name: str, value: object, known: JSONObject) -> object:
    return known.get(name, _NOT_RECORDED[name]) if name in _NOT_RECORDED else value


def _name_of(cls: type[BaseException]) -> str:
    if getattr(errors, cls.__name__, None) is cls:
        return f"{_OURS}{cls.__name__}"
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def _message_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # of a foreign class, which cannot show itself
        return ""


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value))
