"""The base of all errors, and those of a program that asks for what cannot be."""

from __future__ import annotations

from typing import Any

__all__ = ["BufferOverflowError", "ConfigurationError", "MissingExtraError", "RxstreamError"]


class RxstreamError(Exception):
    """The base of every error of this package.

    Errors may be copied and pickled, as process pools do: text and attributes stay, causes and tracebacks do not.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args), vars(self)


def _restored(cls: type[RxstreamError], args: tuple[Any, ...]) -> RxstreamError:
    """Make an error of what it kept: our own constructors would make the text anew, out of other arguments."""
    error = cls.__new__(cls)
    super(RxstreamError, error).__init__(*args)  # that of the built-in class, as ImportError
    return error


class MissingExtraError(RxstreamError, ImportError):
    """An optional dependency is missing.

    Attributes:
        extra: The extra of rxstream that brings it.
    """

    def __init__(self, feature: str, extra: str, package: str) -> None:
        super().__init__(f"{feature} needs the package {package!r}: pip install 'rxstream[{extra}]'")
        self.extra = extra


class ConfigurationError(RxstreamError, ValueError):
    """A client or source was made without something that it needs, or cannot be used any more."""


class BufferOverflowError(RxstreamError):
    """More than ``limit`` items waited for a consumer that asked for an error.

    Attributes:
        limit: The number of items that may wait.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"expected at most {limit} items to wait for the consumer (overflow='error'), but one more came"
        )
        self.limit = limit
